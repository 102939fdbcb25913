"""Remembers what was taken from a source, and what is wrong with it, in `var/nguon/<name>.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flows.books.seal import to_text, unseal
from flows.files import write_private
from flows.root import Root

# The oldest are forgotten: their receipts still know them by content.
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken last from a path: its state there, the SHA-256, and how often it was taken."""

    state: str
    sha256: str
    times: int
    unit: str


@dataclass
class Memory:
    """What is known of a source.

    Attributes:
        taken: What was taken, by path or by the number of a mail.
        trouble: What was wrong when it was fetched last, in Vietnamese; empty if nothing was.
        untaken: What lies there and was not taken, and why, without names of people.
        mark: Up to where a mailbox was looked through.
    """

    taken: dict[str, Taken] = field(default_factory=dict)
    trouble: str = ""
    untaken: Sequence[str] = ()
    mark: Mapping[str, Any] = field(default_factory=dict)


def read_memory(root: Root, name: str) -> Memory:
    """What is known of the source `name`; nothing where the file is damaged: receipts know what was taken."""
    try:
        said = unseal(json.loads(_path_of(root, name).read_bytes()), must=True)
    except (OSError, ValueError, AttributeError):
        said = None
    if said is None:
        return Memory()
    return Memory(**said | {"taken": {path: Taken(*each) for path, each in said["taken"].items()}})


def write_memory(root: Root, name: str, memory: Memory) -> None:
    """Keep what is known of the source `name`."""
    kept = [*memory.taken.items()][-_MOST:]
    said = asdict(memory) | {"taken": {path: [*asdict(each).values()] for path, each in kept}}
    write_private(_path_of(root, name), to_text(said).encode())


def _path_of(root: Root, name: str) -> Any:
    return root.state / "nguon" / f"{name}.json"
