"""Declares how planted faults are described: a change in a record and the resulting fault codes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flows.sample.people.person import Row

Where = Callable[[Row], bool]


def anywhere(row: Row) -> bool:
    """Every record fits."""
    return True


@dataclass(frozen=True, slots=True)
class PlantedChange:
    """A change in one record that causes exactly the faults `codes`.

    `typed` has the new content by column, or a function from the record to it; a Boolean is written in
    the clerk's style. With `adds`, the record stays and a changed copy is added below it.
    """

    codes: tuple[str, ...]
    typed: Mapping[str, Any]
    where: Where = anywhere
    adds: bool = False


@dataclass(frozen=True, slots=True)
class SameKey:
    """Two records with the same key, for which `alike` gives the same value: `khoa.trung` at both."""

    alike: Callable[[Row], Hashable] = anywhere
    where: Where = anywhere


@dataclass(frozen=True, slots=True)
class Repeat:
    """A record repeated below itself: `khoa.trung_y_het` at the second."""

    where: Where = anywhere


Plan = tuple[PlantedChange | SameKey | Repeat, ...]


def change(*codes: str, where: Where = anywhere, adds: bool = False, **typed: Any) -> PlantedChange:
    """A `PlantedChange` with its columns as keyword arguments; None is a blank cell."""
    return PlantedChange(codes, typed, where, adds)


def has(*columns: str) -> Where:
    """Records with a value (not False) in all `columns`."""
    return lambda row: all(row[column] not in (None, False) for column in columns)


def lacks(column: str) -> Where:
    """Records without a value, or with False, in `column`."""
    return lambda row: row[column] in (None, False)


def shift_days(column: str, days: int) -> Callable[[Row], str]:
    """The date in `column` plus `days`, as text."""
    return lambda row: spell_date(row[column] + timedelta(days=days))


def more_than(column: str, by: float = 5) -> Callable[[Row], float]:
    """The amount in `column` plus `by`."""
    return lambda row: round(row[column] + by, 1)


def spell_date(day: date) -> str:
    """A date as most clerks write it."""
    return f"{day:%d/%m/%Y}"
