"""Reads phone numbers as the national form in use today: ten digits, eleven for landlines."""

from __future__ import annotations

import polars as pl

from flows.clean.identifiers import ungrouped, why_rewritten
from flows.clean.reading import TEXT, TYPED, Reader, Setting
from flows.clean.text import DASHES
from schemas.kinds.identifiers import PHONE
from schemas.reference import phone_prefixes

_TEN_DIGITS = "^0[0-9]{9}$"
_NATIONAL = "^0(?:[0-9]{9}|[12][0-9]{9})$"
_BETWEEN_NUMBERS = r"(?i) *(?:[/;,|]| hoặc | và ) *"
_SIDE_BY_SIDE = r"^((?:\+?84|0)[35789](?:[ .-]*[0-9]){8})[ -]+((?:\+?84|0)[35789](?:[ .-]*[0-9]){8})$"
_ABROAD = r"^(?:\+|00)?840?([1-9][0-9]{8,9})$"
_LOST_ZERO = "^([35789][0-9]{8}|[12][0-9]{9})$"


def _plain(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return pl.when(typed.str.contains(_TEN_DIGITS)).then(typed)


def _numbers() -> tuple[pl.Expr, pl.Expr]:
    """The first number in a cell, and what stands behind it."""
    text = TEXT.str.replace_all(DASHES, "-").str.replace(_SIDE_BY_SIDE, "${1}/${2}")
    parts = text.str.replace_all(_BETWEEN_NUMBERS, "/").str.splitn("/", 2).struct
    return parts.field("field_0"), parts.field("field_1")


def _digits(number: pl.Expr) -> pl.Expr:
    return ungrouped(number.str.replace_all(r"[() -]+", " ").str.strip_chars(" "))


def _national(digits: pl.Expr) -> pl.Expr:
    """With its leading zero, in place of the country's code where that stood."""
    return pl.coalesce("0" + digits.str.extract(_ABROAD), "0" + digits.str.extract(_LOST_ZERO), digits)


def _current(national: pl.Expr) -> pl.Expr:
    """Eleven digits of before 15/9/2018 as the ten they became (Bộ Thông tin và Truyền thông)."""
    prefix = national.str.slice(0, 4).replace_strict(phone_prefixes(), default=None, return_dtype=pl.String)
    mapped = pl.when(national.str.contains("^01[0-9]{9}$")).then(prefix + national.str.slice(4))
    return pl.coalesce(mapped, national)


def _phone(digits: pl.Expr) -> pl.Expr:
    """The number; digits that were added must give one with a prefix in use."""
    current = _current(_national(digits))
    as_typed = (current == digits) & current.str.contains(_NATIONAL)
    return pl.when(as_typed | current.str.contains(PHONE)).then(current)


def _read(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    first, behind = _numbers()
    digits, value, national = pl.col("digits"), pl.col("value"), _national(pl.col("digits"))
    cells = cells.with_columns(digits=_digits(first), behind=behind)
    understood = pl.col("behind").is_null() | _phone(_digits(pl.col("behind"))).is_not_null()
    return cells.with_columns(value=pl.when(understood).then(_phone(digits))).with_columns(
        doc=pl.when(value.is_not_null() & pl.col("behind").is_not_null()).then(pl.lit("hai_so")),
        change=pl.when(value.is_null() | (value == TYPED))
        .then(None)
        .when(value != national)
        .then(pl.lit("dien_thoai_11_10"))
        .when(digits.str.contains(_ABROAD))
        .then(pl.lit("ma_quoc_gia"))
        .when(value != digits)
        .then(pl.lit("so_0_dau"))
        .when(pl.col("behind").is_not_null())
        .then(pl.lit("lay_so_dau"))
        .otherwise(why_rewritten(value)),
    )


PHONE_NUMBER = Reader(_plain, _read)
