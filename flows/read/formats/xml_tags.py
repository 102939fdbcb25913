"""Parses XML tags as calamine does: by local name, as UTF-8, without entities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from flows.read.sheet import index_of

#: Called with the local name of a start tag and its attributes by full name.
Begun = Callable[[str, Mapping[str, str]], None]


def walk(xml: bytes, begun: Begun) -> None:
    """Call `begun` for each start tag, in order; the caller has refused XML with entities.

    Raises:
        ExpatError: it is not well-formed.
    """
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda name, attributes: (
        begun(name.rpartition(":")[2], attributes) if ":" in name else begun(name, attributes)
    )
    parser.Parse(xml.lstrip(), True)


@dataclass(slots=True)
class Extent:
    """The number of rows and columns that the non-empty cells of a worksheet span, and their count."""

    rows: int = 0
    columns: int = 0
    count: int = 0


def extent_of(xml: bytes) -> Extent:
    """The extent of the non-empty cells of a worksheet, with the addresses that calamine gives them.

    Raises:
        ExpatError, ValueError: it is not well-formed, or an address is invalid.
    """
    extent = Extent()
    row = column = 0
    place: tuple[int, int] | None = None

    def begun(name: str, attributes: Mapping[str, str]) -> None:
        # Called millions of times, so it is kept simple. A row or cell without an address follows the one
        # before it.
        nonlocal row, column, place
        if name == "c":
            address = attributes.get("r", "")
            letters = address.rstrip("0123456789")
            column = index_of(letters.upper()) + 1 if letters else column + 1
            place = (int(address[len(letters) :]) if letters else row), column
        elif name == "row":
            row, column = int(attributes.get("r") or row + 1), 0
        elif place and name in ("v", "f", "is"):
            extent.count += 1
            extent.rows = max(extent.rows, place[0])
            extent.columns = max(extent.columns, place[1])
            place = None

    walk(xml, begun)
    return extent
