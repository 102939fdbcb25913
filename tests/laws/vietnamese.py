"""Whether a text for people has words that are neither Vietnamese nor known names."""

from __future__ import annotations

import pkgutil
import re
import unicodedata

from flows.cli import commands

TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
LETTERS = re.compile(r"[^\W\d_]+", re.UNICODE)
#: A syllable of Vietnamese, its tone taken off; words of other languages hardly ever look like one.
SYLLABLE = re.compile(
    r"(?:ngh?|nh|gh?|gi|kh|ph|qu|th|tr|ch|[bcdđhklmnprstvx])?"
    r"(?:[aăâeêioôơuưy]|[iuưoy][aăâeêioôơuưy]|[aâeêioôơuưy][iuoy]|iêu|yêu|oa[iyo]|uây|uôi|ươ[iu]|oe[o]|uy[aêu]|uê)"
    r"(?:ch|ng|nh|[cmnpt])?"
)


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Names, and what people who fill in tables say themselves.
KNOWN = words(
    """excel csv xlsx word powerpoint pdf html xml jpeg png gif rtf rar zip gzip unicode internet web zalo
    sđt đt đtdđ đdcn cc
    macro dde tslcd viettel vnpt mobifone bts mbps kwp grdp cccd cmnd hđnd ubnd dvc sha json parquet
    prefect dask great expectations ctrl kb mb gb byte manifest xls ods nđ cp tt bca
    pandas polars duckdb raw curated var inbox dir debug check dulieuxa"""
) | {module.name for module in pkgutil.iter_modules(commands.__path__)}
#: English and Python that happens to be spelt like Vietnamese.
FOREIGN = words(
    """the and not is are was null none true false int str list dict set cell no yes nan date time hash this
    that if else error class import char"""
)
EXAMPLE = re.compile(r"ví dụ [^ ]*\d[^ ]*")


def odd_words(text: str) -> list[str]:
    """Words that are neither Vietnamese nor known names; quotes and codes aside."""
    text = re.sub(r"“[^”]*”|\w+_\w+(?:=\w+)?|--\w+", " ", EXAMPLE.sub(" ", text))
    return [word for word in LETTERS.findall(text) if not _is_vietnamese(word)]


def _is_vietnamese(word: str) -> bool:
    plain = unicodedata.normalize("NFC", TONES.sub("", unicodedata.normalize("NFD", word))).lower()
    if plain in FOREIGN and plain == word.lower():
        return False
    return (
        plain in KNOWN
        or len(word) == 1
        or bool(SYLLABLE.fullmatch(plain))
        or bool(re.fullmatch("[ivx]+", plain))
    )
