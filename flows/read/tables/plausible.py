"""Says how much a text looks like a value of a contract column, by the shape that its kind has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from flows.read.tables.heading import key_of
from schemas.contract import Column
from schemas.kinds.words import NO, YES

Likeness = Callable[[str], float]

_DATE = re.compile(
    r"\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(?:\d{4}|\d{2})(?: .*)?|\d{4}-\d{2}-\d{2}(?:[ T].*)?"
    r"|(?i:ngày \d{1,2} tháng .*)|[1-6]\d{4}"
)
_MONTH_OF_YEAR = re.compile(r"\d{1,2} ?[/.-] ?(?:19|20)\d\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"-?\d{1,3}(?:[ .,]\d{3})*(?:[.,]\d+)?|-?\d+(?:[.,]\d+)?")
_WHOLE = re.compile(r"\d{1,3}(?:[ .,]\d{3})+|\d{1,9}")
_UNIT_BEHIND = re.compile(r"\s*(?:%|đ|đồng|nghìn đồng|triệu đồng|tỷ đồng|triệu|tỷ|tấn|kg|mbps|kwp)\s*$", re.I)
_PLACE = re.compile(r"(?i)(?:thôn|khu phố|phố|làng|bản|tổ dân phố|tdp|khu|xóm)\s+\S.*")
_LETTERS = re.compile(r"[^\W\d_][^\d_@#/]*")


def measure_likeness(column: Column) -> Likeness:
    """A function that says how much a text looks like a value of `column`.

    1 is a text that hardly any other kind of column holds, 0 one that `column` can't hold.
    """
    return _find_likeness(column.kind.name, column.of, tuple(column.codes), column.pattern)


def mean_likeness(column: Column, texts: Iterable[str]) -> float | None:
    """The mean likeness (0..1) of `texts` to values of `column`; None if there are no texts."""
    look = measure_likeness(column)
    found = [look(text) for text in texts]
    return sum(found) / len(found) if found else None


@lru_cache(maxsize=512)
def _find_likeness(kind: str, of: tuple[str, ...], codes: tuple[str, ...], pattern: str | None) -> Likeness:
    if kind == "lua_chon":
        return _like_choice({key_of(choice) for choice in of} | set(codes))
    if kind == "ma":
        code = re.compile(pattern or r".+")
        return lambda text: 1.0 if code.fullmatch(re.sub(r"\s", "", text).upper()) else 0.0
    return lru_cache(maxsize=4096)(_LIKENESSES[kind])


def _like_choice(choices: set[str]) -> Likeness:
    return lambda text: 1.0 if (key_of(text) or text) in choices else 0.0


def _digits(text: str) -> int:
    """The number of digits of a text that is nothing but digits and what stands between them; else 0."""
    plain = re.sub(r"[\s.'’=\"-]", "", text)
    return len(plain) if plain.isascii() and plain.isdigit() else 0


def _like_personal_number(text: str) -> float:
    return {12: 1.0, 9: 0.6, 11: 0.5, 10: 0.3}.get(_digits(text), 0.0)


def _like_phone(text: str) -> float:
    digits = _digits(re.sub(r"^\+?84", "0", re.split(r"[,;/]", text)[0].strip()))
    return 1.0 if digits in (10, 11) and re.match(r"\D*(?:0|84)", text) else 0.6 if digits == 9 else 0.0


def _like_tax_code(text: str) -> float:
    return {10: 1.0, 13: 1.0, 12: 0.5}.get(_digits(text), 0.0)


def _like_name(text: str) -> float:
    words = text.split()
    if _PLACE.fullmatch(text) or not _LETTERS.fullmatch(text) or len(words) > 6:
        return 0.0
    if len(words) == 1:
        return 0.3
    return 1.0 if all(word[0].isupper() for word in words) else 0.4


def _like_place(text: str) -> float:
    if _PLACE.fullmatch(text):
        return 1.0
    return 0.4 if _LETTERS.match(text) and len(text.split()) <= 4 else 0.0


def _like_words(text: str) -> float:
    if _DATE.fullmatch(text) or _NUMBER.fullmatch(text) or not re.search(r"[^\W\d_]{2}", text):
        return 0.0
    return 0.6


def _like_date(text: str) -> float:
    return 1.0 if _DATE.fullmatch(text) else 0.0


def _like_birth_date(text: str) -> float:
    return 1.0 if _DATE.fullmatch(text) or _YEAR.fullmatch(text) or _MONTH_OF_YEAR.fullmatch(text) else 0.0


def _like_year(text: str) -> float:
    return 1.0 if _YEAR.fullmatch(text) else 0.0


def _like_count(text: str) -> float:
    return 0.7 if _WHOLE.fullmatch(text) else 0.0


def _like_measure(text: str) -> float:
    return 0.7 if _NUMBER.fullmatch(_UNIT_BEHIND.sub("", text)) and _digits(text.lstrip("-")) < 12 else 0.0


def _like_tick(text: str) -> float:
    folded = text.lower()
    if folded in ("0", "1"):
        return 0.5
    return 1.0 if folded in (*YES, *NO) else 0.0


_LIKENESSES: Mapping[str, Likeness] = {
    "so_dinh_danh": _like_personal_number,
    "ho_ten": _like_name,
    "ngay": _like_date,
    "ngay_sinh": _like_birth_date,
    "so_luong": _like_count,
    "so_thuc": _like_measure,
    "so_tien": _like_measure,
    "ty_le": _like_measure,
    "co_khong": _like_tick,
    "thon": _like_place,
    "dien_thoai": _like_phone,
    "mst": _like_tax_code,
    "van_ban": _like_words,
    "nam": _like_year,
}
