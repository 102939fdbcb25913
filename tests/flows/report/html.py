"""Reads pages back: what is open, named, linked, loaded and said, and the table that a page carries."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

VOID = {"meta", "link", "input", "br", "line", "polyline"}


class Page(HTMLParser):
    """Reads a page; `open` must be empty at its end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.words: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if said.get("id"):
            self.ids.append(str(said["id"]))
        if tag == "a":
            self.links.append(str(said["href"]))
        else:
            self.loads += [str(said[name]) for name in ("src", "href", "data", "srcset") if said.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.words.append(data)


def pages(reports: Path) -> dict[str, str]:
    return {
        path.relative_to(reports).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(reports.rglob("*.html"))
    }


def payload(page: str) -> Mapping[str, Any]:
    found = re.search(r'<script type="application/json" id="du-lieu">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))
