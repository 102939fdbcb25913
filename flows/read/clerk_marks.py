"""The data classes of what clerks do to cells besides typing: hide, strike through, merge, comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

#: A cell: row and column, from 0.
Cell = tuple[int, int]

#: The kinds of marks with their Vietnamese names, as a receipt counts them.
MARKS: Mapping[str, str] = {
    "trang_an": "bản ghi ở trang tính ẩn",
    "dong_an": "bản ghi ở dòng ẩn",
    "dong_loc": "bản ghi ở dòng bị bộ lọc ẩn",
    "cot_an": "cột ẩn của bảng",
    "gach_ngang": "ô của bản ghi có chữ gạch ngang",
    "tron": "ô trộn trong các bản ghi",
    "ghi_chu": "ghi chú của người nhập",
}


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a cell as its author typed it; `cell` is like `C17`."""

    cell: str
    text: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """The marks of one sheet, as its file stores them.

    Attributes:
        filtered: Those of the hidden rows that a filter hides, as sheet rows (from 1).
        struck: Cells whose whole text is struck through.
        struck_words: Cells of which some words are struck through.
        comments: The comments, from top to bottom.
        hidden_columns: The hidden columns, from 0.
    """

    filtered: frozenset[int] = frozenset()
    struck: frozenset[Cell] = frozenset()
    struck_words: frozenset[Cell] = frozenset()
    comments: tuple[Comment, ...] = ()
    hidden_columns: frozenset[int] = frozenset()


NO_MARKS = SheetMarks()


@dataclass(frozen=True, slots=True)
class FileMarks:
    """The marks of a file: how many of each kind (a key of `MARKS`), and its comments."""

    counts: Mapping[str, int] = field(default_factory=dict)
    comments: tuple[Comment, ...] = ()

    @classmethod
    def of_all(cls, found: Iterable[FileMarks]) -> FileMarks:
        """The marks of several sheets or files together."""
        counts: Counter[str] = Counter()
        comments: list[Comment] = []
        for each in found:
            counts.update(each.counts)
            comments += each.comments
        return cls({kind: counts[kind] for kind in MARKS if counts[kind]}, tuple(comments))

    def within(self, file: str) -> FileMarks:
        """The same marks, with the name of the file before the name of each sheet."""
        return FileMarks(
            self.counts, tuple(replace(each, sheet=f"{file}/{each.sheet}") for each in self.comments)
        )


NO_FILE_MARKS = FileMarks()
