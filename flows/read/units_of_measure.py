"""Knows the units of measure: their families and sizes, and the words that state them on forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from schemas.contract import Column

#: The units of each family by size, relative to the base unit of the family, which has size 1.
_FAMILIES: Mapping[str, Mapping[int, Sequence[str]]] = {
    "tiền": {1: ("đồng", "đ", "₫", "vnđ", "vnd", "đồng việt nam", "việt nam đồng")},
    "khối lượng": {1: ("kg", "kilôgam", "kilogam", "ki-lô-gam"), 10: ("yến",), 100: ("tạ",), 1000: ("tấn",)},
    "tốc độ": {
        1: ("kbps", "kbit/s", "kb/s"),
        1000: ("mbps", "mbit/s", "mb/s"),
        10**6: ("gbps", "gbit/s", "gb/s"),
    },
    "công suất": {1: ("wp", "w"), 1000: ("kwp", "kw"), 10**6: ("mwp", "mw")},
    "tỷ lệ": {1: ("%", "phần trăm")},
    "phần nghìn": {1: ("‰", "phần nghìn")},
    "diện tích": {1: ("m2", "mét vuông"), 10**4: ("ha", "hécta", "héc-ta"), 10**6: ("km2", "kilômét vuông")},
    "độ dài": {1: ("m", "mét"), 1000: ("km", "kilômét", "ki-lô-mét")},
    "thể tích": {1: ("lít",), 1000: ("m3", "mét khối")},
    "điện năng": {1: ("wh",), 1000: ("kwh",), 10**6: ("mwh",)},
    "thời gian": {1: ("phút",), 60: ("giờ",)},
}
_MULTIPLES: Mapping[int, Sequence[str]] = {
    10**3: ("nghìn", "ngàn", "1000"),
    10**6: ("triệu", "tr", "tr.", "1000000"),
    10**9: ("tỷ", "tỉ", "1000000000"),
}
#: What counts count, as headings say in parentheses.
_COUNTED = ("người", "hộ", "lượt", "lượt người", "cái", "chiếc")
#: What lines and rows of units may name besides; all others are unknown.
_THINGS = (
    *(
        "nhân khẩu",
        "khẩu",
        "hồ sơ",
        "trạm",
        "giao dịch",
        "mô hình",
        "thành viên",
        "buổi",
        "cuộc",
        "kiến nghị",
    ),
    *("nhiệm vụ", "văn bản", "thủ tục", "bản", "đơn vị", "doanh nghiệp", "sáng kiến", "bằng", "giấy tờ"),
    *("lần", "thôn", "phản ánh", "hệ thống", "điểm"),
)
_SCALED = re.compile(r"(?:nghìn|ngàn|triệu|t[ỷỉ](?!lệ|trọng|số|suất)|chục|trăm|vạn|nghin|trieu|10+(?!\d))")
# Without accents these words have other meanings too.
_UNCLEAR_WITHOUT_ACCENTS = frozenset({"yen", "ta", "ti", "lit", "gio", "met"})

_MARK = re.compile(
    r"\b(?P<strong>don\s*vi\s*(?:tinh|do(?:\s+luong)?|tien(?:\s+te)?)|d\.?\s?v\.?\s?t)\b\.?\s*[:：=-]?"
    r"|\b(?P<weak>don\s*vi|d\.?v)\b\.?\s*[:：=]"
    r"|\b(?P<counted>tinh\s+(?:bang|theo))\b\s*[:：]?",
    re.IGNORECASE,
)
_BETWEEN_UNITS = re.compile(r"[;+]|,(?!\d{3}(?!\d))|\s+(?:và|va|hoặc|hoac)\s+|\s+[-–]\s+")
_POWERS = {sign: "1" + "0" * power for power in (3, 6, 9) for sign in (str(power), "³⁶⁹"[power // 3 - 1])}
_BRACKETS = "()[]{} \t\n.:*"
_DAY = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}(?:/\d{2,4})?(?!\d)")
_PERIOD = re.compile(r"(?i)\s+(?=(?:trong\s+)?(?:tháng|quý|năm|ngày|kỳ)\s)")
_LONGEST = 200
_LONGEST_UNIT = 40


@dataclass(frozen=True, slots=True)
class UnitOfMeasure:
    """A unit of measure: its family, and its size relative to the base unit of the family."""

    family: str
    size: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What a line above a table says of its units.

    Attributes:
        text: The units as they are typed.
        units: Each unit by its words; None for words that are no known unit.
        sure: Whether the line surely speaks of units of measure, so that unknown words are a unit.
        marked: Whether it says that it speaks of a unit; else it is nothing but the unit.
    """

    text: str
    units: Mapping[str, UnitOfMeasure | None]
    sure: bool
    marked: bool = True


@cache
def sizes_of(family: str) -> Mapping[str, int]:
    """The size of every unit of a family, by its words: `nghìn tấn` too, and of money the bare `nghìn`."""
    sizes = {name: size for size, names in _FAMILIES[family].items() for name in names}
    if family == "tỷ lệ":
        return sizes
    multiples = {
        f"{multiple} {name}": factor * size
        for factor, words in _MULTIPLES.items()
        for multiple in words
        for name, size in sizes.items()
    }
    alone = (
        {word: factor for factor, words in _MULTIPLES.items() for word in words} if family == "tiền" else {}
    )
    return {word: size for word, size in alone.items() if not word.isdigit()} | multiples | sizes


@cache
def _known() -> Mapping[str, UnitOfMeasure]:
    exact = {
        _key(word): UnitOfMeasure(family, size)
        for family in _FAMILIES
        for word, size in sizes_of(family).items()
    }
    bare = {
        _strip(word): unit
        for word, unit in exact.items()
        if len(word) > 1 and _strip(word) not in _UNCLEAR_WITHOUT_ACCENTS
    }
    return bare | exact


def parse_unit(text: str) -> UnitOfMeasure | None:
    """The unit that `text` is: `kg`, `1.000 đ`, `Triệu VNĐ`, `x 1.000 đồng`; None if it is not known."""
    return _known().get(_key(text)) if len(text) < _LONGEST else None


def counts_in_multiples(text: str) -> bool:
    """Whether `text` is a unit of counts that are not counted one by one: `nghìn lượt`, `1.000 người`.

    A bare `nghìn` may be that, or thousands of đồng.
    """
    key = _key(text)
    return bool(_SCALED.match(key)) and not key.endswith(("đồng", "đ", "₫", "vnd", "dong"))


def _names_multiples(text: str) -> bool:
    """Whether `text` surely is such a unit: `Triệu Phong` is a place, and `10 đến 14` are days."""
    key = _key(text)
    found = _SCALED.match(key)
    if not found or not counts_in_multiples(text) or found[0] in ("10", "100"):
        return False
    things = key[found.end() :]
    return names_things(things) or things.startswith(("người", "lượt")) or not (things or found[0].isdigit())


@lru_cache(maxsize=16384)
def _key(text: str) -> str:
    """`text` in lower case without spaces, dots and commas; a power of ten is spelt out."""
    words = unicodedata.normalize("NFC", text).lower().strip(_BRACKETS)
    words = re.sub(r"^[x×]\s*(?=1)", "", words)
    words = re.sub(r"^10(?:\s*\^\s*([369])(?!\d)|[³⁶⁹])", lambda found: _POWERS[found[0][-1]], words)
    return re.sub(r"[\s.,]", "", words.replace("²", "2").replace("³", "3"))


def _strip(text: str) -> str:
    """`text` without accents, of the same length."""
    return "".join(unicodedata.normalize("NFD", c)[0] for c in text).replace("đ", "d").replace("Đ", "D")


def unit_of(column: Column) -> str | None:
    """The unit that the contract states for a column of numbers; None if it states none."""
    kind = column.kind.name
    if column.unit is not None or kind == "so_tien":
        return column.unit or "đồng"
    if kind == "ty_le":
        return "%"
    bracketed = re.search(r"\(([^()]+)\)", column.label)
    return bracketed[1] if bracketed and kind == "so_thuc" else None


def find_unit_lines(texts: Sequence[str]) -> Iterator[UnitLine]:
    """What the texts above a table, from top to bottom, say of units: `Đơn vị tính: kg`, `(nghìn đồng)`."""
    below: Iterable[str] = [*texts[1:], ""][: len(texts)]
    for text, after in zip(texts, below, strict=True):
        # "15/10 đến 14/11" states no tens.
        yield from _read_lines(_DAY.sub(" ", unicodedata.normalize("NFC", text[:1000])), after)


@lru_cache(maxsize=4096)
def _read_lines(text: str, after: str) -> tuple[UnitLine, ...]:
    return tuple(_list_lines(text, after))


def _list_lines(text: str, after: str) -> Iterator[UnitLine]:
    marks = list(_MARK.finditer(_strip(text)))
    for mark in marks:
        rest = re.split(r"[()\[\]\n]", text[mark.end() :])[0].strip(_BRACKETS)
        if not re.search(r"[^\W\d]|[%‰₫]", text[mark.end() :]):
            # The unit is in the next cell, or a comma in it ended the cell: `1` and `000 đồng`.
            rest += after.strip(_BRACKETS)
        rest = _PERIOD.split(rest)[0]
        # Behind "Đơn vị:" may stand who hands in.
        if line := _read_units(rest, sure=mark["strong"] is not None, loose=mark["weak"] is None):
            yield line
    if not marks:
        bracketed = re.findall(r"[(\[]([^()\[\]]*)[)\]]\s*$", text)
        alone = [text] if len(text.strip()) > 2 else []
        for words in bracketed or alone:
            if line := _read_units(words, sure=False, loose=False):
                yield replace(line, marked=False)


def _read_units(words: str, *, sure: bool, loose: bool = True) -> UnitLine | None:
    """The units that `words` are; if not `loose`, all words must be units."""
    parts = [part for part in _split_units(words) if re.search(r"[^\W\d]|[%‰₫]", part)]
    counts = counts_in_multiples if loose else _names_multiples
    units = {part: unit for part in parts if (unit := parse_unit(part)) or sure or counts(part)}
    known = (
        len(units) == len(parts) if not loose else any(unit or counts(part) for part, unit in units.items())
    )
    return UnitLine(words, units, sure) if units and (known or sure) else None


def _split_units(words: str) -> Iterator[str]:
    for part in _BETWEEN_UNITS.split(words):
        whole = part.strip(_BRACKETS)
        # A slash may be part of a unit, or stand between two.
        yield from (whole,) if parse_unit(whole) else (each.strip(_BRACKETS) for each in whole.split("/"))


def is_unit_row(cells: Sequence[str | None]) -> bool:
    """Whether a row only states units: `(lượt) | (nghìn đồng)`, perhaps with `ĐVT` before them."""
    texts = [tidy for cell in cells if cell and (tidy := cell.strip())]
    if not texts or any(len(text) > _LONGEST_UNIT for text in texts):
        return False
    surely = [_is_bracketed(text) or _is_label(text) for text in texts]
    stated = [parse_unit(text) is not None or _names_multiples(text) for text in texts]
    counted = list(map(names_things, texts))
    if not all(map(any, zip(surely, stated, counted, strict=True))):
        return False
    # A single word without brackets may be anything.
    return (len(texts) > 1 and any(stated)) or any(
        sure and (unit or count or _is_label(text))
        for text, sure, unit, count in zip(texts, surely, stated, counted, strict=True)
    )


def _is_bracketed(text: str) -> bool:
    return text[0] in "([" and text[-1] in ")]"


def _is_label(text: str) -> bool:
    """Whether a text begins with the words `Đơn vị tính`."""
    mark = _MARK.match(_strip(unicodedata.normalize("NFC", text)).lstrip(_BRACKETS))
    return mark is not None and mark["strong"] is not None


def is_counted(text: str) -> bool:
    """Whether a heading that says `text` in parentheses counts one by one: `lượt`, `hộ`."""
    return _key(text) in _keys_of(_COUNTED)


def names_things(text: str) -> bool:
    """Whether a line or row of units names with `text` what is counted one by one: `mô hình`, `hộ`."""
    return is_counted(text) or _key(text) in _keys_of(_THINGS)


@cache
def _keys_of(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_key, words))
