"""Expressions that several rules share, named after what they say."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas.contract import unread_column

CHU_HO = "Chủ hộ"

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
    """Whether nothing was typed in `column`; false where something unreadable was."""
    return pl.col(unread_column(column)).eq_missing("thieu")


def _digits(column: str, start: int, length: int) -> pl.Expr:
    return pl.col(column).str.slice(start, length).cast(pl.Int32, strict=False)


def birth_year_in(column: str) -> pl.Expr:
    """Birth year written in a 12-digit personal number (Nghị định 137/2015/NĐ-CP art. 13)."""
    return 1900 + 100 * (_digits(column, 3, 1) // 2) + _digits(column, 4, 2)


def sex_in(column: str) -> pl.Expr:
    """Sex written in a 12-digit personal number: an even fourth digit is `Nam`."""
    parity = _digits(column, 3, 1) % 2
    return pl.when(parity == 0).then(pl.lit("Nam")).when(parity == 1).then(pl.lit("Nữ"))


def heads_of(household: str, relation: str) -> pl.Expr:
    """Heads of the row's household in its hand-in; null where a member's relation was not read."""
    head = pl.col(relation).eq(CHU_HO).cast(pl.Float32).fill_null(float("nan"))
    # One sum that is NaN where any of it is: every group by household costs as much as all other rules.
    heads = head.sum().over("_part", household).fill_nan(None)
    return pl.when(pl.col(household).is_not_null()).then(heads)
