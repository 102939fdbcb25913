"""Keeps a book of JSON lines, each with a seal, in two copies: what is damaged in one stands in the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flows.books.seal import SEAL, to_text, unseal
from flows.files import PUBLIC_FILE, make_private, write_lines, write_private
from flows.root import Root

_HANDED_IN = "da_nop_"
_OF_UNITS = f"{_HANDED_IN}*.jsonl"


@dataclass(frozen=True, slots=True)
class _Copy:
    """What one copy of a book says: its `lines`, and the number and content of those that are damaged."""

    path: Path
    lines: Sequence[dict[str, Any]]
    damaged: Mapping[int, bytes]
    readable: bool


@dataclass(frozen=True, slots=True)
class Book:
    """A book of the root: the file at `path`, with a second copy in `var/ban_sao`."""

    root: Root
    path: Path
    mode: int = 0o600

    def read(self) -> list[dict[str, Any]]:
        """Its lines, oldest first, from the copy that has more of them; no line without a book."""
        return list(self._best().lines)

    def add(self, *lines: Mapping[str, Any]) -> None:
        """Add `lines`: all of them or none."""
        self.write([*self.read(), *lines])

    def write(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Replace the whole book; damaged lines that stand in no copy are put aside first."""
        for text in self._lost():
            aside = self.root.damaged / f"{self.path.name}.{blake2b(text, digest_size=4).hexdigest()}"
            make_private(aside.parent)
            write_private(aside, text + b"\n")
        sealed = [to_text(line) for line in lines]
        # The second copy first: what it has more than the first was about to be written there.
        make_private(self._second.parent)
        write_lines(self._second, sealed, 0o600)
        write_lines(self.path, sealed, self.mode)

    def find_damage(self) -> Iterator[tuple[Path, str]]:
        """Each damaged copy and what is wrong with it, in Vietnamese."""
        both = self._both()
        best = max(both, key=_count_lines)
        for each in both:
            if not each.readable:
                yield each.path, "không đọc được"
            elif each.damaged:
                numbers = ", ".join(map(str, each.damaged))
                yield each.path, f"hỏng dòng {numbers}"
            elif best.lines and each.path.parent.is_dir() and not each.path.exists():
                yield each.path, "bị mất"
            elif each.path.exists() and len(each.lines) < len(best.lines):
                yield each.path, f"thiếu {len(best.lines) - len(each.lines)} dòng cuối"
            elif each.path.exists() and each.lines != best.lines:
                yield each.path, "khác với bản sao của nó"

    def mend(self) -> None:
        """Write both copies anew from what can be read."""
        self.write(self.read())

    @property
    def _second(self) -> Path:
        return self.root.copies / self.path.name

    def _both(self) -> tuple[_Copy, _Copy]:
        return _read_copy(self.path), _read_copy(self._second)

    def _best(self) -> _Copy:
        return max(self._both(), key=_count_lines)

    def _lost(self) -> set[bytes]:
        """Damaged lines where no copy is without damage."""
        both = self._both()
        if any(each.lines and not each.damaged for each in both):
            return set()
        return {text for each in both for text in each.damaged.values()}


def journal_of(root: Root) -> Book:
    """Which release was shown to readers when."""
    return Book(root, root.journal, PUBLIC_FILE)


def erasures_of(root: Root) -> Book:
    """Who asked to be forgotten, and what was erased."""
    return Book(root, root.state / "da_quen.jsonl")


def accesses_of(root: Root) -> Book:
    """Who searched for whom."""
    return Book(root, root.state / "truy_cap.jsonl")


def purges_of(root: Root) -> Book:
    """What the retention policy removed."""
    return Book(root, root.state / "da_xoa.jsonl")


def tellings_of(root: Root) -> Book:
    """What was said to whom, and which days went wrong."""
    return Book(root, root.state / "bao_tin.jsonl")


def hand_ins_of(root: Root, unit: str) -> Book:
    """What a unit handed in on the page."""
    return Book(root, root.state / "web" / f"{_HANDED_IN}{unit}.jsonl")


def list_books(root: Root) -> tuple[Book, ...]:
    """Every book of the root."""
    # A book of which one copy is gone is still a book.
    copies = ((root.state / "web").glob(_OF_UNITS), root.copies.glob(_OF_UNITS))
    units = sorted({path.stem.removeprefix(_HANDED_IN) for found in copies for path in found})
    books = journal_of(root), erasures_of(root), accesses_of(root), purges_of(root), tellings_of(root)
    return *books, *(hand_ins_of(root, unit) for unit in units)


def _count_lines(copy: _Copy) -> int:
    return len(copy.lines)


def _read_copy(path: Path) -> _Copy:
    try:
        # Not `splitlines`: it also splits at characters such as U+2028, which a text may contain.
        texts = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return _Copy(path, (), {}, readable=True)
    except OSError:
        return _Copy(path, (), {}, readable=False)
    read = {number: _parse(text) for number, text in enumerate(texts, start=1) if text}
    # A book of an older version has no seals.
    sealed = any(line is not None and SEAL in line for line in read.values())
    opened = {number: line and unseal(line, must=sealed) for number, line in read.items()}
    lines = [line for line in opened.values() if line]
    return _Copy(path, lines, {at: texts[at - 1] for at, line in opened.items() if not line}, readable=True)


def _parse(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None
