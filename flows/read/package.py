"""Finds the sheets of an Excel package as the library does: by relations, in any case, with any slash."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from flows.read import danger

_WORKBOOK, _BINARY = "workbook.xml", "xl/workbook.bin"
_DOCUMENT = "/officeDocument"
_SHEET = "/worksheet"


class Relation(NamedTuple):
    """What a part refers to: the number it does so by, the kind, the path as written."""

    id: str
    kind: str
    target: str


class Package:
    """The parts of a package, by their paths in small letters with slashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}

    def read(self, path: str) -> bytes | None:
        """The content of a part, None where there is none of this path."""
        name = self._names.get(path.lower())
        return None if name is None else self._archive.read(name)

    def sheets(self) -> list[str]:
        """Paths of the sheets in the order of an xlsx's workbook part; none where it has no such part."""
        folder = self._folder()
        if folder is None:
            return []
        targets = {each.id: each.target for each in self._relations(f"{folder}_rels/{_WORKBOOK}.rels")}
        ids = [_id_of(tag) for tag in self._tags(folder + _WORKBOOK, "sheet")]
        return [_whole(targets.get(each, ""), folder) for each in ids]

    def binary_sheets(self) -> list[str]:
        """Paths of the sheets of an xlsb, sorted: their order in the workbook is told in binary."""
        if _BINARY not in self._names:
            return []
        found = self._relations("xl/_rels/workbook.bin.rels")
        return sorted(_whole(each.target, "xl/") for each in found if each.kind.endswith(_SHEET))

    def _folder(self) -> str | None:
        """Where the workbook part lies; the package's relations are asked only where there are several."""
        named = (name for name in self._names if f"/{name}".endswith(f"/{_WORKBOOK}"))
        folders = [name.removesuffix(_WORKBOOK) for name in named]
        if len(folders) < 2:
            return folders[0] if folders else None
        found = [each.target for each in self._relations("_rels/.rels") if each.kind.endswith(_DOCUMENT)]
        return "".join(found[-1].removeprefix("/").rpartition("/")[:2]) if found else None

    def _relations(self, path: str) -> Iterator[Relation]:
        for tag in self._tags(path, "Relationship"):
            yield Relation(tag.get("Id", ""), tag.get("Type", ""), tag.get("Target", ""))

    def _tags(self, path: str, name: str) -> Iterator[ElementTree.Element]:
        """The tags of this name, whatever their namespace, of a part that lists other parts."""
        xml = self.read(path)
        if xml is not None:
            danger.check_list_of_parts(xml)
            root = ElementTree.fromstring(xml)  # noqa: S314 - without declarations
            yield from (tag for tag in root.iter() if _local(tag.tag) == name)


def _id_of(sheet: ElementTree.Element) -> str:
    return next((value for key, value in sheet.items() if _local(key) == "id"), "")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _whole(target: str, folder: str) -> str:
    return target[1:] if target.startswith("/") else folder + target
