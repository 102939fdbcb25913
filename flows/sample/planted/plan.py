"""The words in which planted faults are declared: a change in a record and the codes that follow."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flows.sample.people.person import Row

Where = Callable[[Row], bool]


def anywhere(row: Row) -> bool:
    """Any record will do."""
    return True


@dataclass(frozen=True, slots=True)
class PlantedChange:
    """A change in one record that brings exactly the faults `codes`.

    `typed` says what is typed in which column, as it is or worked out from the record; a Boolean is
    written as the clerk writes it. With `adds` the record stays and a changed copy follows it.
    """

    codes: tuple[str, ...]
    typed: Mapping[str, Any]
    where: Where = anywhere
    adds: bool = False


@dataclass(frozen=True, slots=True)
class SameKey:
    """Two records under one key: `khoa.trung` at both; they agree in what `alike` gives."""

    alike: Callable[[Row], Hashable] = anywhere
    where: Where = anywhere


@dataclass(frozen=True, slots=True)
class Repeat:
    """A record written once more below itself: `khoa.trung_y_het` at the second."""

    where: Where = anywhere


Plan = tuple[PlantedChange | SameKey | Repeat, ...]


def change(*codes: str, where: Where = anywhere, adds: bool = False, **typed: Any) -> PlantedChange:
    """A `Change`, its columns as keywords; None is a blank cell."""
    return PlantedChange(codes, typed, where, adds)


def has(*columns: str) -> Where:
    """Records with something in all `columns`."""
    return lambda row: all(row[column] not in (None, False) for column in columns)


def lacks(column: str) -> Where:
    """Records with nothing, or no, in `column`."""
    return lambda row: row[column] in (None, False)


def shifted(column: str, days: int) -> Callable[[Row], str]:
    """The day in `column`, so many days later."""
    return lambda row: said(row[column] + timedelta(days=days))


def more_than(column: str, by: float = 5) -> Callable[[Row], float]:
    """The amount in `column` and some more."""
    return lambda row: round(row[column] + by, 1)


def said(day: date) -> str:
    """A day as most clerks write it."""
    return f"{day:%d/%m/%Y}"
