"""Text without accidents of typing: Unicode form, odd spaces, blank marks, and keys to compare words by."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

#: Characters that show nothing: zero-width and control signs, direction marks, soft hyphen, byte order mark.
INVISIBLE = "[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
DASHES = "[\u2010-\u2015\u2212]"

#: What says that a cell is empty, as `fold` leaves it.
BLANK_TOKENS = ("", "-", ".", "x", "khôngcó", "chưacó", "n/a")

#: What Excel shows where a formula failed; a CSV holds it as text.
FORMULA_ERRORS = (
    r"^#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|BLOCKED!|CONNECT!|FIELD!|BUSY!)$"
)

# Composed letters and signs with single spaces between.
_TIDY = r"^[^\s\p{M}\p{C}'’](?:[^\s\p{M}\p{C}]| [^\s\p{M}\p{C}])*$"
# Rust and Python disagree on which control signs are spaces.
_SPACES = "[\\s\x1c-\x1f]+"
# Moving the tone to its vowels' end makes "hoà" and "hòa" equal; read by polars and by `re` alike.
_TONE = re.compile("([\u0300\u0301\u0303\u0309\u0323])([aeiouy\u0302\u0306\u031b]+)")
_MARKS = re.compile("[\u0300-\u036f]")


def is_tidy(typed: pl.Expr) -> pl.Expr:
    """Whether `tidy` would leave the text as it is, for sure."""
    return typed.str.contains(_TIDY)


def tidy(typed: pl.Expr) -> pl.Expr:
    """NFC, nothing invisible, single inner spaces, trimmed, without Excel's leading apostrophe."""
    # Tidy texts, nearly all, become null on the way and cost nothing.
    tidied = (
        pl.when(~is_tidy(typed))
        .then(typed)
        .str.normalize("NFC")
        .str.replace_all(INVISIBLE, "")
        .str.replace_all(_SPACES, " ")
        .str.strip_chars(" ")
        .str.replace(r"^['’] ?([^'’]*)$", "${1}")
    )
    return pl.coalesce(tidied, typed)


def name_tidying(typed: pl.Expr, text: pl.Expr) -> pl.Expr:
    """Name of the change from `typed` to `text`, its tidied form: null where they are equal."""
    return (
        pl.when(typed == text)
        .then(None)
        .when(typed.str.normalize("NFC") == typed)
        .then(pl.lit("khoang_trang"))
        .otherwise(pl.lit("unicode"))
    )


def fold(text: pl.Expr) -> pl.Expr:
    """The key under which spellings of the same words are equal: case, tones' placement, spaces aside."""
    return (
        text.str.to_lowercase()
        .str.normalize("NFD")
        .str.replace_all(_SPACES, "")
        .str.replace_all(DASHES, "-")
        .str.replace_all(_TONE.pattern, "${2}${1}")
        .str.normalize("NFC")
    )


def fold_one(text: str) -> str:
    """`fold` for a single text."""
    letters = re.sub(_SPACES, "", unicodedata.normalize("NFD", text.lower()))
    return unicodedata.normalize("NFC", _TONE.sub(r"\2\1", re.sub(DASHES, "-", letters)))


def toneless(text: str) -> str:
    """Lower-case letters without any mark: what is left of a text typed without Vietnamese keyboard."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.lower())).replace("đ", "d")
