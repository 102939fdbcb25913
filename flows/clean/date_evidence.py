"""Gathers what shows whether the dates of a column have their day or their month first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from flows.clean.reading import Reading
from flows.read.table import CellType
from schemas.contract import Column, Dataset
from schemas.kinds import NGAY_SINH
from schemas.periods import Period

_MONTHS = 12
# So many different dates must stand in order to show anything.
_IN_ORDER = 5
# So many dates beside one that is too late.
_OTHERS, _SLIPS = 2, 10

#: The dates in digits of a column: the cell, whether Excel stored it as a date (`real`), whether Excel takes
#: such a text for a date (`by_excel`), and its two readings, of which one may be impossible.
CELLS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "at": pl.UInt32,
    "table": pl.UInt32,
    "real": pl.Boolean,
    "by_excel": pl.Boolean,
    "day_first": pl.Date,
    "month_first": pl.Date,
}
_DAY_FIRST, _MONTH_FIRST, _REAL = pl.col("day_first"), pl.col("month_first"), pl.col("real")
_LAST = pl.col("last")
_FITS_DAY, _FITS_MONTH = (each.is_between("start", "end") for each in (_DAY_FIRST, _MONTH_FIRST))
#: What a cell can be: read in one way only, or in two that differ.
ONLY_DAY_FIRST, ONLY_MONTH_FIRST = _MONTH_FIRST.is_null(), _DAY_FIRST.is_null()
TWO_READINGS = (_DAY_FIRST != _MONTH_FIRST).fill_null(value=False)
#: Whether the limits of a cell tell that its month is not first.
IS_DAY_FIRST = ((_LAST < _MONTH_FIRST) | (_FITS_DAY & ~_FITS_MONTH)).fill_null(value=False)


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a table was handed in (`day`), and the period that it is for."""

    period: Period
    day: date


@dataclass(frozen=True, slots=True)
class Half:
    """What shows the order of one half of a column: of its texts, or of its real dates.

    Attributes:
        days: Number of cells that can only be read day first; `a_day` has the first two.
        months: Number of cells that can only be read month first; `a_month` has the first two.
        months_apart: Number of different dates among them.
        both: Number of cells with two readings; `a_both` has the first two.
        both_apart: Number of different dates among them.
        both_by_excel: Number of them that Excel makes dates.
        once_by_excel: Number of cells with one reading that Excel makes dates under some settings.
        fit_day, fit_month: Number of cells with two readings of which only the one lies in the period.
        late_day, late_month: Whether a date is later than can be, read the one way or the other.
        rise_day, rise_month: Whether rows stand in the order of their dates, read the one way or the other.
    """

    days: int
    a_day: Sequence[int]
    months: int
    a_month: Sequence[int]
    months_apart: int
    both: int
    a_both: Sequence[int]
    both_apart: int
    both_by_excel: int
    once_by_excel: int
    fit_day: int
    fit_month: int
    late_day: bool
    late_month: bool
    rise_day: bool
    rise_month: bool

    @property
    def leans(self) -> int:
        """Where period, day of submission and order of rows point: 1 month first, -1 day first, 0 neither."""
        signs = {
            self._lean_of_period(),
            int(self.late_day) - int(self.late_month),
            int(self.rise_month) - int(self.rise_day),
        } - {0}
        return signs.pop() if len(signs) == 1 else 0

    def _lean_of_period(self) -> int:
        if self.fit_day and self.fit_month:
            return 0
        most = 2 * max(self.fit_day, self.fit_month) >= self.both > 0
        return most * ((self.fit_month > 0) - (self.fit_day > 0))

    @property
    def is_suspect(self) -> bool:
        """Whether all points to month first, although no cell proves it."""
        return self.leans > 0 and self.fit_month in (0, self.both)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows the order of one date column of one table."""

    texts: Half
    real: Half


def find_unproved(reading: Reading, stored: pl.Series, tables: pl.Series) -> set[int]:
    """The tables in which the order of a date column is not plain at first sight.

    In them some text can only be read month first, no text or no real date has a day after the 12th, or there
    are both texts and real dates.
    """
    if not tables.len():
        return set()
    value, found = reading.value, set[int]()
    if reading.answers is not None:
        other = reading.answers.filter(ONLY_MONTH_FIRST)
        found = {*other.filter(_MONTH_FIRST.is_not_null())["table"]}
        value = value.clone().scatter(other["at"], None)
    only_texts = stored.max() == CellType.TEXT
    if only_texts and tables[0] == tables[-1] and (value.head(1000).dt.day() > _MONTHS).any():
        return found
    days = pl.DataFrame({"table": tables, "real": stored == CellType.DATE, "day": value.dt.day()})
    latest = days.group_by("table", "real").agg(pl.col("day").max()).drop_nulls()
    return found | {*latest.filter((pl.col("day") <= _MONTHS) | pl.col("table").is_duplicated())["table"]}


def list_dates(reading: Reading, stored: pl.Series, tables: pl.Series, among: set[int]) -> pl.DataFrame:
    """The dates in digits of the tables `among`, in the order of their rows (`CELLS`)."""
    at = tables.is_in(sorted(among)).arg_true()
    value = pl.col("day_first").dt
    # A cell that was plain is a date in digits, day first.
    dates = pl.DataFrame(
        {
            "at": at,
            "table": tables[at],
            "real": stored[at] == CellType.DATE,
            "by_excel": pl.repeat(value=True, n=at.len(), eager=True),
            "day_first": reading.value[at],
        }
    ).with_columns(
        month_first=pl.when(value.day() <= _MONTHS).then(pl.date(value.year(), value.day(), value.month()))
    )
    if reading.answers is not None:
        dates = dates.update(
            reading.answers.select("at", "by_excel", "day_first", "month_first"),
            on="at",
            include_nulls=True,
            maintain_order="left",
        )
    is_date = _DAY_FIRST.is_not_null() | _MONTH_FIRST.is_not_null()
    return dates.filter(is_date).select(pl.col(name).cast(dtype) for name, dtype in CELLS.items())


def add_limits(
    dates: pl.DataFrame, column: Column, dataset: Dataset, occasions: Sequence[Occasion | None]
) -> pl.DataFrame:
    """`dates` (`CELLS`) with what limits them; null if that is not known.

    `start` and `end` are the first and last day of the period, if the dates of the column lie in it; `last`
    is the day of submission, if none can be later.
    """
    dated = column.name == dataset.dated
    limits = [
        (
            table,
            one.period.start if one and dated else None,
            one.period.end if one and dated else None,
            one.day if one and not column.may_be_future else None,
        )
        for table, one in enumerate(occasions)
    ]
    schema = {"table": pl.UInt32, "start": pl.Date, "end": pl.Date, "last": pl.Date}
    return dates.join(
        pl.DataFrame(limits, schema=schema, orient="row"), on="table", how="left", maintain_order="left"
    )


def weigh(dates: pl.DataFrame, column: Column) -> dict[int, Evidence]:
    """The evidence of each table, by its number, from the `dates` of one column and their limits."""
    rows_in_order = column.kind is not NGAY_SINH
    halves = {
        "texts": _summarize(~_REAL, ~_REAL, rows_in_order=rows_in_order),
        "real": _summarize(_REAL, _REAL | ~TWO_READINGS, rows_in_order=rows_in_order),
    }
    found = dates.group_by("table", maintain_order=True).agg(
        value.alias(f"{half}.{name}") for half, values in halves.items() for name, value in values.items()
    )
    return {
        row["table"]: Evidence(
            *(Half(**{each.name: row[f"{half}.{each.name}"] for each in fields(Half)}) for half in halves)
        )
        for row in found.iter_rows(named=True)
    }


def _summarize(of: pl.Expr, beside: pl.Expr, *, rows_in_order: bool) -> dict[str, pl.Expr]:
    """The fields of `Half` for the cells `of`; the order of rows is that of the cells `beside`."""
    day, month, both = of & ONLY_DAY_FIRST, of & ONLY_MONTH_FIRST, of & TWO_READINGS
    at, by_excel = pl.col("at"), pl.col("by_excel")
    late = (both & (_LAST < _DAY_FIRST)).fill_null(value=False)
    # One date in ten that is too late shows nothing if most others, read like it, are the nearer to that day.
    others = both & ~late
    is_slip = (late.sum() <= pl.max_horizontal(others.sum() / _SLIPS, 1)) & (others.sum() >= _OTHERS)
    is_slip &= 2 * (others & (_DAY_FIRST > _MONTH_FIRST)).sum() > others.sum()
    as_read = pl.coalesce("day_first", "month_first").filter(beside)
    otherwise = (
        pl.when(of)
        .then(pl.coalesce("month_first", "day_first"))
        .otherwise(pl.coalesce("day_first", "month_first"))
        .filter(beside)
    )
    return {
        "days": day.sum(),
        "a_day": at.filter(day).head(2),
        "months": month.sum(),
        "a_month": at.filter(month).head(2),
        "months_apart": _MONTH_FIRST.filter(month).n_unique(),
        "both": both.sum(),
        "a_both": at.filter(both).head(2),
        "both_apart": _DAY_FIRST.filter(both).n_unique(),
        "both_by_excel": (both & by_excel).sum(),
        "once_by_excel": ((day | month) & by_excel).sum(),
        "fit_day": (both & _FITS_DAY & ~_FITS_MONTH).sum(),
        "fit_month": (both & _FITS_MONTH & ~_FITS_DAY).sum(),
        "late_day": late.any() & ~is_slip,
        "late_month": ((both | month) & (_LAST < _MONTH_FIRST)).any(),
        "rise_day": _stands_in_order(as_read) & pl.lit(rows_in_order),
        "rise_month": _stands_in_order(otherwise) & pl.lit(rows_in_order),
    }


def _stands_in_order(dates: pl.Expr) -> pl.Expr:
    steps = dates.to_physical().diff()
    return (dates.n_unique() >= _IN_ORDER) & ((steps >= 0).all() | (steps <= 0).all())
