"""Normalises typed text (Unicode form, spaces, invisible characters) and makes keys to compare words by."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import polars as pl

from schemas.look_alikes import LOOK_ALIKES

#: Invisible characters: zero-width and control characters, direction marks, soft hyphen, byte order mark.
INVISIBLE = "[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
DASHES = "[\u2010-\u2015\u2212]"

#: Texts that clerks type into a cell that has nothing to say, after `fold`: they count as empty.
BLANK_TOKENS = ("", "-", ".", "x", "khôngcó", "chưacó", "n/a")

#: What Excel shows for a failed formula; a CSV file holds it as text.
FORMULA_ERRORS = (
    r"^#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|BLOCKED!|CONNECT!|FIELD!|BUSY!)$"
)

#: A formula that a text file holds as text: it calls a function or refers to a cell.
FORMULAS = r"^=[+-]?(?:[A-Z][A-Z0-9.]*\(|(?:'[^']+'!|[\pL\pN_.]+!)?\$?[A-Z]{1,3}\$?[0-9]+(?:[^\pL\pN]|$))"

# Letters and digits as wide as a Chinese character, and those of usual width.
_WIDE = {chr(usual + 0xFEE0): chr(usual) for usual in range(0x21, 0x7F)}
# What a program writes so that Excel keeps a text as it is, such as ="038085012345".
_QUOTED_FORMULA = r'^\s*="([^"]*)"\s*$'

# Composed characters with single spaces between them; none is wide or looks like another.
_USUAL = rf"[^\s\p{{M}}\p{{C}}\x{{FF01}}-\x{{FF5E}}{LOOK_ALIKES}]"
_TIDY = rf"^[^\s\p{{M}}\p{{C}}\x{{FF01}}-\x{{FF5E}}{LOOK_ALIKES}'’=](?:{_USUAL}| {_USUAL})*$"
# Python's \s includes these control characters, Rust's (polars) does not.
_SPACES = "[\\s\x1c-\x1f]+"
# Moving the tone behind its vowels makes "hoà" and "hòa" equal. Works in polars and in `re`.
_TONE = re.compile("([\u0300\u0301\u0303\u0309\u0323])([aeiouy\u0302\u0306\u031b]+)")
_MARKS = re.compile("[\u0300-\u036f]")


def is_tidy(typed: pl.Expr) -> pl.Expr:
    """Whether `tidy` surely leaves the text unchanged and no letter is odd; false if it may or may not."""
    return typed.str.contains(_TIDY)


def tidy(typed: pl.Expr) -> pl.Expr:
    """Normalise to NFC; remove invisible characters, surplus spaces and Excel's leading apostrophe.

    Wide letters become usual ones, and a text in a formula of itself alone is taken out of it.
    """
    # Nearly all texts are tidy already. They become null here, so that the slow steps skip them.
    tidied = (
        pl.when(~is_tidy(typed))
        .then(typed)
        .str.replace(_QUOTED_FORMULA, "${1}")
        .str.replace_many(_WIDE)
        .str.normalize("NFC")
        .str.replace_all(INVISIBLE, "")
        .str.replace_all(_SPACES, " ")
        .str.strip_chars(" ")
        .str.replace(r"^['’] ?([^'’]*)$", "${1}")
    )
    return pl.coalesce(tidied, typed)


def name_unwrapping(typed: pl.Expr) -> pl.Expr:
    """The name of the repair if `tidy` takes `typed` out of a formula or narrows its letters, else null."""
    return (
        pl.when(typed.str.contains(_QUOTED_FORMULA))
        .then(pl.lit("bo_dau_bang"))
        .when(typed.str.contains(r"[\x{FF01}-\x{FF5E}]"))
        .then(pl.lit("chu_rong"))
    )


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


@lru_cache(maxsize=16384)
def toneless(text: str) -> str:
    """`text` in lower case without marks, as typed without a Vietnamese keyboard."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.lower())).replace("đ", "d")
