"""Reads the styles of an ods: the attributes of a tag, and what a style has from the styles above it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_STYLE = re.compile(rb"<style:style\b([^>]*?)(?:/>|>(.*?)</style:style>)", re.S)
_POSITION = re.compile(rb'style:text-position="([^"]*)"')
_RAISED = re.compile(rb"super|0*[1-9]")

_ATTRIBUTE = re.compile(rb'([\w:-]+)="([^"]*)"')


def read_attributes(text: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag, from its text."""
    return dict(_ATTRIBUTE.findall(text))


def read_count(given: Mapping[bytes, bytes], name: bytes) -> int:
    """How often a row or cell stands; once, if it does not say so or says nonsense."""
    value = given.get(name, b"1")
    return int(value) if value.isdigit() and len(value) < 10 else 1


def read_style_parts(archive: zipfile.ZipFile, content: bytes) -> tuple[bytes, bytes]:
    """The two parts that define styles: the named ones, and those of the cells in `content`."""
    return archive.read("styles.xml") if "styles.xml" in archive.namelist() else b"", content


@dataclass(slots=True)
class InheritedStyles(Generic[T]):
    """What some styles say themselves, and the style above each."""

    own: dict[bytes, T] = field(default_factory=dict)
    parents: dict[bytes, bytes] = field(default_factory=dict)

    def add(self, given: Mapping[bytes, bytes], said: T | None) -> None:
        """Add a style by the attributes of its tag; `said` is None if it leaves the matter to its parent."""
        name = given.get(b"style:name", b"")
        self.parents[name] = given.get(b"style:parent-style-name", b"")
        if said is not None:
            self.own[name] = said

    def resolve(self) -> dict[bytes, T]:
        """What holds for each style; styles without a word of their own or from above are left out."""
        return {name: self.own[above] for name in self.parents if (above := self._find(name)) in self.own}

    def _find(self, name: bytes) -> bytes:
        """The nearest style above that says something; parents may go round in a circle."""
        seen: set[bytes] = set()
        while name and name not in self.own and name not in seen:
            seen.add(name)
            name = self.parents.get(name, b"")
        return name


def find_raised_styles(archive: zipfile.ZipFile, content: bytes) -> frozenset[bytes]:
    """Names of the styles of words that raise them, as the mark of a footnote."""
    return find_styles(archive, content, _POSITION, lambda position: bool(_RAISED.match(position)))


def find_styles(
    archive: zipfile.ZipFile, content: bytes, said: re.Pattern[bytes], is_meant: Callable[[bytes], bool]
) -> frozenset[bytes]:
    """Names of the styles, or of those below them, whose value in the first group of `said` is meant."""
    parts = read_style_parts(archive, content)
    if not any(map(said.search, parts)):
        return frozenset()
    styles: InheritedStyles[bool] = InheritedStyles()
    for head, body in (style for part in parts for style in _STYLE.findall(part)):
        value = said.search(body)
        styles.add(read_attributes(head), is_meant(value[1]) if value else None)
    return frozenset(name for name, meant in styles.resolve().items() if meant)
