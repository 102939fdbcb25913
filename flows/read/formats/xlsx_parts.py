"""Finds the sheet parts of an Excel package as calamine does: by relations, ignoring case and slash."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import cached_property
from posixpath import normpath

from flows.read.formats import danger
from flows.read.formats.empty_rows import read_without_empty_rows
from flows.read.formats.raised import raise_runs
from flows.read.formats.xlsb import list_sheets
from flows.read.formats.xml_tags import walk

#: The workbook part of an xlsb.
BINARY_WORKBOOK = "xl/workbook.bin"
_WORKBOOK = "workbook.xml"
_STRINGS = "sharedStrings.xml"
_LISTS = (".xml", ".rels", ".bin")


class PartsPackage:
    """The parts of a package, by normalised path (lower case, forward slashes).

    Raises:
        RefusedError: two parts have the same path, so it is not clear which of them calamine reads.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        parts = [name for name in archive.namelist() if name.lower().endswith(_LISTS)]
        self._names = {_normalise(name): name for name in parts}
        ends = f"_rels/{_WORKBOOK}.rels"
        self._folders = [name.removesuffix(ends) for name in self._names if f"/{name}".endswith(f"/{ends}")]
        danger.check_parts(parts, self._names, self._folders)
        self._rewritten: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        """The content of a part.

        Raises:
            KeyError: there is no part with this path.
        """
        return self._archive.read(self._names[_normalise(path)])

    def read_sheet(self, path: str) -> bytes:
        """The content of a worksheet part, without blocks of empty rows; raised digits are superscript ones.

        Raises:
            KeyError: there is no part with this path.
        """
        name = self._names[_normalise(path)]
        with self._archive.open(name) as part:
            xml, thinned = read_without_empty_rows(part)
        raised = raise_runs(xml)
        if thinned or raised is not xml:
            self._rewritten[name] = raised
        return raised

    def read_shared_strings(self) -> bytes:
        """The part with the shared strings, raised digits as superscript ones; empty if there is none."""
        xml = self.find(_STRINGS)
        raised = raise_runs(xml)
        if raised is not xml:
            self._rewritten[self._names[_normalise(self._folder + _STRINGS)]] = raised
        return raised

    def repack(self) -> bytes | None:
        """The package with what reading its parts rewrote; None if it rewrote none."""
        if not self._rewritten:
            return None
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as packed:
            for name in self._names.values():
                packed.writestr(name, self._rewritten.get(name) or self._archive.read(name))
        return target.getvalue()

    def find(self, name: str) -> bytes:
        """The content of the part with this name beside the workbook, such as `styles.xml`; empty if none."""
        path = self._folder + name
        return self.read(path) if _normalise(path) in self._names else b""

    @property
    def _folder(self) -> str:
        return next(iter(self._folders), "xl/")

    @cached_property
    def has_comments(self) -> bool:
        """Whether some part may hold comments."""
        return any("comment" in name for name in self._names)

    def related(self, path: str) -> Mapping[str, list[str]]:
        """The parts that belong to the sheet part at `path`, by the kind of relation (such as `comments`)."""
        folder, _, name = path.rpartition("/")
        listed = f"{folder}/_rels/{name}.rels".lstrip("/")
        found: dict[str, list[str]] = {}
        for tag in self._read_tags(listed, "Relationship") if _normalise(listed) in self._names else ():
            target = tag.get("Target", "")
            whole = target[1:] if target.startswith("/") else normpath(f"{folder}/{target}")
            if _normalise(whole) in self._names:
                found.setdefault(tag.get("Type", "").rpartition("/")[2], []).append(whole)
        return found

    def sheets(self) -> list[list[str]]:
        """For each sheet of an xlsx, in the order of the workbook, the possible paths of its part.

        A sheet has one path, unless the package contradicts itself; a chart has none. The list is empty if
        there is no workbook part.
        """
        folder = next(iter(self._folders), None)
        if folder is None or folder + _WORKBOOK not in self._names:
            return []
        related = self._map_worksheets(f"{folder}_rels/{_WORKBOOK}.rels", folder)
        tags = self._read_tags(folder + _WORKBOOK, "sheet")
        danger.check_sheets(len(tags))
        ids = ([value for key, value in tag.items() if key.rpartition(":")[2] == "id"] for tag in tags)
        return [[path for each in dict.fromkeys(own) for path in related.get(each, ())] for own in ids]

    def counts_from_1904(self) -> bool:
        """Whether the workbook part of an xlsx says that days are counted from 1904 on."""
        return self._is_said("workbookPr", "date1904")

    @cached_property
    def asks_for_results(self) -> bool:
        """Whether an xlsx asks who opens it to calculate all formulas, because its results are not theirs."""
        return self._is_said("calcPr", "fullCalcOnLoad")

    def _is_said(self, tag: str, attribute: str) -> bool:
        """Whether a tag of the workbook part of an xlsx has an attribute that is true."""
        folder = next(iter(self._folders), None)
        if folder is None or folder + _WORKBOOK not in self._names:
            return False
        tags = self._read_tags(folder + _WORKBOOK, tag)
        return any(each.get(attribute, "0") in ("1", "true", "on") for each in tags)

    def binary_sheets(self) -> list[str | None]:
        """For each sheet of an xlsb, in the order of the workbook, the path of its part; a chart has none."""
        if BINARY_WORKBOOK not in self._names:
            return []
        related = self._map_worksheets("xl/_rels/workbook.bin.rels", "xl/")
        ids = list_sheets(self.read(BINARY_WORKBOOK))
        danger.check_sheets(len(ids))
        return [next(iter(related.get(each, ())), None) for each in ids]

    def _map_worksheets(self, path: str, folder: str) -> Mapping[str, list[str]]:
        """The paths of worksheets, by relation id."""
        found: dict[str, list[str]] = {}
        for tag in self._read_tags(path, "Relationship"):
            target = tag.get("Target", "")
            if tag.get("Type", "").rpartition("/")[2] == "worksheet":
                whole = target[1:] if target.startswith("/") else folder + target
                found.setdefault(tag.get("Id", ""), []).append(whole)
        return found

    def _read_tags(self, path: str, wanted: str) -> list[Mapping[str, str]]:
        """The attributes of each tag with the name `wanted` in a part that lists other parts."""
        xml = self.read(path)
        danger.check_list_of_parts(xml)
        found: list[Mapping[str, str]] = []
        walk(xml, lambda name, attributes: found.append(attributes) if name == wanted else None)
        return found


def _normalise(path: str) -> str:
    # Like calamine, which lower-cases ASCII letters only.
    return path.replace("\\", "/").encode().lower().decode()
