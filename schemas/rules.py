"""Expressions shared by several rules."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas.contract import unread_column

CHU_HO = "Chủ hộ"
_MONTHS = 12

SEX_OF_RELATION: Mapping[str, str] = {
    "Vợ": "Nữ",
    "Chồng": "Nam",
    "Bố": "Nam",
    "Mẹ": "Nữ",
    "Ông": "Nam",
    "Bà": "Nữ",
    "Anh": "Nam",
    "Chị": "Nữ",
}


def blank(column: str) -> pl.Expr:
    """Whether the cell of `column` is empty; false if it has text that could not be parsed."""
    return pl.col(unread_column(column)).eq_missing("thieu")


def _digits(column: str, start: int, length: int) -> pl.Expr:
    return pl.col(column).str.slice(start, length).cast(pl.Int32, strict=False)


def birth_year_in(column: str) -> pl.Expr:
    """Birth year encoded in a 12-digit personal number (Nghị định 137/2015/NĐ-CP art. 13)."""
    return 1900 + 100 * (_digits(column, 3, 1) // 2) + _digits(column, 4, 2)


def sex_in(column: str) -> pl.Expr:
    """Sex encoded in a 12-digit personal number: an even fourth digit is `Nam` (same article)."""
    parity = _digits(column, 3, 1) % 2
    return pl.when(parity == 0).then(pl.lit("Nam")).when(parity == 1).then(pl.lit("Nữ"))


def heads_of(household: str, relation: str) -> pl.Expr:
    """Number of heads of the row's household in its submission; null if any member's relation is unknown."""
    head = pl.col(relation).eq(CHU_HO).cast(pl.Float32).fill_null(float("nan"))
    # NaN stands for unknown, so one sum is enough: a second grouping by household would double the cost.
    heads = head.sum().over("_part", household).fill_nan(None)
    return pl.when(pl.col(household).is_not_null()).then(heads)


def ask_for_day(column: str) -> pl.Expr:
    """A sentence that asks whether a day of the period is meant, if the date in `column` is one slip away.

    Day and month may have changed places, or the year may be that of the year before.
    """
    day = pl.col(column)
    swapped = pl.when(day.dt.day() <= _MONTHS).then(pl.date(day.dt.year(), day.dt.day(), day.dt.month()))
    asked = (
        pl.when(meant.is_between(pl.col("_period_start"), pl.col("_period_end"))).then(
            pl.format("Có phải ngày {} không?", meant.dt.strftime("%d/%m/%Y"))
        )
        for meant in (swapped, day.dt.offset_by("1y"))
    )
    return pl.coalesce(*asked)
