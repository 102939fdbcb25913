"""Scores of the four dimensions."""

from __future__ import annotations

import polars as pl
import pytest

from flows.measure import compute_scores
from flows.measure.scores import COLUMNS


def results(*rows: tuple[str, str, str, str, int, int]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema=["unit", "dataset", "period", "dimension", "judged", "failed"], orient="row"
    )


def test_cells_of_all_rules_of_a_dimension_are_summed():
    table = compute_scores(
        results(
            ("T01", "ho_gia_dinh", "2026-10", "dung", 10, 1),
            ("T01", "ho_gia_dinh", "2026-10", "dung", 30, 5),
            ("T01", "ho_gia_dinh", "2026-10", "song", 0, 0),
        )
    )
    assert dict(table.schema) == COLUMNS
    assert table.rows() == [
        ("T01", "ho_gia_dinh", "2026-10", "du", 0, 0, None),
        ("T01", "ho_gia_dinh", "2026-10", "dung", 40, 6, 0.85),
        ("T01", "ho_gia_dinh", "2026-10", "sach", 0, 0, None),
        ("T01", "ho_gia_dinh", "2026-10", "song", 0, 0, None),
    ]


@pytest.mark.parametrize(("failed", "score"), [(0, 1.0), (1, 0.75), (4, 0.0)])
def test_the_score(failed, score):
    table = compute_scores(results(("T01", "ho_gia_dinh", "2026-10", "du", 4, failed)))
    assert table.filter(dimension="du")["score"].to_list() == [score]


def test_units_datasets_and_periods_stay_apart():
    table = compute_scores(
        results(
            ("T01", "ho_gia_dinh", "2026-10", "du", 4, 1),
            ("T02", "ho_gia_dinh", "2026-10", "du", 4, 2),
            ("T01", "phan_anh_ha_tang", "2026-10", "du", 4, 3),
            ("T01", "ho_gia_dinh", "2026-09", "du", 4, 4),
        )
    )
    assert table.filter(dimension="du")["score"].to_list() == [0.0, 0.75, 0.25, 0.5]


def test_nothing_judged_gives_no_scores():
    empty = results(("T01", "ho_gia_dinh", "2026-10", "du", 4, 1)).clear()
    assert dict(compute_scores(empty).schema) == COLUMNS
