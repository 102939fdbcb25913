"""Reads and writes the journal of publications: which release was shown when, and rollbacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Literal

from flows.books.book import journal_of
from flows.root import HERE, Root

Act = Literal["cong_bo", "quay_lai"]


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One switch of `curated/latest`; `act` is `cong_bo` (publish) or `quay_lai` (roll back)."""

    release: str
    act: Act
    reason: str | None
    at: str


_FIELDS = {field.name for field in fields(JournalLine)}


def read_journal(root: Root) -> list[JournalLine]:
    """All lines that can be read, oldest first; empty if there is no journal."""
    return [JournalLine(**line) for line in journal_of(root).read() if line.keys() == _FIELDS]


def add_line(root: Root, release: str, act: Act, reason: str | None = None) -> None:
    """Add a line, atomically; publishing the release that was published last adds none."""
    known = read_journal(root)
    if known and (known[-1].release, act) == (release, "cong_bo"):
        return
    now = datetime.now(HERE).isoformat(timespec="seconds")
    journal_of(root).add(asdict(JournalLine(release, act, reason, now)))


def rename_releases(root: Root, names: Mapping[str, str]) -> None:
    """Replace names of releases: `names` maps old names to new ones."""
    lines = [replace(line, release=names.get(line.release, line.release)) for line in read_journal(root)]
    journal_of(root).write(map(asdict, lines))


def list_standing(root: Root) -> Iterator[str]:
    """Yield releases that were published and not rolled back, in the order of publication.

    Rolling back to a release removes all that were published after it.
    """
    stack: list[str] = []
    for line in read_journal(root):
        if line.act == "quay_lai" and line.release in stack:
            del stack[len(stack) - stack[::-1].index(line.release) :]
        elif not stack or stack[-1] != line.release:
            stack.append(line.release)
    yield from stack
