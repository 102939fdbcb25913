"""Recognises the sheets and comments that this program adds to marked workbooks; they are no data."""

from __future__ import annotations

from flows.read.sheet import Sheet

#: How the first cell of each of our sheets begins. A cell survives if the clerk saves the workbook in another
#: format.
STAMP = "dulieuxa:"
#: First line of each of our comments. It identifies them, even after another program has saved the file.
HEAD = "KIỂM TRA DỮ LIỆU"


def is_ours(sheet: Sheet) -> bool:
    """Whether this program wrote the sheet: its first cell begins with `STAMP`."""
    first = sheet.row(0)[0] if sheet.height and sheet.width else None
    return first is not None and first.startswith(STAMP)


def without_ours(comment: str) -> str:
    """The text of a comment without what this program wrote below it."""
    return comment.partition(HEAD)[0].strip()
