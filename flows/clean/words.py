"""Reads names, free text and choices from a list."""

from __future__ import annotations

import polars as pl

from flows.clean.reading import IS_NUMBER, STORED, TEXT, TYPED, KindReader, Setting
from flows.clean.text import fold, fold_one, is_tidy, name_tidying
from flows.read.table import CellType
from schemas.kinds import HO_TEN
from schemas.look_alikes import LOOK_ALIKES

# Texts that may be a blank token or a failed formula; they are not plain, so `_find_empty` checks them.
_DOUBTFUL = r"(?i)^(?:.{1,5}|#.*|kh.ng ?c.|ch.a ?c.)$"
# One beside a Latin letter, one that is Latin itself, or a word in which all letters look Latin.
_LOOK_ALIKE_IN_WORDS = (
    rf"\p{{Latin}}\p{{M}}*[{LOOK_ALIKES}]|[{LOOK_ALIKES}]\p{{M}}*\p{{Latin}}|[\p{{Latin}}&&[{LOOK_ALIKES}]]"
    rf"|(?:^|[^\p{{L}}\p{{M}}])[{LOOK_ALIKES}\p{{M}}]+(?:[^\p{{L}}\p{{M}}]|$)"
)
_VALUE = pl.col("value")


def _plain_text(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    is_text = stored == CellType.TEXT
    return pl.when(is_text & is_tidy(typed) & ~typed.str.contains(_DOUBTFUL)).then(typed)


def _read_text(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Read any text; what Excel stored as something else than text is none, but for numbers in free text.

    A text file can't tell a number in words from a number, so free text keeps it. Zero is never kept: it is
    what a formula gives that refers to a blank cell.
    """
    is_name = pl.lit(setting.column.kind is HO_TEN)
    zero = TEXT.str.contains("^-?0(?:[.]0+)?$")
    no_words = STORED.is_in([CellType.DATE, CellType.BOOL]) | (IS_NUMBER & (is_name | zero))
    return cells.with_columns(
        value=pl.when(~no_words).then(TEXT),
        unread=pl.when(no_words)
        .then(pl.lit("khong_phai_chu"))
        .when(IS_NUMBER)
        .then(pl.lit("chi_co_so"))
        .when(_has_look_alike(is_name))
        .then(pl.lit("chu_la")),
        change=name_tidying(TYPED, TEXT),
    )


def _has_look_alike(is_name: pl.Expr) -> pl.Expr:
    """Whether a letter only looks Latin; in free text a whole word of another script may be meant."""
    return TEXT.str.contains(f"[{LOOK_ALIKES}]") & (is_name | TEXT.str.contains(_LOOK_ALIKE_IN_WORDS))


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
