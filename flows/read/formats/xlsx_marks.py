"""Finds in an xlsx what clerks do to cells besides typing: strike through, filter, comment."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from xml.parsers import expat

from flows.read.clerk_marks import Cell, Comment, SheetMarks
from flows.read.formats import danger
from flows.read.formats.xlsx_parts import PartsPackage
from flows.read.formats.xml_tags import walk
from flows.read.our_sheets import without_ours
from flows.read.sheet import MOST_COLUMNS, cell_at, index_of

# Groups of styles of which those of cells must be told apart: a `font` in `dxfs` is no font of a cell.
_GROUPS = frozenset({"fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
_UNKNOWN = "?"
_ENTRY = re.compile(rb"<(?:\w+:)?si(?:\s[^<>]*)?(?:/>|>(.*?)</(?:\w+:)?si>)", re.S)
_RUN = re.compile(rb"<(?:\w+:)?r(?:\s[^<>]*)?>(.*?)</(?:\w+:)?r>", re.S)
_STRUCK = re.compile(rb"""<(?:\w+:)?strike(?:\s+val\s*=\s*["'](?:1|true|on)["'])?\s*/?>""")
_SHARED = re.compile(rb'<c\s(?=[^<>]*\bt="s")([^<>]*)>\s*<v>\s*(\d+)\s*</v>')
_INLINE = re.compile(rb"<c\s([^<>]*)>\s*<is\b[^<>]*>(.*?)</is>", re.S)
_ADDRESS = re.compile(rb'\br="([A-Z]+)(\d+)"')
_FILTER = re.compile(rb'<(?:\w+:)?autoFilter\b[^<>]*\bref="\$?[A-Z]+\$?(\d+):\$?[A-Z]+\$?(\d+)"[^<>/]*>')
_COLUMN = re.compile(rb"<col\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb'\b(min|max|hidden)="(\w+)"')


@dataclass(frozen=True)
class StruckText:
    """Which cell styles of a workbook strike text through, and which of its shared strings are struck."""

    package: PartsPackage

    @cached_property
    def styles(self) -> frozenset[int]:
        """Indexes of cell styles with a struck font."""
        xml = self.package.find("styles.xml")
        return _find_struck_styles(xml) if b"strike" in xml else frozenset()

    @cached_property
    def strings(self) -> Mapping[int, bool | None]:
        """Shared strings with a font of their own: whether all words are struck, some (false) or none."""
        xml = self.package.read_shared_strings()
        if b"strike" not in xml and not self.styles:
            return {}
        entries = enumerate(entry[1] or b"" for entry in _ENTRY.finditer(xml))
        return {at: _is_struck(entry) for at, entry in entries if _RUN.search(entry)}


def _find_struck_styles(xml: bytes) -> frozenset[int]:
    danger.check_list_of_parts(xml)
    group, fonts, number, styles = "", set[int](), {"font": -1, "xf": -1}, set[int]()

    def begun(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal group
        if name in _GROUPS:
            group = name
        elif (name, group) in (("font", "fonts"), ("xf", "cellXfs")):
            number[name] += 1
            if name == "xf" and attributes.get("fontId", "").isdigit() and int(attributes["fontId"]) in fonts:
                styles.add(number["xf"])
        elif name == "strike" and group == "fonts" and attributes.get("val", "1") in ("1", "true", "on"):
            fonts.add(number["font"])

    walk(xml, begun)
    return frozenset(styles)


def _is_struck(text: bytes) -> bool | None:
    """Whether all runs of a rich text are struck through; None if none is."""
    if b"strike" not in text:
        return None
    runs = [bool(_STRUCK.search(run[1])) for run in _RUN.finditer(text)]
    return all(runs) if any(runs) else None


def find_marks(package: PartsPackage, path: str, xml: bytes, struck: StruckText) -> SheetMarks:
    """The marks of the sheet part at `path`, whose normalised XML is `xml`; filtered rows are found apart."""
    rich = dict(_find_rich(xml, struck.strings))
    # The font of words counts, not that of their cell.
    styled = {*_find_styled(xml, struck.styles)} - rich.keys() if struck.styles else set[Cell]()
    whole, words = ({cell for cell, is_whole in rich.items() if is_whole is said} for said in (True, False))
    comments = tuple(_find_comments(package, path)) if package.has_comments else ()
    return SheetMarks(
        struck=frozenset(styled | whole),
        struck_words=frozenset(words),
        comments=comments,
        hidden_columns=frozenset(_find_hidden_columns(xml)),
    )


def _find_hidden_columns(xml: bytes) -> Iterator[int]:
    """The hidden columns, from 0; they are declared before the cells."""
    end = max(xml.find(b"<sheetData"), 0)
    if xml.find(b"hidden=", 0, end) < 0:
        return
    for tag in _COLUMN.findall(xml, 0, end):
        given = dict(_ATTRIBUTE.findall(tag))
        if given.get(b"hidden") in (b"1", b"true") and given.keys() >= {b"min", b"max"}:
            yield from range(int(given[b"min"]) - 1, min(int(given[b"max"]), MOST_COLUMNS))


def _find_styled(xml: bytes, styles: Collection[int]) -> Iterator[Cell]:
    """The cells with content that have one of the styles."""
    ids = b"|".join(b"%d" % each for each in sorted(styles))
    for tag in re.finditer(rb'<c\s(?=[^<>]*\bs="(?:%s)")([^<>/]*)>(?!\s*</c>)' % ids, xml):
        yield from _read_address(tag[1])


def _find_rich(xml: bytes, strings: Mapping[int, bool | None]) -> Iterator[tuple[Cell, bool | None]]:
    """The cells whose words have a font of their own, and whether all words are struck, some or none."""
    if strings:
        for cell in _SHARED.finditer(xml):
            if int(cell[2]) in strings:
                yield from ((place, strings[int(cell[2])]) for place in _read_address(cell[1]))
    if b"<is" in xml and b"strike" in xml:
        for cell in _INLINE.finditer(xml):
            if _RUN.search(cell[2]):
                yield from ((place, _is_struck(cell[2])) for place in _read_address(cell[1]))


def _read_address(tag: bytes) -> Iterator[Cell]:
    if address := _ADDRESS.search(tag):
        yield int(address[2]) - 1, index_of(address[1].decode())


def find_filtered(package: PartsPackage, path: str, xml: bytes, hidden: frozenset[int]) -> frozenset[int]:
    """Those of the `hidden` rows (from 1) that a filter of the sheet, or of a table on it, hides."""
    parts = [xml, *(package.read(each) for each in package.related(path).get("table", ()))]
    filters = {
        range(int(found[1]) + 1, int(found[2]) + 1)
        for part in parts
        if b"filterColumn" in part
        for found in _FILTER.finditer(part)
    }
    # Filters may overlap: each row is looked at once.
    filtered, below = set[int](), 0
    rows = sorted(hidden)
    for rows_of_filter in sorted(filters, key=lambda each: (each.start, each.stop)):
        first = max(rows_of_filter.start, below)
        filtered.update(rows[bisect_left(rows, first) : bisect_left(rows, rows_of_filter.stop)])
        below = max(below, rows_of_filter.stop)
    return frozenset(filtered)


def _find_comments(package: PartsPackage, path: str) -> Iterator[Comment]:
    """The comments of clerks: threads, and plain comments where they are not only a copy of a thread."""
    related = package.related(path)
    threads = [
        comment
        for part in related.get("threadedComment", ())
        for comment in _read_comments(package.read(part), "threadedComment", "text")
    ]
    threaded = {comment.cell for comment in threads}
    plain = [
        comment
        for part in related.get("comments", ())
        for comment in _read_comments(package.read(part), "comment", "t")
        if comment.cell not in threaded
    ]
    found = [replace(comment, text=without_ours(comment.text)) for comment in (*threads, *plain)]
    return iter(sorted((each for each in found if each.text), key=_place_of))


def _place_of(comment: Comment) -> tuple[bool, Cell]:
    known = comment.cell != _UNKNOWN
    return known, cell_at(comment.cell) if known else (0, 0)


def _read_comments(xml: bytes, entry: str, text: str) -> list[Comment]:
    """The comments in a part: elements `entry` with the attribute `ref`, their words in elements `text`."""
    danger.check_list_of_parts(xml)
    found: list[Comment] = []
    cell, words, inside = "", list[str](), False

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal cell, words, inside
        if name.rpartition(":")[2] == entry:
            cell, words = attributes.get("ref", ""), []
        inside = name.rpartition(":")[2] == text

    def end(name: str) -> None:
        nonlocal inside
        inside = False
        if name.rpartition(":")[2] == entry and re.fullmatch(r"[A-Z]{1,3}\d{1,7}", cell):
            found.append(Comment(cell, "".join(words).strip()))

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = lambda data: words.append(data) if inside else None
    try:
        parser.Parse(xml.lstrip(), True)
    except expat.ExpatError:
        # Calamine reads the cells all the same.
        found.append(Comment(_UNKNOWN, "Phần ghi chú của trang tính bị hỏng: không đọc được hết."))
    return found
