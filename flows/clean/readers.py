"""Maps each kind of column to its reader."""

from __future__ import annotations

from collections.abc import Mapping

from flows.clean.dates import BIRTH_DATE, DATE, YEAR
from flows.clean.identifiers import CODE, PERSONAL_NUMBER, TAX_CODE
from flows.clean.numbers import COUNT, MEASURE, SHARE
from flows.clean.phones import PHONE_NUMBER
from flows.clean.reading import KindReader
from flows.clean.thon import PLACE
from flows.clean.ticks import TICK
from flows.clean.words import CHOICE, WORDS

#: The reader of each kind, by name of the kind.
READERS: Mapping[str, KindReader] = {
    "so_dinh_danh": PERSONAL_NUMBER,
    "ho_ten": WORDS,
    "ngay": DATE,
    "ngay_sinh": BIRTH_DATE,
    "so_luong": COUNT,
    "so_thuc": MEASURE,
    "so_tien": MEASURE,
    "ty_le": SHARE,
    "lua_chon": CHOICE,
    "co_khong": TICK,
    "thon": PLACE,
    "dien_thoai": PHONE_NUMBER,
    "mst": TAX_CODE,
    "ma": CODE,
    "van_ban": WORDS,
    "nam": YEAR,
}
