"""Knows the written syllables of Vietnamese, by rule: which onset, rime and tone may stand together.

The table is wider than any dictionary, so that it has the names of every people who writes with the national
alphabet (Mường, Thái, Dao, Mông): each onset may precede each rime that its spelling allows. It leaves out
what the spelling excludes: `k` before `a`, `ng` before `e`, four of the six tones before `c`, `ch`, `p`, `t`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

# For each vowel the codas that may follow it; `-` is none.
_RIMES: Mapping[str, str] = {
    "a": "- c ch i m n ng nh o p t u y",
    "ă": "c m n ng p t",
    "â": "c m n ng p t u y",
    "e": "- c m n ng o p t",
    "ê": "- c ch m n ng nh p t u",
    "i": "- ch m n nh p t u",
    "o": "- c i m n ng p t",
    "ô": "- c i m n ng p t",
    "ơ": "- c i m n ng p t",
    "u": "- c i m n ng p t",
    "ư": "- c i m n ng t u",
    "y": "-",
    "ia": "-",
    "iê": "c m n ng p t u",
    "ua": "-",
    "uô": "c i m n ng t",
    "ưa": "-",
    "ươ": "c i m n ng p t u",
    "oo": "c ng",
    "ôô": "ng",
    "oa": "- c ch i m n ng nh o p t y",
    "oă": "c m n ng t",
    "oe": "- c m n ng o t",
    "uâ": "n ng t y",
    "uê": "- ch n nh",
    "uơ": "-",
    "uy": "- ch n nh p t u",
    "uya": "-",
    "uyê": "n t",
}
# Rimes with a rounded start, which `q` writes with `u`: `oan` is `uan` after it.
_ROUNDED = ("oa", "oă", "oe", "uâ", "uê", "uơ", "uy")
_AFTER_Q = ("i", "ich", "in", "inh", "it", "ôc", "yêu", "âu", "ap", "ăp", "eng", "ên", "êu", "iu")
_BEFORE_FRONT = ("k", "gh", "ngh")
_BEFORE_BACK = ("c", "g", "ng")
_FREE = ("b", "ch", "d", "đ", "h", "kh", "l", "m", "n", "nh", "p", "ph", "r", "s", "t", "th", "tr", "v", "x")
_FRONT = ("e", "ê", "i", "y")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_STOPPED_TONES = ("\u0301", "\u0323")
_STOPS = ("c", "ch", "p", "t")
_VOWELS = "aăâeêioôơuưy"
_MARKED = "ăâêôơư"
# Open rimes with two accepted places for the tone.
_TWO_SPELLINGS = ("oa", "oe", "uy")


def _list_rimes() -> Iterator[str]:
    for vowels, codas in _RIMES.items():
        yield from (vowels + coda.strip("-") for coda in codas.split())


def _list_toneless() -> Iterator[tuple[str, str]]:
    """Each onset with each rime that may follow it."""
    rimes = [*_list_rimes()]
    front = [rime for rime in rimes if rime.startswith(_FRONT)]
    back = [rime for rime in rimes if not rime.startswith(_FRONT)]
    for onset in _FREE:
        yield from ((onset, rime) for rime in rimes)
    for onset in _BEFORE_FRONT:
        yield from ((onset, rime) for rime in front)
    for onset in _BEFORE_BACK:
        yield from ((onset, rime) for rime in back if onset != "c" or not rime.startswith(_ROUNDED))
    yield from (("qu", rime[1:]) for rime in rimes if rime.startswith(_ROUNDED))
    yield from (("qu", rime) for rime in _AFTER_Q)
    # `gi` absorbs the `i` of a rime: `gì`, `gìn`, `giếng`.
    yield from (("gi", rime) for rime in rimes if not rime.startswith(("i", "y")))
    yield from (
        ("g", rime) for rime in ("i", "in", "im", "ip", "it", "ich", "iêng", "iêt", "iêc", "iêm", "iêp")
    )
    # Without an onset, `iê` is written `yê`.
    yield from (("", rime) for rime in rimes if not rime.startswith("iê"))
    yield from (("", "y" + rime[1:]) for rime in rimes if rime.startswith("iê"))


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether `word` is a Vietnamese syllable, with its tone on the right vowel."""
    parts = _split(word)
    if parts is None:
        return False
    rime, tone, place = parts
    if rime.endswith(_STOPS) and tone not in _STOPPED_TONES:
        return False
    return place in _tone_places(rime) if tone else True


@lru_cache(maxsize=65536)
def is_typed_syllable(word: str) -> bool:
    """Whether `word` is a syllable as people type it.

    They forget a tone before a stop (`môt`), and put one on the glide before a vowel (`hòan`, `qúy`, `gía`).
    """
    parts = _split(word)
    if parts is None or (parts.rime.endswith(_STOPS) and parts.tone not in ("", *_STOPPED_TONES)):
        return False
    on_glide = parts.place < 0 or (parts.place == 0 and parts.rime.startswith(_ROUNDED))
    return not parts.tone or on_glide or parts.place in _tone_places(parts.rime)


class _Parts(NamedTuple):
    """The rime of a syllable, its tone as a combining mark or "", and the place of that tone in the rime."""

    rime: str
    tone: str
    place: int


def _split(word: str) -> _Parts | None:
    """The parts of a syllable; None if no onset and rime of the table give it, or it has two tones."""
    # Many programs write Icelandic eth for đ: in their fonts the two capitals look the same.
    apart = unicodedata.normalize("NFD", word.lower().replace("\u00f0", "đ"))
    tones = [place for place, mark in enumerate(apart) if mark in _TONES]
    if len(tones) > 1:
        return None
    toneless = "".join(mark for mark in apart if mark not in _TONES)
    onset = _toneless().get(unicodedata.normalize("NFC", toneless))
    if onset is None:
        return None
    before = unicodedata.normalize("NFC", apart[: tones[0]]) if tones else ""
    rime = unicodedata.normalize("NFC", toneless)[len(onset) :]
    return _Parts(rime, apart[tones[0]] if tones else "", len(before) - 1 - len(onset))


@lru_cache(maxsize=1)
def _toneless() -> Mapping[str, str]:
    """The onset of each syllable without tone, by its spelling."""
    return {onset + rime: onset for onset, rime in _list_toneless()}


def _tone_places(rime: str) -> Sequence[int]:
    """Where in a rime its tone may stand: one place, or two for `hòa` and `hoà`."""
    vowels = [place for place, letter in enumerate(rime) if letter in _VOWELS]
    marked = [place for place in vowels if rime[place] in _MARKED]
    if marked:
        return marked[-1:]
    if rime in _TWO_SPELLINGS:
        return vowels
    return vowels[1:2] if rime.startswith((*_TWO_SPELLINGS, "oo")) else vowels[:1]
