"""Adds and removes the VML shapes of comments: the yellow boxes shown when the mouse is over a cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from flows.read.sheet import index_of, letter_of
from flows.returns.xlsx.package import append_child

_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape>", re.S)
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
#: A VML drawing without shapes.
EMPTY = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    b'<o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)


def add_balloons(drawing: bytes, notes: Mapping[str, str]) -> bytes:
    """Add a box to the drawing for each of `notes` (text by cell)."""
    first = 1 + max((int(n) for n in re.findall(rb"_x0000_s(\d+)", drawing)), default=1024)
    known = b"" if b'id="_x0000_t202"' in drawing else _SHAPE_TYPE
    shapes = "".join(_shape(first + n, cell, text) for n, (cell, text) in enumerate(notes.items()))
    return append_child(drawing, known + shapes.encode())


def remove_balloons(drawing: bytes, cells: Collection[str]) -> bytes:
    """Remove the boxes of comments on `cells` from the drawing."""
    return _SHAPE.sub(lambda shape: b"" if _cell_of(shape[0]) in cells else shape[0], drawing)


def _shape(number: int, cell: str, text: str) -> str:
    """The VML shape of the comment on `cell`, sized for `text`."""
    name = cell.rstrip("0123456789")
    column, row = index_of(name), int(cell[len(name) :]) - 1
    lines = 2 + sum(1 + len(line) // 42 for line in text.split("\n"))
    top = max(row - 1, 0)
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto" '
        'style="position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;'
        f'height:{13 * lines}pt;z-index:1;visibility:hidden">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {top}, 4, {column + 4}, 15, {top + max(lines, 4)}, 4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _cell_of(shape: bytes) -> str:
    row, column = (re.search(rb"<x:" + what + rb">\s*(\d+)", shape) for what in (b"Row", b"Column"))
    is_note = b'ObjectType="Note"' in shape
    return f"{letter_of(int(column[1]))}{int(row[1]) + 1}" if is_note and row and column else ""
