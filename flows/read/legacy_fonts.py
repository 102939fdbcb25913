"""Decodes Vietnamese text in legacy font encodings (TCVN3, VNI), and UTF-8 read as Windows-1252.

A TCVN3 cell is valid text of Latin-1 letters (`MÉu sè` for `Mẫu số`), so no decoder raises an error. A word
may be in an encoding if it is a Vietnamese syllable when read in it; many are so in several.
The tables follow TCVN 5712:1993 (VN3) and the VNI for Windows layout.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from flows.read.syllables import is_syllable, is_typed_syllable

_TCVN3_LETTERS = "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"
_TCVN3 = str.maketrans(
    _TCVN3_LETTERS,
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
_ALL_VNI = re.compile(f"(?:{_VNI_PAIR.pattern}|[ -~ñôöæóòîìí])*", re.I)
_CAPITAL, _CAPITALS, _SMALL = re.compile("[A-Z]"), re.compile("[A-Z]{2}"), re.compile("[a-z]")
_ALL_TCVN3 = re.compile(f"[ -~{_TCVN3_LETTERS}]*")

#: A run of letters; the letters of legacy fonts include signs such as `§` and the soft hyphen.
WORD = re.compile(r"[^\s!-/:-@\[-`{-~…–—“”‘’]+")
# The UTF-8 bytes of Vietnamese letters, as they look when read as Windows-1252: first byte, second byte.
_MISREAD_SIEVE = re.compile("[áÃÄÆ][º»\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_MISREAD = re.compile("á[º»]|[ÃÄÆ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_BEYOND_LATIN1 = re.compile("[Ăă-ğĐđĨĩŨũƠơƯư\u0300-\u0323Ạ-ỹ]")

UNICODE, TCVN3, VNI = "Unicode", "TCVN3", "VNI"


def decode_tcvn3(text: str) -> str:
    """Decode TCVN3 (ABC). It has no capitals with a tone: `PHầN` becomes `PHẦN`, and `VÒ PHầN` `VỀ PHẦN`."""
    decoded = text.translate(_TCVN3)
    words = WORD.findall(decoded)
    if not _SMALL.search(text) and any(not word.isascii() and _CAPITALS.search(word) for word in words):
        return decoded.upper()
    return WORD.sub(lambda found: _fix_case(found[0]), decoded)


def _fix_case(word: str) -> str:
    """Upper-case a word if its ASCII letters, at least two, are all upper case."""
    capitals = not word.isascii() and len(_CAPITAL.findall(word)) > 1 and not _SMALL.search(word)
    return word.upper() if capitals else word


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


DECODERS: Mapping[str, Callable[[str], str]] = {TCVN3: decode_tcvn3, VNI: decode_vni}


@lru_cache(maxsize=65536)
def read_word(word: str) -> Mapping[str, str]:
    """What a word says in each encoding in which it is Vietnamese.

    Returns:
        The text by encoding. Empty for a word that is Vietnamese in none, such as a foreign name, and for
        a single letter or plain ASCII, which tell nothing.
    """
    found: dict[str, str] = {}
    if len(word) > 1 and not word.isascii():
        composed = unicodedata.normalize("NFC", word)
        # No legacy font reaches beyond Latin-1.
        if _BEYOND_LATIN1.search(word) or (is_typed_syllable(composed) and _has_natural_case(composed)):
            found[UNICODE] = composed
        if _ALL_TCVN3.fullmatch(word) and is_syllable(decode_tcvn3(word)):
            found[TCVN3] = decode_tcvn3(word)
        # VNI has every capital, so its capitals are never mixed with small letters.
        if _ALL_VNI.fullmatch(word) and is_syllable(decoded := decode_vni(word)) and _has_even_case(decoded):
            found[VNI] = decoded
    return MappingProxyType(found)


def _has_natural_case(word: str) -> bool:
    """Whether a person may have typed a word in this case: no capital follows a small letter."""
    return not any(one.islower() and two.isupper() and not two.isascii() for one, two in pairwise(word))


def _has_even_case(word: str) -> bool:
    return word[1:].islower() or word.isupper()


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
