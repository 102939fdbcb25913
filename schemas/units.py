"""Declares who submits data: the commune, its kinds of unit, its units and its thôn."""

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
_BASELINE_YEARS = 2
NAMES_A_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit that owes data; `name` is also the name of its folder in the inbox."""

    name: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Thon:
    """One thôn or equivalent. Names repeat; `old_commune` (before 01/07/2025) tells them apart."""

    code: str
    name: str
    old_commune: str


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune; its units owe data for periods that end on or after `since`.

    `moved` has swapped days: false for a working day turned into a day off, true for the opposite.
    """

    code: str
    name: str
    province: str
    since: date
    units: tuple[Unit, ...]
    thon: tuple[Thon, ...]
    moved: Mapping[date, bool]

    def unit(self, name: str) -> Unit | None:
        """The unit with this name; None if there is none."""
        return next((unit for unit in self.units if unit.name == name), None)

    def first_year(self, dataset: Dataset) -> int:
        """The first year that `dataset` may be about: that of `since`, or earlier for what comes once a year.

        The years before are the baseline that the growth of a year is measured against.
        """
        return self.since.year - (_BASELINE_YEARS if dataset.cadence == "nam" else 0)

    def owing(self, dataset: Dataset) -> tuple[Unit, ...]:
        """The units that owe `dataset`."""
        return tuple(unit for unit in self.units if unit.kind == dataset.unit)


def declared_commune(content: bytes, places: bytes) -> Commune:
    """The commune declared by a root in its `xa.csv` (`content`) and `thon.csv` (`places`).

    Raises:
        DeclarationError: there is not exactly one commune, or no thôn; a required value is blank; a date is
            invalid; a code of a thôn is duplicated or can't be the name of a folder.
    """
    declared = list(lines(FILE, content, COLUMNS))
    if len(declared) != 1:
        raise DeclarationError(f"{FILE}: phải có đúng một dòng dữ liệu, đang có {len(declared)}.")
    where, row = declared[0]
    _require(where, row, COLUMNS)
    try:
        date.fromisoformat(row["tu_ngay"])
    except ValueError:
        raise DeclarationError(f"{where}: tu_ngay phải là ngày, ví dụ 2026-09-15.") from None
    return commune_of(row, read_thon(places))


def read_thon(content: bytes, file: str = THON_FILE) -> Iterable[Mapping[str, str]]:
    """The lines of a commune's list of thôn; `file` is its name, for messages.

    Raises:
        DeclarationError: there is none; a code or name is blank, or a code can't be used or comes twice.
    """
    known: dict[str, str] = {}
    rows = []
    for where, row in lines(file, content, THON_COLUMNS):
        _require(where, row, ("ma_thon", "ten_thon"))
        code = row["ma_thon"]
        if not NAMES_A_FOLDER.fullmatch(code) or code in KINDS or code in OPERATORS:
            raise DeclarationError(f"{where}: ma_thon “{code}” không dùng làm tên thư mục được, ví dụ T01.")
        if code in known:
            raise DeclarationError(f"{where}: ma_thon “{code}” đã có ở {known[code]}.")
        known[code] = where
        rows.append(row)
    if not rows:
        raise DeclarationError(f"{file}: chưa có thôn nào.")
    return rows


def _require(where: str, row: Mapping[str, str], needed: Iterable[str]) -> None:
    if blank := [name for name in needed if not row[name]]:
        raise DeclarationError(f"{where}: để trống {', '.join(blank)}.")


def commune_of(row_of_commune: Mapping[str, str], places: Iterable[Mapping[str, str]]) -> Commune:
    """Build a commune from a row of `xa.csv` and rows of `thon.csv`; every commune has the same offices."""
    thon = tuple(Thon(row["ma_thon"], row["ten_thon"], row["xa_cu"]) for row in places)
    offices = tuple(
        Unit(kind, kind, title) for kind, title in KINDS.items() if kind not in ("thon", "vien_thong")
    )
    operators = tuple(Unit(name, "vien_thong", title) for name, title in OPERATORS.items())
    hamlets = tuple(Unit(place.code, "thon", place.name) for place in thon)
    return Commune(
        code=row_of_commune["ma_xa"],
        name=row_of_commune["ten_xa"],
        province=row_of_commune["ten_tinh"],
        since=date.fromisoformat(row_of_commune["tu_ngay"]),
        units=(*offices, *operators, *hamlets),
        thon=thon,
        moved={},
    )


@cache
def ngoc_lac() -> Commune:
    """Xã Ngọc Lặc, tỉnh Thanh Hóa, established on 01/07/2025 (Nghị quyết 1686/NQ-UBTVQH15)."""
    return commune_of(table("xa")[0], table("thon"))
