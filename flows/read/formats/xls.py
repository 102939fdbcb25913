"""Reads from an .xls what calamine does not give: error cells, hidden rows, a password (MS-XLS)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace

from flows.read.formats import danger, ole
from flows.read.formats.container import describe_locked
from flows.read.formats.xls_formats import FormatsScan, read_formats
from flows.read.formats.xls_marks import MarksScan, read_marked_fonts
from flows.read.formats.xlsx import Found, SheetExtras
from flows.read.table import CellType

_BOF, _EOF, _FILEPASS, _SHEET = 0x809, 0x0A, 0x2F, 0x85
_ROW, _ERROR, _FORMULA = 0x208, 0x205, 0x06
# Record types of non-empty cells: label, shared label, number, RK, several RK, rich label, older ones.
_VALUES = frozenset({0x204, 0xFD, 0x203, 0x27E, 0xBD, 0xD6, 0x04, 0x03, 0x02, _ERROR, _FORMULA})
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_HIDDEN, _DATE_MODE = 0x20, 0x22

Record = tuple[int, bytes]


def read_xls_extras(data: bytes) -> Mapping[int, SheetExtras]:
    """The extras of each sheet of an .xls, by its place in the workbook.

    Raises:
        RefusedError: the workbook is encrypted or broken, or its cells are far apart.
    """
    book = ole.read_stream(data, "Workbook", "Book") if data.startswith(b"\xd0\xcf") else data
    places, workbook = [], list(_records(book, 0))
    from_1904 = any(kind == _DATE_MODE and body[:1] == b"\x01" for kind, body in workbook)
    for kind, body in workbook:
        if kind == _FILEPASS:
            raise describe_locked()
        if kind == _SHEET and len(body) >= 6:
            places.append(struct.unpack_from("<I", body)[0])
    fonts, formats = read_marked_fonts(workbook), read_formats(workbook)
    return {
        number: replace(
            _scan(_records(book, place), MarksScan(fonts), FormatsScan(formats)), from_1904=from_1904
        )
        for number, place in enumerate(places)
    }


def _records(book: bytes, place: int) -> Iterator[Record]:
    """The records of the substream that starts at `place`, including nested ones such as charts."""
    depth = 0
    while place + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, place)
        yield kind, book[place + 4 : place + 4 + size]
        place += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return


def _scan(records: Iterator[Record], marks: MarksScan, formats: FormatsScan) -> SheetExtras:
    cells: list[Found] = []
    hidden: set[int] = set()
    count = last_row = last_column = 0
    marked = marks.fonts.any
    for kind, body in records:
        if kind in _VALUES and len(body) >= 6:
            row, column = struct.unpack_from("<HH", body)
            if kind == 0xBD:
                column = struct.unpack_from("<H", body, len(body) - 2)[0]
            count, last_row, last_column = count + 1, max(last_row, row), max(last_column, column)
            if text := _read_error(kind, body):
                cells.append((row, column, CellType.ERROR, text))
            if marked:
                marks.see_cell(kind, body, row, column)
            if formats.by_style:
                formats.see_cell(kind, body, row, column)
        elif kind == _ROW and len(body) >= 16 and struct.unpack_from("<I", body, 12)[0] & _HIDDEN:
            hidden.add(struct.unpack_from("<H", body)[0] + 1)
        else:
            marks.see(kind, body)
    danger.refuse_far_cells(last_row + 1, last_column + 1, count)
    cells += ((row, column, CellType.TEXT, text) for (row, column), text in marks.raised.items())
    return SheetExtras(tuple(cells), frozenset(hidden), marks.marks(frozenset(hidden)), formats=formats.found)


def _read_error(kind: int, body: bytes) -> str | None:
    """The text of an error cell, or of a formula whose result is an error; None for other records."""
    if kind == _ERROR and len(body) >= 8 and body[7]:
        return _ERRORS.get(body[6], "#ERR!")
    if kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _ERRORS.get(body[8], "#ERR!")
    return None
