"""Tells the rows below a heading apart: records, sections, totals, blank rows, signatures."""

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

#: The number that stands for each role while a sheet is being read.
CODE: Mapping[str, int] = {role: code for code, role in enumerate(ROLES)}

# How totals and sections that fill most columns begin: a sieve before the judgement.
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
    """Columns that matter below a heading, from 0: those read, the one with row numbers, those of thôn."""

    read: tuple[int, ...]
    number: int | None
    first: tuple[int, ...]  # the leftmost three, where labels of totals stand
    places: tuple[int, ...]


class Section(NamedTuple):
    """A section row: where its label stands, without numeral, and whether it names a thôn or phố."""

    row: int
    letter: str
    label: str
    is_place: bool


@dataclass(slots=True)
class Body:
    """Roles of the rows from `start` on, places named by section rows, whether nothing is declared."""

    start: int
    codes: Codes
    sections: list[Section] = field(default_factory=list)
    nil: bool = False

    @property
    def records(self) -> Mask:
        """Which rows are records."""
        return self.having("ban_ghi")

    def having(self, role: str) -> Mask:
        """Which rows have this role."""
        return np.asarray(self.codes == CODE[role])


def classify(sheet: Sheet, start: int, stop: int, columns: Columns) -> Body:
    """Roles of the rows `start` to `stop` (exclusive, from 0), those of the next table's title not known."""
    body = Body(start, np.full(max(stop - start, 0), CODE["ban_ghi"], np.uint8))
    if stop <= start:
        return body
    filled = sheet.filled(columns.read, start, stop)
    empty = filled == 0
    if empty.any():
        empty = sheet.filled(range(sheet.width), start, stop) == 0
    body.codes[empty] = CODE["trong"]
    tails = []
    for row in np.flatnonzero(_odd(sheet, start, columns, filled) & ~empty).tolist():
        seen = _Row(sheet, start + row, sheet.row(start + row), columns, int(filled[row]))
        body.codes[row] = CODE[seen.role()]
        if seen.tail:
            tails.append(row)
        body.nil |= seen.nil
        if seen.section:
            body.sections.append(seen.section)
    if tails:
        _cut_tail(sheet, body, tails, columns)
    return body


def _odd(sheet: Sheet, start: int, columns: Columns, filled: npt.NDArray[np.uint32]) -> Mask:
    """Rows that may be no records: half empty, or marked in their first cells; numbered ones rarely are."""
    sparse: Mask = np.asarray(2 * filled <= len(columns.read))
    if len(filled) > _LONG:
        return sparse
    open_to_doubt: Mask = np.ones(len(filled), np.bool_)
    if columns.number is not None:
        open_to_doubt &= ~sheet.matching(_COUNTED, [columns.number], start, open_to_doubt)
    marked = sheet.matching(_MARKED, columns.first, start, open_to_doubt & ~sparse)
    return marked | (sparse & (open_to_doubt | (filled < 2)))


@dataclass(slots=True)
class _Row:
    """One row that may be no record."""

    sheet: Sheet
    row: int
    cells: Row
    columns: Columns
    filled: int
    tail: bool = False
    nil: bool = False
    section: Section | None = None

    def role(self) -> str:
        """The row's role as far as it shows by itself."""
        texts = [(index, cell) for index, cell in enumerate(self.cells) if cell]
        number = None if self.columns.number is None else self.cells[self.columns.number]
        others = [pair for pair in texts if pair[0] != self.columns.number]
        if not others:
            return self._lonely_number(number or "")
        self.nil = len(texts) <= 2 and any(says_nil(cell) for _, cell in texts)
        if self._is_total(number, others):
            return "tong"
        if not self.nil and self._is_section(number, others):
            return "nhom"
        self.tail = not self.nil and self._sparse and any(is_tail(cell) for _, cell in texts)
        beside = not self.filled and not re.match(r"\s*\d", number or "")
        return "cuoi" if self.nil or self.tail or beside else "ban_ghi"

    @property
    def _sparse(self) -> bool:
        return 2 * self.filled <= len(self.columns.read)

    def _lonely_number(self, text: str) -> str:
        """A row with nothing but its number is one of a form's empty lines."""
        if re.fullmatch(r"\s*\(?\d+(?:[.)]\d*)*\s*", text):
            return "trong"
        if is_total(text):
            return "tong"
        self.nil = says_nil(text)
        section = None if self.nil else read_section_label(text)
        if section:
            self._take(self.columns.number or 0, section)
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
            self._take(self.columns.number or 0, read_section_label(number))
            return True
        if number and is_bare_numeral(number) and self._only_numbers(others[1:]):
            self._take(at, section or (text, False))
            return True
        if number is not None or not (self._sparse or self._only_numbers(others[1:])):
            return False
        if section and (lone or self._only_numbers(others[1:])) and (self._sparse or section[1]):
            # A thôn in the column of thôn, with figures beside it, is what the form asks for.
            in_place = at in self.columns.places
            if not lone and (in_place or (not self._sparse and self.columns.number is None)):
                return False
            self._take(at, section)
            return True
        return lone and self._is_wide(at)

    def _only_numbers(self, cells: Sequence[tuple[int, str]]) -> bool:
        return all(re.fullmatch(r"[\s\d.,%xX–-]+", cell) for _, cell in cells)

    def _is_wide(self, column: int) -> bool:
        """Whether the cell is merged across at least half of the table, as a sub-heading is."""
        return any(
            top <= self.row <= bottom
            and left <= column <= right
            and 2 * (right - left + 1) >= len(self.columns.read)
            for top, left, bottom, right in self.sheet.merges
            if right > left
        ) and not is_tail(str(self.cells[column]))

    def _take(self, column: int, section: tuple[str, bool] | None) -> None:
        if section:
            self.section = Section(self.row, letter_of(column), *section)


def _cut_tail(sheet: Sheet, body: Body, tails: Sequence[int], columns: Columns) -> None:
    """Everything from the first signature or note on is the tail, unless records follow it."""
    first = tails[0]
    start, stop = body.start + first, body.start + len(body.codes)
    dense = 2 * sheet.filled(columns.read, start, stop) > len(columns.read)
    # Names under signatures may fill a narrow table's row; no record is without a digit.
    dense = sheet.matching(r"[\s\S]*?\d", columns.read, start, dense & body.records[first:])
    last = first + int(np.flatnonzero(dense)[-1]) if dense.any() else -1
    cut = next((row for row in tails if row > last), None)
    if cut is not None:
        after = body.codes[cut:]
        after[after != CODE["trong"]] = CODE["cuoi"]
        body.sections = [found for found in body.sections if found.row < body.start + cut]
