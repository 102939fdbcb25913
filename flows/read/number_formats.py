"""Parses the number formats of workbook cells, and tells those that show another number than is stored.

A format (ECMA-376 part 1, 18.8.30) has up to four sections, for numbers of different sign or size. A comma
behind the digits divides what is shown by a thousand, a percent sign multiplies it by a hundred.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import polars as pl

#: The formats of cells: column and row, from 0.
Formats = Mapping[int, Mapping[int, str]]

#: The formats with percent signs that files name by a number instead of writing them out.
PERCENT_FORMATS: Mapping[int, str] = {9: "0%", 10: "0.00%"}
_NAMED = " (định dạng "
#: A stored number with the name of its format behind it; the groups are the number and the format.
FORMATTED = r"(?s)^(-?[0-9]+(?:\.[0-9]+)?) \(định dạng (.*)\)$"

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<one>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|[Ee][+-]|(?P<place>[0#?.,])|(?P<percent>%)|(?P<text>@)|(?P<date>[A-Za-z])|(?P<other>.)",
    re.S,
)
#: The comparisons in the conditions of sections; for numbers and expressions.
COMPARISONS: Mapping[str, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
# Words with digits or marks that a reader takes for part of the number.
_LIKE_DIGITS = re.compile(r"^\s*[.,]*[0-9][0-9.,\s]*$|^[.,]+$")


@dataclass(frozen=True, slots=True)
class FormatSection:
    """What one section of a format shows of a number.

    Attributes:
        condition: Comparison and number: when the section applies; None if to all numbers left.
        thousands: How many times the number shown is divided by 1000.
        percent: Whether it is multiplied by 100 and has the percent sign.
        words: The words shown around the number.
        shows: Whether the number is shown at all.
        odd: Whether the words look like more digits of the number.
        places: Number of decimals shown.
    """

    condition: tuple[str, float] | None = None
    thousands: int = 0
    percent: bool = False
    words: str = ""
    shows: bool = False
    odd: bool = False
    places: int = 0

    @property
    def tells(self) -> bool:
        """Whether it shows anything else than the number stored."""
        return bool(self.thousands or self.percent or self.words or self.odd or not self.shows)


@cache
def parse_format(code: str) -> tuple[FormatSection, ...]:
    """The sections of a format for numbers, each for the numbers that those before it left; none of a date.

    Sections without a condition of their own have the one of their place, and the last has none.
    """
    found = [_parse_section(tokens) for tokens in _split_sections(code) if not any(t["text"] for t in tokens)]
    sections = [section for section in found[:3] if section is not None]
    if not code.strip() or None in found or not sections:
        return ()
    usual = {1: (), 2: ((">=", 0.0),), 3: ((">", 0.0), ("<", 0.0))}[len(sections)]
    return (
        *(
            replace(one, condition=one.condition or given)
            for one, given in zip(sections, usual, strict=False)
        ),
        sections[-1],
    )


def section_of(code: str, number: float) -> FormatSection:
    """The section of a format that shows `number`; one that shows nothing if none does."""
    applies = (
        s
        for s in parse_format(code)
        if not s.condition or COMPARISONS[s.condition[0]](number, s.condition[1])
    )
    return next(applies, FormatSection())


def may_differ(code: str) -> bool:
    """Whether some number but zero is shown as another one, or with words, or not at all."""
    sections = parse_format(code)
    of_zero = len(sections) == 3 and sections[-1].condition is None
    return any(section.tells for section in (sections[:2] if of_zero else sections))


def _split_sections(code: str) -> list[list[re.Match[str]]]:
    sections: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    return sections


def _parse_section(tokens: list[re.Match[str]]) -> FormatSection | None:
    """The section, or None if it shows a date or text."""
    if any(token["date"] or re.fullmatch("[hms]+", token["bracket"] or "", re.I) for token in tokens):
        return None
    places, words, condition, odd = "", "", None, False
    pieces = [token["quoted"] or token["one"] or token["currency"] or "" for token in tokens]
    for token, piece in zip(tokens, pieces, strict=True):
        places += token["place"] or ""
        words += piece
        odd = odd or bool(_LIKE_DIGITS.search(piece))
        if found := _CONDITION.search(token["bracket"] or ""):
            condition = found[1], float(found[2])
    whole, _, decimals = places.partition(".")
    return FormatSection(
        condition,
        len(whole) - len(whole.rstrip(",")) + decimals.count(",") if re.search("[0#?]", places) else 0,
        any(token["percent"] for token in tokens),
        words.strip(" -+()/:'") if re.search(r"[^\W_]|[₫%$€]", words) else "",
        bool(re.search("[0#?]", places)) or any(token["general"] for token in tokens),
        odd,
        len(re.findall("[0#?]", decimals)),
    )


def name_format(text: pl.Expr, code: pl.Expr) -> pl.Expr:
    """The text of a stored number with its format: `120000000 (định dạng #,##0,,)`."""
    return pl.concat_str(text, pl.lit(_NAMED), code, pl.lit(")"))


def without_format(text: str) -> str:
    """The text of a stored number alone."""
    return text.partition(_NAMED)[0]
