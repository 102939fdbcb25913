"""Normalises typed text (Unicode form, spaces, invisible characters) and makes keys to compare words by."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

#: Invisible characters: zero-width and control characters, direction marks, soft hyphen, byte order mark.
INVISIBLE = "[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
DASHES = "[\u2010-\u2015\u2212]"

#: Texts that mean an empty cell, after `fold` (DESIGN.md §4).
BLANK_TOKENS = ("", "-", ".", "x", "khôngcó", "chưacó", "n/a")

#: What Excel shows for a failed formula; a CSV file holds it as text.
FORMULA_ERRORS = (
    r"^#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|BLOCKED!|CONNECT!|FIELD!|BUSY!)$"
)

# Composed characters with single spaces between them.
_TIDY = r"^[^\s\p{M}\p{C}'’](?:[^\s\p{M}\p{C}]| [^\s\p{M}\p{C}])*$"
# Python's \s includes these control characters, Rust's (polars) does not.
_SPACES = "[\\s\x1c-\x1f]+"
# Moving the tone behind its vowels makes "hoà" and "hòa" equal. Works in polars and in `re`.
_TONE = re.compile("([\u0300\u0301\u0303\u0309\u0323])([aeiouy\u0302\u0306\u031b]+)")
_MARKS = re.compile("[\u0300-\u036f]")


def is_tidy(typed: pl.Expr) -> pl.Expr:
    """Whether `tidy` surely leaves the text unchanged; false if it may or may not."""
    return typed.str.contains(_TIDY)


def tidy(typed: pl.Expr) -> pl.Expr:
    """Normalise to NFC; remove invisible characters, surplus spaces and Excel's leading apostrophe."""
    # Nearly all texts are tidy already. They become null here, so that the slow steps skip them.
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
    """The name of the repair from `typed` to `text`, its tidied form; null if they are equal."""
    return (
        pl.when(typed == text)
        .then(None)
        .when(typed.str.normalize("NFC") == typed)
        .then(pl.lit("khoang_trang"))
        .otherwise(pl.lit("unicode"))
    )


def fold(text: pl.Expr) -> pl.Expr:
    """A key that is equal for spellings that differ only in case, tone placement, dashes or spaces."""
    return (
        text.str.to_lowercase()
        .str.normalize("NFD")
        .str.replace_all(_SPACES, "")
        .str.replace_all(DASHES, "-")
        .str.replace_all(_TONE.pattern, "${2}${1}")
        .str.normalize("NFC")
    )


def fold_one(text: str) -> str:
    """`fold` for one Python string."""
    letters = re.sub(_SPACES, "", unicodedata.normalize("NFD", text.lower()))
    return unicodedata.normalize("NFC", _TONE.sub(r"\2\1", re.sub(DASHES, "-", letters)))


def toneless(text: str) -> str:
    """`text` in lower case without marks, as typed without a Vietnamese keyboard."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.lower())).replace("đ", "d")
