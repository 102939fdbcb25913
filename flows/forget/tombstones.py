"""Keeps the book of persons who asked to be forgotten: whom to remove from new files, and what was erased.

The book names nobody: each person is a mark, an HMAC with a key of its own. `rotate` does not change that
key, because the numbers to make new marks from are gone.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.books.book import erasures_of
from flows.protect import Key, KeyFile
from flows.root import HERE, Root

_ASKED, _FILE, _DONE = "yeu_cau", "tep", "xong"

_REMEDY = (
    "Chép lại tệp này từ bản sao lưu. Không có bản sao lưu thì xóa tệp này; khi đó không nhận ra được những "
    "người đã yêu cầu xóa nữa: ai trong số họ lại có ở tệp nộp sau này thì phải xóa lại."
)


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The marks of all persons who asked, and their key."""

    key: Key
    marks: frozenset[str]

    def among(self, numbers: Iterable[str]) -> list[str]:
        """The `numbers` (twelve digits) of persons who asked to be forgotten."""
        return sorted(number for number in set(numbers) if self.mark(number) in self.marks)

    def mark(self, number: str) -> str:
        """The mark of a person in the book."""
        return self.key.token("xoa", number)


def mark_key_file(root: Root) -> KeyFile:
    """The file of the key that makes the marks; made with the first request."""
    return KeyFile(root.state / "key_xoa", _REMEDY, root.copies / "key_xoa")


def read_tombstones(root: Root) -> Tombstones | None:
    """The tombstones of the root; None if nobody ever asked."""
    marks = frozenset(line["mark"] for line in read_book(root) if line["act"] == _ASKED)
    return Tombstones(mark_key_file(root).read(), marks) if marks else None


def note_request(root: Root, number: str, tokens: Iterable[str], reason: str) -> str:
    """Log a request before anything is erased; returns the mark."""
    mark = Tombstones(mark_key_file(root).read(), frozenset()).mark(number)
    _add(
        root,
        {"act": _ASKED, "mark": mark, "tokens": sorted(tokens), "reason": reason, "who": getpass.getuser()},
    )
    return mark


def note_rewritten(root: Root, mark: str, unit: str, **told: Any) -> None:
    """Log that a file is about to be rewritten: hashes `before` and `after`, number of `rows` and `cells`."""
    _add(root, {"act": _FILE, "mark": mark, "unit": unit, **told})


def note_done(root: Root, mark: str, **proof: Any) -> None:
    """Log that the request was carried out, with the proof."""
    _add(root, {"act": _DONE, "mark": mark, **proof})


def map_successors(root: Root) -> Mapping[tuple[str, str], str]:
    """The new hash of each rewritten file, by its unit and old hash."""
    return {(line["unit"], line["before"]): line["after"] for line in read_book(root) if line["act"] == _FILE}


def count_unfinished(root: Root) -> int:
    """Number of requests that were not finished."""
    said = read_book(root)
    acts = {act: {line["mark"] for line in said if line["act"] == act} for act in (_ASKED, _DONE)}
    return len(acts[_ASKED] - acts[_DONE])


def read_book(root: Root) -> list[dict[str, Any]]:
    """All lines of the book, oldest first."""
    return [line for line in erasures_of(root).read() if line.keys() >= {"act", "mark"}]


def _add(root: Root, line: Mapping[str, Any]) -> None:
    at = datetime.now(HERE).isoformat(timespec="seconds")
    erasures_of(root).add({"at": at, **line})
