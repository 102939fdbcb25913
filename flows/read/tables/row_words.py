"""Recognises the words of rows that are not records: totals, sections, signatures, "Không phát sinh"."""

from __future__ import annotations

import re

from flows.read.tables.heading import key_of, tidy

_TOTAL_KEYS = tuple(
    key_of(word) for word in ("tổng", "tổng số", "tổng cộng", "cộng", "toàn xã", "cộng dồn", "lũy kế")
)
_AFTER_TOTAL = tuple(
    key_of(word)
    for word in (
        *("thôn", "phố", "khu", "làng", "bản", "tổ", "mục", "xã", "toàn", "nhóm", "phần", "trang"),
        *("chung", "của", "số", "cộng", "lại", "các", "hộ", "người", "sang", "chuyển"),
    )
)
_PLACE = re.compile(r"(?i)^(?:thôn|khu phố|phố|làng|bản|tổ dân phố|tdp|khu|xóm)(?:\s|:)\s*\S")
_NUMERAL = re.compile(r"^\(?(?:[IVX]{1,6}|[A-HĐ]|[a-hđ])\s*[.)/:\-–]\s*(?=\S)")
_BARE_NUMERAL = re.compile(r"^\(?(?:[IVXLC]{1,6}|[A-HĐ])[.)/]?$")
_BULLET = re.compile(r"(?i)^[-–+•*]\s*\S|^trong đó\b|^gồm\b|^nhóm\s|^phần\s+[IVX\d]")
_TAIL_KEYS = tuple(
    key_of(word)
    for word in (
        "nơi nhận",
        "người lập",
        "lập biểu",
        "người tổng hợp",
        "người báo cáo",
        "cán bộ lập",
        "ký tên",
        "ký ghi rõ họ tên",
        "chủ tịch",
        "kt chủ tịch",
        "tm ủy ban nhân dân",
        "tm ubnd",
        "phó chủ tịch",
        "thủ trưởng",
        "trưởng thôn",
        "trưởng phòng",
        "trưởng ban",
        "trưởng công an",
        "kế toán",
        "giám đốc",
        "xác nhận",
        "đại diện",
        "ghi chú",
        "chú thích",
        "người kiểm tra",
        "người duyệt",
        "thủ quỹ",
        "công chức",
        "trưởng trạm",
        "nguồn số liệu",
        "lưu ý",
    )
)
_TAIL_STARTS = tuple(f"{words} " for words in _TAIL_KEYS)
_DATED = re.compile(r"(?i)ngày[\s\d.…_/]*tháng[\s\d.…_/]*năm")
_FOOTNOTE = re.compile(r"^\(?(?:\d{1,2}|\*{1,3})\)\s*:?\s*\S|^\*{1,3}\s*\S")
_NIL = key_of("không phát sinh")


def is_total(text: str) -> bool:
    """Whether a label is that of a total row: `Tổng cộng`, `Cộng thôn X`, `Tổng số (I+II):`."""
    words = key_of(_NUMERAL.sub("", text.strip(), count=1))
    for start in _TOTAL_KEYS:
        if words == start:
            return True
        if words.startswith(start + " "):
            after = words[len(start) + 1 :].split()
            return not after[0].isalpha() or after[0] in _AFTER_TOTAL or after[0] in {"i", "ii", "a", "b"}
    return False


def read_section_label(text: str) -> tuple[str, bool] | None:
    """The label of a section row without its numeral, and whether it names a place; None for other text."""
    stripped = " ".join(text.split())
    label = _NUMERAL.sub("", stripped, count=1)
    if _PLACE.match(label):
        return label.rstrip(" :."), True
    if label != stripped or _BULLET.match(stripped):
        return label.rstrip(" :."), False
    return None


def is_bare_numeral(text: str) -> bool:
    """Whether text is the numeral of a section: `I`, `II.`, `A`."""
    return bool(_BARE_NUMERAL.match(text.strip()))


def is_tail(text: str) -> bool:
    """Whether text belongs below a table: date and place, signatures, footnotes."""
    words = key_of(text[:200])
    if f"{words} ".startswith(_TAIL_STARTS):
        return True
    plain = tidy(text[:200])
    return bool(_DATED.search(plain) or _FOOTNOTE.match(plain))


def says_nil(text: str) -> bool:
    """Whether text declares that there is nothing to report ("Không phát sinh")."""
    return _NIL in key_of(text[:300])
