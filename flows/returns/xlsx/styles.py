"""Adds cell styles to a workbook's style sheet; existing styles keep their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.returns.xlsx.xml import (
    Element,
    UnfitError,
    find_child,
    list_children,
    prefix_of,
    read_attributes,
    root_of,
    set_attribute,
)
from schemas.contract import Severity

#: Fill of a marked cell. No program offers these shades, so they identify our marks.
COLOURS: Mapping[Severity, str] = {"chan": "FFFFB3B5", "canh_bao": "FFFFE7A1"}
_NO_COLOUR = "FF000001"
_COLLECTIONS = ("fonts", "fills", "borders", "cellXfs")


@dataclass(slots=True)
class Styles:
    """The style sheet of one workbook, with the styles added to it."""

    xml: bytes
    items: dict[str, list[bytes]] = field(init=False)
    _made: dict[tuple[int, Severity], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.items = {name: self._children(name) for name in _COLLECTIONS}
        if not self.items["cellXfs"]:
            raise UnfitError("no cell styles")

    def _find(self, name: str) -> Element:
        element = find_child(self.xml, name)
        if element is None:
            raise UnfitError(f"no {name}")
        return element

    def _children(self, name: str) -> list[bytes]:
        element = self._find(name)
        return [
            self.xml[each.start : each.end] for each in list_children(self.xml, element.inside, element.end)
        ]

    def painted(self, look: int, severity: Severity) -> int:
        """The number of a style like `look`, but with the fill of `severity`."""
        made = self._made.get((look, severity))
        if made is None:
            base = self.items["cellXfs"][look if look < len(self.items["cellXfs"]) else 0]
            fill = self._add("fills", self._make_fill(severity, int(_attributes_of(base).get("fillId", "0"))))
            made = self._add("cellXfs", _set_attributes(base, fillId=str(fill), applyFill="1"))
            self._made[look, severity] = made
        return made

    def _make_fill(self, severity: Severity, before: int) -> bytes:
        """A solid fill in the colour of `severity`.

        Its background colour, which is never visible, stores the cell's former colour for `unpaint`.
        """
        was = _solid_colour(self.items["fills"][before]) if before < len(self.items["fills"]) else None
        return _fill(prefix_of(self.xml).decode(), COLOURS[severity], was or _NO_COLOUR)

    def unpaint(self) -> None:
        """Restore the former fill of every style that `painted` made."""
        fills = self.items["fills"]
        ours = {n: colours[1] for n, fill in enumerate(fills) if (colours := _our_colours(fill))}
        for number, look in enumerate(self.items["cellXfs"]):
            before = ours.get(int(_attributes_of(look).get("fillId", "0")), "")
            if before == "":
                continue
            plain = before is None or before == _NO_COLOUR
            fill = 0 if plain else self._add("fills", _fill(prefix_of(self.xml).decode(), str(before), None))
            self.items["cellXfs"][number] = _set_attributes(
                look, fillId=str(fill), applyFill="0" if plain else "1"
            )

    def look(self, font: str, *, ground: str | None = None, bordered: bool = False, aligned: str = "") -> int:
        """Add a style; returns its number.

        `font` is the content of its XML element, `ground` the fill colour, `aligned` alignment attributes.
        """
        p = prefix_of(self.xml).decode()
        tag = re.compile(r"<(/?)(?=\w)")
        font_id = self._add("fonts", tag.sub(rf"<\1{p}", f"<font>{font}</font>").encode())
        fill_id = self._add("fills", _fill(p, ground, None)) if ground else 0
        sides = "".join(
            f'<{side} style="thin"><color rgb="FFBFBFBF"/></{side}>'
            for side in ("left", "right", "top", "bottom")
        )
        border = f"<border>{sides if bordered else '<left/><right/><top/><bottom/>'}<diagonal/></border>"
        border_id = self._add("borders", tag.sub(rf"<\1{p}", border).encode())
        look = (
            f'<xf numFmtId="49" fontId="{font_id}" fillId="{fill_id}" borderId="{border_id}" xfId="0" '
            f'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<alignment vertical="top" wrapText="1"{aligned}/></xf>'
        )
        return self._add("cellXfs", tag.sub(rf"<\1{p}", look).encode())

    def _add(self, collection: str, item: bytes) -> int:
        items = self.items[collection]
        if item in items:
            return items.index(item)
        items.append(item)
        return len(items) - 1

    def written(self) -> bytes:
        """The XML of the style sheet with all additions."""
        xml = self.xml
        for name in _COLLECTIONS:
            element = find_child(xml, name)
            assert element is not None
            tag = f"{prefix_of(xml).decode()}{name}".encode()
            attributes = set_attribute(element.attributes, "count", str(len(self.items[name])))
            body = b"<" + tag + attributes + b">" + b"".join(self.items[name]) + b"</" + tag + b">"
            xml = xml[: element.start] + body + xml[element.end :]
        return xml


def _attributes_of(item: bytes) -> dict[str, str]:
    return read_attributes(root_of(item).attributes)


def _set_attributes(item: bytes, **attributes: str) -> bytes:
    head = root_of(item)
    tag, single = head.attributes, item[: head.inside].endswith(b"/>")
    for attribute, value in attributes.items():
        tag = set_attribute(tag, attribute, value)
    name = item[1 : head.inside].split(None, 1)[0].rstrip(b"/>")
    return b"<" + name + tag + (b"/>" if single else b">") + item[head.inside :]


def _fill(p: str, colour: str, before: str | None) -> bytes:
    behind = f'rgb="{before}"' if before else 'indexed="64"'
    return (
        f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/>'
        f"<{p}bgColor {behind}/></{p}patternFill></{p}fill>"
    ).encode()


def _colours(fill: bytes) -> dict[str, str | None]:
    """Foreground and background colours of a solid fill, if they are given as RGB."""
    pattern = next(list_children(fill, root_of(fill).inside), None)
    if pattern is None or read_attributes(pattern.attributes).get("patternType") != "solid":
        return {}
    inner = list_children(fill, pattern.inside, pattern.end)
    return {each.name: read_attributes(each.attributes).get("rgb") for each in inner}


def _solid_colour(fill: bytes) -> str | None:
    return _colours(fill).get("fgColor")


def _our_colours(fill: bytes) -> tuple[str, str | None] | None:
    colours = _colours(fill)
    front = colours.get("fgColor")
    return (front, colours.get("bgColor")) if front in COLOURS.values() and front else None
