"""Finds the entries of a list that a misspelled text most likely means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from flows.clean.text import toneless
from flows.clean.thon_names import Codes, Gazetteer, gazetteer_of, split_parts
from schemas.contract import Column
from schemas.units import Commune

#: Separates several proposals for one cell.
OR = " hoặc "

# Similarity of 100: one wrong letter in six is accepted, another entry of the list is not.
_MIN_SIMILARITY = 80
_MAX_PROPOSALS = 3


def find_nearest_choice(text: str, column: Column) -> str | None:
    """The only choice whose words are in `text`, else the one with the most similar spelling, else None."""
    words = _words(text)
    contained = [choice for choice in column.of if f" {_words(choice)} " in f" {words} "]
    near = contained or _most_similar(words, column.of)
    return near[0] if len(near) == 1 else None


def find_nearest_thon(text: str, commune: Commune) -> str | None:
    """Up to three thôn that `text` may mean, by unambiguous names, joined by `OR`; None if more or none."""
    places = gazetteer_of(commune)
    meant = places.meant(text) or _guess_thon(text, places)
    return OR.join(map(places.sure_name, sorted(meant))) if 0 < len(meant) <= _MAX_PROPOSALS else None


def _guess_thon(text: str, places: Gazetteer) -> Codes:
    """The thôn that the known parts of `text` mean, else those with a spelling similar to its first part."""
    named = frozenset[str]().union(*map(places.named, split_parts(text)))
    around = frozenset(places.thon).intersection(*filter(None, map(places.surrounded, split_parts(text))))
    if not named:
        names = {name for thon in places.thon.values() for name in (thon.name, thon.name.partition(" ")[2])}
        near = _most_similar(_words(next(iter(split_parts(text)), "")), sorted(names))
        named = frozenset[str]().union(*(places.meant(name) or _find_numbered(name, places) for name in near))
    return (named & around) or named


def _find_numbered(name: str, places: Gazetteer) -> Codes:
    """The thôn whose number is `name`; a bare number is not read as a name, but may be proposed."""
    return frozenset(code for code, thon in places.thon.items() if thon.name.partition(" ")[2] == name)


def _most_similar(words: str, entries: Iterable[str]) -> list[str]:
    """The entries with the same digits and the most similar spelling, ignoring tone and vowel marks."""
    candidates = {entry: _words(entry) for entry in entries if _digits(entry) == _digits(words)}
    scored = process.extract(words, candidates, scorer=fuzz.ratio, score_cutoff=_MIN_SIMILARITY, limit=None)
    return [entry for _, score, entry in scored if score == scored[0][1]]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", toneless(text)))


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)
