"""Text of the encodings before Unicode, which fonts made look right: TCVN3, VNI; and UTF-8 misread.

A TCVN3 cell is valid text of Latin-1 letters (`MÉu sè` for `Mẫu số`), so no decoder fails. What a
column holds is told by how many of its accented words are Vietnamese syllables, read in either way.
Tables after TCVN 5712:1993 (VN3) and the VNI for Windows layout.
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
# The first bytes of Vietnamese letters in UTF-8 and those that may follow them, as Windows-1252 has them.
_MAY_BE_MISREAD = re.compile("[áÃÄÆ][º»\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_MISREAD = re.compile("á[º»]|[ÃÄÆ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def decode_tcvn3(text: str) -> str:
    """Unicode of a text in TCVN3 (ABC) letters, which has no accented capitals but in special fonts."""
    return _WORD.sub(lambda found: _evened(found[0]), text.translate(_TCVN3))


def _evened(word: str) -> str:
    """`PHầN` in one case: that of its plain letters, where there are two at least."""
    plain = [letter for letter in word if letter.isascii() and letter.isalpha()]
    return word.upper() if len(plain) > 1 and not word.isascii() and all(map(str.isupper, plain)) else word


def decode_vni(text: str) -> str:
    """Unicode of a text in VNI for Windows letters, which write a vowel and its marks as two letters."""

    def compose(found: re.Match[str]) -> str:
        vowel, sign = found[1] or found[3], found[2] or found[4]
        vowel, mark = vowel.translate(_VNI_LETTERS), _VNI_MARKS[sign.lower()]
        return unicodedata.normalize("NFC", vowel + mark)

    # The pairs first: `ô` alone is ơ, but after a vowel no mark looks like a letter's stand-in.
    pieces = []
    place = 0
    for found in _VNI_PAIR.finditer(text):
        pieces += [text[place : found.start()].translate(_VNI_LETTERS), compose(found)]
        place = found.end()
    return "".join([*pieces, text[place:].translate(_VNI_LETTERS)])


DECODERS: Mapping[str, Callable[[str], str]] = {"TCVN3": decode_tcvn3, "VNI": decode_vni}


UNICODE = "Unicode"


def guess_encoding(texts: Iterable[str]) -> str | None:
    """The encoding of texts that belong together, such as a column's; None where they don't tell.

    Of the accented words without a letter beyond Latin-1 most must be Vietnamese syllables when decoded,
    and fewer as they stand; where these don't tell, a word that only Unicode can write does.
    """
    joined = "\n".join(text for text in texts if not text.isascii())
    accented = Counter(word for word in _WORD.findall(joined) if not word.isascii())
    words = {word: count for word, count in accented.items() if _is_doubtful(word)}
    plain = sum(count for word, count in words.items() if is_syllable(word))
    counts = {name: sum(count for word, count in words.items() if _decodes(word, name)) for name in DECODERS}
    best = max(counts, key=lambda name: counts[name])
    if plain > counts[best]:
        return UNICODE
    total = sum(words.values())
    clear = counts[best] >= 0.7 * total and counts[best] - plain >= max(1, 0.25 * total)
    if clear:
        return best
    return UNICODE if any(max(word) > "\u00ff" and is_syllable(word) for word in accented) else None


@lru_cache(maxsize=65536)
def _decodes(word: str, encoding: str) -> bool:
    """Whether `word` is a Vietnamese syllable when read in `encoding`."""
    return is_syllable(DECODERS[encoding](word))


def _is_doubtful(word: str) -> bool:
    return len(word) > 1 and not word.isascii() and max(word) <= "\u00ff"


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether `word` is built as a Vietnamese syllable with at most one tone."""
    apart = unicodedata.normalize("NFD", word.lower().replace("\u00f0", "đ"))
    bare, tones = _TONES.subn("", apart)
    syllable = unicodedata.normalize("NFC", bare)
    # A syllable that ends in a stop takes the acute or the dot below only.
    stopped = syllable.endswith(("c", "ch", "p", "t")) and tones and not re.search("[\u0301\u0323]", apart)
    return tones <= 1 and not stopped and _SYLLABLE.fullmatch(syllable) is not None


def is_misread(text: str) -> bool:
    """Whether a text may be UTF-8 that some program took for Windows-1252."""
    # The sieve is four times as fast: it begins with a letter of one set.
    return not text.isascii() and bool(_MAY_BE_MISREAD.search(text) and _MISREAD.search(text))


def decode_misread(text: str) -> str:
    """The text that was UTF-8 before it was taken for Windows-1252; unchanged where it was not."""
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return text


def _byte(character: str) -> bytes:
    # Windows-1252 leaves five bytes undefined, which programs pass through as control characters.
    return character.encode("latin-1" if character <= "\u00ff" else "cp1252")


def decode(text: str, usual: str) -> str:
    """Unicode of a cell whose column is in encoding `usual`: decoded so, unless another reading is better."""
    words = [word for word in _WORD.findall(text) if _is_doubtful(word)]
    readings = {usual: DECODERS[usual](text)} | {n: d(text) for n, d in DECODERS.items() if n != usual}
    if not words:
        return readings[usual] if max(text, default="") <= "\u00ff" else text
    scores = {name: sum(_decodes(word, name) for word in words) for name in readings}
    plain = sum(map(is_syllable, words))
    best = max(scores, key=lambda name: (scores[name], name == usual))
    if plain > scores[best] or (max(text) > "\u00ff" and plain == scores[best]):
        return text
    better = scores[best] - scores[usual]
    return readings[best if better > 1 or (better and not scores[usual]) else usual]
