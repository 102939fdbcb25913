"""Gives single cells of a sheet another look, making those that the file did not bother to write."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping

from flows.read.sheet import index_of, letter_of
from flows.returns.xlsx.xml import find_child, list_children, read_attributes, remove_attribute, set_attribute

_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*?)(/?)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*?)/?>")

#: For each sheet row (from 1) and column (from 0) to be painted: its new look, from the one it has.
Looks = Mapping[int, Mapping[int, Callable[[int], int]]]


def paint(xml: bytes, looks: Looks) -> bytes:
    """The sheet `xml` with the looks of the named cells changed; all other bytes stay."""
    body = find_child(xml, "sheetData")
    if body is None or not looks:
        return xml
    of_column = _column_looks(xml)
    done: list[bytes] = []
    at = 0
    todo = sorted(looks, reverse=True)
    for number, start, inside, end in _rows(xml, body.inside, body.end):
        while todo and todo[-1] < number:
            done += [xml[at:start], _new_row(xml, todo[-1], looks[todo.pop()], of_column)]
            at = start
        if todo and todo[-1] == number:
            done += [
                xml[at:start],
                _row(xml[start:inside], xml[inside:end], number, looks[todo.pop()], of_column),
            ]
            at = end
    close = xml.rfind(b"<", at, body.end)
    left = b"".join(_new_row(xml, number, looks[number], of_column) for number in reversed(todo))
    return b"".join([*done, xml[at:close], left, xml[close:]]) if left else b"".join([*done, xml[at:]])


def _column_looks(xml: bytes) -> Callable[[int], int]:
    """The look of cells of a column (from 0) that are not written."""
    columns = find_child(xml, "cols")
    spans: list[tuple[int, int, int]] = []
    if columns is not None:
        for each in list_children(xml, columns.inside, columns.end):
            said = read_attributes(each.attributes)
            spans.append((int(said["min"]) - 1, int(said["max"]) - 1, int(said.get("style", "0"))))
    starts = [first for first, _, _ in spans]

    def look(column: int) -> int:
        place = bisect_right(starts, column) - 1
        return spans[place][2] if place >= 0 and column <= spans[place][1] else 0

    return look


def _rows(xml: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Number of each row, where it starts, where its cells start, where it ends."""
    number = 0
    for found in _ROW.finditer(xml, start, end):
        said = re.search(rb"""(?<![\w:])r\s*=\s*["'](\d+)""", found[1])
        number = int(said[1]) if said else number + 1
        if found[2]:
            yield number, found.start(), found.end(), found.end()
        else:
            close = re.compile(rb"</(?:\w+:)?row\s*>").search(xml, found.end(), end)
            assert close is not None
            yield number, found.start(), found.end(), close.end()


def _row(
    head: bytes,
    cells: bytes,
    number: int,
    looks: Mapping[int, Callable[[int], int]],
    of_column: Callable[[int], int],
) -> bytes:
    tag = _ROW.match(head)
    assert tag is not None
    name = head[1 : head.index(b"row") + 3]
    said = read_attributes(tag[1])
    own = int(said["s"]) if "s" in said and said.get("customFormat") in ("1", "true") else None
    written = list(_cells(cells))
    todo = sorted(looks, reverse=True)
    done: list[bytes] = []
    at = 0
    new = False
    p = name[:-3]

    def blank(column: int) -> bytes:
        look = looks[column](of_column(column) if own is None else own)
        return b"<" + p + f'c r="{letter_of(column)}{number}" s="{look}"/>'.encode()

    for column, start, inside in written:
        while todo and todo[-1] < column:
            done += [cells[at:start], blank(todo.pop())]
            at, new = start, True
        if todo and todo[-1] == column:
            done += [cells[at:start], _restyled(cells[start:inside], looks[todo.pop()])]
            at = inside
    close = cells.rfind(b"</") if cells else 0
    rest = b"".join(blank(column) for column in reversed(todo))
    new = new or bool(rest)
    if new:
        # A hint at which columns are used; it may now be too narrow, and nobody needs it.
        head = b"<" + name + remove_attribute(tag[1], "spans") + b">"
    tail = cells[at:close] + rest + (cells[close:] or b"</" + name + b">")
    return (head if cells else b"<" + name + tag[1].rstrip() + b">") + b"".join(done) + tail


def _cells(cells: bytes) -> Iterator[tuple[int, int, int]]:
    """Column of each cell, where it starts, where its opening tag ends."""
    column = -1
    for found in _CELL.finditer(cells):
        said = re.search(rb"""(?<![\w:])r\s*=\s*["']([A-Z]+)""", found[1])
        column = index_of(said[1].decode()) if said else column + 1
        yield column, found.start(), found.end()


def _restyled(tag: bytes, look: Callable[[int], int]) -> bytes:
    found = _CELL.match(tag)
    assert found is not None
    before = int(read_attributes(found[1]).get("s", "0"))
    return tag[: found.start(1)] + set_attribute(found[1], "s", str(look(before))) + tag[found.end(1) :]


def _new_row(
    xml: bytes, number: int, looks: Mapping[int, Callable[[int], int]], of_column: Callable[[int], int]
) -> bytes:
    found = _ROW.search(xml)
    name = xml[found.start() + 1 : xml.index(b"row", found.start()) + 3] if found else b"row"
    return _row(b"<" + name + f' r="{number}">'.encode(), b"", number, looks, of_column)
