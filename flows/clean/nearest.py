"""The entries of a list that a misspelled text most likely means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from flows.clean.text import toneless
from flows.clean.thon_names import Codes, Gazetteer, gazetteer_of, split_parts
from schemas.contract import Column
from schemas.units import Commune

#: Between several proposals for one cell.
OR = " hoặc "

# Of a hundred: one wrong letter in six is near, another name of the list is not.
_NEAR = 80
_MOST = 3


def find_nearest_choice(text: str, column: Column) -> str | None:
    """The only choice whose words `text` contains, else the one that is spelled most like it."""
    words = _words(text)
    contained = [choice for choice in column.of if f" {_words(choice)} " in f" {words} "]
    near = contained or _nearest(words, column.of)
    return near[0] if len(near) == 1 else None


def find_nearest_thon(text: str, commune: Commune) -> str | None:
    """The thôn that `text` may mean, at most three, each by a name that no other has."""
    places = gazetteer_of(commune)
    meant = places.meant(text) or _nearly_meant(text, places)
    return OR.join(map(places.sure_name, sorted(meant))) if 0 < len(meant) <= _MOST else None


def _nearly_meant(text: str, places: Gazetteer) -> Codes:
    """What the known parts of `text` mean one by one, else what its first part is spelled like."""
    named = frozenset[str]().union(*map(places.named, split_parts(text)))
    around = frozenset(places.thon).intersection(*filter(None, map(places.surrounded, split_parts(text))))
    if not named:
        names = {name for thon in places.thon.values() for name in (thon.name, thon.name.partition(" ")[2])}
        near = _nearest(_words(next(iter(split_parts(text)), "")), sorted(names))
        named = frozenset[str]().union(*(places.meant(name) or _numbered(name, places) for name in near))
    return (named & around) or named


def _numbered(name: str, places: Gazetteer) -> Codes:
    """A bare number names nothing, but may be proposed as what it numbers."""
    return frozenset(code for code, thon in places.thon.items() if thon.name.partition(" ")[2] == name)


def _nearest(words: str, entries: Iterable[str]) -> list[str]:
    """The entries with the same numbers that are spelled most like `words`, marks aside."""
    candidates = {entry: _words(entry) for entry in entries if _digits(entry) == _digits(words)}
    scored = process.extract(words, candidates, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=None)
    return [entry for _, score, entry in scored if score == scored[0][1]]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", toneless(text)))


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)
