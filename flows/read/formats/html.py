"""Reads HTML tables and SpreadsheetML 2003, which programs often save with the extension .xls."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

import polars as pl

from flows.read.formats import danger
from flows.read.formats.cells import number_text
from flows.read.formats.container import BROKEN
from flows.read.formats.encodings import as_utf8
from flows.read.formats.raised import raise_digits
from flows.read.number_formats import may_differ
from flows.read.problems import RefusedError
from flows.read.sheet import Merge, Sheet, letter_of, plain_sheet
from flows.read.table import CellType

_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_NO_TABLE = "Tệp là trang web, không có bảng nào. Gửi lại bảng ở dạng Excel (.xlsx) hoặc CSV."
_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?(?:E[+-]?[0-9]{1,2})?")
_MAX_SPAN = 1000
_MAX_COVERED = 20_000  # no form merges more cells than this


def read_html(data: bytes, name: str) -> list[Sheet]:
    """The tables of an HTML page as one sheet, or the worksheets of a SpreadsheetML file.

    Raises:
        RefusedError: there is no table, a declaration or the XML is broken, or it declares entities.
    """
    text = as_utf8(data)
    if _SPREADSHEET.encode() in text[:4096]:
        return list(_read_spreadsheetml(text))
    page = _Page()
    try:
        page.feed(_end_tags(text.decode("utf-8", "replace")))
        page.close()
    except AssertionError as error:
        # The parser of Python has no other error for a declaration that it cannot read.
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error
    if not page.grid.cells:
        raise RefusedError("tep.khong_phai_bang_tinh", _NO_TABLE)
    return [page.grid.sheet(name)]


def _end_tags(page: str) -> str:
    """The page without signs of tags that never end; the parser would look for each end again and again."""
    end = page.rfind(">") + 1
    return page[:end] + page[end:].replace("<", "&lt;")


@dataclass(slots=True)
class _Grid:
    """A growing grid of cells, by row and column (from 0), filled from the top down.

    Attributes:
        cells: Their texts.
        numbers: Those stored as numbers.
        formats: The number formats that may show another number, by column and row.
        merges: The merged cells.
        covered: The cells that merged ones cover.
    """

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    numbers: set[tuple[int, int]] = field(default_factory=set)
    formats: dict[int, dict[int, str]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    covered: set[tuple[int, int]] = field(default_factory=set)

    def free(self, row: int, column: int) -> int:
        """The first column from `column` on that is not covered by a merged cell above."""
        while (row, column) in self.covered:
            column += 1
        return column

    def put(self, row: int, column: int, text: str, down: int, across: int) -> None:
        """Add a cell that spans `down` rows and `across` columns."""
        if down * across > _MAX_COVERED:
            down = across = 1
        if text.strip():
            self.cells[row, column] = text
        if down * across > 1:
            self.merges.append((row, column, row + down - 1, column + across - 1))
            self.covered |= {(r, c) for r in range(row, row + down) for c in range(column, column + across)}

    def sheet(self, name: str) -> Sheet:
        rows = max((row for row, _ in self.cells), default=-1) + 1
        columns = max((column for _, column in self.cells), default=-1) + 1
        danger.refuse_far_cells(rows, columns, len(self.cells))
        table = [[self.cells.get((row, column)) for row in range(rows)] for column in range(columns)]
        stored = {
            letter_of(column): pl.Series(
                [int(CellType.NUMBER) * ((row, column) in self.numbers) for row in range(rows)],
                dtype=pl.UInt8,
            )
            for column in {column for _, column in self.numbers}
        }
        sheet = plain_sheet(name, table, tuple(self.merges), stored or None)
        sheet.formats = self.formats
        return sheet


class _Page(HTMLParser):
    """Collects all table rows of a page in one grid, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = _Grid()
        self.row, self.column = -1, 0
        self.cell: list[str] | None = None
        self.raised = 0
        self.span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start a row or a cell."""
        if tag == "tr":
            self._end_cell()
            self.row, self.column = self.row + 1, 0
        elif tag in {"td", "th"} and self.row >= 0:
            self._end_cell()
            given = dict(attrs)
            self.span = _parse_span(given.get("rowspan")), _parse_span(given.get("colspan"))
            self.cell = []
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")
        elif tag == "table" and self.row >= 0:
            self.row += 1
        elif tag == "sup":
            self.raised += 1

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()
        elif tag == "sup":
            self.raised -= 1

    def close(self) -> None:
        """End the last cell, which a torn page leaves open."""
        super().close()
        self._end_cell()

    def handle_data(self, data: str) -> None:
        """Add to the text of the cell."""
        if self.cell is not None:
            text = " ".join(data.split()) if "\n" in data else data
            self.cell.append(raise_digits(text, "".join(self.cell[-1:])) if self.raised > 0 else text)

    def _end_cell(self) -> None:
        if self.cell is not None:
            column = self.grid.free(self.row, self.column)
            self.grid.put(self.row, column, "".join(self.cell), *self.span)
            self.column, self.cell, self.raised = column + self.span[1], None, 0


def _parse_int(text: str | None) -> int:
    """The whole number in `text`; 0 if it is not one."""
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else 0


def _parse_span(text: str | None) -> int:
    return max(min(_parse_int(text), _MAX_SPAN), 1)


def _read_spreadsheetml(text: bytes) -> Iterator[Sheet]:
    danger.refuse_declarations(text)
    try:
        root = ElementTree.parse(io.BytesIO(text)).getroot()  # noqa: S314 - entities were refused above
    except ElementTree.ParseError as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error
    formats = dict(_read_formats(root))
    for worksheet in root.iter(_tag("Worksheet")):
        grid = _Grid()
        row = 0
        for found in worksheet.iter(_tag("Row")):
            row = _read_index(found.attrib, row)
            _read_row(grid, found, row, formats)
            row += 1
        yield grid.sheet(worksheet.get(_tag("Name"), ""))


def _read_formats(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Name and number format of each style that may show another number than is stored."""
    for style in root.iter(_tag("Style")):
        number = style.find(_tag("NumberFormat"))
        code = "" if number is None else number.get(_tag("Format"), "")
        code = "0%" if code == "Percent" else code
        if may_differ(code):
            yield style.get(_tag("ID"), ""), code


def _read_row(grid: _Grid, found: ElementTree.Element, row: int, formats: Mapping[str, str]) -> None:
    column = 0
    for cell in found.iter(_tag("Cell")):
        column = _read_index(cell.attrib, grid.free(row, column))
        down, across = (_parse_int(cell.get(_tag(name))) + 1 for name in ("MergeDown", "MergeAcross"))
        value = cell.find(_tag("Data"))
        text = "" if value is None else "".join(_raise_digits(value).itertext())
        if value is not None and value.get(_tag("Type")) == "Number" and _NUMBER.fullmatch(text):
            text = number_text(float(text))
            grid.numbers.add((row, column))
            style = cell.get(_tag("StyleID"), found.get(_tag("StyleID"), ""))
            if style in formats:
                grid.formats.setdefault(column, {})[row] = formats[style]
        grid.put(row, column, text, down, across)
        column += across


def _raise_digits(data: ElementTree.Element) -> ElementTree.Element:
    """The text of a cell, changed in place: digits that are raised are superscript ones."""
    for parent in data.iter():
        before = parent.text or ""
        for child in parent:
            if child.tag.rpartition("}")[2].lower() == "sup":
                for each in child.iter():
                    each.text = raise_digits(each.text or "", before)
            before = child.tail or "".join(child.itertext())
    return data


def _read_index(attributes: Mapping[str, str], usual: int) -> int:
    given = _parse_int(attributes.get(_tag("Index")))
    return given - 1 if given else usual


def _tag(name: str) -> str:
    return f"{{{_SPREADSHEET}}}{name}"
