"""Knows the units of measure, and converts from the unit in a heading or cell to the contract's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from flows.clean.text import fold_one
from flows.read.table import Problem, ReadTable
from flows.read.units_of_measure import parse_unit, sizes_of, unit_of
from schemas.contract import Column, Dataset

_BEFORE_UNIT = re.compile(r"^(?:đơn vị tính|đơn vị|đvt|tính bằng)\s*:?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit of a column and the units that can be converted to it.

    Attributes:
        unit: The contract's unit; None if the column has none.
        size: Size of that unit, relative to the base unit of its family (đồng, kg, kbps, W).
        sizes: Size of every unit of the family, by folded name.
        family: The family; None if no other unit can be converted to that of the contract.
    """

    unit: str | None
    size: int
    sizes: Mapping[str, int]
    family: str | None = None

    def size_of(self, stated: str | None) -> int | None:
        """Size of the unit that a heading states; `size` if it states none; None if the unit is unknown."""
        if stated is None or self.unit is None:
            return self.size
        words = _BEFORE_UNIT.sub("", stated.strip())
        found = parse_unit(words)
        if found and found.family == self.family:
            return found.size
        return self.sizes.get(fold_one(words))


def scale_of(column: Column) -> Scale:
    """The scale of a column of numbers; without a unit in the contract nothing is converted."""
    return _make_scale(unit_of(column))


@cache
def _make_scale(unit: str | None) -> Scale:
    if unit is None:
        return Scale(None, 1, {})
    known = parse_unit(unit)
    if known is None:
        return Scale(unit, 1, {fold_one(unit): 1})
    sizes = {fold_one(name): size for name, size in sizes_of(known.family).items()}
    return Scale(unit, known.size, sizes, known.family)


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
