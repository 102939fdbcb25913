"""Tells the rows below a heading apart: records, sections, totals, blank rows, signatures."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.grid import Sheet
from flows.read.table import ROLES
from flows.read.words import is_bare_numeral, is_tail, is_total, says_nil, section_label

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]

#: The number that stands for each role while a sheet is being read.
CODE: Mapping[str, int] = {role: code for code, role in enumerate(ROLES)}

# First letters of the words that mark such rows, in both Unicode forms: a sieve before the real judgement.
_MARKED = (
    r"^\s*(?:[Tt][ổô]|T[ỔÔ]|[Cc][ộô]|C[ỘÔ]|[Tt]o|TO|[Ll][ũu]|[Nn][ơgo]|N[ƠG]|[Kk]|[Tt]hôn|THÔN"
    r"|[(*]|[IVX]+[.)]|[A-Ha-hđĐ][.)])"
)
_LONG = 50_000


@dataclass(frozen=True, slots=True)
class Columns:
    """Letters that matter below a heading: those read, the one that numbers the rows, those of thôn."""

    read: tuple[str, ...]
    number: str | None
    first: tuple[str, ...]  # the leftmost three, where labels of totals stand
    places: tuple[str, ...]


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
        return np.asarray(self.codes == CODE["ban_ghi"])


def classify(sheet: Sheet, start: int, stop: int, columns: Columns) -> Body:
    """Roles of the rows `start` to `stop` (exclusive, from 0), those of the next table's title not known."""
    rows = sheet.text.slice(start, stop - start)
    body = Body(start, np.full(rows.height, CODE["ban_ghi"], np.uint8))
    if not rows.height:
        return body
    filled = _count(rows, columns.read)
    empty = (_count(rows, rows.columns) if (filled == 0).any() else filled) == 0
    body.codes[empty] = CODE["trong"]
    odd = _odd(rows, columns, filled) & ~empty
    tails = []
    for row in np.flatnonzero(odd).tolist():
        seen = _Row(sheet, start + row, rows.row(row), rows.columns, columns, int(filled[row]))
        body.codes[row] = CODE[seen.role()]
        if seen.tail:
            tails.append(row)
        body.nil |= seen.nil
        if seen.section:
            body.sections.append(seen.section)
    _cut_tail(body, rows, tails, columns)
    return body


def _count(rows: pl.DataFrame, letters: Collection[str]) -> npt.NDArray[np.uint32]:
    """How many cells of each row hold something."""
    if not letters:
        return np.zeros(rows.height, np.uint32)
    expression = pl.sum_horizontal(pl.col(*letters).is_not_null())
    counted: npt.NDArray[np.uint32] = rows.select(expression.cast(pl.UInt32).alias("n"))["n"].to_numpy()
    return counted


def _odd(rows: pl.DataFrame, columns: Columns, filled: npt.NDArray[np.uint32]) -> Mask:
    """Rows that may be no records: half empty, or marked so in their first cells."""
    sparse: Mask = np.asarray(2 * filled <= len(columns.read))
    if rows.height > _LONG:
        return sparse
    signs = [pl.col(name).str.contains(_MARKED) for name in columns.first]
    if columns.number:
        signs.append(~pl.col(columns.number).str.contains(r"^\s*\d"))
    marked: Mask = rows.select(pl.any_horizontal(*(s.fill_null(False) for s in signs)).alias("m"))[
        "m"
    ].to_numpy()
    return sparse | marked


@dataclass(slots=True)
class _Row:
    """One row that may be no record."""

    sheet: Sheet
    row: int
    cells: Sequence[str | None]
    letters: Sequence[str]
    columns: Columns
    filled: int
    tail: bool = False
    nil: bool = False
    section: Section | None = None

    def role(self) -> str:
        """The row's role as far as it shows by itself."""
        texts = [(name, cell) for name, cell in zip(self.letters, self.cells, strict=True) if cell]
        number = next((cell for name, cell in texts if name == self.columns.number), None)
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
        section = None if self.nil else section_label(text)
        if section:
            self._take(self.columns.number or "", section)
        self.tail = not section and is_tail(text)
        return "nhom" if section or (is_bare_numeral(text) and not self.tail) else "cuoi"

    def _is_total(self, number: str | None, others: Sequence[tuple[str, str]]) -> bool:
        if number and is_total(number):
            return True
        counted = number and re.match(r"\s*\d", number)
        return not counted and any(is_total(cell) for name, cell in others[:3] if name in self.columns.first)

    def _is_section(self, number: str | None, others: Sequence[tuple[str, str]]) -> bool:
        letter, text = others[0]
        lone = len(others) == 1
        section = section_label(text)
        if number and section_label(number) and self._sparse:
            self._take(self.columns.number or "", section_label(number))
            return True
        if number and is_bare_numeral(number) and self._only_numbers(others[1:]):
            self._take(letter, section or (text, False))
            return True
        if number is not None or not (self._sparse or self._only_numbers(others[1:])):
            return False
        if section and (lone or self._only_numbers(others[1:])) and (self._sparse or section[1]):
            # A thôn in the column of thôn, with figures beside it, is what the form asks for.
            in_place = letter in self.columns.places
            if not lone and (in_place or (not self._sparse and self.columns.number is None)):
                return False
            self._take(letter, section)
            return True
        return lone and self._is_wide(letter)

    def _only_numbers(self, cells: Sequence[tuple[str, str]]) -> bool:
        return all(re.fullmatch(r"[\s\d.,%xX–-]+", cell) for _, cell in cells)

    def _is_wide(self, letter: str) -> bool:
        """Whether the cell is merged across at least half of the table, as a sub-heading is."""
        column = self.letters.index(letter)
        return any(
            top <= self.row <= bottom
            and left <= column <= right
            and 2 * (right - left + 1) >= len(self.columns.read)
            for top, left, bottom, right in self.sheet.merges
            if right > left
        ) and not is_tail(str(self.cells[column]))

    def _take(self, letter: str, section: tuple[str, bool] | None) -> None:
        if section:
            self.section = Section(self.row, letter, *section)


def _cut_tail(body: Body, rows: pl.DataFrame, tails: Sequence[int], columns: Columns) -> None:
    """Everything from the first signature or note on is the tail, unless records follow it."""
    if not tails:
        return
    dense = rows.select(
        (2 * pl.sum_horizontal(pl.col(*columns.read).is_not_null()) > len(columns.read))
        & pl.any_horizontal(pl.col(*columns.read).str.contains(r"\d").fill_null(False))
    ).to_series()
    real = np.flatnonzero(dense.to_numpy() & body.records)
    last = int(real[-1]) if len(real) else -1
    first = next((row for row in tails if row > last), None)
    if first is not None:
        after = body.codes[first:]
        after[after != CODE["trong"]] = CODE["cuoi"]
        body.sections = [found for found in body.sections if found.row < body.start + first]
