"""Detects and decodes Vietnamese text in legacy font encodings (TCVN3, VNI), and UTF-8 read as Windows-1252.

A TCVN3 cell is valid text of Latin-1 letters (`MÉu sè` for `Mẫu số`), so no decoder raises an error. The
encoding of a column is the one in which most of its accented words are Vietnamese syllables (FACTS.md §4).
The tables follow TCVN 5712:1993 (VN3) and the VNI for Windows layout.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_VNI_MARKS: Mapping[str, str] = {
    "ø": "\u0300",
    "ù": "\u0301",
    "û": "\u0309",
    "õ": "\u0303",
    "ï": "\u0323",
    "â": "\u0302",
    "à": "\u0302\u0300",
    "á": "\u0302\u0301",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306",
    "è": "\u0306\u0300",
    "é": "\u0306\u0301",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}
_VNI_LETTERS = str.maketrans("ñÑôÔöÖæÆóÓòÒîÎ", "đĐơƠưƯỉỈĩĨịỊỵỴ")
_VNI_PAIR = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])|(i)([øùûõï])", re.I)

_WORD = re.compile(r"[^\s!-/:-@\[-`{-~…–—“”‘’]+")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
    r"(?:uyê|iêu|yêu|oai|oay|oao|oeo|uây|uôi|ươi|ươu|uya|uyu|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi"
    r"|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|[aăâeêioôơuưy])"
    r"(?:ng|nh|ch|[cmnpt])?"
)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
# The UTF-8 bytes of Vietnamese letters, as they look when read as Windows-1252: first byte, second byte.
_MISREAD_SIEVE = re.compile("[áÃÄÆ][º»\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_MISREAD = re.compile("á[º»]|[ÃÄÆ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def decode_tcvn3(text: str) -> str:
    """Decode TCVN3 (ABC). It has no accented capitals, so `PHầN` becomes `PHẦN`."""
    return _WORD.sub(lambda found: _fix_case(found[0]), text.translate(_TCVN3))


def _fix_case(word: str) -> str:
    """Upper-case a word if its ASCII letters, at least two, are all upper case."""
    plain = [letter for letter in word if letter.isascii() and letter.isalpha()]
    return word.upper() if len(plain) > 1 and not word.isascii() and all(map(str.isupper, plain)) else word


def decode_vni(text: str) -> str:
    """Decode VNI for Windows, which writes a vowel and its marks as two characters."""

    def compose(found: re.Match[str]) -> str:
        vowel, sign = found[1] or found[3], found[2] or found[4]
        vowel, mark = vowel.translate(_VNI_LETTERS), _VNI_MARKS[sign.lower()]
        return unicodedata.normalize("NFC", vowel + mark)

    # Pairs first: a mark after a vowel must not be decoded as a letter of its own.
    pieces = []
    place = 0
    for found in _VNI_PAIR.finditer(text):
        pieces += [text[place : found.start()].translate(_VNI_LETTERS), compose(found)]
        place = found.end()
    return "".join([*pieces, text[place:].translate(_VNI_LETTERS)])


DECODERS: Mapping[str, Callable[[str], str]] = {"TCVN3": decode_tcvn3, "VNI": decode_vni}


UNICODE = "Unicode"


def guess_encoding(texts: Iterable[str]) -> str | None:
    """The encoding of texts that share one, such as those of a column.

    A legacy encoding is chosen if at least 70 % of the accented Latin-1 words are Vietnamese syllables when
    decoded, and clearly more of them than undecoded. If these words decide nothing, one syllable with a
    letter beyond Latin-1 proves Unicode.

    Returns:
        A key of `DECODERS`, `UNICODE`, or None if the texts decide nothing.
    """
    joined = "\n".join(text for text in texts if not text.isascii())
    accented = Counter(word for word in _WORD.findall(joined) if not word.isascii())
    words = {word: count for word, count in accented.items() if _is_accented_latin1(word)}
    plain = sum(count for word, count in words.items() if is_syllable(word))
    counts = {
        name: sum(count for word, count in words.items() if _is_syllable_in(word, name)) for name in DECODERS
    }
    best = max(counts, key=lambda name: counts[name])
    if plain > counts[best]:
        return UNICODE
    total = sum(words.values())
    clear = counts[best] >= 0.7 * total and counts[best] - plain >= max(1, 0.25 * total)
    if clear:
        return best
    return UNICODE if any(max(word) > "\u00ff" and is_syllable(word) for word in accented) else None


@lru_cache(maxsize=65536)
def _is_syllable_in(word: str, encoding: str) -> bool:
    """Whether `word`, decoded from `encoding`, is a Vietnamese syllable."""
    return is_syllable(DECODERS[encoding](word))


def _is_accented_latin1(word: str) -> bool:
    return len(word) > 1 and not word.isascii() and max(word) <= "\u00ff"


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether `word` has the structure of a Vietnamese syllable, with at most one tone."""
    apart = unicodedata.normalize("NFD", word.lower().replace("\u00f0", "đ"))
    bare, tones = _TONES.subn("", apart)
    syllable = unicodedata.normalize("NFC", bare)
    # A syllable that ends in c, ch, p or t can only have the acute tone or the dot below.
    stopped = syllable.endswith(("c", "ch", "p", "t")) and tones and not re.search("[\u0301\u0323]", apart)
    return tones <= 1 and not stopped and _SYLLABLE.fullmatch(syllable) is not None


def is_misread(text: str) -> bool:
    """Whether a text may be UTF-8 that some program read as Windows-1252."""
    # The first pattern is four times as fast and excludes most texts.
    return not text.isascii() and bool(_MISREAD_SIEVE.search(text) and _MISREAD.search(text))


def decode_misread(text: str) -> str:
    """Decode UTF-8 that was read as Windows-1252; other texts are returned unchanged."""
    try:
        return b"".join(map(_encode, text)).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return text


def _encode(character: str) -> bytes:
    # Windows-1252 leaves five bytes undefined; programs keep them as control characters.
    return character.encode("latin-1" if character <= "\u00ff" else "cp1252")


def decode(text: str, usual: str) -> str:
    """Decode one cell.

    Args:
        text: The cell.
        usual: The encoding of its column. Another one, or none, is used if it gives clearly more syllables.
    """
    words = [word for word in _WORD.findall(text) if _is_accented_latin1(word)]
    readings = {usual: DECODERS[usual](text)} | {n: d(text) for n, d in DECODERS.items() if n != usual}
    if not words:
        return readings[usual] if max(text, default="") <= "\u00ff" else text
    scores = {name: sum(_is_syllable_in(word, name) for word in words) for name in readings}
    plain = sum(map(is_syllable, words))
    best = max(scores, key=lambda name: (scores[name], name == usual))
    if plain > scores[best] or (max(text) > "\u00ff" and plain == scores[best]):
        return text
    better = scores[best] - scores[usual]
    return readings[best if better > 1 or (better and not scores[usual]) else usual]
