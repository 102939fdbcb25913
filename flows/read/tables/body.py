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
from flows.read.tables.plausible import measure_likeness
from flows.read.tables.row_words import (
    is_bare_numeral,
    is_signature,
    is_sure_total,
    is_tail,
    is_total,
    read_section_label,
    says_nil,
)
from schemas.contract import Column

Codes = npt.NDArray[np.uint8]
_IDENTIFIERS = frozenset({"so_dinh_danh", "ma", "mst", "dien_thoai"})
_AMOUNTS = frozenset({"so_luong", "so_thuc", "so_tien", "ty_le", "co_khong"})

#: The number of each role, used in arrays while a sheet is read.
CODE: Mapping[str, int] = {role: code for code, role in enumerate(ROLES)}

# How the labels of totals and sections begin; a quick test before each row is looked at in detail.
_BEGINS = (
    r"\s*(?:\(?(?:[IVX]+|[A-HĐa-hđ])\s*[.)/:–-]\s*)?"
    r"(?i:t[ổôo]|c[ộọo]|t\s?\.?\s?c|toàn|lũy|luy|thôn|khu|phố|làng|bản|xóm|số cộng"
    r"|mang sang|chuyển|chuyen|trang tr|grand|sub|sum|σ)"
    r"|\s*\(?(?:[IVX]+|[A-HĐ])\s*[.)/:–-]"
)
_MARKED = "|".join(normalize(form, _BEGINS) for form in ("NFC", "NFD"))
_COUNTED = r"\s*\d"
_LONG = 50_000
# What the formulas of a line of the form show as long as nobody has filled it in.
_NOT_FOUND = frozenset({"#N/A"})
_ZERO = frozenset({"0", "0.0", "0,0", "00/01/1900", "30/12/1899", "31/12/1899"})
# A count or an amount, with or without its unit: it stands in total and section rows too.
_AMOUNT = re.compile(r"-?[\d][\d\s.,]*(?:%|[^\W\d_]{1,10}(?: [^\W\d_]{1,10})?)?|[xX✓–-]")
_SHORT_NUMBER = re.compile(r"-?\d{1,6}(?:[.,]\d+)?%?")
_UNIT = re.compile(r"\d{1,6} [^\W\d_]{1,10}(?: [^\W\d_]{1,10})?")


@dataclass(frozen=True, slots=True)
class Columns:
    """Indexes (from 0) of the columns that matter below a heading.

    Attributes:
        read: The columns of the contract.
        number: The column that numbers the records; None if there is none.
        first: The leftmost three columns with a heading, in which the labels of totals are.
        contract: The contract column of each of `read`; empty if no contract is known.
    """

    read: tuple[int, ...]
    number: int | None
    first: tuple[int, ...]
    contract: Mapping[int, Column] = field(default_factory=dict)

    def is_place(self, index: int) -> bool:
        """Whether a column is for thôn."""
        return index in self.contract and self.contract[index].kind.name == "thon"

    def holds_amounts(self, index: int) -> bool:
        """Whether a column is for amounts, counts or ticks, of which total rows hold sums."""
        return index in self.contract and self.contract[index].kind.name in _AMOUNTS


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
    suspicious = _find_suspicious(sheet, start, columns, filled) & ~empty
    waiting = _find_waiting(sheet, start, columns, suspicious if len(empty) > _LONG else ~empty)
    tails, strays = [], []
    for row in np.flatnonzero(suspicious & (waiting == _FILLED)).tolist():
        suspect = _Row(sheet, start + row, sheet.row(start + row), columns, int(filled[row]))
        body.codes[row] = CODE[suspect.role()]
        if suspect.tail:
            tails.append(row)
        if suspect.is_stray:
            strays.append(row)
        body.nil |= suspect.nil
        if suspect.section:
            body.sections.append(suspect.section)
    _leave_out_waiting(sheet, body, waiting, columns)
    _leave_out_strays(body, strays)
    if tails:
        _cut_tail(sheet, body, tails, columns)
    return body


# What a row that may be a prepared line of the form holds.
_FILLED, _WAITING, _ZEROS = 0, 1, 2


def _find_waiting(sheet: Sheet, start: int, columns: Columns, among: Mask) -> npt.NDArray[np.uint8]:
    """For each row `_WAITING` if it holds just #N/A and zeros, `_ZEROS` if just zeros, else `_FILLED`."""
    found = np.full(len(among), _FILLED, np.uint8)
    if not columns.contract:
        return found
    idle = among.copy()
    others = [index for index in range(sheet.width) if index != columns.number]
    # Nearly always the first column leaves no row.
    for index in others:
        filled = sheet.filled([index], start, start + len(among))[idle]
        held = sheet.holds(index, _NOT_FOUND | _ZERO)
        idle[idle] = filled == (sheet.count_holding(_NOT_FOUND | _ZERO, [index], start, idle) if held else 0)
        if not idle.any():
            return found
    # A line with nothing but its number is blank.
    idle &= sheet.filled(others, start, start + len(among)) > 0
    found[idle] = np.where(sheet.count_holding(_NOT_FOUND, others, start, idle) > 0, _WAITING, _ZEROS)
    return found


def _leave_out_waiting(sheet: Sheet, body: Body, waiting: npt.NDArray[np.uint8], columns: Columns) -> None:
    """Give lines of the form whose formulas wait for data the role `cho_san`.

    Between records, a numbered line of #N/A stays a record: something may be lost in it. Zeros that somebody
    typed look like those of a formula, so they count as waiting only in several lines below the last record.
    """
    if not waiting.any():
        return
    records = np.flatnonzero(body.records & (waiting == _FILLED))
    below = np.arange(len(waiting)) > (records[-1] if len(records) else -1)
    numbered: Mask = np.zeros(len(waiting), np.bool_)
    if columns.number is not None:
        numbered = sheet.matching(_COUNTED, [columns.number], body.start, waiting != _FILLED)
    zeros = (waiting == _ZEROS) & below & ~numbered
    several = np.count_nonzero(zeros) > 1 or (below & (waiting == _WAITING)).any()
    out = (waiting == _WAITING) & (below | ~numbered) | (zeros & several)
    body.codes[out] = CODE["cho_san"]


def _leave_out_strays(body: Body, strays: Sequence[int]) -> None:
    """Give lone texts below the last record the role `cuoi`; between records they stay records."""
    records = body.records
    records[strays] = False
    last = np.flatnonzero(records)[-1] if records.any() else len(records)
    for row in strays:
        if row > last:
            body.codes[row] = CODE["cuoi"]


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
    """One row that may not be a record; `role` also sets `tail`, `nil`, `section` and `is_stray`."""

    sheet: Sheet
    row: int
    cells: Row
    columns: Columns
    filled: int
    tail: bool = False
    nil: bool = False
    section: Section | None = None
    is_stray: bool = False

    def role(self) -> str:
        """The role of the row, judged without its neighbours."""
        texts = [(index, cell) for index, cell in enumerate(self.cells) if cell]
        number = None if self.columns.number is None else self.cells[self.columns.number]
        others = [pair for pair in texts if pair[0] != self.columns.number]
        if not others:
            return self._classify_lone_number(number or "")
        told = self._count_told(others)
        self.nil = len(texts) <= 2 and any(says_nil(cell) for _, cell in texts)
        if told > 1:
            return "tong" if self._is_filled_total(number, others) else "ban_ghi"
        if self._is_total(number, others, told):
            return "tong"
        if not self.nil and self._is_section(number, others):
            return "nhom"
        self.tail = not self.nil and self._sparse and any(is_tail(cell) for _, cell in texts)
        outside = not self.filled and not re.match(_COUNTED, number or "")
        if self.nil or self.tail or outside:
            return "cuoi"
        self.is_stray = number is None and len(others) == 1 and self._is_out_of_place(*others[0])
        return "ban_ghi"

    def is_kept_below_note(self) -> bool:
        """Whether the row is numbered, or two of its cells are neither labels nor closing words."""
        if self.columns.number is not None and re.match(_COUNTED, self.cells[self.columns.number] or ""):
            return True
        cells = [(at, cell) for at, cell in enumerate(self.cells) if cell and at in self.columns.contract]
        others = sum(not (is_total(cell) or is_tail(cell)) for _, cell in cells)
        return others > 1 or (others == 1 and self._count_told(cells) > 1)

    def _count_told(self, others: Sequence[tuple[int, str]]) -> int:
        """The number of cells that only a record has: no label, no amount, no words of a closing line.

        A number or code that identifies somebody or something counts twice.
        """
        first = others[0][0]
        return sum(
            1 + self._identifies(at, cell)
            for at, cell in others
            if at in self.columns.contract and not self._is_of_no_record(at, cell, first=at == first)
        )

    def _identifies(self, at: int, cell: str) -> bool:
        column = self.columns.contract[at]
        return column.kind.name in _IDENTIFIERS and measure_likeness(column)(cell.strip()) == 1

    def _is_of_no_record(self, at: int, cell: str, *, first: bool) -> bool:
        if cell in _NOT_FOUND or is_total(cell) or is_tail(cell) or (first and read_section_label(cell)):
            return True
        if self.columns.holds_amounts(at):
            return bool(_AMOUNT.fullmatch(cell))
        return bool(_SHORT_NUMBER.fullmatch(cell) or _UNIT.fullmatch(cell)) and self._is_out_of_place(
            at, cell
        )

    def _is_out_of_place(self, at: int, cell: str) -> bool:
        """Whether a cell can't be a value of the contract column that it is in."""
        return at in self.columns.contract and not measure_likeness(self.columns.contract[at])(cell.strip())

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

    def _is_total(self, number: str | None, others: Sequence[tuple[int, str]], told: int) -> bool:
        if number and is_total(number):
            return True
        if number and re.match(_COUNTED, number):
            return False
        labels = [cell for at, cell in others[:3] if at in self.columns.first] or [others[0][1]]
        return any(is_total(cell) and (not told or is_sure_total(cell)) for cell in labels)

    def _is_filled_total(self, number: str | None, others: Sequence[tuple[int, str]]) -> bool:
        """Whether a row with other texts is a total: it says so, has amounts, and identifies nothing."""
        return (
            number is None
            and others[0][0] in self.columns.first
            and is_sure_total(others[0][1])
            and any(self.columns.holds_amounts(at) and re.match(_COUNTED, cell) for at, cell in others)
            and not any(at in self.columns.contract and self._identifies(at, cell) for at, cell in others)
        )

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
            in_place = self.columns.is_place(at)
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
    """Give the role `cuoi` to all rows from the first signature or note on that no record follows.

    Below a note, a row that is numbered or has two cells stays a record; below a signature it does not,
    because names stand there.
    """
    first = tails[0]
    start, stop = body.start + first, body.start + len(body.codes)
    filled = sheet.filled(columns.read, start, stop)
    dense = 2 * filled > len(columns.read)
    # The names under signatures may fill the row of a narrow table, but every record has a digit.
    dense = sheet.matching(r"[\s\S]*?\d", columns.read, start, dense & body.records[first:])
    if columns.number is not None and columns.contract:
        dense |= sheet.matching(_COUNTED, [columns.number], start, (filled > 1) & body.records[first:])
    last = first + int(np.flatnonzero(dense)[-1]) if dense.any() else -1
    cut = next((row for row in tails if row > last), None)
    if cut is None:
        return
    signed = next((row for row in tails if row >= cut and _is_signed(sheet.row(body.start + row))), None)
    kept = {
        row
        for row in np.flatnonzero(body.records).tolist()
        if cut <= row < (len(body.codes) if signed is None else signed)
        and _Row(sheet, body.start + row, sheet.row(body.start + row), columns, 0).is_kept_below_note()
    }
    for row in np.flatnonzero((body.codes != CODE["trong"]) & (body.codes != CODE["cho_san"])).tolist():
        if row >= cut and row not in kept:
            body.codes[row] = CODE["cuoi"]
    body.sections = [found for found in body.sections if found.row < body.start + cut]


def _is_signed(cells: Row) -> bool:
    return any(cell and is_signature(cell) for cell in cells)
