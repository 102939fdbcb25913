"""Tells the tags of XML as the workbook library takes them: by local name, as UTF-8, without entities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from flows.read.sheet import index_of

#: Given the local name of a tag that begins, and its attributes by their whole names.
Begun = Callable[[str, Mapping[str, str]], None]


def walk(xml: bytes, begun: Begun) -> None:
    """Call `begun` for each tag, in order; the XML declares no entities.

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
    """How far the cells of a worksheet reach that hold something, and how many these are."""

    rows: int = 0
    columns: int = 0
    count: int = 0


def extent_of(xml: bytes) -> Extent:
    """What the cells of a worksheet span, at the places that the library gives them.

    Raises:
        ExpatError, ValueError: it is not well-formed, or an address is none.
    """
    found = Extent()
    row = column = 0
    place: tuple[int, int] | None = None

    def begun(name: str, attributes: Mapping[str, str]) -> None:
        # Called for each tag of what may be millions. Rows and cells without an address stand below and
        # beside the one before.
        nonlocal row, column, place
        if name == "c":
            address = attributes.get("r", "")
            letters = address.rstrip("0123456789")
            column = index_of(letters.upper()) + 1 if letters else column + 1
            place = (int(address[len(letters) :]) if letters else row), column
        elif name == "row":
            row, column = int(attributes.get("r") or row + 1), 0
        elif place and name in ("v", "f", "is"):
            found.count += 1
            found.rows = max(found.rows, place[0])
            found.columns = max(found.columns, place[1])
            place = None

    walk(xml, begun)
    return found
