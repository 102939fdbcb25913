"""Reads from an ods what calamine does not give: merged cells, hidden rows and error cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from html import unescape

from flows.read.formats import danger
from flows.read.formats.ods_formats import find_formats, find_formatted
from flows.read.formats.ods_marks import find_marks, find_struck_styles
from flows.read.formats.ods_styles import read_attributes, read_count
from flows.read.formats.xlsx import SheetExtras
from flows.read.sheet import Merge
from flows.read.table import CellType

_TABLE = re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)"[^>]*>(.*?)</table:table>', re.S)
_TAG = re.compile(
    rb"<table:(table-row|table-cell|covered-table-cell)\b([^>]*?)(/?)>(?:<text:p[^>]*>([^<]*)</text:p></table:table-cell>)?"
)
# Of all dates of a file, only the one that its days are counted from has this prefix.
_COUNTS_FROM_1904 = b'table:date-value="1904-01-01"'
_NEEDED = re.compile(rb"table:(?:number-|visibility)|calcext:value-type=\"error")


def read_ods_extras(archive: zipfile.ZipFile) -> Mapping[str, tuple[SheetExtras, tuple[Merge, ...]]]:
    """The extras and the merged cells of each sheet of an ods, by sheet name.

    Raises:
        RefusedError: it declares XML entities, or its cells are far apart.
    """
    xml = archive.read("content.xml")
    danger.refuse_declarations(xml[:2048])
    struck, formats = find_struck_styles(archive, xml), find_formats(archive, xml)
    from_1904 = _COUNTS_FROM_1904 in xml
    return {
        unescape(name.decode("utf-8", "replace")): _scan(body, struck, formats, from_1904=from_1904)
        for name, body in _TABLE.findall(xml)
    }


def _scan(
    body: bytes, struck: frozenset[bytes], formats: Mapping[bytes, str], *, from_1904: bool
) -> tuple[SheetExtras, tuple[Merge, ...]]:
    row = below = column = 0
    count = last_row = last_column = 0
    hidden: set[int] = set()
    merges: list[Merge] = []
    errors = []
    for tag, text, _, content in _TAG.findall(body):
        # Parsing attributes is slow, and most cells have only a style and a value.
        given = read_attributes(text) if _NEEDED.search(text) else {}
        if tag == b"table-row":
            row, column = below, 0
            below = row + read_count(given, b"table:number-rows-repeated")
            if given.get(b"table:visibility", b"visible") != b"visible" and below - row < 10_000:
                hidden |= {*range(row + 1, below + 1)}
            continue
        repeated = read_count(given, b"table:number-columns-repeated")
        if b'office:value-type="' in text:
            count += 1
            last_row, last_column = max(last_row, below), max(last_column, column + repeated)
            if given.get(b"calcext:value-type") == b"error":
                errors.append((row, column, CellType.ERROR, unescape(content.decode("utf-8", "replace"))))
        if b"-spanned=" in text:
            down, across = (
                read_count(given, b"table:number-%s-spanned" % name) for name in (b"rows", b"columns")
            )
            if down * across > 1:
                merges.append((row, column, row + down - 1, column + across - 1))
        column += repeated
    danger.refuse_far_cells(last_row, last_column, count)
    marks, formatted = find_marks(body, struck), find_formatted(body, formats)
    return SheetExtras(tuple(errors), frozenset(hidden), marks, from_1904, formatted), tuple(merges)
