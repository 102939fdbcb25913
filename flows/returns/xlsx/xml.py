"""Finds and changes single tags of a workbook's XML without changing any other byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_TAG = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(/?)([\w:.\-]+)([^<>]*?)(/?)>", re.S)
_ATTRIBUTE = re.compile(rb"""([\w:.\-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_BULK = "sheetData"
_ESCAPED: dict[str, str | int | None] = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class UnfitError(Exception):
    """The workbook has a structure that we can't edit; it must be rebuilt."""


class Element(NamedTuple):
    """One XML element: local name, attributes, and the offsets of its start, content and end."""

    name: str
    attributes: bytes
    start: int
    inside: int  # first byte after its opening tag
    end: int


def list_children(xml: bytes, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """Yield sibling elements of `xml` from `start` on, up to the closing tag of their parent."""
    depth, opened = 0, None
    for tag in _tags(xml, start, len(xml) if end is None else end):
        closing, name, attributes, single = tag.groups()
        if name is None:
            continue
        if not closing and depth == 0:
            opened = name, attributes, tag.start(), tag.end()
        depth += (not closing and not single) - bool(closing)
        if depth < 0:
            return
        if depth == 0 and opened is not None:
            yield Element(_local(opened[0]), opened[1], opened[2], opened[3], tag.end())
            opened = None


def _tags(xml: bytes, start: int, end: int) -> Iterator[re.Match[bytes]]:
    """Yield every tag, except those inside `sheetData`: there are many, and all of them are balanced."""
    at: int | None = start
    while at is not None:
        begin, at = at, None
        for tag in _TAG.finditer(xml, begin, end):
            yield tag
            if tag[2] is not None and not tag[1] and not tag[4] and _local(tag[2]) == _BULK:
                at = max(xml.find(b"</" + tag[2], tag.end(), end), tag.end())
                break


def _local(name: bytes) -> str:
    return name.rpartition(b":")[2].decode()


def root_of(xml: bytes) -> Element:
    """The root element.

    Raises:
        UnfitError: there is no element.
    """
    match = next((tag for tag in _TAG.finditer(xml) if tag[2] is not None), None)
    if match is None:
        raise UnfitError("no root element")
    return Element(_local(match[2]), match[3], match.start(), match.end(), len(xml))


def prefix_of(xml: bytes) -> bytes:
    """The namespace prefix of the root element, with its colon."""
    match = next(tag for tag in _TAG.finditer(xml) if tag[2] is not None)
    before, colon, _ = match[2].rpartition(b":")
    return bytes(before + colon)


def find_child(xml: bytes, name: str) -> Element | None:
    """The first child of the root with the local name `name`; None if there is none."""
    return next((each for each in list_children(xml, root_of(xml).inside) if each.name == name), None)


def read_attributes(tag: bytes) -> dict[str, str]:
    """Attributes of a tag by name, with namespace prefix."""
    return {
        name.decode(): unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def set_attribute(tag: bytes, name: str, value: str) -> bytes:
    """Set the attribute `name` to `value` in the attributes `tag`."""
    pattern = re.compile(rb"(?<![\w:.\-])" + name.encode() + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""")
    attribute = f'{name}="{escape(value)}"'.encode()
    if pattern.search(tag):
        return pattern.sub(lambda _: attribute, tag, count=1)
    return tag.rstrip() + b" " + attribute


def remove_attribute(tag: bytes, name: str) -> bytes:
    """Remove the attribute `name` from the attributes `tag`."""
    return re.sub(rb"\s*(?<![\w:.\-])" + name.encode() + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""", b"", tag)


def escape(text: str) -> str:
    """Escape `text` for XML; characters that XML forbids become `?`."""
    return _UNFIT.sub("?", text).translate(str.maketrans(_ESCAPED))
