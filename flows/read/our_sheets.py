"""Tells the sheets that we put into a workbook from those of its clerk: they are never read."""

from __future__ import annotations

from flows.read.sheet import Sheet

#: What the first cell of each of our sheets says, in whatever format the workbook comes back.
STAMP = "dulieuxa:"


def is_ours(sheet: Sheet) -> bool:
    """Whether the sheet bears our stamp."""
    first = sheet.row(0)[0] if sheet.height and sheet.width else None
    return first is not None and first.startswith(STAMP)
