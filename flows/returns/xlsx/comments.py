"""Adds our comments to cells of a sheet and removes them again; the clerk's own comments stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from flows.read.our_sheets import HEAD
from flows.returns.xlsx import balloons
from flows.returns.xlsx.package import OFFICE, Package
from flows.returns.xlsx.xml import (
    Element,
    escape,
    find_child,
    list_children,
    prefix_of,
    read_attributes,
    root_of,
)

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BEHIND = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)


def add_comments(package: Package, sheet: str, notes: Mapping[str, str]) -> None:
    """Add `notes` (text by cell) to the sheet part `sheet`, below the text of the clerk's own comments.

    Cells with a threaded comment are skipped.
    """
    if not notes:
        return
    comments, drawing = _ensure_parts(package, sheet)
    xml = package.parts[comments]
    existing = {read_attributes(e.attributes).get("ref", ""): e for e in _entries(xml)}
    threads = _cells_with_thread(package, sheet)
    new = {cell: text for cell, text in notes.items() if cell not in existing and cell not in threads}
    p = prefix_of(xml).decode()
    xml = _add_author(xml, p)
    number = _last_author(xml)
    for cell in sorted(notes.keys() & existing.keys() - threads):
        xml = _append_text(xml, cell, notes[cell], p)
    listed = find_child(xml, "commentList")
    assert listed is not None
    at = xml.rfind(b"</", 0, listed.end)
    body = "".join(_entry(cell, text, number, p) for cell, text in new.items()).encode()
    package.parts[comments] = xml[:at] + body + xml[at:]
    package.parts[drawing] = balloons.add_balloons(package.parts[drawing], new)


def remove_comments(package: Package, sheet: str) -> None:
    """Remove our comments from the sheet part `sheet`."""
    parts_by_kind = {relation.kind: relation.path for relation in package.relations(sheet)}
    path = parts_by_kind.get("comments")
    if path is None:
        return
    xml = package.parts[path]
    gone: set[str] = set()
    for entry in reversed(list(_entries(xml))):
        text = _text(xml[entry.start : entry.end])
        if HEAD not in text:
            continue
        before = text.partition(HEAD)[0].rstrip()
        cell = read_attributes(entry.attributes).get("ref", "")
        kept = _replace_text(xml[entry.start : entry.end], before, prefix_of(xml).decode()) if before else b""
        gone |= set() if before else {cell}
        xml = xml[: entry.start] + kept + xml[entry.end :]
    package.parts[path] = xml
    if drawing := parts_by_kind.get("vmlDrawing"):
        package.parts[drawing] = balloons.remove_balloons(package.parts[drawing], gone)


def _ensure_parts(package: Package, sheet: str) -> tuple[str, str]:
    """Paths of the sheet's comments part and VML drawing; creates them if missing."""
    parts_by_kind = {relation.kind: relation.path for relation in package.relations(sheet)}
    if "comments" not in parts_by_kind:
        path = package.free("xl/comments{}.xml")
        p = prefix_of(package.parts[sheet]).decode()
        name = f"xmlns:{p[:-1]}" if p else "xmlns"
        empty = f"<{p}authors></{p}authors><{p}commentList></{p}commentList>"
        text = f'<{p}comments {name}="{_MAIN}">{empty}</{p}comments>'
        package.add(path, text.encode(), _TYPE)
        package.relate(sheet, "comments", path)
        parts_by_kind["comments"] = path
    if "vmlDrawing" not in parts_by_kind:
        path = package.free("xl/drawings/vmlDrawing{}.vml")
        package.declare("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
        package.parts[path] = balloons.EMPTY
        relation = package.relate(sheet, "vmlDrawing", path)
        package.parts[sheet] = _add_drawing(package.parts[sheet], relation)
        parts_by_kind["vmlDrawing"] = path
    return parts_by_kind["comments"], parts_by_kind["vmlDrawing"]


def _add_drawing(xml: bytes, relation: str) -> bytes:
    data = find_child(xml, "sheetData")
    assert data is not None
    end = xml.rfind(b"</")
    behind = (each.start for each in list_children(xml, data.end) if each.name in _BEHIND)
    at = next(behind, end)
    p = prefix_of(xml).decode()
    element = f'<{p}legacyDrawing xmlns:dlx="{OFFICE}" dlx:id="{relation}"/>'.encode()
    return b"".join([memoryview(xml)[:at], element, memoryview(xml)[at:]])


def _entries(xml: bytes) -> list[Element]:
    listed = find_child(xml, "commentList")
    return [] if listed is None else list(list_children(xml, listed.inside, listed.end))


def _cells_with_thread(package: Package, sheet: str) -> set[str]:
    """Cells with a threaded comment; their plain comment is only Excel's copy of the thread."""
    threads = [r.path for r in package.relations(sheet) if r.kind == "threadedComment"]
    return {
        read_attributes(each.attributes).get("ref", "")
        for path in threads
        for each in list_children(package.parts[path], root_of(package.parts[path]).inside)
    }


def _last_author(xml: bytes) -> int:
    """The index of the last author."""
    authors = find_child(xml, "authors")
    return 0 if authors is None else len(list(list_children(xml, authors.inside, authors.end))) - 1


def _add_author(xml: bytes, p: str) -> bytes:
    authors = find_child(xml, "authors")
    if authors is None:
        at = root_of(xml).inside
        return xml[:at] + f"<{p}authors><{p}author>{HEAD}</{p}author></{p}authors>".encode() + xml[at:]
    inner = b"".join(xml[e.start : e.end] for e in list_children(xml, authors.inside, authors.end))
    own = f"<{p}author>{HEAD}</{p}author>".encode()
    inner = inner.replace(own, b"") + own if inner.endswith(own) else inner + own
    whole = f"<{p}authors>".encode() + inner + f"</{p}authors>".encode()
    return xml[: authors.start] + whole + xml[authors.end :]


def _entry(cell: str, text: str, author: int, p: str) -> str:
    return f'<{p}comment ref="{cell}" authorId="{author}"><{p}text>{_runs(text, p)}</{p}text></{p}comment>'


def _runs(text: str, p: str) -> str:
    look = f'<{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="Tahoma"/>'
    return (
        f"<{p}r><{p}rPr><{p}b/>{look}</{p}rPr><{p}t>{HEAD}</{p}t></{p}r>"
        f'<{p}r><{p}rPr>{look}</{p}rPr><{p}t xml:space="preserve">\n{escape(text)}</{p}t></{p}r>'
    )


def _append_text(xml: bytes, cell: str, text: str, p: str) -> bytes:
    """Append our text to the clerk's comment on `cell`."""
    entry = next(e for e in _entries(xml) if read_attributes(e.attributes).get("ref") == cell)
    inner = xml[entry.start : entry.end]
    element = next(each for each in list_children(inner, root_of(inner).inside) if each.name == "text")
    body = inner[element.inside : element.end]
    runs = body[: body.rfind(b"</")]
    if not re.match(rb"\s*<(?:\w+:)?r\b", runs):
        runs = f"<{p}r>".encode() + runs + f"</{p}r>".encode()
    start = entry.start + element.inside
    end = entry.start + element.end
    close = xml.rfind(b"</", 0, end)
    gap = f'<{p}r><{p}t xml:space="preserve">\n\n</{p}t></{p}r>'
    return xml[:start] + runs + (gap + _runs(text, p)).encode() + xml[close:]


def _text(entry: bytes) -> str:
    parts_by_kind = re.findall(rb"<(?:\w+:)?t(?:\s[^<>]*)?>([^<]*)</(?:\w+:)?t>", entry)
    return unescape(b"".join(parts_by_kind).decode("utf-8", "replace"))


def _replace_text(entry: bytes, text: str, p: str) -> bytes:
    """Replace the text of the comment `entry`."""
    element = next(each for each in list_children(entry, root_of(entry).inside) if each.name == "text")
    run = f'<{p}text><{p}t xml:space="preserve">{escape(text)}</{p}t></{p}text>'
    return entry[: element.start] + run.encode() + entry[element.end :]
