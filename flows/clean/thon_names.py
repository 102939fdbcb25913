"""Looks up the thôn of a commune by every name that clerks use for them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from flows.clean.text import DASHES, fold_one, toneless
from schemas.units import Commune, Thon

Codes = frozenset[str]
_NONE: Codes = frozenset()

# The words of one row mean the same kind of place: "Phố 1" may be called "Khu phố 1", but not "Thôn 1".
_KINDS_OF_PLACE = (("tổ dân phố", "khu phố", "phố", "tdp", "kp", "khu"), ("thôn", "làng", "bản", "xóm"))
_PREFIXES = "|".join(prefix for kind in _KINDS_OF_PLACE for prefix in kind)
_PREFIX = re.compile(rf"^({_PREFIXES})(?:[\s.:]+|(?=\d))(.+)$", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"\s*(?:[,;()/\[\]-]|{DASHES})\s*|\s+(?=(?:xã|thị trấn|tt\.?|huyện|tỉnh)\s)", re.IGNORECASE
)
_COMMUNE = re.compile(r"^(xã|x\b|thị trấn|tt\b)[\s.]*", re.IGNORECASE)
_SPELLED_OUT = {"x": "xã", "tt": "thị trấn"}
_HIGHER_LEVEL = re.compile(r"^(?:huyện|tỉnh)\s", re.IGNORECASE)


def _split(name: str) -> tuple[str | None, str]:
    """Split a name into its prefix in lower case (None if it has none) and the rest."""
    found = _PREFIX.match(name)
    return (found[1].lower(), found[2]) if found else (None, name)


def split_parts(text: str) -> list[str]:
    """Split at commas, dashes, brackets and words such as "xã": a name, an old commune, a district…"""
    return list(filter(None, _BETWEEN.split(text.strip())))


def _kind_of_place(prefix: str | None) -> int | None:
    return next((number for number, kind in enumerate(_KINDS_OF_PLACE) if prefix in kind), None)


def _key_without_marks(text: str) -> str:
    return toneless(text).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Indexes from the names of places to the codes of the thôn that they can mean.

    Attributes:
        thon: The thôn by code.
        exact: By whole name, and by code.
        bare: By name without its prefix.
        toneless: By whole name without marks.
        kinds: The kind of place of each thôn (a row of `_KINDS_OF_PLACE`), by code.
        around: By old commune, and by the commune, province and country that hold all thôn.
    """

    thon: Mapping[str, Thon]
    exact: Mapping[str, Codes]
    bare: Mapping[str, Codes]
    toneless: Mapping[str, Codes]
    kinds: Mapping[str, int | None]
    around: Mapping[str, Codes]

    def meant(self, text: str) -> Codes:
        """The codes of the thôn that `text` can mean; empty if some part of it is unknown."""
        named: list[Codes] = []
        around = frozenset(self.thon)
        for part in split_parts(text):
            if codes := self.named(part):
                named.append(codes)
            elif codes := self.surrounded(part):
                around &= codes
            else:
                return _NONE
        return around.intersection(*named) if named else _NONE

    def named(self, part: str) -> Codes:
        """The codes of the thôn with this name or code."""
        prefix, rest = _split(part)
        for whole in (part, rest):
            if codes := self.exact.get(fold_one(whole), _NONE):
                return codes
        same_name = self.bare.get(fold_one(rest), _NONE)
        if prefix is None:
            return _NONE if rest.isdigit() else same_name
        same_kind = frozenset(code for code in same_name if self.kinds[code] == _kind_of_place(prefix))
        if rest.isdigit() or not same_name:
            return same_kind
        # "Thôn Móng" may mean Làng Móng, or Thôn Mống with a missing mark.
        return (same_kind or same_name) | self.toneless.get(_key_without_marks(part), _NONE)

    def surrounded(self, part: str) -> Codes:
        """The codes of the thôn in this old commune, or in a place that contains the whole commune."""
        if _HIGHER_LEVEL.match(part):
            return frozenset(self.thon)
        commune = _COMMUNE.sub(lambda found: _SPELLED_OUT.get(found[1].lower(), found[1]) + " ", part)
        return self.around.get(_key_without_marks(commune), _NONE)

    def sure_name(self, code: str) -> str:
        """An unambiguous name of the thôn: with its old commune if other thôn have the same name."""
        thon = self.thon[code]
        return thon.name if self.meant(thon.name) == {code} else f"{thon.name} ({thon.old_commune})"


def gazetteer_of(commune: Commune) -> Gazetteer:
    """The gazetteer of a commune, built once."""
    return _build_gazetteer(commune.thon, commune.name, commune.province)


def list_spellings(commune: Commune) -> Mapping[str, str]:
    """The code for each of the most common spellings that mean exactly one thôn."""
    return _list_spellings(commune.thon, commune.name, commune.province)


@cache
def _list_spellings(thon: tuple[Thon, ...], commune: str, province: str) -> Mapping[str, str]:
    places = _build_gazetteer(thon, commune, province)
    spelled = (
        spelling
        for place in thon
        for name in (place.name, _split(place.name)[1])
        for old in (place.old_commune, _COMMUNE.sub("", place.old_commune))
        for spelling in (name, f"{name} ({old})", f"{name}, {old}", place.code)
    )
    meant = {spelling: places.meant(spelling) for spelling in spelled}
    return {spelling: code for spelling, codes in meant.items() if len(codes) == 1 for code in codes}


@cache
def _build_gazetteer(thon: tuple[Thon, ...], commune: str, province: str) -> Gazetteer:
    return Gazetteer(
        thon={place.code: place for place in thon},
        exact=_index([*_list_codes(thon), *((place.name, place.code) for place in thon)], fold_one),
        bare=_index(((_split(place.name)[1], place.code) for place in thon), fold_one),
        toneless=_index(((place.name, place.code) for place in thon), _key_without_marks),
        kinds={place.code: _kind_of_place(_split(place.name)[0]) for place in thon},
        around=_index_surroundings(thon, commune, province),
    )


def _list_codes(thon: tuple[Thon, ...]) -> Iterable[tuple[str, str]]:
    """Each code, with and without the leading zeros of its number."""
    for place in thon:
        yield place.code, place.code
        yield re.sub(r"(?<=\D)0+(?=\d)", "", place.code), place.code


def _index_surroundings(thon: tuple[Thon, ...], commune: str, province: str) -> Mapping[str, Codes]:
    """Index old communes by name and, if only one has it, by rank ("thị trấn"); and the places above them."""
    everywhere = frozenset(place.code for place in thon)
    by_name = _index(((place.old_commune, place.code) for place in thon), _key_without_marks)
    by_bare_name = _index(
        ((_COMMUNE.sub("", place.old_commune), place.code) for place in thon), _key_without_marks
    )
    ranks = _index(
        ((found[1], place.old_commune) for place in thon if (found := _COMMUNE.match(place.old_commune))),
        _key_without_marks,
    )
    by_rank = {rank: by_name[_key_without_marks(old)] for rank, (old, *others) in ranks.items() if not others}
    above = (commune, _COMMUNE.sub("", commune), province, province.partition(" ")[2], "Việt Nam")
    return {**by_bare_name, **by_rank, **by_name, **dict.fromkeys(map(_key_without_marks, above), everywhere)}


def _index(pairs: Iterable[tuple[str, str]], key: Callable[[str], str]) -> Mapping[str, Codes]:
    index: dict[str, set[str]] = defaultdict(set)
    for name, meaning in pairs:
        index[key(name)].add(meaning)
    return {name: frozenset(meanings) for name, meanings in index.items()}
