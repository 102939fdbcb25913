"""Declares the sheet of a sample file and the contents of its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Broken:
    """A formula with an error; `text` is what Excel shows, such as `#REF!`."""

    text: str = "#REF!"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A formula saved without its result."""

    formula: str = "=A1+1"


@dataclass(frozen=True, slots=True)
class Sum:
    """A SUM formula over the rows `first` to `last` (from 0) of its column, saved with its result."""

    value: float
    first: int
    last: int


Cell = str | int | float | date | Broken | Unsaved | Sum | None
Look = Literal["unit", "title", "note", "heading", "numbers", "section", "body", "total", "sign", "blank"]


@dataclass(frozen=True, slots=True)
class Typed:
    """A value of a record that is written unchanged, whatever the clerk's habits."""

    cell: Cell


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; rows and columns from 0, bounds included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class SampleSheet:
    """A sheet of `width` columns: lines of cells, each line with a style (`looks`)."""

    name: str
    width: int
    lines: list[list[Cell]] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)

    def add(self, look: Look, cells: list[Cell] | None = None) -> int:
        """Append a line; returns its number (from 0)."""
        self.lines.append([*(cells or []), *[None] * (self.width - len(cells or []))])
        self.looks.append(look)
        return len(self.lines) - 1

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge a range of cells; a single cell is left alone."""
        if (top, left) != (bottom, right):
            self.merges.append(Merge(top, left, bottom, right))


def letter_of(column: int) -> str:
    """The letter of a column (from 0)."""
    before, last = divmod(column, 26)
    return (letter_of(before - 1) if before else "") + chr(ord("A") + last)
