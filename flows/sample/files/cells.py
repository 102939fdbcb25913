"""What stands in a cell of a made-up file, and the sheet it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Broken:
    """A formula that failed; `text` is what Excel shows, such as `#REF!`."""

    text: str = "#REF!"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A formula saved without its result."""

    formula: str = "=A1+1"


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the cells above, saved with its result: of the rows `first` to `last`, counted from 0."""

    value: float
    first: int
    last: int


Cell = str | int | float | date | Broken | Unsaved | Sum | None
Look = Literal["unit", "title", "note", "heading", "numbers", "section", "body", "total", "sign", "blank"]


@dataclass(frozen=True, slots=True)
class Typed:
    """A value of a record that is written exactly as it is, whatever the clerk's habits."""

    cell: Cell


@dataclass(frozen=True, slots=True)
class Merge:
    """Cells merged into one, rows and columns counted from 0, bounds included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class SampleSheet:
    """Lines of cells with a look each; `width` columns."""

    name: str
    width: int
    lines: list[list[Cell]] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)

    def add(self, look: Look, cells: list[Cell] | None = None) -> int:
        """Put a line below the others; returns its number, counted from 0."""
        self.lines.append([*(cells or []), *[None] * (self.width - len(cells or []))])
        self.looks.append(look)
        return len(self.lines) - 1

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge cells, unless it is one only."""
        if (top, left) != (bottom, right):
            self.merges.append(Merge(top, left, bottom, right))


def letter(column: int) -> str:
    """The letter of a column counted from 0."""
    before, last = divmod(column, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)
