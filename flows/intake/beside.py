"""Puts into words what a cell of a column that the form lacks says of the unit or period of its record."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from flows.clean.text import toneless
from flows.read.table import BESIDE, ReadTable
from schemas.contract import Cadence, Dataset

# With more different texts a column says something else.
_MOST = 100
_LONGEST = 80
_OF_UNITS = re.compile(r"^(?:ten )?(?:nha mang|doanh nghiep|thon|pho|khu pho|don vi|noi bao cao)\b")
_WORDS: dict[Cadence, str] = {"thang": "tháng", "quy": "quý", "nam": "năm"}
_DAY = re.compile(
    r"(?:\d{1,2}[/.-])(?P<m>\d{1,2})[/.-](?P<y>\d{4})|(?P<y2>\d{4})-(?P<m2>\d{1,2})(?:-\d{1,2}.*)?"
)
_BARE = re.compile(r"(?i)t?\s*(?:\d{1,2}|[ivx]+)(?:\s*[/.-]\s*\d{4})?|\d{4}")


def list_beside(table: ReadTable) -> Iterator[tuple[str, str, pl.Series]]:
    """Each such column with few different texts: its letter, its heading, and the text of each record."""
    for letter, heading in table.beside.items():
        texts = table.cells[f"{BESIDE}{letter}"]
        if texts.n_unique() <= _MOST:
            yield letter, heading, texts.str.slice(0, _LONGEST)


def is_of_units(heading: str) -> bool:
    """Whether the column is about units, not about periods."""
    return bool(_OF_UNITS.match(toneless(heading)))


def spell_period(heading: str, text: str, dataset: Dataset) -> str:
    """The period that a cell names, in words: "tháng 10/2026" for `10/2026`, or `10` below "Tháng"."""
    word = next((each for each in _WORDS.values() if toneless(heading).startswith(toneless(each))), None)
    word = word or _WORDS[dataset.cadence]
    plain = text.strip()
    if (day := _DAY.fullmatch(plain)) and word != _WORDS["quy"]:
        return f"tháng {int(day['m'] or day['m2'])}/{day['y'] or day['y2']}"
    if _BARE.fullmatch(plain):
        number = plain.lower().removeprefix("t").strip().replace(".", "/")
        return f"{_WORDS['nam'] if re.fullmatch('[0-9]{4}', plain) else word} {number}"
    return plain
