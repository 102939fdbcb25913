"""The book of persons who asked to be forgotten: who must not come back, and the proof of what was erased.

It names nobody: a person is a mark, made with a key of its own that `rotate` leaves alone, since there
is nothing left to make the marks from anew.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.files import write_lines
from flows.protect import Key, read_key_at
from flows.root import HERE, Root

_ASKED, _FILE, _DONE = "yeu_cau", "tep", "xong"


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The marks of all who asked, and the key that makes them."""

    key: Key
    marks: frozenset[str]

    def among(self, numbers: Iterable[str]) -> list[str]:
        """Those of `numbers` (twelve digits) whose person asked to be forgotten."""
        return sorted(number for number in set(numbers) if self.mark(number) in self.marks)

    def mark(self, number: str) -> str:
        """What a person is called in the book."""
        return self.key.token("xoa", number)


def read_tombstones(root: Root) -> Tombstones | None:
    """The tombstones of the root; None where nobody ever asked."""
    marks = frozenset(line["mark"] for line in read_lines(root) if line["act"] == _ASKED)
    return Tombstones(read_key_at(root.state / "key_xoa"), marks) if marks else None


def note_request(root: Root, number: str, tokens: Iterable[str], reason: str) -> str:
    """Write down that a person asked to be forgotten, before anything is done; returns the mark."""
    mark = Tombstones(read_key_at(root.state / "key_xoa"), frozenset()).mark(number)
    _add(
        root,
        {"act": _ASKED, "mark": mark, "tokens": sorted(tokens), "reason": reason, "who": getpass.getuser()},
    )
    return mark


def note_rewritten(root: Root, mark: str, unit: str, **told: Any) -> None:
    """Write down that a file is about to be rewritten: `before` and `after` hashes, `rows`, `cells`."""
    _add(root, {"act": _FILE, "mark": mark, "unit": unit, **told})


def note_done(root: Root, mark: str, **proof: Any) -> None:
    """Write down that all is done, and what proves it."""
    _add(root, {"act": _DONE, "mark": mark, **proof})


def map_successors(root: Root) -> Mapping[tuple[str, str], str]:
    """For unit and hash of every file that was rewritten, the hash that its content has now."""
    return {
        (line["unit"], line["before"]): line["after"] for line in read_lines(root) if line["act"] == _FILE
    }


def count_unfinished(root: Root) -> int:
    """How many requests were not carried out to the end."""
    said = read_lines(root)
    acts = {act: {line["mark"] for line in said if line["act"] == act} for act in (_ASKED, _DONE)}
    return len(acts[_ASKED] - acts[_DONE])


def read_lines(root: Root) -> list[dict[str, Any]]:
    """The book, oldest line first."""
    path = root.state / "da_quen.jsonl"
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def _add(root: Root, line: Mapping[str, Any]) -> None:
    at = datetime.now(HERE).isoformat(timespec="seconds")
    told = [*read_lines(root), {"at": at, **line}]
    write_lines(
        root.state / "da_quen.jsonl", [json.dumps(one, ensure_ascii=False) for one in told], mode=0o600
    )
