"""What to fix first, and what has one cause."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from flows.report import faults
from schemas.tables import FAULTS, ISSUES

AS_OF = date(2026, 11, 24)


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    common = {"unit": "T01", "dataset": "ho_gia_dinh", "sheet": "S", "severity": "canh_bao", "file": "a.xlsx"}
    return FAULTS.conform(pl.DataFrame([common | row for row in rows], infer_schema_length=None))


def ordered(*rows: dict[str, Any]) -> pl.DataFrame:
    return faults.sort_faults(table(*rows), ISSUES.conform(pl.DataFrame()))


def test_blocking_faults_come_first_then_places() -> None:
    found = ordered(
        {"row": 9, "cell": "A9"}, {"row": 20, "cell": "A20", "severity": "chan"}, {"row": 8, "cell": "A8"}
    )
    assert found["cell"].to_list() == ["A20", "A8", "A9"]
    assert found["line"].to_list() == [0, 1, 2]


def test_the_same_code_in_the_same_column_of_a_sheet_is_one_cause() -> None:
    found = faults.group_by_cause(
        ordered(
            {"row": 9, "cell": "C9", "column": "thon", "code": "thon.thieu", "value": "x"},
            {"row": 10, "cell": "C10", "column": "thon", "code": "thon.thieu", "value": "y"},
            {"row": 10, "cell": "D10", "column": "chu_ho", "code": "chu_ho.thieu"},
        )
    )
    assert found.select("code", "count", "cell", "values").rows() == [
        ("thon.thieu", 2, "C9", 2),
        ("chu_ho.thieu", 1, "D10", 0),
    ]


def test_one_blocking_fault_weighs_more_than_many_warnings() -> None:
    found = faults.group_by_cause(
        ordered(
            {"row": 9, "code": "w"}, {"row": 10, "code": "w"}, {"row": 11, "code": "c", "severity": "chan"}
        )
    )
    assert found["code"].to_list() == ["c", "w"]


def test_faults_without_a_dataset_are_counted_and_found_their_sentence() -> None:
    found = ordered({"dataset": None, "code": "tep.mat_khau", "severity": "chan", "message": "Có mật khẩu."})
    assert faults.count_by(found, "dataset").select("dataset", "chan").rows() == [(None, 1)]
    assert faults.list_sentences(found).rows() == [(None, "tep.mat_khau", "Có mật khẩu.", 1)]


def test_a_code_is_named_by_the_sentence_that_its_faults_say_most_often() -> None:
    found = ordered(
        {"code": "c", "message": "b"}, {"code": "c", "message": "a"}, {"code": "c", "message": "b"}
    )
    assert faults.list_sentences(found)["message"].to_list() == ["b"]


@pytest.mark.parametrize(("days", "words"), [(0, 0), (1, 1), (7, 1), (8, 2), (30, 2), (31, 3)])
def test_ages_in_words(days: int, words: int) -> None:
    opened = pl.DataFrame({"opened": [AS_OF - timedelta(days=days)]})
    assert opened.select(faults.age_of(pl.col("opened"), AS_OF)).item() == faults.AGES[words]


def test_an_unknown_age_is_no_age() -> None:
    opened = pl.DataFrame({"opened": [None]}, schema={"opened": pl.Date})
    assert opened.select(faults.age_of(pl.col("opened"), AS_OF)).item() is None
