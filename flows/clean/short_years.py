"""Reads dates whose year has two digits, where no other century is possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from flows.clean.date_evidence import Occasion
from flows.clean.reading import Reading
from schemas.contract import Column, Dataset
from schemas.kinds import NGAY, NGAY_SINH

# What a report tells happened within so many days of its period.
_NEAR = timedelta(days=1100)
_DAY, _MONTH = pl.col("short_day_first"), pl.col("short_month_first")
# `26-11-02` may begin with the year.
_YEAR_FIRST = ("20" + pl.col("typed").str.extract("^ *([0-9]{2}-[0-9]{1,2}-[0-9]{2}) *$")).str.to_date(
    "%Y-%m-%d", strict=False
)


def settle_short_years(
    readings: Mapping[str, Reading], dataset: Dataset, occasions: Sequence[Occasion | None]
) -> dict[str, Reading]:
    """The readings of the date columns in which such dates can be read.

    A column of events decides for each table: all its dates with two digits for the year must lie near the
    period. A birth is of the last century if in this one it would lie after the day of submission; others
    are left open.

    Args:
        readings: The readings of all columns.
        dataset: The contract.
        occasions: The occasion of each table, if it is known.
    """
    found: dict[str, Reading] = {}
    for column in dataset.columns:
        reading = readings.get(column.name)
        if reading is None or column.kind not in (NGAY, NGAY_SINH) or reading.answers is None:
            continue
        short = reading.answers.filter(pl.coalesce(_DAY, _MONTH).is_not_null() & pl.col("value").is_null())
        if short.height:
            found[column.name] = _settle(reading, short, column, occasions)
    return found


def _settle(
    reading: Reading, short: pl.DataFrame, column: Column, occasions: Sequence[Occasion | None]
) -> Reading:
    limits = [(table, *_limit(one, column)) for table, one in enumerate(occasions) if one is not None]
    schema = {"table": pl.UInt32, "start": pl.Date, "end": pl.Date}
    cells = short.select(
        "at", "typed", pl.col("table").cast(pl.UInt32), "short_day_first", "short_month_first"
    ).join(pl.DataFrame(limits, schema=schema, orient="row"), on="table", how="inner", maintain_order="left")
    if column.kind is NGAY_SINH:
        cells = cells.with_columns(_DAY.dt.offset_by("-100y"), _MONTH.dt.offset_by("-100y")).filter(
            (_DAY.dt.offset_by("100y") > pl.col("end")).fill_null(value=True)
            & (_MONTH.dt.offset_by("100y") > pl.col("end")).fill_null(value=True)
        )
    else:
        cells = cells.filter(
            pl.any_horizontal(map(_is_near, (_DAY, _MONTH))).all().over("table")
            & ~_is_near(_YEAR_FIRST).all().over("table")
        )
    return _set(reading, cells) if cells.height else reading


def _limit(one: Occasion, column: Column) -> tuple[date, date]:
    """The first and last day that a date may be."""
    if column.kind is NGAY_SINH:
        return date.min, one.day
    return one.period.start - _NEAR, max(one.day, one.period.end) + _NEAR


def _is_near(day: pl.Expr) -> pl.Expr:
    return day.is_between("start", "end").fill_null(value=False)


def _set(reading: Reading, cells: pl.DataFrame) -> Reading:
    """`reading` with the dates of `cells`, day first if there is such a day, noted as changes."""
    assert reading.answers is not None
    read = cells.select("at", read_day="short_day_first", read_month="short_month_first")
    is_read = pl.coalesce("read_day", "read_month").is_not_null()
    answers = reading.answers.join(read, on="at", how="left", maintain_order="left").with_columns(
        day_first=pl.coalesce("read_day", "day_first"),
        month_first=pl.coalesce("read_month", "month_first"),
        value=pl.coalesce("value", "read_day"),
        unread=pl.when(is_read & pl.col("read_day").is_not_null()).then(None).otherwise("unread"),
        change=pl.when(pl.col("read_day").is_not_null()).then(pl.lit("nam_hai_so")).otherwise("change"),
    )
    if "precision" in answers.columns:
        answers = answers.with_columns(
            precision=pl.when(pl.col("read_day").is_not_null()).then(pl.lit("ngay")).otherwise("precision")
        )
    answers = answers.drop("read_day", "read_month")
    at = answers["at"]
    return replace(
        reading,
        value=reading.value.clone().scatter(at, answers["value"]),
        unread=reading.unread.clone().scatter(at, answers["unread"]),
        answers=answers,
    )
