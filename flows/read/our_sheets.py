"""Recognises the sheets and comments that this program adds to marked workbooks; they are no data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

from flows.read.sheet import Sheet

#: How the first cell of each of our sheets begins. A cell survives if the clerk saves the workbook in another
#: format.
STAMP = "dulieuxa:"
#: The kind of the sheet that lists what to fix.
TO_FIX_KIND = "can_sua"
#: Beside this cell of that sheet a clerk says what a file holds that comes back.
CHOICE = "Chỉ nộp dòng sửa"
#: What the clerk writes there if it holds everything.
WHOLE = "cả bảng"
# The choice stands in one of so many rows.
_TOP = 50
#: First line of each of our comments. It identifies them, even after another program has saved the file.
HEAD = "KIỂM TRA DỮ LIỆU"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the first cell of one of our sheets says.

    Attributes:
        kind: What the sheet is.
        about: The dataset of a form; else the version of the sheet.
        version: The contracts of a form.
        unit: The name of the unit that it was made for; None if it is for any.
    """

    kind: str
    about: str = ""
    version: str = ""
    unit: str | None = None

    def __str__(self) -> str:
        return f"{STAMP}{self.kind}:{self.about}:{self.version}:{self.unit or ''}"


def read_stamps(sheets: Iterable[Sheet]) -> list[Stamp]:
    """The stamps of those of `sheets` that are ours."""
    stamped = (sheet.row(0)[0] or "" for sheet in sheets if is_ours(sheet))
    parts = ([*text.removeprefix(STAMP).split(":"), "", "", ""] for text in stamped)
    return [Stamp(kind, about, version, unit.strip() or None) for kind, about, version, unit, *_ in parts]


def is_ours(sheet: Sheet) -> bool:
    """Whether this program wrote the sheet: its first cell begins with `STAMP`."""
    first = sheet.row(0)[0] if sheet.height and sheet.width else None
    return first is not None and first.startswith(STAMP)


def without_ours(comment: str) -> str:
    """The text of a comment without what this program wrote below it."""
    return comment.partition(HEAD)[0].strip()


def read_choice(sheets: Iterable[Sheet]) -> Literal["sua", "ca_bang"] | None:
    """What a clerk said beside `CHOICE`: only corrections, or everything; None if nothing was said."""
    for sheet in sheets:
        if not is_ours(sheet) or sheet.width < 2:
            continue
        top = sheet.rows(0, min(sheet.height, _TOP))
        said = next((row[1] for row in top if _tidy(row[0]) == _tidy(CHOICE)), None)
        if _tidy(said):
            return "ca_bang" if _tidy(said) in (_tidy(WHOLE), "không", "ko", "k", "0") else "sua"
    return None


def _tidy(text: str | None) -> str:
    return " ".join(normalize("NFC", text or "").lower().split())
