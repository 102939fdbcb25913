"""Recognises the words of rows that are not records: totals, sections, signatures, "Không phát sinh"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from flows.read.tables.heading import key_of, strip_marks, tidy

#: Labels that may also be a name (a person called Cộng, an enterprise called Total).
_SHORT_TOTALS = ("tổng", "tông", "tong", "cộng", "cọng", "cong", "tc", "sum", "total", "totals", "σ")
#: Labels that no name begins with: whatever follows them, the row is a total.
_SURE_TOTALS = (
    *("tổng số", "tổng sô", "tông số", "tông sô", "tổng cộng", "tông cộng", "tổng cọng", "t cộng"),
    *("tong so", "tong cong", "t cong", "grand total", "sub total", "subtotal"),
)
#: The other labels; of these "tổng công" is a misspelt total only if it is not "Tổng công ty Mẫu".
_LONG_TOTALS = (
    *("tổng công", "tông công", "toàn xã", "cộng dồn", "lũy kế", "cộng lũy kế", "cộng trang", "mang sang"),
    *("cộng mang sang", "số cộng", "tổng chung", "cộng chung", "chuyển trang sau", "chuyển sang trang sau"),
    *("trang trước mang sang", "trang trước chuyển sang", "trang truoc mang sang", "trang truoc chuyen sang"),
    *("mang sang trang sau", "chuyen trang sau", "chuyen sang trang sau"),
    *("toan xa", "cong don", "luy ke", "cong trang", "tong chung", "cong chung"),
)
_AFTER_TOTAL = (
    *("thôn", "phố", "khu", "làng", "bản", "tổ", "mục", "xã", "toàn", "nhóm", "phần", "trang", "tháng"),
    *("chung", "của", "số", "cộng", "lại", "các", "hộ", "người", "sang", "chuyển", "khẩu", "hồ", "quý"),
    *("năm", "kỳ", "đợt", "cả", "all", "i", "ii", "a", "b"),
)
_SURE_KEYS = tuple(map(key_of, _SURE_TOTALS))
_TOTAL_KEYS = tuple(
    sorted(map(key_of, (*_SURE_TOTALS, *_LONG_TOTALS, *_SHORT_TOTALS)), key=len, reverse=True)
)
_SHORT_KEYS = frozenset(map(key_of, _SHORT_TOTALS))
_AFTER_KEYS = frozenset(key for word in _AFTER_TOTAL for key in (key_of(word), strip_marks(key_of(word))))
_PLACE = re.compile(r"(?i)^(?:thôn|khu phố|phố|làng|bản|tổ dân phố|tdp|khu|xóm)(?:\s|:)\s*\S")
_NUMERAL = re.compile(r"^\(?(?:[IVX]{1,6}|[A-HĐ]|[a-hđ])\s*[.)/:\-–]\s*(?=\S)")
_BARE_NUMERAL = re.compile(r"^\(?(?:[IVXLC]{1,6}|[A-HĐ])[.)/]?$")
_BULLET = re.compile(r"(?i)^[-–+•]\s*\S|^trong đó\b|^gồm\b|^nhóm\s|^phần\s+[IVX\d]")
_SIGNING_KEYS = tuple(
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
        "ký họ tên",
        "ký đóng dấu",
        "đã ký",
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
        "người kiểm tra",
        "người duyệt",
        "thủ quỹ",
        "công chức",
        "trưởng trạm",
    )
)
_NOTE_KEYS = tuple(map(key_of, ("ghi chú", "chú thích", "nguồn số liệu", "lưu ý")))


def _list_starts(keys: Iterable[str]) -> tuple[str, ...]:
    """How a text may begin: with one of `keys`, or with one typed without accents."""
    return tuple(dict.fromkeys(f"{each} " for key in keys for each in (key, strip_marks(key))))


_SIGNING_STARTS, _NOTE_STARTS = _list_starts(_SIGNING_KEYS), _list_starts(_NOTE_KEYS)
_DATED = re.compile(r"(?i)ngày[\s\d.…_/]*tháng[\s\d.…_/]*năm|\bngay[\s\d.…_/]+thang[\s\d.…_/]+nam\b")
_FOOTNOTE = re.compile(r"^\(?\d{1,2}\)\s*:?\s*\S")
_STARRED = re.compile(r"^\(?\*{1,3}\)?\s*:?\s*\S")
_NIL = key_of("không phát sinh")
# Numbers that count nothing: of a day, a period, a place, a form.
_NAMED = re.compile(
    r"\b(?:ngay|thang|quy|nam|ky|thon|pho|to|khu|xom|ban|lang|t|bieu|mau|so)\W*(?:\d[\d/.-]*|[ivx]+\b)"
    r"|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b"
)
_NOT_NIL = re.compile(r"[1-9]|\b(?:dinh kem|kem theo|ngoai ra|tru|phuc tap)\b")

# How the sentence that closes a list begins: "Danh sách gồm 05 hộ./.", "Bằng chữ: năm triệu đồng".
_CLOSING = re.compile(
    r"(?:ấn định |an dinh )?(?:danh sách|danh sach|ds|bảng|bang|bảng kê|bang ke|biểu|bieu)"
    r"(?: (?:này|nay|trên|tren|đã|da|được|duoc|có|co|gồm|gom|lập|lap|tổng|tong|cộng|cong|tất|tat|cả|ca))+\b"
    r"|(?:số tiền |so tien )?(?:bằng chữ|bang chu|viết bằng chữ|viet bang chu)\b"
    r"|hết(?: danh sách| bảng| biểu)?$|het(?: danh sach| bang| bieu)$"
    r"|(?:trang|page)(?: số| so)? \d+"
)
_EXAMPLE = re.compile("|".join(map(key_of, ("ví dụ", "vi du", "vd", "minh họa", "example"))))
_EXAMPLE_OF = re.compile(
    r"(?i)\(?(?:ví dụ|vi du|vd|minh họa)(?: minh họa| mẫu| \d+)?\s*[:)]|.*\((?:ví dụ|vd|minh họa)\)$"
)
_EXAMPLE_NUMBERS = frozenset(map(key_of, ("mẫu", "mau", "dòng mẫu", "bản mẫu", "làm mẫu", "ví dụ mẫu")))
_PAGE = re.compile(r"^[-–]\s*\d{1,4}\s*[-–]$")
_FULL_STOP = re.compile(r"\.\s*/\s*\.?\s*$")


def is_total(text: str) -> bool:
    """Whether a label is that of a total row: `Tổng cộng`, `Cộng thôn X`, `Tổng số (I+II):`, `Total`."""
    return _find_total_label(text) is not None


def is_sure_total(text: str) -> bool:
    """Whether a label is that of a total row and can't be a name, as `Cộng`, `TC` and `Total` can."""
    label = _find_total_label(text)
    return label is not None and (label not in _SHORT_KEYS or key_of(text) != label)


@lru_cache(maxsize=4096)
def _find_total_label(text: str) -> str | None:
    """The words of a total that `text` begins with; None if it is no label of a total row."""
    words = key_of(_NUMERAL.sub("", text[:200].strip(), count=1))
    for start in _TOTAL_KEYS:
        if words == start:
            return start
        if words.startswith(start + " "):
            after = words[len(start) + 1 :].split()[0]
            if start in _SURE_KEYS or after in _AFTER_KEYS or not strip_marks(after).isalpha():
                return start
    return None


def is_example(text: str) -> bool:
    """Whether text says that its row is an example: `Ví dụ`, `Ví dụ: Nguyễn Văn A`, `(VD) Nguyễn Văn A`."""
    plain = tidy(text[:200])
    return bool(_EXAMPLE.fullmatch(key_of(plain)) or _EXAMPLE_OF.match(plain))


def is_example_number(text: str) -> bool:
    """Whether text in place of a row number says that its row is an example; `Mẫu` may also be a name."""
    return is_example(text) or key_of(text[:200]) in _EXAMPLE_NUMBERS


def is_closing(text: str) -> bool:
    """Whether text closes a list: the number of its records in words, a page number, a final `./.`."""
    plain = tidy(text[:300])
    words = unicodedata.normalize("NFC", " ".join(re.findall(r"\w+", plain.lower())))
    return bool(_CLOSING.match(words) or _PAGE.match(plain) or _FULL_STOP.search(plain))


def is_note(text: str) -> bool:
    """Whether text is a note: it begins with a star, `(1)` or `Ghi chú`. `* Thôn Mẫu` is a section."""
    if f"{key_of(text[:200])} ".startswith(_NOTE_STARTS) or _FOOTNOTE.match(tidy(text[:200])):
        return True
    starred = _STARRED.match(text.strip())
    return bool(starred and not _PLACE.match(re.sub(r"^[\s(*):]+", "", text)))


def read_section_label(text: str) -> tuple[str, bool] | None:
    """The label of a section row without its numeral, and whether it names a place; None for other text."""
    stripped = " ".join(text.split())
    label = re.sub(r"^\*{1,3}\s*(?=\w)", "", _NUMERAL.sub("", stripped, count=1))
    if is_note(stripped):
        return None
    if _PLACE.match(label):
        return label.rstrip(" :."), True
    if label != stripped or _BULLET.match(stripped):
        return label.rstrip(" :."), False
    return None


def is_bare_numeral(text: str) -> bool:
    """Whether text is the numeral of a section: `I`, `II.`, `A`."""
    return bool(_BARE_NUMERAL.match(text.strip()))


def is_tail(text: str) -> bool:
    """Whether text belongs below a table: date and place, signatures, footnotes, closing lines."""
    return is_signature(text) or is_note(text) or is_closing(text)


def is_signature(text: str) -> bool:
    """Whether text is a place and date, or says who signs; names stand below it."""
    words = key_of(text[:200])
    return f"{words} ".startswith(_SIGNING_STARTS) or bool(_DATED.search(tidy(text[:200])))


def says_nil(text: str) -> bool:
    """Whether text declares that there is nothing to report ("Không phát sinh").

    A sentence that speaks of a list elsewhere, of an exception or of numbers besides the period does not.
    """
    if _NIL not in key_of(text[:300]):
        return False
    words = strip_marks(unicodedata.normalize("NFD", text[:300].lower()))
    return not _NOT_NIL.search(_NAMED.sub(" ", words))
