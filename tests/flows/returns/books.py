"""Workbooks with everything that a careless copy loses, and marks to put on them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import polars as pl
from xlsxwriter import Workbook

from flows.returns import book
from flows.returns.marks import Marks, make_marks
from schemas.datasets import load
from schemas.tables import CHANGES, FAULTS

HEADINGS = ("STT", "Mã hộ", "Họ và tên chủ hộ", "Số nhân khẩu", "Ngày", "Ghi chú")
FIRST = 7  # sheet row of the first record


def mark_workbook(data: bytes, name: str, marks: Marks) -> bytes:
    """The workbook with marks; files that are no workbooks are read by the contracts' headings."""
    return book.mark_workbook(data, name, marks, load())


def rich(rows: int = 12) -> bytes:
    """A clerk's workbook: formats, merges, formulas, charts, bars, comments, names, other sheets."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet("Danh sách")
    other = book.add_worksheet("Sổ 'cũ' & mới")
    hidden = book.add_worksheet("An")
    hidden.hide()
    bold = book.add_format({"bold": True, "border": 1, "bg_color": "#CCE5FF", "text_wrap": True})
    day = book.add_format({"num_format": "dd/mm/yyyy", "border": 1})
    green = book.add_format({"bg_color": "#C6EFCE", "border": 2, "italic": True})
    money = book.add_format({"num_format": "#,##0.00", "font_color": "red"})
    page.merge_range("A1:F1", "UBND XÃ NGỌC LẶC", bold)
    page.merge_range("A3:F4", "DANH SÁCH", bold)
    for at, heading in enumerate(HEADINGS):
        page.write_string(FIRST - 2, at, heading, bold)
    for row in range(FIRST - 1, FIRST - 1 + rows):
        page.write_number(row, 0, row - FIRST + 2)
        page.write_string(row, 1, f"H{row:05}", green if row % 2 else None)
        page.write_rich_string(row, 2, bold, "Bùi", green, " Văn Mẫu")
        page.write_formula(row, 3, f"=1+LEN(C{row + 1})", money, 12)
        page.write_datetime(row, 4, datetime(2026, 10, 5), day)
    last = FIRST - 1 + rows
    page.write_formula(last, 3, f"=SUM(D{FIRST}:D{last})", money, 12 * rows)
    page.set_column("B:B", 22.5)
    page.set_column("F:F", 31, green)
    page.set_column("H:H", 5, None, {"hidden": True})
    page.set_row(1, 44)
    page.set_row(last + 3, 20, green)
    page.freeze_panes(FIRST - 1, 2)
    page.autofilter(FIRST - 2, 0, last - 1, 5)
    page.data_validation(FIRST - 1, 3, last, 3, {"validate": "integer", "criteria": ">", "value": 0})
    page.conditional_format(FIRST - 1, 3, last, 3, {"type": "data_bar", "data_bar_2010": True})
    page.conditional_format(FIRST - 1, 1, last, 1, {"type": "duplicate", "format": bold})
    page.write_comment(FIRST - 1, 1, "Chị Mẫu: đã hỏi lại", {"author": "Chị Mẫu"})
    page.write_comment("C12", "Không liên quan")
    page.insert_button("H3", {"caption": "Nút"})
    page.write_url("F2", "https://example.invalid/mau", string="trang mẫu")
    page.add_sparkline("G8", {"range": f"'Danh sách'!D{FIRST}:D{last}"})
    page.repeat_rows(FIRST - 2)
    page.print_area(0, 0, last, 5)
    page.protect("", {"select_unlocked_cells": True})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"='Danh sách'!$D${FIRST}:$D${last}"})
    other.insert_chart("B2", chart)
    other.insert_textbox("J2", "Ghi nhớ")
    other.write_formula("A1", f"='Danh sách'!D{FIRST}*2", None, 24)
    hidden.write_string("A1", "danh mục")
    book.define_name("TongSo", f"='Danh sách'!$D${last + 1}")
    book.define_name("An!Rieng", "=An!$A$1")
    other.activate()
    other.set_first_sheet()
    book.close()
    return buffer.getvalue()


def marks(
    *faults: dict[str, object],
    changes: Sequence[dict[str, object]] = (),
    sheet: str = "Danh sách",
    unit: str | None = None,
) -> Marks:
    """Marks of a list of households from each fault's `cell` and what differs from the usual."""
    base = {
        "unit": "T01",
        "dataset": "ho_gia_dinh",
        "period": "2026-10",
        "sheet": sheet,
        "column": "ma_ho",
        "code": "ma_ho.sai_mau",
        "dimension": "dung",
        "severity": "chan",
        "value": "H1",
        "message": "“Mã hộ” không đúng mẫu, ví dụ H00012.",
    }
    rows = [base | {"row": _row(fault)} | fault for fault in faults]
    repairs = [base | {"row": _row(change)} | change for change in changes]
    return make_marks(
        FAULTS.conform(pl.DataFrame(rows, infer_schema_length=None)),
        CHANGES.conform(pl.DataFrame(repairs, infer_schema_length=None)),
        load(),
        ("Tệp mau.xlsx của Phố 1, nhận ngày 05/11/2026",),
        unit,
    )


def _row(fault: dict[str, object]) -> int | None:
    cell = fault.get("cell")
    return int(str(cell).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) if cell else None
