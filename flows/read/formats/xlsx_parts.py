"""Finds the sheets of an Excel package as the library does: by relations, in any case, with any slash."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping

from flows.read.formats import danger
from flows.read.formats.xml_tags import walk

_WORKBOOK = "workbook.xml"
_LISTS = (".xml", ".rels", ".bin")


class PartsPackage:
    """The parts of a package, by their paths in small letters with slashes.

    Raises:
        RefusedError: two parts have one path, so that nobody could say which of them is read.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        parts = [name for name in archive.namelist() if name.lower().endswith(_LISTS)]
        self._names = {_plain(name): name for name in parts}
        ends = f"_rels/{_WORKBOOK}.rels"
        self._folders = [name.removesuffix(ends) for name in self._names if f"/{name}".endswith(f"/{ends}")]
        danger.check_parts(parts, self._names, self._folders)

    def read(self, path: str) -> bytes:
        """The content of a part.

        Raises:
            KeyError: there is none of this path.
        """
        return self._archive.read(self._names[_plain(path)])

    def sheets(self) -> list[list[str]]:
        """For each sheet of an xlsx, in the workbook's order, the paths that its worksheet may have.

        There is one, unless the package contradicts itself, or the sheet is a chart; no sheets where there
        is no workbook part.
        """
        folder = next(iter(self._folders), None)
        if folder is None or folder + _WORKBOOK not in self._names:
            return []
        related = self._worksheets(f"{folder}_rels/{_WORKBOOK}.rels", folder)
        tags = self._tags(folder + _WORKBOOK, "sheet")
        danger.check_sheets(len(tags))
        ids = ([value for key, value in tag.items() if key.rpartition(":")[2] == "id"] for tag in tags)
        return [[path for each in dict.fromkeys(own) for path in related.get(each, ())] for own in ids]

    def binary_sheets(self) -> list[str]:
        """Paths of the sheets of an xlsb, sorted: their order in the workbook is told in binary."""
        if "xl/workbook.bin" not in self._names:
            return []
        related = self._worksheets("xl/_rels/workbook.bin.rels", "xl/")
        return sorted(path for paths in related.values() for path in paths)

    def _worksheets(self, path: str, folder: str) -> Mapping[str, list[str]]:
        """The paths of worksheets by the ids that a part has for them."""
        found: dict[str, list[str]] = {}
        for tag in self._tags(path, "Relationship"):
            target = tag.get("Target", "")
            if tag.get("Type", "").rpartition("/")[2] == "worksheet":
                whole = target[1:] if target.startswith("/") else folder + target
                found.setdefault(tag.get("Id", ""), []).append(whole)
        return found

    def _tags(self, path: str, wanted: str) -> list[Mapping[str, str]]:
        """The attributes of each tag of this name in a part that lists other parts."""
        xml = self.read(path)
        danger.check_list_of_parts(xml)
        found: list[Mapping[str, str]] = []
        walk(xml, lambda name, attributes: found.append(attributes) if name == wanted else None)
        return found


def _plain(path: str) -> str:
    # Only ASCII letters are made small by the library.
    return path.replace("\\", "/").encode().lower().decode()
