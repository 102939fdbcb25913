"""Finds the sheets of an Excel package as the library does: by relations, in any case, with any slash."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from flows.read import danger

_WORKBOOK = "workbook.xml"
_SHEET = "/worksheet"


class Package:
    """The parts of a package, by their paths in small letters with slashes.

    Raises:
        RefusedError: two parts have one path, so that nobody could say which of them is read.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {_plain(name): name for name in archive.namelist()}
        danger.check_parts(archive.namelist(), self._names)

    def read(self, path: str) -> bytes:
        """The content of a part.

        Raises:
            KeyError: there is none of this path.
        """
        return self._archive.read(self._names[_plain(path)])

    def sheets(self) -> list[list[str]]:
        """For each sheet of an xlsx, in the workbook's order, the paths that its part may have.

        There is one, unless the package contradicts itself; no sheets where there is no workbook part.
        """
        workbook = next((name for name in self._names if f"/{name}".endswith(f"/{_WORKBOOK}")), None)
        if workbook is None:
            return []
        folder = workbook.removesuffix(_WORKBOOK)
        related = list(self._tags(f"{folder}_rels/{_WORKBOOK}.rels", "Relationship"))
        ids = ({v for k, v in tag.items() if _local(k) == "id"} for tag in self._tags(workbook, "sheet"))
        return [[_whole(each, folder) for each in related if each.get("Id") in own] for own in ids]

    def binary_sheets(self) -> list[str]:
        """Paths of the sheets of an xlsb, sorted: their order in the workbook is told in binary."""
        if "xl/workbook.bin" not in self._names:
            return []
        found = self._tags("xl/_rels/workbook.bin.rels", "Relationship")
        return sorted(_whole(each, "xl/") for each in found if each.get("Type", "").endswith(_SHEET))

    def _tags(self, path: str, name: str) -> Iterator[ElementTree.Element]:
        """The tags of this name, whatever their namespace, of a part that lists other parts."""
        xml = self.read(path)
        danger.check_list_of_parts(xml)
        root = ElementTree.fromstring(xml)  # noqa: S314 - without declarations
        return (tag for tag in root.iter() if _local(tag.tag) == name)


def _plain(path: str) -> str:
    # Only ASCII letters are made small by the library.
    return (
        path.replace("\\", "/").encode("utf-8", "surrogateescape").lower().decode("utf-8", "surrogateescape")
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _whole(relation: ElementTree.Element, folder: str) -> str:
    target = relation.get("Target", "")
    return target[1:] if target.startswith("/") else folder + target
