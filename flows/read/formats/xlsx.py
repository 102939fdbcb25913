"""Reads from an xlsx what calamine does not give: error cells, formulas without a value, hidden rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import chain

from flows.read.clerk_marks import NO_MARKS, SheetMarks
from flows.read.formats import danger, xlsb
from flows.read.formats.xlsx_formats import find_formats, find_formatted
from flows.read.formats.xlsx_marks import StruckText, find_filtered, find_marks
from flows.read.formats.xlsx_parts import BINARY_WORKBOOK, PartsPackage
from flows.read.number_formats import Formats
from flows.read.sheet import index_of
from flows.read.table import CellType

#: A cell: row and column (from 0), how it is stored, its text.
Found = tuple[int, int, CellType, str]

_PREFIX = re.compile(rb"(</?)\w+:(?=(?:sheetData|row|col|c|f|v|is)\b)")
_HIDDEN_ROW = re.compile(rb"""<row\s(?=[^<>]*\bhidden="(?:1|true)")[^<>]*\br="(\d+)\"""")
_ADDRESS = re.compile(rb'\br="([A-Z]+)(\d+)"')
_CELL = re.compile(rb"<c\s([^>]*)>\s*")
_FORMULA = rb"<f\b[^<>]*+(?:(?<=/)>|>([^<]*+)</f>)"
_ERROR = re.compile(rb"""<c\s([^<>]*\bt="e"[^<>]*+)>\s*+(?:%s)?+\s*+<v>([^<]*+)<""" % _FORMULA)
_NO_VALUE = re.compile(_FORMULA + rb"\s*+(<v\s*/>|<v>\s*</v>|(?=</c>))")
_VALUE = re.compile(_FORMULA + rb"\s*+<v>\s*+([^<]*?)\s*+</v>")
_LINK = re.compile(rb"(?:'[^']*'!|[^!()+*/,-]*!)?\$?[A-Z]{1,3}\$?\d+")
_MANY_LINKS = 3
_PREFIXED = re.compile(rb"""xmlns:(\w+)\s*=\s*["'][^"']*spreadsheetml(?:/2006)?/main["']""")
_ROOT_WITHIN = 8192
# Maximum length of the tag of a cell.
_TAG_WITHIN = 4096


@dataclass(frozen=True, slots=True)
class SheetExtras:
    """What calamine leaves out of a sheet.

    Attributes:
        cells: The cells that calamine gives as blank although they are not, or without their raised digits.
        hidden_rows: The hidden rows, as sheet rows (from 1).
        marks: What clerks did to cells besides typing.
        from_1904: Whether the workbook counts days from 1904 on.
        formats: The number formats that may show another number than is stored.
    """

    cells: tuple[Found, ...] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    marks: SheetMarks = NO_MARKS
    from_1904: bool = False
    formats: Formats = field(default_factory=dict)


def read_xlsx_extras(package: PartsPackage) -> list[SheetExtras]:
    """The extras of each sheet of an xlsx, in the order of the workbook.

    Raises:
        KeyError: a part is missing.
    """
    sheets, struck, formats = package.sheets(), StruckText(package), find_formats(package)
    # Several sheets may refer to one part; scan it once.
    found = {
        path: _scan(package, path, struck, formats) for path in dict.fromkeys(chain.from_iterable(sheets))
    }
    extras = (found[paths[-1]] if paths else SheetExtras() for paths in sheets)
    from_1904 = package.counts_from_1904()
    return [replace(each, from_1904=from_1904) for each in extras]


def read_xlsb_extras(package: PartsPackage) -> list[SheetExtras]:
    """The extras of each sheet of an xlsb, in the order of the workbook.

    Raises:
        KeyError: a part is missing.
    """
    sheets = package.binary_sheets()
    if not sheets:
        return []
    styles = package.find("styles.bin")
    formats, (fonts, strings) = (
        xlsb.read_formats(styles),
        xlsb.read_raised(styles, package.find("sharedStrings.bin")),
    )
    from_1904 = xlsb.counts_from_1904(package.read(BINARY_WORKBOOK))
    found = (xlsb.scan(package.read(path), formats, fonts, strings) if path else None for path in sheets)
    return [
        SheetExtras(from_1904=from_1904)
        if one is None
        else SheetExtras(
            tuple(one[0]),
            one[1],
            SheetMarks(hidden_columns=one[2]),
            from_1904=from_1904,
            formats=one[3],
        )
        for one in found
    ]


def _scan(package: PartsPackage, path: str, struck: StruckText, formats: Mapping[int, str]) -> SheetExtras:
    xml = _read_checked(package, path)
    cells = (*_find_errors(xml), *_find_uncomputed(xml))
    if package.asks_for_results:
        cells += (*_find_zeros(xml),)
    hidden = frozenset(int(row) for row in _HIDDEN_ROW.findall(xml)) if b"hidden=" in xml else frozenset()
    marks = find_marks(package, path, xml, struck)
    if hidden:
        marks = replace(marks, filtered=find_filtered(package, path, xml, hidden))
    return SheetExtras(cells, hidden, marks, formats=find_formatted(xml, formats) if formats else {})


def _read_checked(package: PartsPackage, path: str) -> bytes:
    """The normalised XML of a worksheet whose cells are not far apart."""
    xml = package.read_sheet(path)
    danger.refuse_declarations(xml[:_ROOT_WITHIN])
    normalised = _normalise(xml)
    danger.check_sheet_xml(xml, normalised)
    return normalised


def _normalise(xml: bytes) -> bytes:
    """Normalise the XML: double quotes, and no prefix before the tags of cells, as most programs write it."""
    # Most sheets have no single quote at all; testing that first is twenty times as fast.
    if b"'" in xml and b"='" in xml:
        xml = xml.replace(b"'", b'"')
    prefixes = {found[1] for found in _PREFIXED.finditer(xml, 0, _ROOT_WITHIN)}
    # One prefix for all tags is the rule, and replacing it first is ten times as fast.
    for prefix in prefixes:
        xml = xml.replace(b"<%s:" % prefix, b"<").replace(b"</%s:" % prefix, b"</")
    return _PREFIX.sub(rb"\1", xml) if prefixes else xml


def _find_errors(xml: bytes) -> Iterator[Found]:
    """The cells that hold an error."""
    place = xml.find(b't="e"')
    while place >= 0:
        cell = _ERROR.match(xml, _find_cell_start(xml, place))
        if cell:
            yield from _make_cell(cell[1], CellType.ERROR, cell[3])
        place = xml.find(b't="e"', place + 1)


def _find_cell_start(xml: bytes, place: int) -> int:
    """The start of the cell tag that contains `place`."""
    return max(xml.rfind(b"<c", max(place - _TAG_WITHIN, 0), place), 0)


def _find_uncomputed(xml: bytes) -> Iterator[Found]:
    """The cells with a formula that was saved without its value."""
    for found in _NO_VALUE.finditer(xml):
        cell = _CELL.fullmatch(xml, _find_cell_start(xml, found.start()), found.start())
        # A formula with the result "" has an empty string as value: it was computed, and the cell is blank.
        if cell and not (b't="str"' in cell[1] and found[2]):
            yield from _make_cell(cell[1], CellType.FORMULA, b"=" + (found[1] or b""))


def _find_zeros(xml: bytes) -> Iterator[Found]:
    """The cells with a formula if the result of every formula is 0, in a workbook that asks for results.

    So do programs that write formulas but can't calculate; Excel saves the results, and asks no more. A few
    links alone may well lead to blank cells, which are 0.
    """
    every = [*_VALUE.finditer(xml)]
    links = sum(bool(_LINK.fullmatch(found[1] or b"")) for found in every)
    if all(found[2] == b"0" for found in every) and (links < len(every) or links >= _MANY_LINKS):
        for found in every:
            if cell := _CELL.fullmatch(xml, _find_cell_start(xml, found.start()), found.start()):
                yield from _make_cell(cell[1], CellType.FORMULA, b"=" + (found[1] or b""))


def _make_cell(tag: bytes, kind: CellType, text: bytes) -> Iterator[Found]:
    """The cell at the address that its tag states; nothing if the tag has no address."""
    if address := _ADDRESS.search(tag):
        row, column = int(address[2]) - 1, index_of(address[1].decode())
        yield row, column, kind, unescape(text.decode("utf-8", "replace"))
