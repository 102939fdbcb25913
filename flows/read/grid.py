"""A sheet as a grid of text: columns named by letters, rows as on the sheet, how each cell was stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from string import ascii_uppercase

import polars as pl

from flows.read.table import CellType

#: A rectangle of merged cells: first row, first column, last row, last column, counted from 0.
Merge = tuple[int, int, int, int]


@cache
def letter(index: int) -> str:
    """Letter of the column with this index, counted from 0."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = ascii_uppercase[rest] + name
    return name


def index_of(name: str) -> int:
    """Index of the column with this letter, counted from 0."""
    value = 0
    for character in name:
        value = value * 26 + ord(character) - 64
    return value - 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, or a whole CSV.

    `text` holds one String column a sheet column, named by its letter; row j is sheet row j + 1 unless
    `lines` gives other numbers. `kinds` is None for plain text: then a bare number counts as NUMBER, and
    `least` holds each column's first text in code point order.
    """

    name: str
    text: pl.DataFrame
    kinds: Mapping[str, pl.Series] | None = None
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    lines: pl.Series | None = None
    least: Mapping[str, str | None] = field(default_factory=dict)

    def numbers(self) -> pl.Series:
        """Sheet row (in CSV the line) of each row of `text`, as UInt32 `_row`."""
        if self.lines is not None:
            return self.lines.alias("_row")
        return pl.int_range(1, self.text.height + 1, dtype=pl.UInt32, eager=True).alias("_row")

    def number(self, row: int) -> int:
        """Sheet row of row `row` of `text`."""
        return row + 1 if self.lines is None else int(self.lines[row])

    def kind_of(self, letter: str, text: pl.Series) -> pl.Series:
        """How cells of plain text taken from a column count as stored, as UInt8 `CellType`.

        NUMBER is digits with an optional sign and decimal point and no leading zero.
        """
        least = self.least.get(letter)
        if least is None or least >= ":":
            return pl.zeros(len(text), pl.UInt8, eager=True)
        bare = text.str.contains(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$").fill_null(False)
        return bare.cast(pl.UInt8) * CellType.NUMBER.value


def plain_sheet(name: str, columns: Sequence[Sequence[str | None]], merges: tuple[Merge, ...] = ()) -> Sheet:
    """A sheet of text that no program stored as numbers or dates; blank cells are None."""
    text = pl.DataFrame({letter(i): pl.Series(cells, dtype=pl.String) for i, cells in enumerate(columns)})
    return Sheet(name, text, merges=merges, least=least_of(text))


def least_of(text: pl.DataFrame) -> Mapping[str, str | None]:
    """The first text of each column in code point order."""
    return dict(zip(text.columns, text.select(pl.all().min()).row(0), strict=True)) if text.width else {}
