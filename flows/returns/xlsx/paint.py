"""Changes the style of single cells of a sheet, and creates cells that the file does not contain."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping

from flows.read.sheet import index_of, letter_of
from flows.returns.xlsx.xml import find_child, list_children, read_attributes, remove_attribute, set_attribute

_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*?)(/?)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*?)/?>")

#: By sheet row (from 1) and column (from 0): a function from the cell's style number to its new one.
Looks = Mapping[int, Mapping[int, Callable[[int], int]]]


def paint(xml: bytes, looks: Looks) -> bytes:
    """Change the styles of the cells in `looks`; all other bytes of the sheet `xml` stay the same."""
    body = find_child(xml, "sheetData")
    if body is None or not looks:
        return xml
    of_column = _column_looks(xml)
    done: list[bytes] = []
    at = 0
    todo = sorted(looks, reverse=True)
    for number, start, inside, end in _find_rows(xml, body.inside, body.end):
        if not todo:
            break
        while todo and todo[-1] < number:
            done += [xml[at:start], _make_row(xml, todo[-1], looks[todo.pop()], of_column)]
            at = start
        if todo and todo[-1] == number:
            done += [
                xml[at:start],
                _paint_row(xml[start:inside], xml[inside:end], number, looks[todo.pop()], of_column),
            ]
            at = end
    close = xml.rfind(b"<", at, body.end)
    left = b"".join(_make_row(xml, number, looks[number], of_column) for number in reversed(todo))
    # A view is no copy: the rest may be hundreds of megabytes of empty rows.
    rest = memoryview(xml)
    return b"".join([*done, rest[at:close], left, rest[close:]] if left else [*done, rest[at:]])


def _column_looks(xml: bytes) -> Callable[[int], int]:
    """Return a function from a column (from 0) to the style of its cells that are not in the file."""
    columns = find_child(xml, "cols")
    spans: list[tuple[int, int, int]] = []
    if columns is not None:
        for each in list_children(xml, columns.inside, columns.end):
            attributes = read_attributes(each.attributes)
            spans.append(
                (int(attributes["min"]) - 1, int(attributes["max"]) - 1, int(attributes.get("style", "0")))
            )
    starts = [first for first, _, _ in spans]

    def look(column: int) -> int:
        place = bisect_right(starts, column) - 1
        return spans[place][2] if place >= 0 and column <= spans[place][1] else 0

    return look


def _find_rows(xml: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield for each row: its number, and the offsets of its start, of its cells and of its end."""
    number = 0
    for match in _ROW.finditer(xml, start, end):
        given = re.search(rb"""(?<![\w:])r\s*=\s*["'](\d+)""", match[1])
        number = int(given[1]) if given else number + 1
        if match[2]:
            yield number, match.start(), match.end(), match.end()
        else:
            close = re.compile(rb"</(?:\w+:)?row\s*>").search(xml, match.end(), end)
            assert close is not None
            yield number, match.start(), match.end(), close.end()


def _paint_row(
    head: bytes,
    cells: bytes,
    number: int,
    looks: Mapping[int, Callable[[int], int]],
    of_column: Callable[[int], int],
) -> bytes:
    tag = _ROW.match(head)
    assert tag is not None
    name = head[1 : head.index(b"row") + 3]
    attributes = read_attributes(tag[1])
    own = (
        int(attributes["s"])
        if "s" in attributes and attributes.get("customFormat") in ("1", "true")
        else None
    )
    written = list(_find_cells(cells))
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
            done += [cells[at:start], _restyle(cells[start:inside], looks[todo.pop()])]
            at = inside
    close = cells.rfind(b"</") if cells else 0
    rest = b"".join(blank(column) for column in reversed(todo))
    new = new or bool(rest)
    if new:
        # `spans` is an optional hint at the columns in use; with new cells it may be wrong.
        head = b"<" + name + remove_attribute(tag[1], "spans") + b">"
    tail = cells[at:close] + rest + (cells[close:] or b"</" + name + b">")
    return (head if cells else b"<" + name + tag[1].rstrip() + b">") + b"".join(done) + tail


def _find_cells(cells: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield for each cell: its column, and the offsets of its start and of the end of its opening tag."""
    column = -1
    for match in _CELL.finditer(cells):
        given = re.search(rb"""(?<![\w:])r\s*=\s*["']([A-Z]+)""", match[1])
        column = index_of(given[1].decode()) if given else column + 1
        yield column, match.start(), match.end()


def _restyle(tag: bytes, look: Callable[[int], int]) -> bytes:
    match = _CELL.match(tag)
    assert match is not None
    before = int(read_attributes(match[1]).get("s", "0"))
    return tag[: match.start(1)] + set_attribute(match[1], "s", str(look(before))) + tag[match.end(1) :]


def _make_row(
    xml: bytes, number: int, looks: Mapping[int, Callable[[int], int]], of_column: Callable[[int], int]
) -> bytes:
    match = _ROW.search(xml)
    name = xml[match.start() + 1 : xml.index(b"row", match.start()) + 3] if match else b"row"
    return _paint_row(b"<" + name + f' r="{number}">'.encode(), b"", number, looks, of_column)
