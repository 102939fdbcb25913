"""Bounds the area of the cells of a worksheet by its bytes, many times as fast as parsing its tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.read.formats.xml_tags import Extent
from flows.read.sheet import index_of

# Calamine takes a tag for a cell whatever its prefix.
_PREFIXED = re.compile(rb":c[\s/>]")
_ROW, _CELL = b'<row r="', b'<c r="'
_NUMBER = re.compile(rb"[1-9]\d{0,6}(?=\")")
_ADDRESS = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"')
# How cells end that hold something; there may be more.
_ENDS = (b"</v></c>", b"</is></c>")
# A sheet whose cells extend its area more often is unusual.
_MOST_STEPS = 200


def bound_area(xml: bytes) -> Extent | None:
    """Bounds of the cells of a worksheet, from its normalised XML.

    Every tag that calamine takes for a cell begins with `<c` or has a prefix, wherever it stands.

    Returns:
        At least as many rows and columns as its cells span, and at most as many non-empty cells as there are;
        None if a cell has no usual address.
    """
    if _PREFIXED.search(xml):
        return None
    start, rows, columns = 0, _find_last_row(xml), "A"
    for _ in range(_MOST_STEPS):
        outside = _outside(rows, columns).search(xml, start)
        if outside is None:
            filled = min(xml.count(_CELL), sum(map(xml.count, _ENDS)))
            return Extent(rows, index_of(columns) + 1, filled)
        start = outside.start()
        cells = [_ADDRESS.match(xml, place) for place in (start, _find_last_cell(xml, start))]
        if not cells[0]:
            return None
        for cell in filter(None, cells):
            rows, columns = max(rows, int(cell[2])), max(columns, cell[1].decode(), key=index_of)
    return None


def _find_last_row(xml: bytes) -> int:
    """The number of the last row; 1 if it has none."""
    place = xml.rfind(_ROW)
    number = _NUMBER.match(xml, place + len(_ROW)) if place >= 0 else None
    return int(number[0]) if number else 1


def _find_last_cell(xml: bytes, start: int) -> int:
    """The start of the last cell of the row in which a cell starts at `start`."""
    end = xml.find(b"</row>", start)
    return max(xml.rfind(_CELL, start, end), start)


def _outside(rows: int, columns: str) -> re.Pattern[bytes]:
    """What finds a cell beyond the row `rows` or the column `columns`, or without a usual address."""
    inside = f"(?:{'|'.join(_up_to_column(columns))})(?:{'|'.join(_up_to_number(rows))})"
    # A tag whose name only begins with c is no cell.
    return re.compile(f'<c(?!\\w| r="{inside}")'.encode())


def _up_to_number(most: int) -> Iterator[str]:
    """Patterns that together match the whole numbers from 1 to `most`."""
    digits = str(most)
    if len(digits) > 1:
        yield f"[1-9]\\d{{0,{len(digits) - 2}}}"
    for place, digit in enumerate(digits):
        least = "1" if place == 0 else "0"
        if digit > least:
            yield f"{digits[:place]}[{least}-{chr(ord(digit) - 1)}]\\d{{{len(digits) - place - 1}}}"
    yield digits


def _up_to_column(last: str) -> Iterator[str]:
    """Patterns that together match the letters of the columns up to `last`."""
    if len(last) > 1:
        yield f"[A-Z]{{1,{len(last) - 1}}}"
    for place, letter in enumerate(last):
        if letter > "A":
            yield f"{last[:place]}[A-{chr(ord(letter) - 1)}][A-Z]{{{len(last) - place - 1}}}"
    yield last
