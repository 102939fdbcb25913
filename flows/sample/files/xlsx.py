"""Writes a sheet as an Excel workbook with reproducible bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from flows.sample.files.cells import Broken, Cell, Look, SampleSheet, Sum, Unsaved, letter_of

_CREATED = datetime(2026, 1, 1)
_LOOKS: Mapping[Look, Mapping[str, object]] = {
    "unit": {"bold": True, "align": "center"},
    "title": {"bold": True, "align": "center", "font_size": 14},
    "note": {"italic": True, "align": "center"},
    "heading": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1},
    "numbers": {"italic": True, "align": "center", "border": 1},
    "section": {"bold": True, "border": 1},
    "body": {"border": 1},
    "total": {"bold": True, "border": 1},
    "sign": {"align": "center"},
    "blank": {},
}
_BASE = {"font_name": "Times New Roman", "font_size": 12}


def write_xlsx(sheet: SampleSheet, *, spare_sheets: bool = False) -> bytes:
    """The bytes of a workbook with `sheet`; with `spare_sheets`, two empty sheets like older Excel adds."""
    buffer = io.BytesIO()
    workbook = Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": _CREATED, "author": "Dữ liệu mẫu"})
    formats = {look: workbook.add_format({**_BASE, **facts}) for look, facts in _LOOKS.items()}
    days = workbook.add_format({**_BASE, "border": 1, "num_format": "dd/mm/yyyy"})
    page = workbook.add_worksheet(sheet.name)
    page.set_column(0, sheet.width - 1, 16)
    for merge in sheet.merges:
        look = formats[sheet.looks[merge.top]]
        page.merge_range(merge.top, merge.left, merge.bottom, merge.right, "", look)
    for row, (line, look) in enumerate(zip(sheet.lines, sheet.looks, strict=True)):
        for column, cell in enumerate(line):
            if cell is not None:
                _write(page, row, column, cell, formats[look], days)
    if spare_sheets:
        workbook.add_worksheet("Sheet2")
        workbook.add_worksheet("Sheet3")
    workbook.close()
    return buffer.getvalue()


def _write(page: Worksheet, row: int, column: int, cell: Cell, look: Format, days: Format) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell, look)
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, days)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell, look)
    elif isinstance(cell, Sum):
        above = f"{letter_of(column)}{cell.first + 1}:{letter_of(column)}{cell.last + 1}"
        page.write_formula(row, column, f"=SUM({above})", look, cell.value)
    elif isinstance(cell, Broken):
        page.write_formula(row, column, f"={cell.text}", look, cell.text)
    elif isinstance(cell, Unsaved):
        page.write_formula(row, column, cell.formula, look, "")
