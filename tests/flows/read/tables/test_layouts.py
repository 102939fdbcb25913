"""However an office lays a table out, its records come back, at their addresses."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.read import read_file, sheet
from schemas.contract import typed_column
from schemas.datasets import load
from tests.flows.read.forms import heading_grid, records
from tests.flows.read.layouts import CONTAINERS, Laid, lay_out

DATASETS = load()


def check(laid: Laid, container: str) -> None:
    doc = read_file(CONTAINERS[container](laid), "bao_cao", DATASETS)
    hidden = len({row for row, _ in laid.expected} & {row + 1 for row in laid.hidden})
    hidden = hidden if container in {"xlsx", "xls", "ods"} else 0
    assert [problem.code for problem in doc.problems] == ["tep.ban_ghi_an"] * bool(hidden)
    assert doc.marks.counts == ({"dong_an": hidden} if hidden else {})
    (table,) = doc.tables
    assert table.dataset == laid.dataset.name
    got = [
        (row["_row"], {c.name: row.get(typed_column(c.name)) for c in laid.dataset.columns})
        for row in table.cells.iter_rows(named=True)
    ]
    assert [(row, texts) for row, texts in got] == _by_line(laid, container)
    assert doc.rows.filter(pl.col("role") == "ban_ghi").height == table.cells.height
    assert doc.rows["row"].is_unique().all()
    if container in {"xlsx", "xls", "ods"}:
        assert set(doc.rows.filter("hidden")["row"]) == {row + 1 for row in laid.hidden}
        assert doc.rows.height == laid.size[0]


def _by_line(laid: Laid, container: str) -> list[tuple[int, dict[str, str | None]]]:
    """Expected records; in text a row is known by its line, which breaks inside cells push down."""
    if container in {"xlsx", "xls", "ods", "html"}:
        return laid.expected
    grid = laid.grid()
    breaks = [sum(str(cell).count("\n") for cell in row if cell is not None) for row in grid]
    first = 1 if container == "csv, sep=" else 0
    return [(row + sum(breaks[: row - 1]) + first, texts) for row, texts in laid.expected]


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_in_every_container(name: str, container: str) -> None:
    check(lay_out(DATASETS[name], Random(name + container)), container)


@pytest.mark.parametrize("container", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_where_sheets_are_long(
    name: str, container: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "LISTED", 0)
    check(lay_out(DATASETS[name], Random(name + container)), container)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32),
    name=st.sampled_from(list(DATASETS)),
    container=st.sampled_from(list(CONTAINERS)),
)
def test_random_layouts(seed: int, name: str, container: str) -> None:
    check(lay_out(DATASETS[name], Random(seed)), container)


def _stacked(upper: str, lower: str, random: Random) -> tuple[list[list[object]], list[tuple[str, int]]]:
    """Two tables with hardly a row between them, and what must be read: each dataset and its records."""
    count, more = random.randint(1, 3), random.randint(1, 3)
    grid: list[list[object]] = []
    for name, height in ((upper, count), (lower, more)):
        grid += [
            *map(list, heading_grid(DATASETS[name])),
            *([n, *row] for n, row in enumerate(records(DATASETS[name], height), 1)),
            *([[]] if height < 3 and random.random() < 0.3 else []),
        ]
    grid = [row[1:] for row in grid] if random.random() < 0.3 else grid
    return grid, [(upper, count), (lower, more)] if upper != lower else [(upper, count + more)]


def test_a_table_of_few_records_directly_above_another_is_read() -> None:
    random = Random(0)
    for upper in DATASETS:
        for lower in random.sample(list(DATASETS), 1):
            grid, expected = _stacked(upper, lower, random)
            write = random.choice([CONTAINERS["csv"], CONTAINERS["xlsx"]])
            cells = {
                (r, c): cell for r, row in enumerate(grid) for c, cell in enumerate(row) if cell is not None
            }
            found = read_file(write(Laid(DATASETS[upper], cells)), "bao_cao", DATASETS)
            assert [(table.dataset, table.cells.height) for table in found.tables] == expected, (upper, lower)
            assert found.problems == ()


@pytest.mark.parametrize("gap", [0, 1, 4])
def test_an_unknown_table_above_a_known_one_is_told(gap: int) -> None:
    known = DATASETS["to_cong_nghe_so"]
    below = [*heading_grid(known), *([n, *row] for n, row in enumerate(records(known, 3), 1))]
    grid = [["BÁO CÁO"], ["STT", "Màu", "Cỡ", "Kho"], [1, "đỏ", 2, "a"], *[[]] * gap, *below]
    cells = {(r, c): cell for r, row in enumerate(grid) for c, cell in enumerate(row)}
    found = read_file(CONTAINERS["csv"](Laid(known, cells)), "bao_cao", DATASETS)
    assert [table.cells.height for table in found.tables] == [3]
    assert [(one.code, one.row) for one in found.problems] == [("tep.khong_ro_bo_du_lieu", 2)]
    assert found.rows["role"][2] == "ngoai_bang"
