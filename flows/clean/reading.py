"""Reads one column: plain cells in one expression, every other distinct spelling once.

A cell that can't be read gets a flaw in `unread`. Reading each spelling once keeps the slow patterns cheap: a
column of a million rows has few distinct unusual spellings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from flows.clean.text import BLANK_TOKENS, FORMULA_ERRORS, FORMULAS, fold, fold_one, name_unwrapping, tidy
from flows.read.table import CellType
from schemas.contract import UNREAD, Column
from schemas.units import Commune

TYPED, STORED, TEXT = pl.col("typed"), pl.col("stored"), pl.col("text")
IS_NUMBER = STORED == CellType.NUMBER
# Cells equal in these columns are read alike. `table` is one of them, because an ambiguous number is read
# like the other numbers of its table.
_SPELLING = ["typed", "stored", "table"]


@dataclass(frozen=True, slots=True)
class Setting:
    """The column to read.

    Attributes:
        column: Its contract.
        commune: Its commune.
        unit: The unit of measure that its heading states; None if none.
        punctuation: What dots and commas mean in each table (`PUNCTUATION_SCHEMA`); None if no number has two
            readings, or if cells are read without their column.
        from_1904: Whether the workbook counts days from 1904 on.
    """

    column: Column
    commune: Commune
    unit: str | None = None
    punctuation: pl.DataFrame | None = None
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class KindReader:
    """The two functions that read one kind of column.

    Attributes:
        plain: Expression for the value of usual cells, from the typed text and how it was stored
            (`CellType`); null for all other cells.
        read: Reads the other cells, one row per distinct spelling and table: `typed`, `stored`, `table` and
            `text` (the tidied form). Blank cells and failed formulas are not among them. It adds `value`, and
            may add `unread` (a specific flaw), `note` (a sentence about it), `change` (the name of a repair),
            and columns of its own.
    """

    plain: Callable[[pl.Expr, pl.Expr, Setting], pl.Expr]
    read: Callable[[pl.DataFrame, Setting], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Reading:
    """One column as read.

    Attributes:
        value: The typed values; null if not read.
        unread: Why a cell was not read (`UNREAD`); null if it was.
        answers: One row per cell that was not plain: its row number `at` and what `KindReader.read` gave.
        notes: A sentence about the flaw of a cell; None if no cell has one.
    """

    value: pl.Series
    unread: pl.Series
    answers: pl.DataFrame | None = None
    notes: pl.Series | None = None


def complete(
    plain: Reading,
    typed: pl.Series,
    stored: pl.Series,
    tables: pl.Series,
    reader: KindReader,
    setting: Setting,
) -> Reading:
    """Read the cells that `plain` left out.

    Args:
        plain: The reading of the plain and the empty cells.
        typed: The text of every cell.
        stored: How every cell was stored (`CellType`).
        tables: The number of the table of every cell.
        reader: The reader of the kind.
        setting: The column.
    """
    if plain.value.null_count() == typed.null_count():
        return plain
    at = (plain.value.is_null() & typed.is_not_null()).arg_true()
    unusual = pl.DataFrame({"at": at, "typed": typed[at], "stored": stored[at], "table": tables[at]})
    spellings = read_spellings(unusual.select(_SPELLING).unique(), reader, setting)
    answers = unusual.join(spellings, on=_SPELLING, how="left", maintain_order="left")
    notes = None
    if "note" in answers.columns and answers["note"].null_count() < answers.height:
        notes = make_nulls(typed.len(), pl.String).scatter(at, answers["note"])
    if at.len() == typed.len():
        return Reading(answers["value"], answers["unread"], answers, notes)
    value = plain.value.clone().scatter(at, answers["value"])
    return Reading(value, plain.unread.clone().scatter(at, answers["unread"]), answers, notes)


def make_nulls(height: int, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """A series of nulls."""
    return pl.Series([None], dtype=dtype).new_from_index(0, height)


def read_spellings(spellings: pl.DataFrame, reader: KindReader, setting: Setting) -> pl.DataFrame:
    """Add `value`, `unread` and `change` to distinct `spellings` (`typed`, `stored`, `table`)."""
    spellings = spellings.with_columns(text=tidy(TYPED))
    spellings = spellings.with_columns(unread=_find_empty(setting.column))
    filled = spellings.filter(pl.col("unread").is_null()).drop("unread")
    read = reader.read(filled, setting)
    missing_columns = [
        pl.lit(None, pl.String).alias(name) for name in ("unread", "change") if name not in read.columns
    ]
    read = read.with_columns(missing_columns)
    blank = pl.col("value").is_null()
    read = read.with_columns(
        unread=pl.coalesce("unread", pl.when(blank).then(pl.lit("khong_doc_duoc"))),
        change=pl.when(~blank).then(pl.coalesce(name_unwrapping(TYPED), "change")),
    )
    empty = spellings.filter(pl.col("unread").is_not_null())
    all_read = pl.concat([read, empty], how="diagonal") if empty.height else read
    return all_read.with_columns(pl.col("unread").cast(UNREAD))


def _find_empty(column: Column) -> pl.Expr:
    """The flaw of cells without content: blank, a failed formula, or a formula saved without its result."""
    accepted = {fold_one(choice) for choice in column.of} | (
        {"x"} if column.kind.dtype == pl.Boolean else set()
    )
    blank = [token for token in BLANK_TOKENS if token not in accepted]
    # No blank token is long or has a digit. Folding is slow, so all other texts become null first.
    short = pl.when(TEXT.str.contains("^[^0-9]{0,16}$")).then(TEXT)
    return (
        pl.when((STORED == CellType.ERROR) | TEXT.str.contains(FORMULA_ERRORS))
        .then(pl.lit("loi_cong_thuc"))
        .when((STORED == CellType.FORMULA) | TEXT.str.contains(FORMULAS))
        .then(pl.lit("cong_thuc_chua_tinh"))
        .when(fold(short).is_in(blank))
        .then(pl.lit("thieu"))
    )
