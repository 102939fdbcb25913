"""Finds in an xlsx what the workbook library leaves out: errors, formulas without a value, hidden rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from posixpath import join, normpath

from flows.read import binary, danger
from flows.read.grid import index_of
from flows.read.table import CellType

#: Row and column counted from 0, how the cell is stored, its text.
Found = tuple[int, int, CellType, str]

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PREFIX = re.compile(rb"(</?)\w+:(?=(?:sheetData|row|c|f|v|is)\b)")
_HIDDEN_ROW = re.compile(rb"""<row\s(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d+)\"""")
_ADDRESS = re.compile(rb'\br="([A-Z]+)(\d+)"')
_CELL = re.compile(rb"<c\s([^>]*)>\s*")
_ERROR = re.compile(rb"""<c\s([^>]*\bt="e"[^>]*)>.*?<v>([^<]*)<""", re.S)
_NO_VALUE = re.compile(rb"<f\b(?:[^>]*/>|[^>]*>([^<]*)</f>)\s*(<v\s*/>|<v>\s*</v>|(?=</c>))")
_PREFIXED = re.compile(rb"""xmlns:\w+\s*=\s*["'][^"']*spreadsheetml(?:/2006)?/main["']""")
_ROOT_WITHIN = 8192


@dataclass(frozen=True, slots=True)
class Extra:
    """Cells that the library gives as blank though they are not, and rows that the clerk had hidden."""

    cells: tuple[Found, ...] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)


def extras(archive: zipfile.ZipFile) -> Mapping[str, Extra]:
    """`Extra` of each worksheet of an xlsx, by sheet name; of an xlsb, by the path of its part."""
    return {name: _scan(archive.read(path)) for name, path in _sheets(archive)}


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and path of each worksheet."""
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        # Names stand in a binary part: each worksheet part goes by its path.
        yield from ((n, n) for n in sorted(names) if re.fullmatch(r"xl/worksheets/[^/]+\.bin", n))
        return
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    targets = {
        tag.get("Id", ""): normpath(join("xl", tag.get("Target", "")).lstrip("/"))
        for tag in map(_attributes, _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")))
    }
    for tag in map(_attributes, _SHEET.findall(archive.read("xl/workbook.xml"))):
        path = targets.get(tag.get("r:id", next((v for k, v in tag.items() if k.endswith(":id")), "")))
        path = path.removeprefix("xl//") if path else None
        if path in names:
            yield tag.get("name", ""), str(path)


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode(): unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def _scan(xml: bytes) -> Extra:
    if not xml.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        errors, rows = binary.scan(xml)
        return Extra(tuple(errors), rows)
    xml = _plain(xml)
    danger.check_sheet_xml(xml)
    cells = (*_failed(xml), *_uncomputed(xml))
    hidden = frozenset(int(row) for row in _HIDDEN_ROW.findall(xml)) if b"hidden=" in xml else frozenset()
    return Extra(cells, hidden)


def _plain(xml: bytes) -> bytes:
    """The XML with one kind of quotes, its cells without prefixes: as nearly all programs write it."""
    # Most have none at all, which is found out twenty times as fast.
    if b"'" in xml and b"='" in xml:
        xml = xml.replace(b"'", b'"')
    return _PREFIX.sub(rb"\1", xml) if _PREFIXED.search(xml, 0, _ROOT_WITHIN) else xml


def _failed(xml: bytes) -> Iterator[Found]:
    """Cells that hold an error."""
    place = xml.find(b't="e"')
    while place >= 0:
        cell = _ERROR.match(xml, max(xml.rfind(b"<c", 0, place), 0))
        if cell:
            yield from _at(cell[1], CellType.ERROR, cell[2])
        place = xml.find(b't="e"', place + 1)


def _uncomputed(xml: bytes) -> Iterator[Found]:
    """Cells with a formula that was saved without its value."""
    for found in _NO_VALUE.finditer(xml):
        cell = _CELL.fullmatch(xml, max(xml.rfind(b"<c", 0, found.start()), 0), found.start())
        # Excel stores the result "" of a formula as an empty string value: it was computed, and is blank.
        if cell and not (b't="str"' in cell[1] and found[2]):
            yield from _at(cell[1], CellType.FORMULA, b"=" + (found[1] or b""))


def _at(tag: bytes, kind: CellType, text: bytes) -> Iterator[Found]:
    """What a cell holds, by the place that its tag states."""
    if address := _ADDRESS.search(tag):
        row, column = int(address[2]) - 1, index_of(address[1].decode())
        yield row, column, kind, unescape(text.decode("utf-8", "replace"))
