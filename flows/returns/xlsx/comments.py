"""Puts comments on cells of a sheet and takes them off again; those of the clerk stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

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

#: The first line of each of our comments, by which they are known again whatever program saved them.
HEAD = "KIỂM TRA DỮ LIỆU"

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
    """Put `notes`, by cell, on the sheet at the path `sheet`, below what the clerk's own notes say."""
    if not notes:
        return
    comments, drawing = _parts(package, sheet)
    xml = package.parts[comments]
    theirs = {read_attributes(e.attributes).get("ref", ""): e for e in _entries(xml)}
    threads = _threaded(package, sheet)
    new = {cell: text for cell, text in notes.items() if cell not in theirs and cell not in threads}
    p = prefix_of(xml).decode()
    xml = _with_author(xml, p)
    number = _authors(xml)
    for cell in sorted(notes.keys() & theirs.keys() - threads):
        xml = _joined(xml, cell, notes[cell], p)
    listed = find_child(xml, "commentList")
    assert listed is not None
    at = xml.rfind(b"</", 0, listed.end)
    body = "".join(_entry(cell, text, number, p) for cell, text in new.items()).encode()
    package.parts[comments] = xml[:at] + body + xml[at:]
    package.parts[drawing] = balloons.add_balloons(package.parts[drawing], new)


def remove_comments(package: Package, sheet: str) -> None:
    """Take our comments off the sheet at the path `sheet`."""
    found = {relation.kind: relation.path for relation in package.relations(sheet)}
    path = found.get("comments")
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
        kept = _retold(xml[entry.start : entry.end], before, prefix_of(xml).decode()) if before else b""
        gone |= set() if before else {cell}
        xml = xml[: entry.start] + kept + xml[entry.end :]
    package.parts[path] = xml
    if drawing := found.get("vmlDrawing"):
        package.parts[drawing] = balloons.remove_balloons(package.parts[drawing], gone)


def _parts(package: Package, sheet: str) -> tuple[str, str]:
    """Paths of the sheet's comments and of the drawing that shows them, both made where missing."""
    found = {relation.kind: relation.path for relation in package.relations(sheet)}
    if "comments" not in found:
        path = package.free("xl/comments{}.xml")
        p = prefix_of(package.parts[sheet]).decode()
        name = f"xmlns:{p[:-1]}" if p else "xmlns"
        empty = f"<{p}authors></{p}authors><{p}commentList></{p}commentList>"
        text = f'<{p}comments {name}="{_MAIN}">{empty}</{p}comments>'
        package.add(path, text.encode(), _TYPE)
        package.relate(sheet, "comments", path)
        found["comments"] = path
    if "vmlDrawing" not in found:
        path = package.free("xl/drawings/vmlDrawing{}.vml")
        package.declare("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
        package.parts[path] = balloons.EMPTY
        relation = package.relate(sheet, "vmlDrawing", path)
        package.parts[sheet] = _with_drawing(package.parts[sheet], relation)
        found["vmlDrawing"] = path
    return found["comments"], found["vmlDrawing"]


def _with_drawing(xml: bytes, relation: str) -> bytes:
    data = find_child(xml, "sheetData")
    assert data is not None
    end = xml.rfind(b"</")
    behind = (each.start for each in list_children(xml, data.end) if each.name in _BEHIND)
    at = next(behind, end)
    p = prefix_of(xml).decode()
    said = f'<{p}legacyDrawing xmlns:dlx="{OFFICE}" dlx:id="{relation}"/>'.encode()
    return xml[:at] + said + xml[at:]


def _entries(xml: bytes) -> list[Element]:
    listed = find_child(xml, "commentList")
    return [] if listed is None else list(list_children(xml, listed.inside, listed.end))


def _threaded(package: Package, sheet: str) -> set[str]:
    """Cells with a conversation, whose comment is only its echo."""
    threads = [r.path for r in package.relations(sheet) if r.kind == "threadedComment"]
    return {
        read_attributes(each.attributes).get("ref", "")
        for path in threads
        for each in list_children(package.parts[path], root_of(package.parts[path]).inside)
    }


def _authors(xml: bytes) -> int:
    """The number of the last author."""
    authors = find_child(xml, "authors")
    return 0 if authors is None else len(list(list_children(xml, authors.inside, authors.end))) - 1


def _with_author(xml: bytes, p: str) -> bytes:
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


def _joined(xml: bytes, cell: str, text: str, p: str) -> bytes:
    """The clerk's comment on `cell` with ours below it."""
    entry = next(e for e in _entries(xml) if read_attributes(e.attributes).get("ref") == cell)
    inner = xml[entry.start : entry.end]
    said = next(each for each in list_children(inner, root_of(inner).inside) if each.name == "text")
    body = inner[said.inside : said.end]
    runs = body[: body.rfind(b"</")]
    if not re.match(rb"\s*<(?:\w+:)?r\b", runs):
        runs = f"<{p}r>".encode() + runs + f"</{p}r>".encode()
    start = entry.start + said.inside
    end = entry.start + said.end
    close = xml.rfind(b"</", 0, end)
    gap = f'<{p}r><{p}t xml:space="preserve">\n\n</{p}t></{p}r>'
    return xml[:start] + runs + (gap + _runs(text, p)).encode() + xml[close:]


def _text(entry: bytes) -> str:
    found = re.findall(rb"<(?:\w+:)?t(?:\s[^<>]*)?>([^<]*)</(?:\w+:)?t>", entry)
    return unescape(b"".join(found).decode("utf-8", "replace"))


def _retold(entry: bytes, text: str, p: str) -> bytes:
    """The comment with `text` alone."""
    said = next(each for each in list_children(entry, root_of(entry).inside) if each.name == "text")
    run = f'<{p}text><{p}t xml:space="preserve">{escape(text)}</{p}t></{p}text>'
    return entry[: said.start] + run.encode() + entry[said.end :]
