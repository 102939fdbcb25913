"""Types texts into single cells of a sheet, also into cells and rows that the file does not contain."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flows.read.sheet import index_of
from flows.returns.xlsx.paint import paint
from flows.returns.xlsx.xml import UnfitError, escape, remove_attribute

_CELL = re.compile(
    rb"<((?:\w+:)?)c\b([^<>]*?)(?:/>|>(.*?)</(?:\w+:)?c\s*>)",
    re.S,
)
_ADDRESS = re.compile(rb"""(?<![\w:])r\s*=\s*["']([A-Z]+[0-9]+)["']""")
_SHARED = re.compile(
    rb"""<(?:\w+:)?f\b[^<>]*\bt\s*=\s*["'](?:shared|array)["'][^<>]*?(?:/>|>.*?</(?:\w+:)?f\s*>)""", re.S
)
_MASTER = re.compile(rb"""<(?:\w+:)?f\b[^<>]*\bref\s*=""")
# Whether a value stands in the cell, so that its formula is not needed to read it.
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)\b")


def type_in(xml: bytes, texts: Mapping[str, str]) -> bytes:
    """The sheet `xml` with `texts` in the cells of these addresses (`C17`); an empty text empties a cell.

    A formula in such a cell goes. If others share it, they keep the values that it gave last.

    Raises:
        UnfitError: the sheet does not say where its cells are.
    """
    if not texts:
        return xml
    # Cells that the file lacks are made by painting all of them in the look that they have.
    looks: dict[int, dict[int, Callable[[int], int]]] = {}
    for address in texts:
        column = address.rstrip("0123456789")
        looks.setdefault(int(address[len(column) :]), {})[index_of(column)] = _same
    xml = paint(xml, looks)
    wanted = {address.encode(): text for address, text in texts.items()}
    breaks, done = False, set[bytes]()

    def put(match: re.Match[bytes]) -> bytes:
        nonlocal breaks
        address = _ADDRESS.search(match[2])
        if address is None or address[1] not in wanted:
            return match[0]
        breaks = breaks or bool(_MASTER.search(match[3] or b""))
        done.add(address[1])
        return _write(match[1], match[2], wanted[address[1]])

    typed = _CELL.sub(put, xml)
    if done != wanted.keys():
        raise UnfitError("cells without addresses")
    return _CELL.sub(_let_go_of_shared, typed) if breaks else typed


def _same(look: int) -> int:
    return look


def _write(prefix: bytes, attributes: bytes, text: str) -> bytes:
    kept = remove_attribute(attributes, "t").rstrip()
    if not text:
        return b"<" + prefix + b"c" + kept + b"/>"
    parts = (prefix + b"is", prefix + b"t")
    body = b'<%s><%s xml:space="preserve">%s</%s></%s>' % (
        parts[0],
        parts[1],
        escape(text).encode(),
        parts[1],
        parts[0],
    )
    return b"<" + prefix + b"c" + kept + b' t="inlineStr">' + body + b"</" + prefix + b"c>"


def _let_go_of_shared(match: re.Match[bytes]) -> bytes:
    inside = match[3] or b""
    if not _SHARED.search(inside) or not _VALUE.search(inside):
        return match[0]
    return match[0].replace(inside, _SHARED.sub(b"", inside))
