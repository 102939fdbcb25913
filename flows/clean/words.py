"""Reads names, free text and choices from a list."""

from __future__ import annotations

import polars as pl

from flows.clean.reading import TEXT, TYPED, KindReader, Setting
from flows.clean.text import fold, fold_one, is_tidy, name_tidying

# Texts that may be a blank token or a failed formula; they are not plain, so `_find_empty` checks them.
_DOUBTFUL = r"(?i)^(?:.{1,5}|#.*|kh.ng ?c.|ch.a ?c.)$"
_VALUE = pl.col("value")


def _plain_text(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return pl.when(is_tidy(typed) & ~typed.str.contains(_DOUBTFUL)).then(typed)


def _read_text(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    return cells.with_columns(value=TEXT, change=name_tidying(TYPED, TEXT))


def _plain_choice(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return pl.when(typed.is_in(list(setting.column.of))).then(typed)


def _read_choice(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """The choice with the same letters, or the one with this official code."""
    column = setting.column
    choices = {fold_one(choice): choice for choice in column.of}
    width = max(map(len, column.codes), default=1)
    named = fold(TEXT).replace_strict(choices, default=None, return_dtype=pl.String)
    code = pl.when(TEXT.str.contains("^[0-9]+$")).then(TEXT.str.zfill(width))
    coded = code.replace_strict(dict(column.codes), default=None, return_dtype=pl.String)
    respelled = pl.when(TEXT != _VALUE).then(pl.lit("danh_muc")).otherwise(name_tidying(TYPED, TEXT))
    return cells.with_columns(value=pl.coalesce(named, coded)).with_columns(
        unread=pl.when(_VALUE.is_null()).then(pl.lit("ngoai_danh_muc")),
        change=pl.when(_VALUE.is_null())
        .then(None)
        .when(named.is_null())
        .then(pl.lit("ma_danh_muc"))
        .otherwise(respelled),
    )


WORDS = KindReader(_plain_text, _read_text)
CHOICE = KindReader(_plain_choice, _read_choice)
