"""Reads a workbook as the parts of its zip, adds and removes parts, and writes reproducible bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath, relpath
from typing import NamedTuple

from flows.returns.xlsx.xml import UnfitError, escape, list_children, prefix_of, read_attributes, root_of

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
#: Prefix of the relation types between parts of a workbook.
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = "[Content_Types].xml"
_MADE = (1980, 1, 1, 0, 0, 0)
_LEVEL = 4


class Relation(NamedTuple):
    """A relation of one part to another: its id, the last word of its type, the other part's path."""

    id: str
    kind: str
    path: str


@dataclass(slots=True)
class Package:
    """The parts of a workbook by path; unchanged parts keep their bytes."""

    parts: dict[str, bytes]

    @classmethod
    def open(cls, data: bytes) -> Package:
        """Open the workbook `data`, which the reader has checked before (size, zip bombs).

        Raises:
            UnfitError: a part that every workbook has is missing, or the workbook is in strict OOXML.
        """
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            parts = {normpath(e.filename.replace("\\", "/").lstrip("/")): archive.read(e) for e in entries}
        needed = {CONTENT_TYPES, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"}
        if not needed <= parts.keys() or b"purl.oclc.org" in parts["xl/workbook.xml"][:4096]:
            raise UnfitError("not a transitional workbook")
        return cls(parts)

    def close(self) -> bytes:
        """The workbook's bytes."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for path, content in self.parts.items():
                entry = zipfile.ZipInfo(path, _MADE)
                entry.external_attr = 0o600 << 16
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED, _LEVEL)
        return buffer.getvalue()

    def relations(self, of: str) -> Iterator[Relation]:
        """The relations of the part `of` to other parts of the package."""
        xml = self.parts.get(_relations_of(of), b"<Relationships/>")
        for each in list_children(xml, root_of(xml).inside):
            attributes = read_attributes(each.attributes)
            if attributes.get("TargetMode") != "External":
                path = normpath(join(dirname(of), attributes.get("Target", "")))
                yield Relation(
                    attributes.get("Id", ""), basename(attributes.get("Type", "")), path.lstrip("/")
                )

    def relate(self, of: str, kind: str, to: str) -> str:
        """Add a relation from the part `of` to the part `to`; returns the relation's id."""
        path = _relations_of(of)
        xml = self.parts.get(path, f'<Relationships xmlns="{_RELATIONS}"></Relationships>'.encode())
        taken = {relation.id for relation in self.relations(of)} | _ids(xml)
        number = next(n for n in range(1, len(taken) + 2) if f"dlx{n}" not in taken)
        target = escape(relpath(to, dirname(of)))
        tag = f'Relationship Id="dlx{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'.encode()
        # Some programs declare the type of each relations part separately: a new one would have none.
        self.declare("rels", "application/vnd.openxmlformats-package.relationships+xml")
        self.parts[path] = append_child(xml, b"<" + prefix_of(xml) + tag)
        return f"dlx{number}"

    def unrelate(self, of: str, path: str) -> None:
        """Remove the relations of the part `of` to the part `path`."""
        gone = {relation.id for relation in self.relations(of) if relation.path == path}
        rels = _relations_of(of)
        self.parts[rels] = remove_children(
            self.parts[rels], lambda tag: read_attributes(tag).get("Id") in gone
        )

    def add(self, path: str, content: bytes, content_type: str) -> None:
        """Add the part `path` with its content type."""
        self.parts[path] = content
        xml = self.parts[CONTENT_TYPES]
        tag = f'Override PartName="/{path}" ContentType="{content_type}"/>'.encode()
        self.parts[CONTENT_TYPES] = append_child(xml, b"<" + prefix_of(xml) + tag)

    def drop(self, path: str) -> None:
        """Remove the part `path` and its relations."""
        self.parts.pop(path, None)
        self.parts.pop(_relations_of(path), None)
        self.parts[CONTENT_TYPES] = remove_children(
            self.parts[CONTENT_TYPES], lambda tag: read_attributes(tag).get("PartName") == f"/{path}"
        )

    def declare(self, extension: str, content_type: str) -> None:
        """Declare the content type of parts with this `extension`, unless that is declared already."""
        xml = self.parts[CONTENT_TYPES]
        known = (
            read_attributes(each.attributes).get("Extension", "")
            for each in list_children(xml, root_of(xml).inside)
        )
        if extension not in {each.lower() for each in known}:
            tag = f'Default Extension="{extension}" ContentType="{content_type}"/>'.encode()
            at = root_of(xml).inside
            self.parts[CONTENT_TYPES] = xml[:at] + b"<" + prefix_of(xml) + tag + xml[at:]

    def free(self, pattern: str) -> str:
        """The first unused path of `pattern`, which has one `{}` for a number."""
        return next(
            path for n in range(1, len(self.parts) + 2) if (path := pattern.format(n)) not in self.parts
        )


def _relations_of(path: str) -> str:
    return join(dirname(path), "_rels", f"{basename(path)}.rels")


def _ids(xml: bytes) -> set[str]:
    return {
        read_attributes(each.attributes).get("Id", "") for each in list_children(xml, root_of(xml).inside)
    }


def append_child(xml: bytes, content: bytes) -> bytes:
    """Append `content` as the last child of the root of `xml`."""
    at = xml.rfind(b"</")
    if at < 0 or at < root_of(xml).start:
        opening = xml[root_of(xml).start : root_of(xml).inside].rstrip(b"/> \r\n")
        name = opening[1:].split(None, 1)[0]
        return xml[: root_of(xml).start] + opening + b">" + content + b"</" + name + b">"
    return xml[:at] + content + xml[at:]


def remove_children(xml: bytes, unwanted: Callable[[bytes], bool]) -> bytes:
    """Remove the children of the root of `xml` whose attributes are `unwanted`."""
    gone = [each for each in list_children(xml, root_of(xml).inside) if unwanted(each.attributes)]
    for each in reversed(gone):
        xml = xml[: each.start] + xml[each.end :]
    return xml
