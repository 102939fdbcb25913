"""Reads personal numbers, tax codes and codes with a pattern; the values stay text."""

from __future__ import annotations

import polars as pl
from stdnum.vn import mst as tax

from flows.clean.reading import IS_NUMBER, TEXT, TYPED, KindReader, Setting
from flows.clean.text import DASHES

_TWELVE = "^[0-9]{12}$"
_TAX_CODE = "^[0-9]{10}(?:-[0-9]{3})?$"
_IN_GROUPS = "^[0-9]{2,}(?:[. ]+[0-9]{2,})+$"

_VALUE = pl.col("value")


def ungroup(text: pl.Expr) -> pl.Expr:
    """Remove spaces, and dots between groups of two or more digits.

    The dot of `38085012345.0` stays: it begins the decimals of a stored number.
    """
    return (
        pl.when(text.str.contains(_IN_GROUPS))
        .then(text.str.replace_all("[. ]", ""))
        .otherwise(text.str.replace_all(" ", "", literal=True))
    )


def name_rewrite(value: pl.Expr) -> pl.Expr:
    """The name of the repair if the `value` of an identifier differs from the typed text, else null."""
    spaces_only = TYPED.str.replace_all(r"[\s\u200b-\u200f\u2060\ufeff\u00ad'’]", "") == value
    return (
        pl.when(value != TYPED)
        .then(pl.when(spaces_only).then(pl.lit("khoang_trang")).otherwise(pl.lit("dau_phan_cach")))
        .otherwise(None)
    )


def _plain_number(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return pl.when(typed.str.contains(_TWELVE)).then(typed)


def _read_number(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Read twelve digits; shorter numbers get a specific flaw.

    Eleven digits, or ten in a numeric cell, lost their leading zeros; `lost_zeros` restores them if the row
    proves them. Nine digits are an old identity card (CMND).
    """
    digits = ungroup(TEXT).str.replace(r"^([0-9]{11,12})\.0$", "${1}")
    lost_one = digits.str.contains("^[1-9][0-9]{10}$")
    lost_two = IS_NUMBER & digits.str.contains("^[12468][0-9]{9}$")
    return cells.with_columns(
        value=pl.when(digits.str.contains(_TWELVE)).then(digits),
        unread=pl.when(lost_one | lost_two)
        .then(pl.lit("mat_so_0"))
        .when(digits.str.contains("^[0-9]{9}$"))
        .then(pl.lit("la_cmnd")),
    ).with_columns(change=name_rewrite(_VALUE))


def _plain_tax_code(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return pl.when(typed.str.contains(_TAX_CODE) | typed.str.contains(_TWELVE)).then(typed)


def _read_tax_code(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    code = ungroup(TEXT.str.replace_all(DASHES, "-"))
    joined = code.str.contains("^[0-9]{13}$")
    code = pl.when(joined).then(code.str.replace("^([0-9]{10})", "${1}-")).otherwise(code)
    cells = cells.with_columns(code=code, lost=IS_NUMBER & TEXT.str.contains("^[1-9][0-9]{8}$"))
    whole = pl.when(pl.col("code").str.contains(_TAX_CODE) | pl.col("code").str.contains(_TWELVE))
    cells = cells.with_columns(value=whole.then(pl.col("code")), restored="0" + pl.col("code"))
    # Nine digits are a tax code without its leading zero only if the check digit is right.
    fits = [bool(lost) and tax.is_valid(code) for lost, code in cells.select("lost", "restored").iter_rows()]
    return cells.with_columns(fits=pl.Series(fits, dtype=pl.Boolean)).with_columns(
        value=pl.when("fits").then("restored").otherwise("value"),
        change=pl.when("fits").then(pl.lit("so_0_dau")).otherwise(name_rewrite(_VALUE)),
    )


def _full_pattern(setting: Setting) -> str:
    """The contract's pattern for a whole text; `\\d` is narrowed to 0-9, in polars it is any digit."""
    return "^(?:" + (setting.column.pattern or ".+").replace(r"\d", "[0-9]") + ")$"


def _plain_code(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    if setting.column.pattern is None:
        return pl.lit(None, pl.String)
    return pl.when(typed.str.contains(_full_pattern(setting))).then(typed)


def _read_code(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    spaceless = TEXT.str.replace_all(" ", "", literal=True)
    code = spaceless.str.to_uppercase()
    return cells.with_columns(
        value=pl.when(code.str.contains(_full_pattern(setting))).then(code)
    ).with_columns(
        unread=pl.when(_VALUE.is_null()).then(pl.lit("sai_mau")),
        change=pl.when(spaceless != _VALUE)
        .then(pl.lit("viet_hoa"))
        .when(_VALUE != TYPED)
        .then(pl.lit("khoang_trang")),
    )


PERSONAL_NUMBER = KindReader(_plain_number, _read_number)
TAX_CODE = KindReader(_plain_tax_code, _read_tax_code)
CODE = KindReader(_plain_code, _read_code)
