"""Who hands in: the commune, its kinds of unit, its units and its list of thôn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from schemas.contract import Dataset
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
