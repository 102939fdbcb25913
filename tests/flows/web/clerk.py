"""A thôn's form as a clerk fills it in, with eight mistakes, and what he meant."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl

DATASET = "ho_gia_dinh"
# Row among the records, column of the form (from 2 on), what is typed.
_MISTAKES = (
    (0, 2, "H2"),
    (0, 7, "Cáp quangg"),
    (1, 3, None),
    (1, 4, "bốn khẩu"),
    (2, 5, "có thể"),
    (2, 4, "99"),
    (3, 7, "Wifi chùa"),
    (3, 8, "hên xui"),
)


def fill_in(form: bytes) -> tuple[bytes, Mapping[str, str]]:
    """The prefilled form filled in with mistakes, and by address what should stand in those cells."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    page = book["Biểu mẫu"]
    first = int(page.freeze_panes.strip("A"))
    row = first
    while page.cell(row, 2).value:
        for column, value in ((5, "Có"), (6, "Không"), (7, "Cáp quang"), (8, "Có"), (9, "Có")):
            page.cell(row, column).value = value
        row += 1
    meant = {}
    for record, column, typed in _MISTAKES:
        cell = page.cell(first + record, column)
        meant[cell.coordinate] = str(cell.value)
        cell.value = typed
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), meant
