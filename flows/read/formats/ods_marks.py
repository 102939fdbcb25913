"""Finds in an ods what clerks do to cells besides typing: strike through, filter, comment."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from flows.read.clerk_marks import Cell, Comment, SheetMarks
from flows.read.formats.ods_styles import find_styles, read_attributes, read_count
from flows.read.our_sheets import without_ours
from flows.read.sheet import MOST_COLUMNS, letter_of

_LINE = re.compile(rb'style:text-line-through-(?:style|type)="([^"]*)"')
_TOKEN = re.compile(
    rb"<table:(table-column|table-row|table-cell|covered-table-cell)\b([^>]*)>"
    rb"|<(office:annotation)\b[^>]*>(.*?)</office:annotation>"
    rb"|<(text:span)\b([^>]*)>",
    re.S,
)
_PARAGRAPH = re.compile(rb"<text:p\b[^>]*?(?:/>|>(.*?)</text:p>)", re.S)
_BREAK = re.compile(rb"<text:line-break\s*/>")
_SPACE = re.compile(rb"<text:(?:s|tab)\b[^>]*/>")
_ANY_TAG = re.compile(rb"<[^>]*>")
# Rows that one element may stand for.
_MOST_ROWS = 10_000


def find_struck_styles(archive: zipfile.ZipFile, content: bytes) -> frozenset[bytes]:
    """Names of the styles of cells and words that strike text through."""
    return find_styles(archive, content, _LINE, lambda line: line != b"none")


@dataclass(slots=True)
class _Walk:
    """The state of going through a sheet: where the current element is, and what was found."""

    struck_styles: frozenset[bytes]
    defaults: list[bytes] = field(default_factory=list)
    rows: range = range(0)
    columns: range = range(0)
    filled: bool = False
    hidden_columns: set[int] = field(default_factory=set)
    filtered: set[int] = field(default_factory=set)
    struck: set[Cell] = field(default_factory=set)
    words: set[Cell] = field(default_factory=set)
    comments: list[Comment] = field(default_factory=list)

    def add_columns(self, given: Mapping[bytes, bytes]) -> None:
        count = read_count(given, b"table:number-columns-repeated")
        style = given.get(b"table:default-cell-style-name", b"")
        start = len(self.defaults)
        self.defaults += [style] * min(count, MOST_COLUMNS - start)
        if given.get(b"table:visibility", b"visible") != b"visible":
            self.hidden_columns |= {*range(start, len(self.defaults))}

    def add_row(self, given: Mapping[bytes, bytes]) -> None:
        start = self.rows.stop
        self.rows = range(start, start + read_count(given, b"table:number-rows-repeated"))
        self.columns = range(0)
        if given.get(b"table:visibility") == b"filter":
            self.filtered |= {row + 1 for row in self.rows[:_MOST_ROWS]}

    def add_cell(self, given: Mapping[bytes, bytes]) -> None:
        start = self.columns.stop
        self.columns = range(start, start + read_count(given, b"table:number-columns-repeated"))
        self.filled = b"office:value-type" in given
        default = self.defaults[start] if start < len(self.defaults) else b""
        if self.filled and given.get(b"table:style-name", default) in self.struck_styles:
            self.struck |= self.cells

    def add_span(self, given: Mapping[bytes, bytes]) -> None:
        if self.filled and given.get(b"text:style-name") in self.struck_styles:
            self.words |= self.cells

    def add_comment(self, body: bytes) -> None:
        text = without_ours("\n".join(map(_plain, _PARAGRAPH.findall(body))))
        if text:
            self.comments.append(Comment(f"{letter_of(self.columns.start)}{self.rows.start + 1}", text))

    @property
    def cells(self) -> set[Cell]:
        return {(row, column) for row in self.rows[:_MOST_ROWS] for column in self.columns[:MOST_COLUMNS]}


def find_styled(body: bytes, styles: frozenset[bytes]) -> set[Cell]:
    """The cells with content that have one of the styles, in the sheet the XML of which is `body`."""
    return _walk(body, styles).struck


def find_marks(body: bytes, struck_styles: frozenset[bytes]) -> SheetMarks:
    """The marks of a sheet, the XML of which is `body`."""
    if not (struck_styles or b"<office:annotation" in body or b"table:visibility=" in body):
        return SheetMarks()
    walk = _walk(body, struck_styles)
    return SheetMarks(
        frozenset(walk.filtered),
        frozenset(walk.struck),
        frozenset(walk.words - walk.struck),
        tuple(walk.comments),
        frozenset(walk.hidden_columns),
    )


def _walk(body: bytes, styles: frozenset[bytes]) -> _Walk:
    walk = _Walk(styles)
    for name, attributes, comment, inside, span, of_span in _TOKEN.findall(body):
        given = read_attributes(attributes or of_span)
        if comment:
            walk.add_comment(inside)
        elif span:
            walk.add_span(given)
        elif name == b"table-column":
            walk.add_columns(given)
        elif name == b"table-row":
            walk.add_row(given)
        else:
            walk.add_cell(given)
    return walk


def _plain(xml: bytes) -> str:
    text = _ANY_TAG.sub(b"", _SPACE.sub(b" ", _BREAK.sub(b"\n", xml)))
    return unescape(text.decode("utf-8", "replace"))
