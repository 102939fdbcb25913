"""Where a cause stands, in words, as far as it is known."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from flows.report import faults
from flows.report.names import Names
from flows.report.page_data import address_of, list_cause_rows
from schemas.tables import FAULTS, ISSUES
from tests.flows.report.fake import COMMUNE, DATASETS

CELL = {
    "unit": "cong_an",
    "dataset": "dan_cu",
    "period": "2026-10",
    "submission": "ab",
    "file": "a.xlsx",
    "sheet": "Danh sách",
    "row": 17,
    "column": "ngay_sinh",
    "cell": "C17",
    "code": "ngay_sinh.thieu",
    "severity": "chan",
}


@pytest.mark.parametrize(
    ("blank", "where"),
    [
        ((), "1 ô ở cột “Ngày sinh”, trang tính “Danh sách”, tệp a.xlsx (tháng 10/2026)"),
        (("cell", "column"), "1 dòng, trang tính “Danh sách”, tệp a.xlsx (tháng 10/2026)"),
        (("cell", "column", "row", "sheet"), "Tệp a.xlsx (tháng 10/2026)"),
        (("cell", "column", "row", "sheet", "file"), "Dân cư (tháng 10/2026)"),
        (("cell", "column", "row", "sheet", "file", "period", "dataset"), "Chưa rõ bộ dữ liệu"),
    ],
)
def test_a_cause_stands_where_it_is_known_to(blank: tuple[str, ...], where: str) -> None:
    row: dict[str, Any] = CELL | dict.fromkeys(blank)
    found = FAULTS.conform(pl.DataFrame([row], infer_schema_length=None))
    causes = faults.group_by_cause(faults.sort_faults(found, ISSUES.conform(pl.DataFrame())))
    (shown,) = list_cause_rows(causes, Names(DATASETS, COMMUNE, {}), 5)
    assert shown["where"] == where


@pytest.mark.parametrize(
    ("dataset", "code", "shown"),
    [
        ("dan_cu", "gioi_tinh.ngoai_danh_muc", None),
        (None, "gioi_tinh.ngoai_danh_muc", None),
        ("dan_cu", "tep.cot_la", "Gái"),
        ("phan_anh_ha_tang", "nha_mang.ngoai_danh_muc", "Gái"),
    ],
)
def test_what_was_typed_about_people_is_on_no_page_for_everybody(
    dataset: str | None, code: str, shown: str | None
) -> None:
    """Three equal values make a cause of their own, which would be linked by its value."""
    rows = [
        CELL | {"dataset": dataset, "code": code, "row": at, "value": "Gái", "proposal": "Gái"}
        for at in range(3)
    ]
    found = FAULTS.conform(pl.DataFrame(rows, infer_schema_length=None))
    causes = faults.group_by_cause(faults.sort_faults(found, ISSUES.conform(pl.DataFrame())))
    (row,) = list_cause_rows(causes, Names(DATASETS, COMMUNE, {}), 5)
    assert (row["value"], row["proposal"], row["count"]) == (shown, shown, 3)
    assert ("value" in row["link"]) is (shown is not None)


def test_an_address_names_only_what_is_known() -> None:
    assert address_of(unit="T01", dataset=None, code="a&b") == "unit=T01&code=a%26b"
