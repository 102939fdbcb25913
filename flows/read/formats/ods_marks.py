"""Finds in an ods what clerks do to cells besides typing: strike through, filter, comment."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from flows.read.clerk_marks import Cell, Comment, SheetMarks
from flows.read.our_sheets import without_ours
from flows.read.sheet import letter_of

_ATTRIBUTE = re.compile(rb'([\w:-]+)="([^"]*)"')
_STYLE = re.compile(rb"<style:style\b([^>]*?)(?:/>|>(.*?)</style:style>)", re.S)
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
# Columns that a sheet may have, and rows that one element may stand for.
_MOST_COLUMNS = 16_384
_MOST_ROWS = 10_000


def find_struck_styles(archive: zipfile.ZipFile, content: bytes) -> frozenset[bytes]:
    """Names of the styles of cells and words that strike text through."""
    named = archive.read("styles.xml") if "styles.xml" in archive.namelist() else b""
    own: dict[bytes, bool] = {}
    parents: dict[bytes, bytes] = {}
    for part in (named, content):
        if b"text-line-through" not in part:
            continue
        for head, body in _STYLE.findall(part):
            given = dict(_ATTRIBUTE.findall(head))
            name = given.get(b"style:name", b"")
            parents[name] = given.get(b"style:parent-style-name", b"")
            if line := _LINE.search(body):
                own[name] = line[1] != b"none"
    if b"text-line-through" in named and b"text-line-through" not in content:
        for head, _ in _STYLE.findall(content):
            given = dict(_ATTRIBUTE.findall(head))
            parents[given.get(b"style:name", b"")] = given.get(b"style:parent-style-name", b"")
    return frozenset(name for name in {*own, *parents} if _inherits(name, own, parents))


def _inherits(name: bytes, own: Mapping[bytes, bool], parents: Mapping[bytes, bytes]) -> bool:
    seen: set[bytes] = set()
    while name and name not in own and name not in seen:
        seen.add(name)
        name = parents.get(name, b"")
    return own.get(name, False)


@dataclass(slots=True)
class _Walk:
    """The state of going through a sheet: where the current element is, and what was found."""

    struck_styles: frozenset[bytes]
    defaults: list[bytes] = field(default_factory=list)
    rows: range = range(0)
    columns: range = range(0)
    filled: bool = False
    filtered: set[int] = field(default_factory=set)
    struck: set[Cell] = field(default_factory=set)
    words: set[Cell] = field(default_factory=set)
    comments: list[Comment] = field(default_factory=list)

    def add_columns(self, given: Mapping[bytes, bytes]) -> None:
        count = _read_count(given, b"table:number-columns-repeated")
        style = given.get(b"table:default-cell-style-name", b"")
        self.defaults += [style] * min(count, _MOST_COLUMNS - len(self.defaults))

    def add_row(self, given: Mapping[bytes, bytes]) -> None:
        start = self.rows.stop
        self.rows = range(start, start + _read_count(given, b"table:number-rows-repeated"))
        self.columns = range(0)
        if given.get(b"table:visibility") == b"filter":
            self.filtered |= {row + 1 for row in self.rows[:_MOST_ROWS]}

    def add_cell(self, given: Mapping[bytes, bytes]) -> None:
        start = self.columns.stop
        self.columns = range(start, start + _read_count(given, b"table:number-columns-repeated"))
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
        return {(row, column) for row in self.rows[:_MOST_ROWS] for column in self.columns[:_MOST_COLUMNS]}


def find_styled(body: bytes, styles: frozenset[bytes]) -> set[Cell]:
    """The cells with content that have one of the styles, in the sheet the XML of which is `body`."""
    return _walk(body, styles).struck


def find_marks(body: bytes, struck_styles: frozenset[bytes]) -> SheetMarks:
    """The marks of a sheet, the XML of which is `body`."""
    if not (struck_styles or b"<office:annotation" in body or b'"filter"' in body):
        return SheetMarks()
    walk = _walk(body, struck_styles)
    return SheetMarks(
        frozenset(walk.filtered),
        frozenset(walk.struck),
        frozenset(walk.words - walk.struck),
        tuple(walk.comments),
    )


def _walk(body: bytes, styles: frozenset[bytes]) -> _Walk:
    walk = _Walk(styles)
    for name, attributes, comment, inside, span, of_span in _TOKEN.findall(body):
        given = dict(_ATTRIBUTE.findall(attributes or of_span))
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


def _read_count(given: Mapping[bytes, bytes], name: bytes) -> int:
    value = given.get(name, b"1")
    return int(value) if value.isdigit() and len(value) < 10 else 1
