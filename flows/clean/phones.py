"""Reads phone numbers as the national form of today: ten digits, eleven for landlines."""

from __future__ import annotations

import polars as pl

from flows.clean.identifiers import name_rewrite, ungroup
from flows.clean.reading import TEXT, TYPED, KindReader, Setting
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


def _split_numbers() -> tuple[pl.Expr, ...]:
    """The first three numbers of a cell; the last two are null if it has only one."""
    text = TEXT.str.replace_all(DASHES, "-").str.strip_chars(" /;,|")
    text = text.str.replace(_SIDE_BY_SIDE, "${1}/${2}").str.replace_all(_BETWEEN_NUMBERS, "/")
    parts = text.str.splitn("/", 3).struct
    return tuple(_strip_separators(parts.field(f"field_{place}")) for place in range(3))


def _strip_separators(number: pl.Expr) -> pl.Expr:
    return ungroup(number.str.replace_all(r"[() -]+", " ").str.strip_chars(" "))


def _add_zero(digits: pl.Expr) -> pl.Expr:
    """The number with its leading zero: in place of the country code 84, or restored."""
    return pl.coalesce("0" + digits.str.extract(_ABROAD), "0" + digits.str.extract(_LOST_ZERO), digits)


def _map_old_prefix(national: pl.Expr) -> pl.Expr:
    """Map an 11-digit mobile number of before 15/9/2018 to its 10 digits (Bộ TTTT, from that day)."""
    prefix = national.str.slice(0, 4).replace_strict(phone_prefixes(), default=None, return_dtype=pl.String)
    mapped = pl.when(national.str.contains("^01[0-9]{9}$")).then(prefix + national.str.slice(4))
    return pl.coalesce(mapped, national)


def _read_phone(digits: pl.Expr) -> pl.Expr:
    """The number, or null. If digits were added or replaced, the result must have a prefix in use."""
    current = _map_old_prefix(_add_zero(digits))
    sure = (current == digits) | current.str.contains(PHONE)
    return pl.when(sure & current.str.contains(_NATIONAL)).then(current)


def _read(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Read phones: most cells have only separators between digits; only the others need the slow patterns."""
    cells = cells.with_columns(digits=_strip_separators(TEXT))
    whole = pl.col("digits").str.contains(_TEN_DIGITS)
    simple, other = cells.filter(whole), cells.filter(~whole)
    simple = simple.with_columns(value=pl.col("digits"), change=name_rewrite(pl.col("digits")))
    return pl.concat([simple, _read_parts(other)], how="diagonal")


def _read_parts(cells: pl.DataFrame) -> pl.DataFrame:
    first, *others = _split_numbers()
    all_phones = pl.all_horizontal(number.is_null() | _read_phone(number).is_not_null() for number in others)
    cells = cells.with_columns(digits=first, several=others[0].is_not_null(), all_phones=all_phones)
    digits, value, several = pl.col("digits"), pl.col("value"), pl.col("several")
    return cells.with_columns(value=pl.when("all_phones").then(_read_phone(digits))).with_columns(
        unread=pl.when(value.is_not_null() & several).then(pl.lit("hai_so")),
        change=pl.when(value.is_null() | (value == TYPED))
        .then(None)
        .when(value != _add_zero(digits))
        .then(pl.lit("dien_thoai_11_10"))
        .when(digits.str.contains(_ABROAD))
        .then(pl.lit("ma_quoc_gia"))
        .when(value != digits)
        .then(pl.lit("so_0_dau"))
        .when(several)
        .then(pl.lit("lay_so_dau"))
        .otherwise(name_rewrite(value)),
    )


PHONE_NUMBER = KindReader(_plain, _read)
