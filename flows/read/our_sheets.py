"""Recognises the sheets that this program adds to marked workbooks, so that they are not read as data."""

from __future__ import annotations

from flows.read.sheet import Sheet

#: How the first cell of each of our sheets begins. A cell survives if the clerk saves the workbook in another
#: format.
STAMP = "dulieuxa:"


def is_ours(sheet: Sheet) -> bool:
    """Whether this program wrote the sheet: its first cell begins with `STAMP`."""
    first = sheet.row(0)[0] if sheet.height and sheet.width else None
    return first is not None and first.startswith(STAMP)
