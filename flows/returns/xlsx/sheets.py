"""Lists, adds and removes the sheets of a workbook package."""

from __future__ import annotations

import re
from typing import NamedTuple

from flows.read.our_sheets import STAMP
from flows.returns.xlsx.package import OFFICE, Package
from flows.returns.xlsx.xml import (
    UnfitError,
    escape,
    find_child,
    list_children,
    prefix_of,
    read_attributes,
    remove_attribute,
)

WORKBOOK = "xl/workbook.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


class SheetPart(NamedTuple):
    """One sheet: its name and the path of its part."""

    name: str
    path: str


def list_sheets(package: Package) -> list[SheetPart]:
    """The worksheets in the order of the workbook."""
    paths = {r.id: r.path for r in package.relations(WORKBOOK) if r.kind == "worksheet"}
    return [SheetPart(name, paths[rid]) for name, rid in _entries(package) if rid in paths]


def _entries(package: Package) -> list[tuple[str, str]]:
    """Name and relation id of each sheet, chart sheets included."""
    xml = package.parts[WORKBOOK]
    listed = find_child(xml, "sheets")
    if listed is None:
        raise UnfitError("no sheets")
    tags = (read_attributes(each.attributes) for each in list_children(xml, listed.inside, listed.end))
    return [(tag.get("name", ""), next((v for k, v in tag.items() if k.endswith(":id")), "")) for tag in tags]


def add_sheet(package: Package, name: str, content: bytes, *, first: bool) -> str:
    """Add a sheet before or after all others; returns its name, with a number if `name` is taken."""
    taken = {each.lower() for each, _ in _entries(package)}
    name = next(n for i in range(1, 1000) if (n := name if i == 1 else f"{name} ({i})").lower() not in taken)
    path = package.free("xl/worksheets/dulieuxa{}.xml")
    package.add(path, content, _TYPE)
    relation = package.relate(WORKBOOK, "worksheet", path)
    xml = package.parts[WORKBOOK]
    listed = find_child(xml, "sheets")
    assert listed is not None
    tags = [read_attributes(each.attributes) for each in list_children(xml, listed.inside, listed.end)]
    number = 1 + max((int(tag.get("sheetId", "0")) for tag in tags), default=0)
    element = (
        f'<{prefix_of(xml).decode()}sheet name="{escape(name)}" sheetId="{number}" '
        f'xmlns:dlx="{OFFICE}" dlx:id="{relation}"/>'
    ).encode()
    at = listed.inside if first else xml.rfind(b"</", 0, listed.end)
    package.parts[WORKBOOK] = xml[:at] + element + xml[at:]
    if first:
        _shift(package, 0, 1)
    return name


def remove_ours(package: Package) -> None:
    """Remove the sheets with our stamp."""
    for sheet in list_sheets(package):
        if not _has_stamp(package, sheet.path):
            continue
        place = [name for name, _ in _entries(package)].index(sheet.name)
        relation = _entries(package)[place][1]
        xml = package.parts[WORKBOOK]
        listed = find_child(xml, "sheets")
        assert listed is not None
        gone = next(
            e
            for e in list_children(xml, listed.inside, listed.end)
            if relation in read_attributes(e.attributes).values()
        )
        package.parts[WORKBOOK] = xml[: gone.start] + xml[gone.end :]
        package.unrelate(WORKBOOK, sheet.path)
        package.drop(sheet.path)
        _shift(package, place, -1)


def _has_stamp(package: Package, path: str) -> bool:
    """Whether the sheet's cell A1 holds our stamp, directly or as a shared string."""
    head = package.parts[path][:20_000]
    cell = re.search(rb"""<(?:\w+:)?c\s(?=[^<>]*\br=["']A1["'])[^<>]*>(.*?)</(?:\w+:)?c>""", head, re.S)
    if cell is None:
        return False
    if STAMP.encode() in cell[1]:
        return True
    shared = package.parts.get("xl/sharedStrings.xml", b"")
    number = re.search(rb"<(?:\w+:)?v>(\d+)<", cell[1])
    if b't="s"' not in cell[0] or number is None or STAMP.encode() not in shared:
        return False
    items = re.findall(rb"<(?:\w+:)?si\b.*?</(?:\w+:)?si>", shared, re.S)
    return STAMP.encode() in items[int(number[1])]


def _shift(package: Package, start: int, by: int) -> None:
    """Adjust sheet indexes from `start` on `by` a number: of sheet-local names and of the active sheet."""
    xml = package.parts[WORKBOOK]

    def move(match: re.Match[bytes]) -> bytes:
        number = int(match[2])
        return match[1] + str(number + by if number >= start else number).encode()

    xml = re.sub(rb"""(\blocalSheetId\s*=\s*["'])(\d+)""", move, xml)
    package.parts[WORKBOOK] = re.sub(rb"""(\b(?:activeTab|firstSheet)\s*=\s*["'])(\d+)""", move, xml)


def show_first(package: Package) -> None:
    """Make the first sheet the active one, and the only one selected."""
    xml = package.parts[WORKBOOK]
    views = find_child(xml, "bookViews")
    if views is not None:
        for view in reversed(list(list_children(xml, views.inside, views.end))):
            tag = remove_attribute(remove_attribute(view.attributes, "activeTab"), "firstSheet")
            at = (
                view.start + xml[view.start : view.inside].index(view.attributes) if view.attributes else None
            )
            if at is not None:
                xml = xml[:at] + tag + xml[at + len(view.attributes) :]
        package.parts[WORKBOOK] = xml
    for sheet in list_sheets(package)[1:]:
        part = package.parts[sheet.path]
        if b"tabSelected" in part[:20_000]:
            head = re.sub(rb"""\s*\btabSelected\s*=\s*["']\w+["']""", b"", part[:20_000], count=1)
            package.parts[sheet.path] = b"".join([head, memoryview(part)[20_000:]])
