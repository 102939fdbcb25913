"""Recognises texts that say that figures are cumulated, of a week, of another time, or planned."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from flows.clean.text import toneless
from schemas.contract import Dataset


class Meaning(NamedTuple):
    """What a text says that figures are, in Vietnamese, and whether it says so of all of them."""

    what: str
    of_all: bool = True


WEEKLY = Meaning("số của một tuần")
_PLANNED = Meaning("số kế hoạch, chưa phải số thực hiện")
_CUMULATED = re.compile(
    r"\b(?:luy ke|cong don)\b|\btu dau (?:nam|quy)\b|(?<!ngay )\b(?P<months>\d{1,2}|sau|chin) thang"
    r"(?: (?:dau|cuoi)\b| nam\b)"
)
_WEEKLY = re.compile(
    r"\btuần (?:thứ )?(?:\d|[ivx]+\b)|\bbáo cáo (?:hàng |hằng )?tuần\b(?! lễ)"
    r"|\b(?:trong|hàng|hằng) tuần\b(?! lễ)"
)
_WEEKLY_TONELESS = re.compile(r"\btuan (?:thu )?\d|\bbao cao (?:hang )?tuan\b(?! le\b)")
_EARLIER = re.compile(
    r"\bcung ky\b|\b(?:so lieu|bao cao|bieu|bang)(?: cua)? (?:ky|thang|quy|nam) (?:lien )?truoc\b"
)
_EARLIER_LINE = re.compile(
    r"^(?:so |so lieu |phan )?(?:cua )?(?:cung ky|(?:ky|thang|quy|nam) (?:lien )?truoc)\b"
    r"(?! (?:chuyen|mang|con|ton)\b)"
)
# "Kế hoạch số 12", "Kế hoạch 116/KH-UBND" and "thực hiện kế hoạch" name a plan that is carried out.
_A_PLAN = r"(?:ke hoach|du kien|du toan)\b(?! (?:so )?\d+ ?/)(?! so \d)"
_PLANNED_TITLE = re.compile(rf"^(?:\W|\d|[ivx]+\b|phu luc|bieu|mau|bang|so lieu|dang ky|giao)*{_A_PLAN}")
_PLANNED_PERIOD = re.compile(
    rf"(?<!thuc hien )(?<!theo )(?<!kem theo )(?<!voi )(?<!can cu )\b{_A_PLAN} (?:thang|quy|nam|tuan) "
)
_PLANNED_LINE = re.compile(rf"^(?:so |so lieu |phan )?{_A_PLAN}")
_DONE = re.compile(r"\b(?:bao cao|ket qua|thuc hien|danh sach|tong hop)\b")
_THIS_TIME = re.compile(
    r"^(?:so |so lieu |phan |ket qua )?(?:da )?"
    r"(?:thuc hien|(?:ky|thang|quy|nam) nay|trong (?:ky|thang|quy|nam))\b"
)
_COMPARED = re.compile(r"\bso (?:sanh|voi|cung)\b.*")
_OWN_TOO = re.compile(r"\b(?:thang|quy)\W*(?:\d|[ivx]).*(?:\bva\b|[,;&+])\W*(?:\w+\W+){0,3}$")
_YEAR_IN_MONTHS = "12"
#: All that a title may say of other times.
WORDS = (_CUMULATED, _WEEKLY, _WEEKLY_TONELESS, _EARLIER, _PLANNED_TITLE, _PLANNED_PERIOD)


def read_meaning(text: str, dataset: Dataset) -> Meaning | None:
    """What a title, or the name of a sheet or file, says of the figures besides their period.

    None if they may be those of one period of `dataset`. A state on one day is always cumulated.
    """
    toned, plain = _words(text), _COMPARED.sub("", toneless(_words(text)))
    found = _CUMULATED.search(plain)
    if found and _is_no_period(found, dataset):
        return Meaning("số cộng dồn qua nhiều kỳ", not _OWN_TOO.search(plain[: found.start()]))
    if (_WEEKLY_TONELESS if toned == plain else _WEEKLY).search(toned):
        return WEEKLY
    if dataset.dated is None and (found := _EARLIER.search(plain)):
        return Meaning("số của kỳ trước", not _OWN_TOO.search(plain[: found.start()]))
    planned = _PLANNED_TITLE.search(plain) and not _DONE.search(plain)
    return _PLANNED if planned or _PLANNED_PERIOD.search(plain) else None


def read_line_meaning(text: str, dataset: Dataset) -> Meaning | None:
    """What a line between records says of the figures below it; weeks are parts of a period."""
    plain = toneless(_words(text))
    found = _CUMULATED.search(plain)
    if found and _is_no_period(found, dataset):
        return Meaning("số cộng dồn qua nhiều kỳ")
    if dataset.dated is None and _EARLIER_LINE.search(plain):
        return Meaning("số của kỳ trước")
    return _PLANNED if _PLANNED_LINE.search(plain) else None


def says_this_time(text: str) -> bool:
    """Whether a line says that what is below it was done in the period."""
    return bool(_THIS_TIME.search(toneless(_words(text))))


def _is_no_period(found: re.Match[str], dataset: Dataset) -> bool:
    """Whether figures cumulated like that are not those of one period."""
    if dataset.basis == "point_in_time":
        return False
    months = found["months"]
    return months not in (None, _YEAR_IN_MONTHS) if dataset.cadence == "nam" else True


def _words(text: str) -> str:
    """Lower case, underscores and any white space as one space each."""
    return " ".join(unicodedata.normalize("NFC", text.lower().replace("_", " ")).split())
