"""Knows the units of measure, and converts from the unit in a heading or cell to the contract's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flows.clean.text import fold_one
from flows.read.table import Problem, ReadTable
from schemas.contract import Column, Dataset

_MONEY = {
    1: ("đồng", "đ", "₫", "vnđ", "vnd", "đồng việt nam"),
    10**3: ("nghìn đồng", "ngàn đồng", "nghìn", "ngàn", "1000 đồng", "1.000 đồng", "1000đ", "1.000đ"),
    10**6: ("triệu đồng", "triệu", "triệu đ", "triệu vnđ", "tr", "trđ", "tr.đ", "tr đồng", "tr. đồng"),
    10**9: ("tỷ đồng", "tỉ đồng", "tỷ", "tỉ", "tỷ đ", "tỉ đ", "tỷ vnđ"),
}
_MASS = {1: ("kg", "kilôgam"), 10: ("yến",), 100: ("tạ",), 1000: ("tấn",)}
_SPEED = {1: ("kbps",), 1000: ("mbps", "mbit/s", "mb/s"), 10**6: ("gbps",)}
_POWER = {1: ("wp", "w"), 1000: ("kwp", "kw"), 10**6: ("mwp", "mw")}
_SHARE = {1: ("%", "phần trăm")}
_FAMILIES: tuple[Mapping[str, int], ...] = tuple(
    {fold_one(name): size for size, names in family.items() for name in names}
    for family in (_MONEY, _MASS, _SPEED, _POWER, _SHARE)
)
_BEFORE_UNIT = re.compile(r"^(?:đơn vị tính|đơn vị|đvt|tính bằng)\s*:?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit of a column and the units that can be converted to it.

    Attributes:
        unit: The contract's unit; None if the column has none.
        size: Size of that unit, relative to the base unit of its family (đồng, kg, kbps, W).
        sizes: Size of every unit of the family, by folded name.
    """

    unit: str | None
    size: int
    sizes: Mapping[str, int]

    def size_of(self, stated: str | None) -> int | None:
        """Size of the unit that a heading states; `size` if it states none; None if the unit is unknown."""
        if stated is None or self.unit is None:
            return self.size
        return self.sizes.get(fold_one(_BEFORE_UNIT.sub("", stated.strip())))


def scale_of(column: Column) -> Scale:
    """The scale of a column of numbers; without a unit in the contract nothing is converted."""
    unit = _contract_unit(column)
    if unit is None:
        return Scale(None, 1, {})
    own = fold_one(unit)
    sizes = next((family for family in _FAMILIES if own in family), {own: 1})
    return Scale(unit, sizes[own], sizes)


def _contract_unit(column: Column) -> str | None:
    kind = column.kind.name
    if column.unit is not None or kind == "so_tien":
        return column.unit or "đồng"
    if kind == "ty_le":
        return "%"
    bracketed = re.search(r"\(([^()]+)\)", column.label)
    return bracketed[1] if bracketed and kind == "so_thuc" else None


def refuse_unknown_units(table: ReadTable, dataset: Dataset) -> tuple[Problem, ...]:
    """One blocking problem (`tep.don_vi_la`) per column whose heading states an unknown unit."""
    return tuple(
        Problem(
            "tep.don_vi_la",
            "dung",
            "chan",
            f"Đầu cột “{column.label}” ghi đơn vị tính không quy đổi được. "
            f"Đổi số liệu sang đơn vị {scale_of(column).unit} rồi sửa đầu cột.",
            dataset=dataset.name,
            sheet=table.sheet,
            column=table.letters.get(column.name),
            value=table.units[column.name],
            proposal=scale_of(column).unit,
        )
        for column in dataset.columns
        if column.name in table.units and scale_of(column).size_of(table.units[column.name]) is None
    )
