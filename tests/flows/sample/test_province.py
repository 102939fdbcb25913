"""Communes of one made-up province: their own names, people and numbers, and just the listed ones shared."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from flows.root import Root, read_contracts
from flows.sample.commune import plan_all_submissions
from flows.sample.people.neighbours import find_neighbours
from flows.sample.province import write_province
from flows.sample.world import World
from schemas import registry

CONTRACTS = registry.load()


def world(number: int, communes: int) -> World:
    return World(
        number, 600, date(2026, 11, 24), CONTRACTS.commune, CONTRACTS.datasets, (number, communes + 1)
    )


def numbers(number: int, column: str) -> set[str]:
    rows = (row for h in plan_all_submissions(world(number, 3)) if column in h.dataset for row in h.rows)
    return {row[column] for row in rows if row[column]}


@pytest.mark.parametrize("column", ["so_dinh_danh", "mst"])
def test_communes_made_apart_share_no_number(column: str) -> None:
    of_each = [numbers(number, column) for number in range(3)]
    assert all(of_each)
    assert all(one.isdisjoint(two) for one, two in combinations(of_each, 2))


def test_neighbours_have_the_numbers_of_no_commune_and_one_is_in_three() -> None:
    shared = find_neighbours(world(3, 3), 3)
    assert len({each.person.so_dinh_danh for each in shared}) == 6
    assert sorted(len(each.communes) for each in shared) == [2, 2, 2, 2, 2, 3]
    assert all(int(each.person.so_dinh_danh[-6:]) % 4 == 3 for each in shared)


def test_each_root_says_which_commune_it_is(tmp_path: Path) -> None:
    made = write_province(tmp_path, 2, persons=120, clean=True, truth=tmp_path / "ai.csv")
    communes = [read_contracts(Root(tmp_path / code), CONTRACTS) for code in ("90001", "90002")]
    assert [each.commune.name for each in communes] == ["Xã Mẫu 1", "Xã Mẫu 2"]
    assert len({CONTRACTS.hash, *(each.hash for each in communes)}) == 3
    assert made.persons == 2 * 120
    assert [line.split(",")[1] for line in (tmp_path / "ai.csv").read_text().splitlines()] == [
        "xa",
        "90001 90002",
        "90001 90002",
    ]
