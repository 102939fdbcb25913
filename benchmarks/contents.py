"""Writes one table of text in every format that is read, and tables of an unusual shape."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape

import xlsxwriter
import xlwt

from flows.read.sheet import letter_of
from flows.sample.files.cells import SampleSheet
from flows.sample.files.ods import write_ods

#: A heading and records, all of the same width.
Table = Sequence[Sequence[str]]

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{type}" Target="{target}"/></Relationships>'
)
_SHEET = "xl/worksheets/sheet1.xml"
# Types of the records of an xlsb (MS-XLSB).
_ROW, _TEXT = 0, 6
_SHEET_BEGIN, _SHEET_END, _BOOK_BEGIN, _BOOK_END = 129, 130, 131, 132
_SHEETS_BEGIN, _SHEETS_END, _DATA_BEGIN, _DATA_END, _SIZE, _SHEET_OF_BOOK = 143, 144, 145, 146, 148, 156


def write_csv(table: Table) -> bytes:
    """A CSV with commas."""
    return "".join(f"{','.join(row)}\n" for row in table).encode()


def write_html(table: Table) -> bytes:
    """A page with one table, behind a byte order mark and a line break, as web programs export it."""
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in table)
    page = "".join(f"<tr>{row}</tr>\n" for row in rows)
    return f"\ufeff\r\n<html><body><table>{page}</table></body></html>".encode()


def write_xlsx(table: Table) -> bytes:
    """An xlsx of text."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                page.write_string(number, column, cell)
    return target.getvalue()


def write_xls(table: Table) -> bytes:
    """An .xls of text."""
    target = io.BytesIO()
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            page.write(number, column, cell)
    book.save(target)
    return target.getvalue()


def write_sheet_of_ods(table: Table) -> bytes:
    """An ods of text."""
    return write_ods(SampleSheet("Sheet1", len(table[0]), [list(row) for row in table]))


def write_xlsb(table: Table) -> bytes:
    """An xlsb of text."""
    size = struct.pack("<4I", 0, len(table) - 1, 0, len(table[0]) - 1)
    page = (
        *(_pack(_SHEET_BEGIN), _pack(_SIZE, size), _pack(_DATA_BEGIN)),
        *(record for number, row in enumerate(table) for record in _pack_row(number, row)),
        *(_pack(_DATA_END), _pack(_SHEET_END)),
    )
    listed = struct.pack("<2I", 0, 1) + _pack_text("rId1") + _pack_text("Sheet1")
    book = (
        *(_pack(_BOOK_BEGIN), _pack(_SHEETS_BEGIN), _pack(_SHEET_OF_BOOK, listed)),
        *(_pack(_SHEETS_END), _pack(_BOOK_END)),
    )
    return _zip(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": _relate("officeDocument", "xl/workbook.bin"),
            "xl/workbook.bin": b"".join(book),
            "xl/_rels/workbook.bin.rels": _relate("worksheet", "worksheets/sheet1.bin"),
            "xl/worksheets/sheet1.bin": b"".join(page),
        }
    )


def _pack_row(number: int, row: Sequence[str]) -> Iterator[bytes]:
    yield _pack(_ROW, struct.pack("<2I9x", number, 0))
    for column, cell in enumerate(row):
        yield _pack(_TEXT, struct.pack("<2I", column, 0) + _pack_text(cell))


def _pack_text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _pack(kind: int, body: bytes = b"") -> bytes:
    """A record of an xlsb: its type and length, seven bits a byte, and its body."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body


def _relate(kind: str, target: str) -> bytes:
    return _RELATIONSHIPS.format(type=f"{_RELATIONS}/{kind}", target=target).encode()


def _zip(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def write_borders(table: Table) -> bytes:
    """An xlsx of the heading and one record, with borders drawn over as many rows as `table` has."""
    with zipfile.ZipFile(io.BytesIO(write_xlsx(table[:2]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    cells = "".join(f'<c r="{letter_of(column)}{{0}}" s="0"/>' for column in range(len(table[0])))
    row = f'<row r="{{0}}">{cells}</row>'
    rows = _join(map(row.format, range(3, len(table) + 1)))
    parts[_SHEET] = parts[_SHEET].replace(b"</sheetData>", rows + b"</sheetData>")
    return _zip(parts)


def write_long_line(table: Table) -> bytes:
    """A CSV in whose last line a fifth as many cells stand as in all others."""
    return write_csv(table) + b"x," * (len(table) * len(table[0]) // 5) + b"x\n"


def _join(texts: Iterable[str]) -> bytes:
    return "".join(texts).encode()


#: By name: what writes a file of the format after the last underline.
WRITERS: Mapping[str, Callable[[Table], bytes]] = {
    "csv": write_csv,
    "html": write_html,
    "xlsx": write_xlsx,
    "xlsb": write_xlsb,
    "xls": write_xls,
    "ods": write_sheet_of_ods,
    "vien_xlsx": write_borders,
    "dong_dai_csv": write_long_line,
}
