"""Finds error cells and hidden rows of an xlsb, and refuses cells far apart (specification MS-XLSB)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from flows.read.formats import danger
from flows.read.table import CellType

_ROW, _ERROR, _ERROR_FORMULA = 0, 3, 11
_VALUES = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_HIDDEN = 0x10
_WORKBOOK_PROPERTIES = 153


def scan(part: bytes) -> tuple[list[tuple[int, int, CellType, str]], frozenset[int]]:
    """The error cells and the hidden rows (sheet rows) of one worksheet part.

    Raises:
        RefusedError: its cells are so far apart that the grid would fill the memory.
    """
    errors: list[tuple[int, int, CellType, str]] = []
    hidden: set[int] = set()
    row = count = last_row = last_column = 0
    for kind, body in _records(part):
        if kind == _ROW and len(body) >= 12:
            row = struct.unpack_from("<I", body)[0]
            if body[11] & _HIDDEN:
                hidden.add(row + 1)
        elif kind in _VALUES and len(body) >= 8:
            column = struct.unpack_from("<I", body)[0]
            count, last_row, last_column = count + 1, max(last_row, row), max(last_column, column)
            if kind in (_ERROR, _ERROR_FORMULA) and len(body) >= 9:
                errors.append((row, column, CellType.ERROR, _ERRORS.get(body[8], "#ERR!")))
    danger.refuse_far_cells(last_row + 1, last_column + 1, count)
    return errors, frozenset(hidden)


def counts_from_1904(workbook: bytes) -> bool:
    """Whether the workbook part says that days are counted from 1904 on."""
    return any(kind == _WORKBOOK_PROPERTIES and body[:1] and body[0] & 1 for kind, body in _records(workbook))


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(part) - 1:
        kind = part[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[place] << 7)
            place += 1
        size = shift = 0
        while place < len(part) and shift < 28:
            byte = part[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, part[place : place + size]
        place += size
