"""How any column is read: plain cells at once, each other spelling once, what can't be read by its flaw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from flows.clean.text import BLANK_TOKENS, FORMULA_ERRORS, fold, fold_one, tidy
from flows.read.table import CellType
from schemas.contract import UNREAD, Column
from schemas.units import Commune

TYPED, STORED, TEXT = pl.col("typed"), pl.col("stored"), pl.col("text")
IS_NUMBER = STORED == CellType.NUMBER
# What decides how a cell is read: a number also by how its table's others are written.
_SPELLING = ["typed", "stored", "table"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reader may know of the column it reads; `unit` is the measure stated by the heading."""

    column: Column
    commune: Commune
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class KindReader:
    """How one kind of column is read.

    `plain` gives the value of cells that need no thought, from the typed text and how it was
    stored, and null for all others. `read` gets the distinct others of each `table` that are neither blank
    nor a failed formula (`typed`, `stored`, and `text`, the tidied form) and adds `value`, where a cell
    has a particular flaw `unread`, where it was repaired `change`; a kind may add columns of its own.
    """

    plain: Callable[[pl.Expr, pl.Expr, Setting], pl.Expr]
    read: Callable[[pl.DataFrame, Setting], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Reading:
    """One column as read, and `answers`: for each row (`at`) that was not plain, how it was read."""

    value: pl.Series
    unread: pl.Series
    answers: pl.DataFrame | None = None


def complete(
    plain: Reading,
    typed: pl.Series,
    stored: pl.Series,
    tables: pl.Series,
    reader: KindReader,
    setting: Setting,
) -> Reading:
    """`plain`, where only plain and empty cells are read, with all others read too."""
    if plain.value.null_count() == typed.null_count():
        return plain
    at = (plain.value.is_null() & typed.is_not_null()).arg_true()
    asked = pl.DataFrame({"at": at, "typed": typed[at], "stored": stored[at], "table": tables[at]})
    spellings = read_spellings(asked.select(_SPELLING).unique(), reader, setting)
    answers = asked.join(spellings, on=_SPELLING, how="left", maintain_order="left")
    if at.len() == typed.len():
        return Reading(answers["value"], answers["unread"], answers)
    value = plain.value.clone().scatter(at, answers["value"])
    return Reading(value, plain.unread.clone().scatter(at, answers["unread"]), answers)


def make_nulls(height: int, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """A series of nulls."""
    return pl.Series([None], dtype=dtype).new_from_index(0, height)


def read_spellings(spellings: pl.DataFrame, reader: KindReader, setting: Setting) -> pl.DataFrame:
    """`spellings` (`typed`, `stored`, `table`) with `value`, `unread` and `change`, whatever was typed."""
    spellings = spellings.with_columns(text=tidy(TYPED))
    spellings = spellings.with_columns(unread=_illegible(setting.column))
    said = spellings.filter(pl.col("unread").is_null()).drop("unread")
    read = reader.read(said, setting)
    nothing_else = [
        pl.lit(None, pl.String).alias(name) for name in ("unread", "change") if name not in read.columns
    ]
    read = read.with_columns(nothing_else)
    unread = pl.when(pl.col("value").is_null()).then(pl.lit("khong_doc_duoc"))
    read = read.with_columns(unread=pl.coalesce("unread", unread))
    illegible = spellings.filter(pl.col("unread").is_not_null())
    all_read = pl.concat([read, illegible], how="diagonal") if illegible.height else read
    return all_read.with_columns(pl.col("unread").cast(UNREAD))


def _illegible(column: Column) -> pl.Expr:
    """Why a cell says nothing at all: blank, a failed formula, a formula saved without its result."""
    accepted = {fold_one(choice) for choice in column.of} | (
        {"x"} if column.kind.dtype == pl.Boolean else set()
    )
    blank = [token for token in BLANK_TOKENS if token not in accepted]
    # No mark of a blank has a digit or is long; other texts become null and are not folded.
    short = pl.when(TEXT.str.contains("^[^0-9]{0,16}$")).then(TEXT)
    return (
        pl.when((STORED == CellType.ERROR) | TEXT.str.contains(FORMULA_ERRORS))
        .then(pl.lit("loi_cong_thuc"))
        .when(STORED == CellType.FORMULA)
        .then(pl.lit("cong_thuc_chua_tinh"))
        .when(fold(short).is_in(blank))
        .then(pl.lit("thieu"))
    )
