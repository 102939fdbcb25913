"""Represents a sheet as a grid of text: as lists of cells, or as a polars frame if it is long.

Both have the rows and columns of the real sheet, so that every cell keeps its address.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from itertools import compress
from operator import add
from string import ascii_uppercase

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.clerk_marks import NO_MARKS, Cell, SheetMarks
from flows.read.formats.lines import LineFault
from flows.read.number_formats import Formats, name_format
from flows.read.table import CellType

#: A rectangle of merged cells: first row, first column, last row, last column, counted from 0.
Merge = tuple[int, int, int, int]
Row = Sequence[str | None]
Mask = npt.NDArray[np.bool_]

#: The columns that a sheet can have.
MOST_COLUMNS = 16_384

_LONG = 50_000
#: A workbook sheet with fewer rows is faster as lists than as a frame. In a sheet longer than `_LONG` only
#: the first rows are searched for headings.
LISTED = 1_000
# Columns of a frame that are compared with many spellings at once.
_AT_ONCE = 256
_TEXT = pl.Series([CellType.TEXT.value], dtype=pl.UInt8)
# A text file stores no numbers. Digits alone have one reading; what a dot means, the column decides.
_DIGITS = r"^-?(?:0|[1-9][0-9]*)$"


@cache
def letter_of(index: int) -> str:
    """Letter of the column with this index, counted from 0."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = ascii_uppercase[rest] + name
    return name


@cache
def index_of(name: str) -> int:
    """Index of the column with this letter, counted from 0."""
    value = 0
    for character in name:
        value = value * 26 + ord(character) - 64
    return value - 1


def cell_at(address: str) -> Cell:
    """Row and column, from 0, of the cell with an address such as `C17`."""
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]) - 1, index_of(letters)


def text_types(count: int) -> pl.Series:
    """A series of `count` times `CellType.TEXT`."""
    return _TEXT.new_from_index(0, count)


@dataclass(slots=True)
class Sheet(ABC):
    """One sheet of a workbook, or a whole text file. Row and column indexes start at 0.

    Attributes:
        name: Name of the sheet.
        merges: The merged cells.
        hidden: Whether the sheet is hidden.
        hidden_rows: The hidden rows, as sheet rows (from 1).
        marks: What clerks did to its cells besides typing.
        from_1904: Whether its workbook counts days from 1904 on, as Excel for old Macs did.
        formats: The number formats of cells that may show another number than they store.
    """

    name: str
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    marks: SheetMarks = field(default=NO_MARKS, kw_only=True)
    from_1904: bool = field(default=False, kw_only=True)
    formats: Formats = field(default_factory=dict, kw_only=True)

    @property
    @abstractmethod
    def height(self) -> int:
        """Number of rows, up to the last non-empty one."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Number of columns, up to the last non-empty one."""

    @abstractmethod
    def rows(self, start: int, stop: int) -> Iterable[Row]:
        """The cells of each row from `start` to `stop`, exclusive."""

    @abstractmethod
    def filled(self, columns: Collection[int], start: int, stop: int) -> npt.NDArray[np.uint32]:
        """For each row, the number of non-empty cells in `columns`."""

    @abstractmethod
    def matching(self, pattern: str, columns: Iterable[int], start: int, among: Mask) -> Mask:
        """Rows from `start` on that are in `among` and have a cell of `columns` beginning with `pattern`."""

    @abstractmethod
    def take(self, column: int, start: int, keep: Mask) -> tuple[pl.Series, pl.Series]:
        """Text and `CellType` of the cells of a column, of the rows from `start` on where `keep` is true."""

    @abstractmethod
    def holding(self, spellings: frozenset[str], start: int) -> Iterable[int]:
        """Rows from `start` on where at least two cells hold one of `spellings`."""

    @abstractmethod
    def holds(self, column: int, spellings: frozenset[str]) -> bool:
        """Whether a cell of a column holds one of `spellings`."""

    @abstractmethod
    def count_holding(
        self, spellings: frozenset[str], columns: Collection[int], start: int, among: Mask
    ) -> npt.NDArray[np.uint32]:
        """For each row from `start` on that is in `among`, the number of cells holding one of `spellings`."""

    def column(self, column: int) -> tuple[pl.Series, pl.Series]:
        """Text and `CellType` of every cell of a column."""
        return self.take(column, 0, np.ones(self.height, np.bool_))

    def take_numbers(self, column: int, start: int, keep: Mask) -> tuple[pl.Series, pl.Series]:
        """As `take`; where a number format may show another number than is stored, the text names it."""
        text, kind = self.take(column, start, keep)
        formats = {row - start: code for row, code in self.formats.get(column, {}).items()}
        rows = np.array([row for row in formats if 0 <= row < len(keep) and keep[row]], np.int64)
        places = pl.Series(np.cumsum(keep)[rows] - 1)
        if places.is_empty():
            return text, kind
        codes = pl.Series([formats[row] for row in rows.tolist()], dtype=pl.String)
        cells = pl.DataFrame([text[places].alias("text"), kind[places].alias("kind"), codes.alias("code")])
        named = pl.when(pl.col("kind") == CellType.NUMBER).then(name_format(pl.col("text"), pl.col("code")))
        return text.scatter(places, cells.select(named.otherwise("text")).to_series()), kind

    def row(self, row: int) -> Row:
        """The cells of one row."""
        return next(iter(self.rows(row, row + 1)))

    @property
    def separator(self) -> str | None:
        """In a text file, what stands between the cells of a row; None in a workbook."""
        return None

    @property
    def last_line(self) -> int | None:
        """In a text file, the number of its last line; None in a workbook."""
        return None

    def number(self, row: int) -> int:
        """The number of a row on the sheet (from 1); in a text file its line."""
        return row + 1

    def numbers(self) -> pl.Series:
        """`number` of every row, as a UInt32 series `_row`."""
        return pl.int_range(1, self.height + 1, dtype=pl.UInt32, eager=True).alias("_row")


@dataclass(slots=True)
class CellSheet(Sheet):
    """A sheet as lists: the texts of each column, and in `kinds` their `CellType`, None if all are TEXT."""

    columns: list[list[str | None]] = field(default_factory=list)
    kinds: list[list[int] | None] = field(default_factory=list)
    _full: Mask | None = None

    @property
    def height(self) -> int:
        """See `Sheet`."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def width(self) -> int:
        """See `Sheet`."""
        return len(self.columns)

    def rows(self, start: int, stop: int) -> Iterable[Row]:
        """See `Sheet`."""
        return zip(*(column[start:stop] for column in self.columns), strict=True)

    def filled(self, columns: Collection[int], start: int, stop: int) -> npt.NDArray[np.uint32]:
        """See `Sheet`."""
        if self._full is None:
            # May be kept: decoding changes the text of cells, but never makes one empty.
            full = [[cell is not None for cell in column] for column in self.columns]
            self._full = np.array(full, np.bool_)
        counted: npt.NDArray[np.uint32] = self._full[list(columns), start:stop].sum(axis=0, dtype=np.uint32)
        return counted

    def matching(self, pattern: str, columns: Iterable[int], start: int, among: Mask) -> Mask:
        """See `Sheet`."""
        begins = re.compile(pattern).match
        found = np.zeros(len(among), np.bool_)
        rows = np.flatnonzero(among).tolist()
        for index in columns:
            column = self.columns[index]
            found[[row for row in rows if (cell := column[start + row]) and begins(cell)]] = True
        return found

    def take(self, column: int, start: int, keep: Mask) -> tuple[pl.Series, pl.Series]:
        """See `Sheet`."""
        stop = start + len(keep)
        text, kinds = self.columns[column][start:stop], self.kinds[column]
        kind = None if kinds is None else np.array(kinds[start:stop], np.uint8)
        if not keep.all():
            text, kind = list(compress(text, keep.tolist())), None if kind is None else kind[keep]
        kept = pl.Series(text, dtype=pl.String)
        return kept, text_types(len(kept)) if kind is None else pl.Series(kind)

    def holding(self, spellings: frozenset[str], start: int) -> Iterable[int]:
        """See `Sheet`."""
        hits: dict[int, int] = {}
        for column in self.columns:
            if not spellings.isdisjoint(column[start:]):
                for row, cell in enumerate(column[start:], start):
                    if cell in spellings:
                        hits[row] = hits.get(row, 0) + 1
        return sorted(row for row, count in hits.items() if count > 1)

    def holds(self, column: int, spellings: frozenset[str]) -> bool:
        """See `Sheet`."""
        return not spellings.isdisjoint(self.columns[column])

    def count_holding(
        self, spellings: frozenset[str], columns: Collection[int], start: int, among: Mask
    ) -> npt.NDArray[np.uint32]:
        """See `Sheet`."""
        rows = (np.flatnonzero(among) + start).tolist()
        counted = np.zeros(len(rows), np.uint32)
        for index in columns:
            column = self.columns[index]
            if not spellings.isdisjoint(column):
                counted += np.array([column[row] in spellings for row in rows], np.uint32)
        return counted


@dataclass(slots=True)
class FrameSheet(Sheet):
    """A text file, or a long sheet of a workbook, as a frame.

    Attributes:
        text: One String column per sheet column, named by its letter.
        kinds: `CellType` of the columns that are not all TEXT; None for a text file until it is worked out.
        lines: In a text file, the line of each row; None if row n is on line n + 1.
        least: In a text file, the smallest text of each column in code point order.
        widths: In a text file, the number of cells of each row; None if all rows have the same.
        separator: In a text file, what stands between the cells of a row.
        last_line: In a text file, the number of its last line; rows may go over several lines.
        open_end: Whether a text file ends without a line end, so that it may have been cut off.
        faults: The damaged lines of a text file.
    """

    text: pl.DataFrame = field(default_factory=pl.DataFrame)
    kinds: Mapping[str, pl.Series] | None = None
    lines: pl.Series | None = None
    least: Mapping[str, str | None] = field(default_factory=dict)
    widths: pl.Series | None = None
    separator: str | None = None
    last_line: int | None = None
    open_end: bool = False
    faults: Sequence[LineFault] = ()

    @property
    def height(self) -> int:
        """See `Sheet`."""
        return self.text.height

    @property
    def width(self) -> int:
        """See `Sheet`."""
        return self.text.width

    def rows(self, start: int, stop: int) -> Iterable[Row]:
        """See `Sheet`."""
        return self.text.slice(start, stop - start).iter_rows()

    def filled(self, columns: Collection[int], start: int, stop: int) -> npt.NDArray[np.uint32]:
        """See `Sheet`."""
        names = [letter_of(index) for index in columns]
        if not names:
            return np.zeros(max(stop - start, 0), np.uint32)
        # Only these columns: a torn line may make a sheet thousands of columns wide.
        rows = pl.DataFrame([self.text.get_column(name).slice(start, stop - start) for name in names])
        counted = pl.sum_horizontal(pl.all().is_not_null()).cast(pl.UInt32).alias("n")
        result: npt.NDArray[np.uint32] = rows.select(counted)["n"].to_numpy()
        return result

    def matching(self, pattern: str, columns: Iterable[int], start: int, among: Mask) -> Mask:
        """See `Sheet`."""
        begins = [pl.col(letter_of(i)).str.contains(f"^(?:{pattern})").fill_null(False) for i in columns]
        if not begins:
            return np.zeros(len(among), np.bool_)
        rows = self.text.slice(start, len(among))
        marked: Mask = rows.select(pl.any_horizontal(*begins).alias("m"))["m"].to_numpy()
        return np.logical_and(among, marked)

    def take(self, column: int, start: int, keep: Mask) -> tuple[pl.Series, pl.Series]:
        """See `Sheet`. In a text file a whole number without leading zero is NUMBER, everything else TEXT."""
        text = self.text[letter_of(column)].slice(start, len(keep))
        if not keep.all():
            text = text.filter(pl.Series(keep))
        if self.kinds is None:
            self.kinds = self._find_numbers()
        stored = self.kinds.get(letter_of(column))
        if stored is None:
            return text, text_types(len(text))
        kind = stored.slice(start, len(keep))
        return text, kind if keep.all() else kind.filter(pl.Series(keep))

    def _find_numbers(self) -> Mapping[str, pl.Series]:
        """`CellType` of the columns that may hold plain numbers, in one parallel pass."""
        names = [name for name, least in self.least.items() if least is not None and least < ":"]
        number = pl.lit(CellType.NUMBER.value, pl.UInt8)
        bare = pl.col(names).str.contains(_DIGITS).fill_null(False).cast(pl.UInt8) * number
        return self.text.select(bare).to_dict() if names else {}

    def holding(self, spellings: frozenset[str], start: int) -> Iterable[int]:
        """See `Sheet`. Empty for very long sheets, in which the search would be slow."""
        rest = self.text.slice(start)
        if not 0 < rest.height <= _LONG:
            return []
        # Each column has a set of all spellings while it is compared: too much for thousands at once.
        parts = (rest[:, first : first + _AT_ONCE] for first in range(0, rest.width, _AT_ONCE))
        spelt = pl.all().is_in(spellings).fill_null(False)
        hits = reduce(add, (part.select(pl.sum_horizontal(spelt)).to_series() for part in parts))
        return [int(row) + start for row in (hits >= 2).arg_true()]

    def holds(self, column: int, spellings: frozenset[str]) -> bool:
        """See `Sheet`."""
        return bool(self.text[letter_of(column)].is_in(spellings).any())

    def count_holding(
        self, spellings: frozenset[str], columns: Collection[int], start: int, among: Mask
    ) -> npt.NDArray[np.uint32]:
        """See `Sheet`."""
        names = [letter_of(index) for index in columns]
        rows = self.text.lazy().select(names).slice(start, len(among)).filter(pl.Series(among)).collect()
        held = pl.col(names).is_in(spellings).fill_null(value=False)
        counted = rows.select(pl.sum_horizontal(held).cast(pl.UInt32).alias("n"))
        result: npt.NDArray[np.uint32] = counted["n"].to_numpy()
        return result

    def number(self, row: int) -> int:
        """See `Sheet`."""
        return row + 1 if self.lines is None else int(self.lines[row])

    def numbers(self) -> pl.Series:
        """See `Sheet`."""
        return Sheet.numbers(self) if self.lines is None else self.lines.alias("_row")


def workbook_sheet(
    name: str,
    merges: tuple[Merge, ...],
    hidden: bool,
    hidden_rows: frozenset[int],
    columns: list[list[str | None]],
    kinds: list[list[int] | None],
    marks: SheetMarks,
) -> Sheet:
    """Make a workbook sheet; `columns` are its cells, `kinds` their `CellType` (None if all are TEXT)."""
    if not columns or not LISTED <= len(columns[0]) <= _LONG:
        return CellSheet(name, merges, hidden, hidden_rows, columns, kinds, marks=marks)
    text = pl.DataFrame([pl.Series(letter_of(i), cells, pl.String) for i, cells in enumerate(columns)])
    stored = {
        letter_of(i): pl.Series(kind, dtype=pl.UInt8) for i, kind in enumerate(kinds) if kind is not None
    }
    return FrameSheet(name, merges, hidden, hidden_rows, text, stored, marks=marks)


def least_of(text: pl.DataFrame) -> Mapping[str, str | None]:
    """The smallest text of each column in code point order."""
    return dict(zip(text.columns, text.select(pl.all().min()).row(0), strict=True)) if text.width else {}


def plain_sheet(
    name: str,
    columns: Sequence[Sequence[str | None]],
    merges: tuple[Merge, ...] = (),
    stored: Mapping[str, pl.Series] | None = None,
) -> Sheet:
    """Make a sheet of text from its columns; blank cells are None.

    `stored` has the `CellType` of the columns that are not all TEXT; None if digits alone are numbers.
    """
    text = pl.DataFrame({letter_of(i): pl.Series(cells, dtype=pl.String) for i, cells in enumerate(columns)})
    return FrameSheet(name, merges, text=text, kinds=stored, least=least_of(text))
