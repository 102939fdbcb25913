"""Faults of one cause are one line: columns shifted, one wrong value, silent units."""

from __future__ import annotations

import polars as pl

from flows.faults.causes import CAUSE, KINDS, group_by_cause
from schemas.tables import FAULTS


def faults(*rows: dict[str, object]) -> pl.DataFrame:
    base = {
        "unit": "T01",
        "dataset": "ho_gia_dinh",
        "period": "2026-10",
        "submission": "0" * 64,
        "file": "ho.xlsx",
        "sheet": "Sheet1",
        "severity": "chan",
        "dimension": "dung",
        "message": "Sai.",
    }
    return FAULTS.conform(
        pl.DataFrame([base | row for row in rows], infer_schema_length=None)
    ).with_row_index("line")


def cell(row: int, column: str, flaw: str, value: str | None = None) -> dict[str, object]:
    return {"row": row, "column": column, "cell": f"C{row}", "code": f"{column}.{flaw}", "value": value}


def told(found: pl.DataFrame) -> list[tuple[str, int]]:
    return group_by_cause(found).select("kind", "count").rows()


def test_a_single_fault_is_a_cause_of_its_own() -> None:
    assert told(faults(cell(5, "internet", "thieu"))) == [("mot_cho", 1)]


def test_one_fault_in_many_rows_of_a_column() -> None:
    assert told(faults(*(cell(row, "internet", "thieu") for row in range(4)))) == [("mot_cot", 4)]


def test_one_wrong_value_stands_apart_from_others_of_its_column() -> None:
    same = [cell(row, "internet", "ngoai_danh_muc", "Wifi") for row in range(340)]
    others = [cell(400 + at, "internet", "ngoai_danh_muc", f"khác {at}") for at in range(2)]
    assert told(faults(*same, *others)) == [("mot_gia_tri", 340), ("mot_cot", 2)]


def test_of_masked_values_none_is_said_to_be_the_same() -> None:
    masked = [cell(row, "chu_ho", "ky_tu_la", "N***") for row in range(5)]
    assert told(faults(*masked)) == [("mot_cot", 5)]


def test_shifted_columns_are_one_cause_whatever_their_codes() -> None:
    shifted = [
        cell(row, column, flaw, "?")
        for row in range(10, 20)
        for column, flaw in (
            ("ma_ho", "sai_mau"),
            ("nhan_khau", "khong_doc_duoc"),
            ("internet", "ngoai_danh_muc"),
        )
    ]
    found = group_by_cause(faults(*shifted, cell(30, "nhan_khau", "khong_doc_duoc", "bốn")))
    assert found.select("kind", "count").rows() == [("lech_cot", 30), ("mot_cho", 1)]
    assert found["message"][0] == "Nhiều cột cùng sai ở 30 ô: có thể cả cụm cột bị lệch sang bên."


def test_silent_units_are_one_cause_a_dataset_and_period() -> None:
    silent = [
        {
            "unit": f"T0{at}",
            "code": "giao_nop.chua_co",
            "severity": "canh_bao",
            "message": f"Thôn {at} chưa nộp “Hộ gia đình” tháng 10/2026; hạn nộp 04/11/2026, đã quá 20 ngày.",
            **dict.fromkeys(("file", "sheet", "submission")),
        }
        for at in range(1, 9)
    ]
    found = group_by_cause(faults(*silent))
    assert found.select("kind", "count").rows() == [("nhieu_don_vi", 8)]
    assert found["message"].to_list() == [
        "8 đơn vị chưa nộp “Hộ gia đình” tháng 10/2026; hạn nộp 04/11/2026, đã quá 20 ngày."
    ]


def test_what_blocks_comes_first_and_no_fault_is_lost() -> None:
    found = faults(
        cell(1, "internet", "thieu") | {"severity": "canh_bao"},
        cell(2, "internet", "thieu"),
        cell(3, "chu_ho", "thieu"),
        cell(4, "chu_ho", "thieu"),
    )
    grouped = group_by_cause(found)
    assert grouped["severity"].to_list() == ["chan", "chan", "canh_bao"]
    assert grouped["count"].sum() == found.height
    assert {*CAUSE, "kind"} <= {*grouped.columns}
    assert {*grouped["kind"]} <= {*KINDS}


def test_no_faults_have_no_cause() -> None:
    assert group_by_cause(FAULTS.conform(pl.DataFrame()).with_row_index("line")).is_empty()
