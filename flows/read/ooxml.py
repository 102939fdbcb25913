"""Finds in an xlsx what the workbook library leaves out: errors, formulas without a value, hidden rows."""

from __future__ import annotations

import io
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
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s(?=[^>]*\bhidden=["'](?:1|true)["'])[^>]*\br=["'](\d+)["']""")
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>.*?<(?:\w+:)?v>([^<]*)<""", re.S
)
_NO_VALUE = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)"""
    rb"""\s*(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>|(?=</(?:\w+:)?c>))"""
)


@dataclass(frozen=True, slots=True)
class Extra:
    """Cells that the library gives as blank though they are not, and rows that the clerk had hidden."""

    cells: tuple[Found, ...] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)


def extras(data: bytes) -> Mapping[str, Extra]:
    """`Extra` of each worksheet of an xlsx, by sheet name; of an xlsb, by the path of its part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
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
    if b"='" in xml:
        xml = xml.replace(b"'", b'"')
    danger.check_sheet_xml(xml)
    cells: list[Found] = []
    if b't="e"' in xml:
        cells += (_at(c, r, CellType.ERROR, text) for c, r, text in _ERROR.findall(xml))
    if b"<f" in xml or b":f>" in xml or b":f " in xml:
        cells += _uncomputed(xml)
    hidden = frozenset(int(row) for row in _HIDDEN_ROW.findall(xml)) if b"hidden=" in xml else frozenset()
    return Extra(tuple(cells), hidden)


def _uncomputed(xml: bytes) -> Iterator[Found]:
    for tag, formula, value in _NO_VALUE.findall(xml):
        attributes = _attributes(tag)
        # Excel stores the result "" of a formula as an empty string value: it was computed, and is blank.
        computed_blank = attributes.get("t") == "str" and value
        address = re.fullmatch(r"([A-Z]+)(\d+)", attributes.get("r", ""))
        if address and not computed_blank:
            yield _at(address[1].encode(), address[2].encode(), CellType.FORMULA, b"=" + formula)


def _at(column: bytes, row: bytes, kind: CellType, text: bytes) -> Found:
    return int(row) - 1, index_of(column.decode()), kind, unescape(text.decode("utf-8", "replace"))
