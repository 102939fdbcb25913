"""Reads multi-row headings: fills merged cells, and spreads upper headings over the columns below them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from flows.read.sheet import Sheet, letter_of
from flows.read.tables.heading import Heading, Path, key_of


class Levels:
    """The rows of a sheet from `start` to `stop` (exclusive) as possible heading levels."""

    def __init__(self, sheet: Sheet, start: int, stop: int) -> None:
        self._start = start
        self._lowest = [list(row) for row in sheet.rows(start, stop)]
        merged = self._fill(sheet, stop - 1)
        pairs = zip(pairwise(self._lowest), merged, strict=False)
        self._upper = [_spread_right(*pair, within) for pair, within in pairs]

    def _fill(self, sheet: Sheet, bottom: int) -> list[set[int]]:
        """Fill merged cells; return for each row the columns that are in one."""
        width = sheet.width
        merged: list[set[int]] = [set() for _ in self._lowest]
        for first, left, last, right in sheet.merges:
            if first > bottom or last < self._start or left >= width:
                continue
            text = self._lowest[first - self._start][left] if first >= self._start else sheet.row(first)[left]
            across = range(left, min(right + 1, width))
            for row in range(max(first, self._start) - self._start, min(last, bottom) + 1 - self._start):
                merged[row].update(across)
                for column in across:
                    self._lowest[row][column] = text
        return merged

    def named(self, top: int, bottom: int) -> Mapping[int, Heading]:
        """The heading of each column in the rows `top` to `bottom`; columns without one are left out."""
        start = self._start
        levels = [*self._upper[top - start : bottom - start], self._lowest[bottom - start]]
        found: dict[int, Heading] = {}
        for index, column in enumerate(zip(*levels, strict=True)):
            names: list[str] = []
            for text in column:
                if text and (not names or (text != names[-1] and key_of(text) != key_of(names[-1]))):
                    names.append(text)
            if names:
                found[index] = tuple(names)
        return found


def _spread_right(upper: list[str | None], lower: list[str | None], merged: set[int]) -> list[str | None]:
    """Repeat the texts of the upper row to the right, over the cells of the lower row that belong to them."""
    spread = upper.copy()
    for column in range(1, len(upper)):
        before = lower[column - 1]
        below = lower[column] and before and before != spread[column - 1]
        if not spread[column] and below and column not in merged:
            spread[column] = spread[column - 1]
    return spread


def read_paths(sheet: Sheet, top: int, bottom: int) -> tuple[Path, ...]:
    """The headings in the rows `top` to `bottom`; columns without one are left out."""
    named = Levels(sheet, top, bottom + 1).named(top, bottom)
    return tuple(Path(letter_of(index), heading) for index, heading in named.items())
