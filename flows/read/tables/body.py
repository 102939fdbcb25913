"""Classifies the rows below a heading as records, sections, totals, blank rows or signatures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from unicodedata import normalize

import numpy as np
import numpy.typing as npt

from flows.read.sheet import Mask, Row, Sheet, letter_of
from flows.read.table import ROLES
from flows.read.tables.row_words import is_bare_numeral, is_tail, is_total, read_section_label, says_nil

Codes = npt.NDArray[np.uint8]

#: The number of each role, used in arrays while a sheet is read.
CODE: Mapping[str, int] = {role: code for code, role in enumerate(ROLES)}

# How the labels of totals and sections begin; a quick test before each row is looked at in detail.
_BEGINS = (
    r"\s*(?:\(?(?:[IVX]+|[A-HĐa-hđ])\s*[.)/:–-]\s*)?"
    r"(?:[Tt][ổô]|T[ỔÔ]|[Cc][ộô]|C[ỘÔ]|[Tt]oàn|TOÀN|[Ll][ũu]|[Tt]hôn|THÔN|[Kk]hu|[Pp]hố|[Ll]àng|[Bb]ản|[Xx]óm)"
    r"|\s*\(?(?:[IVX]+|[A-HĐ])\s*[.)/:–-]"
)
_MARKED = "|".join(normalize(form, _BEGINS) for form in ("NFC", "NFD"))
_COUNTED = r"\s*\d"
_LONG = 50_000


@dataclass(frozen=True, slots=True)
class Columns:
    """Indexes (from 0) of the columns that matter below a heading.

    Attributes:
        read: The columns of the contract.
        number: The column that numbers the records; None if there is none.
        first: The leftmost three columns with a heading, in which the labels of totals are.
        places: The columns for thôn.
    """

    read: tuple[int, ...]
    number: int | None
    first: tuple[int, ...]
    places: tuple[int, ...]


class Section(NamedTuple):
    """A section row: its row, the letter and text of its label, and whether it names a thôn or phố."""

    row: int
    letter: str
    label: str
    is_place: bool


@dataclass(slots=True)
class Body:
    """The roles of the rows from `start` on, the sections, and whether a row declares "Không phát sinh"."""

    start: int
    codes: Codes
    sections: list[Section] = field(default_factory=list)
    nil: bool = False

    @property
    def records(self) -> Mask:
        """A mask of the rows that are records."""
        return self.having("ban_ghi")

    def having(self, role: str) -> Mask:
        """A mask of the rows with this role."""
        return np.asarray(self.codes == CODE[role])


def classify(sheet: Sheet, start: int, stop: int, columns: Columns) -> Body:
    """Classify the rows from `start` to `stop` (exclusive, from 0)."""
    body = Body(start, np.full(max(stop - start, 0), CODE["ban_ghi"], np.uint8))
    if stop <= start:
        return body
    filled = sheet.filled(columns.read, start, stop)
    empty = filled == 0
    if empty.any():
        empty = sheet.filled(range(sheet.width), start, stop) == 0
    body.codes[empty] = CODE["trong"]
    tails = []
    for row in np.flatnonzero(_find_suspicious(sheet, start, columns, filled) & ~empty).tolist():
        suspect = _Row(sheet, start + row, sheet.row(start + row), columns, int(filled[row]))
        body.codes[row] = CODE[suspect.role()]
        if suspect.tail:
            tails.append(row)
        body.nil |= suspect.nil
        if suspect.section:
            body.sections.append(suspect.section)
    if tails:
        _cut_tail(sheet, body, tails, columns)
    return body


def _find_suspicious(sheet: Sheet, start: int, columns: Columns, filled: npt.NDArray[np.uint32]) -> Mask:
    """A mask of rows that may not be records.

    They are at least half empty, or begin like a total or a section. A row with a number in the number column
    is suspicious only if it is nearly empty. Looking at the other rows one by one would be slow.
    """
    sparse: Mask = np.asarray(2 * filled <= len(columns.read))
    if len(filled) > _LONG:
        return sparse
    unnumbered: Mask = np.ones(len(filled), np.bool_)
    if columns.number is not None:
        unnumbered &= ~sheet.matching(_COUNTED, [columns.number], start, unnumbered)
    marked = sheet.matching(_MARKED, columns.first, start, unnumbered & ~sparse)
    return marked | (sparse & (unnumbered | (filled < 2)))


@dataclass(slots=True)
class _Row:
    """One row that may not be a record; `role` also sets `tail`, `nil` and `section`."""

    sheet: Sheet
    row: int
    cells: Row
    columns: Columns
    filled: int
    tail: bool = False
    nil: bool = False
    section: Section | None = None

    def role(self) -> str:
        """The role of the row, judged without its neighbours."""
        texts = [(index, cell) for index, cell in enumerate(self.cells) if cell]
        number = None if self.columns.number is None else self.cells[self.columns.number]
        others = [pair for pair in texts if pair[0] != self.columns.number]
        if not others:
            return self._classify_lone_number(number or "")
        self.nil = len(texts) <= 2 and any(says_nil(cell) for _, cell in texts)
        if self._is_total(number, others):
            return "tong"
        if not self.nil and self._is_section(number, others):
            return "nhom"
        self.tail = not self.nil and self._sparse and any(is_tail(cell) for _, cell in texts)
        outside = not self.filled and not re.match(r"\s*\d", number or "")
        return "cuoi" if self.nil or self.tail or outside else "ban_ghi"

    @property
    def _sparse(self) -> bool:
        return 2 * self.filled <= len(self.columns.read)

    def _classify_lone_number(self, text: str) -> str:
        """The role of a row with text only in the number column; a number alone is an empty line."""
        if re.fullmatch(r"\s*\(?\d+(?:[.)]\d*)*\s*", text):
            return "trong"
        if is_total(text):
            return "tong"
        self.nil = says_nil(text)
        section = None if self.nil else read_section_label(text)
        if section:
            self._set_section(self.columns.number or 0, section)
        self.tail = not section and is_tail(text)
        return "nhom" if section or (is_bare_numeral(text) and not self.tail) else "cuoi"

    def _is_total(self, number: str | None, others: Sequence[tuple[int, str]]) -> bool:
        if number and is_total(number):
            return True
        counted = number and re.match(r"\s*\d", number)
        return not counted and any(is_total(cell) for at, cell in others[:3] if at in self.columns.first)

    def _is_section(self, number: str | None, others: Sequence[tuple[int, str]]) -> bool:
        at, text = others[0]
        lone = len(others) == 1
        section = read_section_label(text)
        if number and read_section_label(number) and self._sparse:
            self._set_section(self.columns.number or 0, read_section_label(number))
            return True
        if number and is_bare_numeral(number) and self._only_numbers(others[1:]):
            self._set_section(at, section or (text, False))
            return True
        if number is not None or not (self._sparse or self._only_numbers(others[1:])):
            return False
        if section and (lone or self._only_numbers(others[1:])) and (self._sparse or section[1]):
            # A thôn in the column for thôn, with figures beside it, is a record.
            in_place = at in self.columns.places
            if not lone and (in_place or (not self._sparse and self.columns.number is None)):
                return False
            self._set_section(at, section)
            return True
        return lone and self._is_wide(at)

    def _only_numbers(self, cells: Sequence[tuple[int, str]]) -> bool:
        return all(re.fullmatch(r"[\s\d.,%xX–-]+", cell) for _, cell in cells)

    def _is_wide(self, column: int) -> bool:
        """Whether the cell is merged across at least half of the table, like a sub-heading."""
        return any(
            top <= self.row <= bottom
            and left <= column <= right
            and 2 * (right - left + 1) >= len(self.columns.read)
            for top, left, bottom, right in self.sheet.merges
            if right > left
        ) and not is_tail(str(self.cells[column]))

    def _set_section(self, column: int, section: tuple[str, bool] | None) -> None:
        if section:
            self.section = Section(self.row, letter_of(column), *section)


def _cut_tail(sheet: Sheet, body: Body, tails: Sequence[int], columns: Columns) -> None:
    """Give the role `cuoi` to all rows from the first signature or note on that no record follows."""
    first = tails[0]
    start, stop = body.start + first, body.start + len(body.codes)
    dense = 2 * sheet.filled(columns.read, start, stop) > len(columns.read)
    # The names under signatures may fill the row of a narrow table, but every record has a digit.
    dense = sheet.matching(r"[\s\S]*?\d", columns.read, start, dense & body.records[first:])
    last = first + int(np.flatnonzero(dense)[-1]) if dense.any() else -1
    cut = next((row for row in tails if row > last), None)
    if cut is not None:
        after = body.codes[cut:]
        after[after != CODE["trong"]] = CODE["cuoi"]
        body.sections = [found for found in body.sections if found.row < body.start + cut]
