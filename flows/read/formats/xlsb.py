"""Finds errors, hidden rows, raised digits and number formats of an xlsb, and cells far apart (MS-XLSB)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from flows.read.formats import danger
from flows.read.formats.raised import raise_fonts
from flows.read.number_formats import PERCENT_FORMATS, Formats, may_differ
from flows.read.sheet import MOST_COLUMNS
from flows.read.table import CellType

_ROW, _ERROR, _ERROR_FORMULA, _COLUMNS = 0, 3, 11, 60
_VALUES = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 62})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_HIDDEN = 0x10
_WORKBOOK_PROPERTIES = 153
_STRING, _SHARED, _RICH, _FONT, _SHEET = 19, 7, 62, 43, 156
_RAISED, _HAS_RUNS = 1, 1
_FORMAT, _STYLE, _STYLES, _STYLES_END = 44, 47, 617, 618


def read_formats(part: bytes) -> Mapping[int, str]:
    """The format of each cell style that may show another number, from the styles of a workbook."""
    codes, styles, inside = dict(PERCENT_FORMATS), list[int](), False
    for kind, body in _records(part):
        if kind == _FORMAT and len(body) >= 6:
            length = struct.unpack_from("<I", body, 2)[0]
            text = body[6 : 6 + 2 * length].decode("utf-16-le", "replace")
            codes[struct.unpack_from("<H", body)[0]] = text
        elif kind in (_STYLES, _STYLES_END):
            inside = kind == _STYLES
        elif kind == _STYLE and inside and len(body) >= 4:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    telling = {number: code for number, code in codes.items() if may_differ(code)}
    return {at: telling[number] for at, number in enumerate(styles) if number in telling}


def read_raised(styles: bytes, strings: bytes) -> tuple[frozenset[int], Mapping[int, str]]:
    """The raised fonts of a workbook, and its shared strings that have raised digits, as superscript ones."""
    fonts = [body for kind, body in _records(styles) if kind == _FONT]
    raised = frozenset(at for at, body in enumerate(fonts) if body[6:8] == bytes([_RAISED, 0]))
    if not raised:
        return raised, {}
    texts = (body for kind, body in _records(strings) if kind == _STRING)
    found = ((at, _raise(body, raised)) for at, body in enumerate(texts))
    return raised, {at: text for at, text in found if text is not None}


def _raise(rich: bytes, fonts: frozenset[int]) -> str | None:
    """The text of a rich string with superscript digits where its font is raised; None if it has none."""
    if len(rich) < 5 or not rich[0] & _HAS_RUNS:
        return None
    end = 5 + 2 * int(struct.unpack_from("<I", rich, 1)[0])
    if end + 4 > len(rich):
        return None
    text, count = rich[5:end], min(struct.unpack_from("<I", rich, end)[0], (len(rich) - end - 4) // 4)
    runs = [struct.unpack_from("<HH", rich, end + 4 + 4 * at) for at in range(count)]
    return raise_fonts(text, runs, fonts) if any(font in fonts for _, font in runs) else None


def _read_plain(rich: bytes) -> str:
    length = struct.unpack_from("<I", rich, 1)[0] if len(rich) >= 5 else 0
    return rich[5 : 5 + 2 * length].decode("utf-16-le", "replace")


def list_sheets(workbook: bytes) -> list[str]:
    """The ids of the relations of the sheets, in the order of the workbook."""
    found: list[str] = []
    for kind, body in _records(workbook):
        if kind == _SHEET and len(body) >= 12:
            length = struct.unpack_from("<I", body, 8)[0]
            # A sheet without a part has no relation.
            length = 0 if length > len(body) else length
            found.append(body[12 : 12 + 2 * length].decode("utf-16-le", "replace"))
    return found


def scan(
    part: bytes, by_style: Mapping[int, str], fonts: frozenset[int], strings: Mapping[int, str]
) -> tuple[list[tuple[int, int, CellType, str]], frozenset[int], frozenset[int], Formats]:
    """The odd cells, hidden rows (from 1), hidden columns (from 0) and formats of one worksheet part.

    Those cells hold an error, raised digits, or a text that is not shared.

    Args:
        part: The part.
        by_style: What `read_formats` found.
        fonts: The raised fonts.
        strings: The shared strings with raised digits (see `read_raised`).

    Raises:
        RefusedError: its cells are so far apart that the grid would fill the memory.
    """
    cells: list[tuple[int, int, CellType, str]] = []
    hidden: set[int] = set()
    columns: set[int] = set()
    formats: dict[int, dict[int, str]] = {}
    row = count = last_row = last_column = 0
    for kind, body in _records(part):
        if kind == _ROW and len(body) >= 12:
            row = struct.unpack_from("<I", body)[0]
            if body[11] & _HIDDEN:
                hidden.add(row + 1)
        elif kind == _COLUMNS and len(body) >= 18 and body[16] & 1:
            first, last = struct.unpack_from("<II", body)
            columns |= {*range(first, min(last, MOST_COLUMNS - 1) + 1)}
        elif kind in _VALUES and len(body) >= 8:
            column = struct.unpack_from("<I", body)[0]
            count, last_row, last_column = count + 1, max(last_row, row), max(last_column, column)
            if (style := int.from_bytes(body[4:7], "little")) in by_style:
                formats.setdefault(column, {})[row] = by_style[style]
            if kind in (_ERROR, _ERROR_FORMULA) and len(body) >= 9:
                cells.append((row, column, CellType.ERROR, _ERRORS.get(body[8], "#ERR!")))
            elif kind == _SHARED and len(body) >= 12:
                text = strings.get(struct.unpack_from("<I", body, 8)[0])
                cells += [] if text is None else [(row, column, CellType.TEXT, text)]
            elif kind == _RICH:
                # calamine gives none of these.
                cells.append((row, column, CellType.TEXT, _raise(body[8:], fonts) or _read_plain(body[8:])))
    danger.refuse_far_cells(last_row + 1, last_column + 1, count)
    return cells, frozenset(hidden), frozenset(columns), formats


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
