"""The journal of publications: which release readers were shown, in which order, and what was taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal

from flows.files import write_lines
from flows.root import HERE, Root

Act = Literal["cong_bo", "quay_lai"]


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One switch of `curated/latest`: to which release, whether by publishing or by going back, why, when."""

    release: str
    act: Act
    reason: str | None
    at: str


def read_journal(root: Root) -> list[JournalLine]:
    """The journal, oldest line first."""
    if not root.journal.exists():
        return []
    return [JournalLine(**json.loads(text)) for text in root.journal.read_text(encoding="utf-8").splitlines()]


def add_line(root: Root, release: str, act: Act, reason: str | None = None) -> None:
    """Add a line, whole or not at all; publishing what was published last is not told twice."""
    known = read_journal(root)
    if known and (known[-1].release, act) == (release, "cong_bo"):
        return
    now = datetime.now(HERE).isoformat(timespec="seconds")
    told = [*known, JournalLine(release, act, reason, now)]
    write_lines(root.journal, [json.dumps(asdict(line), ensure_ascii=False) for line in told])


def rename_releases(root: Root, names: Mapping[str, str]) -> None:
    """Tell of releases by the `names` that they have now, by the ones they had."""
    told = [replace(line, release=names.get(line.release, line.release)) for line in read_journal(root)]
    write_lines(root.journal, [json.dumps(asdict(line), ensure_ascii=False) for line in told])


def list_standing(root: Root) -> Iterator[str]:
    """Releases that stand, first published first: going back takes back all that came after."""
    stack: list[str] = []
    for line in read_journal(root):
        if line.act == "quay_lai" and line.release in stack:
            del stack[len(stack) - stack[::-1].index(line.release) :]
        elif not stack or stack[-1] != line.release:
            stack.append(line.release)
    yield from stack
