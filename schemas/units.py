"""Who hands in: the commune, its kinds of unit, its units and its list of thôn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from schemas.contract import Dataset
from schemas.declared import DeclarationError, lines
from schemas.reference import table

KINDS: Mapping[str, str] = {
    "van_phong": "Văn phòng HĐND và UBND",
    "van_hoa_xa_hoi": "Phòng Văn hóa - Xã hội",
    "kinh_te": "Phòng Kinh tế",
    "cong_an": "Công an xã",
    "mat_tran": "Mặt trận và đoàn thể",
    "thon": "Thôn",
    "vien_thong": "Doanh nghiệp viễn thông",
}

OPERATORS: Mapping[str, str] = {"viettel": "Viettel", "vnpt": "VNPT", "mobifone": "MobiFone"}


FILE, COLUMNS = "schemas/xa.csv", ("ma_xa", "ten_xa", "ten_tinh", "tu_ngay")
THON_FILE, THON_COLUMNS = "schemas/thon.csv", ("ma_thon", "ten_thon", "xa_cu")
_NAMES_A_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit that owes data; `name` is also the folder it drops files into."""

    name: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Thon:
    """One thôn-level place; names repeat, so `old_commune` (before 01/07/2025) tells them apart."""

    code: str
    name: str
    old_commune: str


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune: units owe data for periods that end on or after `since`.

    `moved` maps a working day that was swapped to a day off to false, and the other way to true.
    """

    code: str
    name: str
    province: str
    since: date
    units: tuple[Unit, ...]
    thon: tuple[Thon, ...]
    moved: Mapping[date, bool]

    def unit(self, name: str) -> Unit | None:
        """The unit whose folder is `name`."""
        return next((unit for unit in self.units if unit.name == name), None)

    def owing(self, dataset: Dataset) -> tuple[Unit, ...]:
        """The units that owe `dataset`."""
        return tuple(unit for unit in self.units if unit.kind == dataset.unit)


def declared_commune(said: bytes, places: bytes) -> Commune:
    """The commune that a root declares in its `xa.csv` and `thon.csv`.

    Raises:
        DeclarationError: there is not exactly one commune, or no thôn; something needed is blank; a day is
            none; a code of a thôn is there twice or can't name a folder.
    """
    found = list(lines(FILE, said, COLUMNS))
    if len(found) != 1:
        raise DeclarationError(f"{FILE}: phải có đúng một dòng dữ liệu, đang có {len(found)}.")
    where, row = found[0]
    _filled(where, row, COLUMNS)
    try:
        date.fromisoformat(row["tu_ngay"])
    except ValueError:
        raise DeclarationError(f"{where}: tu_ngay phải là ngày, ví dụ 2026-09-15.") from None
    return commune_of(row, _declared_thon(places))


def _declared_thon(content: bytes) -> Iterable[Mapping[str, str]]:
    known: dict[str, str] = {}
    rows = []
    for where, row in lines(THON_FILE, content, THON_COLUMNS):
        _filled(where, row, ("ma_thon", "ten_thon"))
        code = row["ma_thon"]
        if not _NAMES_A_FOLDER.fullmatch(code) or code in KINDS or code in OPERATORS:
            raise DeclarationError(f"{where}: ma_thon “{code}” không dùng làm tên thư mục được, ví dụ T01.")
        if code in known:
            raise DeclarationError(f"{where}: ma_thon “{code}” đã có ở {known[code]}.")
        known[code] = where
        rows.append(row)
    if not rows:
        raise DeclarationError(f"{THON_FILE}: chưa có thôn nào.")
    return rows


def _filled(where: str, row: Mapping[str, str], needed: Iterable[str]) -> None:
    if blank := [name for name in needed if not row[name]]:
        raise DeclarationError(f"{where}: để trống {', '.join(blank)}.")


def commune_of(said: Mapping[str, str], places: Iterable[Mapping[str, str]]) -> Commune:
    """The commune of a row of `xa.csv` with the thôn of rows of `thon.csv`; offices are as anywhere."""
    thon = tuple(Thon(row["ma_thon"], row["ten_thon"], row["xa_cu"]) for row in places)
    offices = tuple(
        Unit(kind, kind, title) for kind, title in KINDS.items() if kind not in ("thon", "vien_thong")
    )
    operators = tuple(Unit(name, "vien_thong", title) for name, title in OPERATORS.items())
    hamlets = tuple(Unit(place.code, "thon", place.name) for place in thon)
    return Commune(
        code=said["ma_xa"],
        name=said["ten_xa"],
        province=said["ten_tinh"],
        since=date.fromisoformat(said["tu_ngay"]),
        units=(*offices, *operators, *hamlets),
        thon=thon,
        moved={},
    )


@cache
def ngoc_lac() -> Commune:
    """Xã Ngọc Lặc, tỉnh Thanh Hóa, formed on 01/07/2025 (Nghị quyết 1686/NQ-UBTVQH15)."""
    return commune_of(table("xa")[0], table("thon"))
