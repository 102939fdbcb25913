"""Lists what a clerk may have meant by an unreadable or ambiguous cell (not a date), best guess first.

The text given has Latin letters in place of those of other scripts that look like them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from flows.clean.text import DASHES, fold_one
from flows.read.number_formats import FORMATTED, section_of
from schemas.contract import Column
from schemas.kinds import SO_LUONG, TY_LE

_LOOK_ALIKE = str.maketrans("OoIl|", "00111")
_BETWEEN_DIGITS = re.compile(rf"(?:[\s.,/_-]|{DASHES})+")
_PHONE = re.compile(r"(?:\+?84|0)[ .-]?[235789](?:[ .-]?\d){8,9}(?!\d)")
_ONE_NUMBER = re.compile(r"^[^\d-]*(\d+(?:[., ]\d{3})*)[^\d.,]*$")
_TAIL = re.compile(r"([0-9][0-9 '’\s]*)[.,]([0-9]{3})(?![0-9])")
_DECIMAL = re.compile(r"([0-9]+)[.,]([0-9]+)")
_TICKS = {"v": "x", "xx": "x", "xxx": "x", "đãcó": "Có", "cócó": "Có", "chưa": "Không", "hông": "Không"}
_PATTERN_PIECE = re.compile(r"\\d(?:\{(\d+)\})?|([A-Z]+)|(-)|(.)")


def read_digits(text: str) -> str:
    """Replace letters that look like digits, and remove separators between digits."""
    return _BETWEEN_DIGITS.sub("", text.translate(_LOOK_ALIKE))


def personal_number(text: str, column: Column) -> Iterator[str]:
    """Twelve digits, padded with leading zeros."""
    digits = read_digits(text).removeprefix("'")
    yield re.sub(r"^(\d{10,12})0$", r"\1", digits).zfill(12) if text.endswith(".0") else digits.zfill(12)


def tax_code(text: str, column: Column) -> Iterator[str]:
    """Ten digits, or ten and the three of a branch behind a hyphen."""
    digits = read_digits(text)
    if len(digits) in (9, 10):
        yield digits.zfill(10)
    if len(digits) in (12, 13):
        yield f"{digits[:-3].zfill(10)}-{digits[-3:]}"


def phone(text: str, column: Column) -> Iterator[str]:
    """The first phone number in the text."""
    for candidate in (text, text.translate(_LOOK_ALIKE)):
        if found := _PHONE.search(candidate):
            yield re.sub(r"^(?:\+?84|0)", "0", re.sub("[ .-]", "", found[0]))


def year(text: str, column: Column) -> Iterator[str]:
    """The only year in the text."""
    found = re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text) or re.findall(r"^(?:1[.,]9|2[.,]0)\d{2}$", text)
    if len(found) == 1:
        yield re.sub("[.,]", "", found[0])


def number(text: str, column: Column) -> Iterator[str]:
    """A number with letters in place of digits; for counts, the only number among words."""
    yield text.translate(_LOOK_ALIKE)
    if column.kind is SO_LUONG and (found := _ONE_NUMBER.match(text)):
        yield found[1]


def words(text: str, column: Column) -> Iterator[str]:
    """The same words."""
    yield text


def readings(text: str, column: Column) -> Iterator[str]:
    """What an ambiguous number may mean, typed so that it has one reading: `1,2340` is no thousands."""
    if found := re.match(FORMATTED, text):
        yield from dict.fromkeys(_read_format(Decimal(found[1]), found[2]))
    elif found := _TAIL.search(text):
        whole = re.sub("[^0-9]", "", found[1])
        for meant in (whole + found[2], f"{whole},{found[2]}0"):
            yield text[: found.start()] + meant + text[found.end() :]
    elif found := _DECIMAL.search(text):
        number = Decimal(f"{found[1]}.{found[2]}")
        if column.kind is TY_LE:
            yield from (f"{_plainly(share)}%" for share in (number, 100 * number))
        else:
            # An amount in đồng: it has no decimals, unless it was meant in thousands.
            yield from map(_plainly, (1000 * number, number))


def _read_format(stored: Decimal, code: str) -> Iterator[str]:
    """The number stored, and what its format shows instead."""
    yield _plainly(stored)
    section = section_of(code, float(stored))
    if section.shows and not section.odd:
        shown = stored.scaleb(2 * section.percent - 3 * section.thousands)
        yield f"{_plainly(shown)} {'%' if section.percent else section.words}".strip()


def _plainly(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


def tick(text: str, column: Column) -> Iterator[str]:
    """The text, then the mark that the form asks for in its place."""
    yield text
    if mark := _TICKS.get(fold_one(text)):
        yield mark


def code(text: str, column: Column) -> Iterator[str]:
    """The text in upper case with hyphens, then the pattern filled with its numbers, the last one padded."""
    pattern = column.pattern or ""
    upper = re.sub(rf"\s*{DASHES}\s*", "-", text.upper())
    yield upper
    yield re.sub(r"[\s/_.-]+", "-", upper.strip())
    if r"\." in pattern and re.fullmatch(r"\d+\.\d+", text):
        # Excel stores 2.001520 as the number 2.00152.
        yield from (f"{text}0", f"{text}00")
    pieces = list(_PATTERN_PIECE.finditer(pattern))
    numbers = re.findall(r"\d+", upper)
    widths = [int(piece[1] or 1) for piece in pieces if piece[0].startswith(r"\d")]
    letters = "".join(piece[2] or "" for piece in pieces)
    if any(piece[4] for piece in pieces) or len(numbers) != len(widths) or not widths:
        return
    if re.sub("[^A-Z]", "", upper) in ("", letters):
        filled = iter([*numbers[:-1], numbers[-1].zfill(widths[-1])])
        yield "".join(next(filled) if piece[0].startswith(r"\d") else piece[0] for piece in pieces)
