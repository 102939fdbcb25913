"""Knows the shapes of typed numbers: which texts are numbers, and what their marks can mean.

A text is a number only if it has one of these shapes: deleting marks without one would read `1.2345` as
12345. Three digits behind a single mark have two readings; every other shape has one.
"""

from __future__ import annotations

import polars as pl

from flows.clean.reading import TEXT, TYPED
from flows.clean.text import DASHES, fold

_LEADING = "[1-9][0-9]{0,2}"
_SPACED = f"{_LEADING}(?:(?: [0-9]{{3}})+|(?:'[0-9]{{3}})+)"
BODY = pl.col("body")
# Tidied, a line break, a tab or a wide gap is one space, as between groups of thousands.
_TWO_NUMBERS = r"[0-9.,](?:\s*[\n\r\t\v\f\x{85}\x{2028}\x{2029}]\s*|\s{2,})[0-9.,]"

_RAISED = "[⁰¹²³⁴⁵⁶⁷⁸⁹]"
#: A number with the mark of a footnote behind it: `12¹`. Behind ten it may be a power, as in `10³`.
FOOTNOTE = rf"^(.*[0-9]) ?(?:{_RAISED}{{1,2}}|\({_RAISED}{{1,2}}\)|{_RAISED}{{1,2}}\))$"
_POWER = rf"^[+-]?10 ?[({_RAISED[1:-1]}]"

#: Three digits behind a dot, or behind a comma: a group of thousands, or decimals.
DOT_TAIL, COMMA_TAIL = (rf"^{_LEADING}{mark}[0-9]{{3}}$" for mark in (r"\.", ","))
#: The same behind groups with spaces or apostrophes: decimals, but in some columns the mark groups.
SPACED_TAIL = rf"^{_SPACED}[.,][0-9]{{3}}$"
#: Two groups of thousands or more.
DOT_GROUPS, COMMA_GROUPS = (rf"^{_LEADING}(?:{mark}[0-9]{{3}}){{2,}}$" for mark in (r"\.", ","))
#: Groups with spaces or apostrophes, perhaps with decimals.
SPACED_GROUPS = rf"^{_SPACED}(?:[.,][0-9]+)?$"
#: Digits without any mark.
DIGITS = "^[0-9]+$"
#: Decimals behind a comma, or behind a dot; the tails are among them.
COMMA_DECIMALS, DOT_DECIMALS = (
    rf"^(?:{_LEADING}(?:{group}[0-9]{{3}})+|{_SPACED}|[0-9]+){mark}[0-9]+$"
    for group, mark in ((r"\.", ","), (",", r"\."))
)


def split(cells: pl.DataFrame) -> pl.DataFrame:
    """Split the `text` of `typed` numbers into `sign`, `body` and the folded unit `behind` them.

    A cell with two numbers, one below or far beside the other, is no number. The mark of a footnote is left
    out.
    """
    parts = (
        pl.when(~TYPED.str.contains(_TWO_NUMBERS), ~TEXT.str.contains(_POWER))
        .then(TEXT)
        .str.replace(FOOTNOTE, "${1}")
        .str.replace(DASHES, "-")
        .str.extract_groups(r"^([+-]?) ?([0-9](?:[0-9., '’]*[0-9])?) ?([^0-9]*)$")
        .struct
    )
    return cells.with_columns(
        sign=parts.field("1").replace("+", ""),
        body=parts.field("2").str.replace_all("’", "'", literal=True),
        behind=fold(parts.field("3")).replace("", None),
    )


def has(shape: str) -> pl.Expr:
    """Whether `body` has a shape."""
    return BODY.str.contains(shape)


def is_tail() -> pl.Expr:
    """Whether `body` has two readings."""
    return has(DOT_TAIL) | has(COMMA_TAIL)


def read_groups() -> pl.Expr:
    """The digits of `body`, all its marks taken for groups of thousands; null if they cannot be."""
    shapes = (DIGITS, DOT_TAIL, COMMA_TAIL, DOT_GROUPS, COMMA_GROUPS, f"^{_SPACED}$")
    return pl.when(pl.any_horizontal(map(has, shapes))).then(digits())


def digits() -> pl.Expr:
    """`body` without its marks."""
    return BODY.str.replace_all("[., ']", "")


def read_decimals() -> pl.Expr:
    """`body` with a dot before its decimals, its last mark taken for theirs; null if it has none."""
    commas = pl.when(has(COMMA_DECIMALS)).then(
        BODY.str.replace_all("[. ']", "").str.replace(",", ".", literal=True)
    )
    return pl.coalesce(commas, pl.when(has(DOT_DECIMALS)).then(BODY.str.replace_all("[, ']", "")))
