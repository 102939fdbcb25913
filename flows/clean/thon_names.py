"""The commune's thôn under every name that clerks use for them."""

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

# "Phố 1" may be called "Khu phố 1", not "Thôn 1": a row holds what means the same kind of place.
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
    """A name as its prefix in lower case, None if it has none, and the rest."""
    found = _PREFIX.match(name)
    return (found[1].lower(), found[2]) if found else (None, name)


def split_parts(text: str) -> list[str]:
    """What commas, dashes, brackets and words such as "xã" part: a name, an old commune, a district…"""
    return list(filter(None, _BETWEEN.split(text.strip())))


def _kind_of_place(prefix: str | None) -> int | None:
    return next((number for number, kind in enumerate(_KINDS_OF_PLACE) if prefix in kind), None)


def _letters(text: str) -> str:
    return toneless(text).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Where each way of naming a place leads: to the codes of the thôn that it can mean.

    `exact` has whole names and codes, `bare` names without their prefix, `toneless` whole names
    without marks, `kinds` the kind of place that each thôn's prefix says, `around` old communes and
    all that lies above.
    """

    thon: Mapping[str, Thon]
    exact: Mapping[str, Codes]
    bare: Mapping[str, Codes]
    toneless: Mapping[str, Codes]
    kinds: Mapping[str, int | None]
    around: Mapping[str, Codes]

    def meant(self, text: str) -> Codes:
        """Codes of the thôn that `text` can mean; none where some part of it is not known."""
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
        """Codes of the thôn that have this name, prefix or code."""
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
        # "Thôn Móng" may be Làng Móng, or Thôn Mống with a mark forgotten.
        return (same_kind or same_name) | self.toneless.get(_letters(part), _NONE)

    def surrounded(self, part: str) -> Codes:
        """Codes of the thôn in this old commune, or in a place that holds the whole commune."""
        if _HIGHER_LEVEL.match(part):
            return frozenset(self.thon)
        commune = _COMMUNE.sub(lambda found: _SPELLED_OUT.get(found[1].lower(), found[1]) + " ", part)
        return self.around.get(_letters(commune), _NONE)

    def sure_name(self, code: str) -> str:
        """A name that only this thôn has: its own, with its old commune's behind where others share it."""
        thon = self.thon[code]
        return thon.name if self.meant(thon.name) == {code} else f"{thon.name} ({thon.old_commune})"


def gazetteer_of(commune: Commune) -> Gazetteer:
    """The gazetteer of a commune."""
    return _gazetteer(commune.thon, commune.name, commune.province)


def list_spellings(commune: Commune) -> Mapping[str, str]:
    """The code for each of the commonest spellings that mean one thôn only."""
    return _spellings(commune.thon, commune.name, commune.province)


@cache
def _spellings(thon: tuple[Thon, ...], commune: str, province: str) -> Mapping[str, str]:
    places = _gazetteer(thon, commune, province)
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
def _gazetteer(thon: tuple[Thon, ...], commune: str, province: str) -> Gazetteer:
    return Gazetteer(
        thon={place.code: place for place in thon},
        exact=_index([*_codes(thon), *((place.name, place.code) for place in thon)], fold_one),
        bare=_index(((_split(place.name)[1], place.code) for place in thon), fold_one),
        toneless=_index(((place.name, place.code) for place in thon), _letters),
        kinds={place.code: _kind_of_place(_split(place.name)[0]) for place in thon},
        around=_surroundings(thon, commune, province),
    )


def _codes(thon: tuple[Thon, ...]) -> Iterable[tuple[str, str]]:
    """Each code, also without the zeros before its number."""
    for place in thon:
        yield place.code, place.code
        yield re.sub(r"(?<=\D)0+(?=\d)", "", place.code), place.code


def _surroundings(thon: tuple[Thon, ...], commune: str, province: str) -> Mapping[str, Codes]:
    """Old communes by name and, where there is one only, by what they were ("thị trấn")."""
    everywhere = frozenset(place.code for place in thon)
    by_name = _index(((place.old_commune, place.code) for place in thon), _letters)
    by_bare_name = _index(((_COMMUNE.sub("", place.old_commune), place.code) for place in thon), _letters)
    ranks = _index(
        ((found[1], place.old_commune) for place in thon if (found := _COMMUNE.match(place.old_commune))),
        _letters,
    )
    by_rank = {rank: by_name[_letters(old)] for rank, (old, *others) in ranks.items() if not others}
    above = (commune, _COMMUNE.sub("", commune), province, province.partition(" ")[2], "Việt Nam")
    return {**by_bare_name, **by_rank, **by_name, **dict.fromkeys(map(_letters, above), everywhere)}


def _index(pairs: Iterable[tuple[str, str]], key: Callable[[str], str]) -> Mapping[str, Codes]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, meaning in pairs:
        found[key(name)].add(meaning)
    return {name: frozenset(meanings) for name, meanings in found.items()}
