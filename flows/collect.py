"""Copies what units sent into the archive, unchanged, once per content, with a receipt a hand-in."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from datetime import time as clock
from hashlib import blake2b, sha256
from pathlib import Path
from unicodedata import normalize

from flows.protect import NUMBER_ALONE
from flows.root import HERE, Root

# A file touched within the last seconds may still be on its way in: it must lie still for a moment.
SETTLE_SECONDS = 2.0

# The unit of a file that was dropped outside any unit's folder.
UNKNOWN = "khong_ro"

# A file named after somebody's number is told of without it.
_NUMBER = re.compile(NUMBER_ALONE)

#: Given unit, path and content of a file that came in; returns the path and content to go on with.
Gate = Callable[[str, Path, bytes], tuple[Path, bytes]]

IGNORED_PREFIXES = (".", "~$")
IGNORED_SUFFIXES = (".tmp", ".part", ".crdownload")


#: By whom, under which name and with which content something was handed in: no two hand-ins share all three.
Who = tuple[str, str, str]
#: The columns of tables that tell it.
WHO = ("unit", "file", "submission")


@dataclass(frozen=True, slots=True, order=True)
class HandIn:
    """One file handed in: by whom, under which name, when (local ISO time), with which content."""

    received: str
    unit: str
    file: str
    submission: str
    size: int

    @property
    def who(self) -> Who:
        """What no other hand-in has."""
        return self.unit, self.file, self.submission

    @property
    def day(self) -> date:
        """The day on which it came in."""
        return datetime.fromisoformat(self.received).date()

    def content(self, root: Root) -> Path:
        """Where the archive keeps its bytes."""
        return root.archive / self.submission[:2] / self.submission

    def receipt(self, root: Root) -> Path:
        """Where the archive keeps its receipt."""
        name = blake2b(f"{self.unit}/{self.file}".encode(), digest_size=6).hexdigest()
        return self.content(root).with_name(f"{self.submission}.{name}.json")


def collect(root: Root, as_of: date, gate: Gate | None = None) -> list[HandIn]:
    """Archive every settled file of the inbox that is not there yet; return those, in order of arrival.

    A hand-in is one content under one name from one unit. It was received when its file was last
    written, but never after `as_of`. A `gate` may change what comes in before anything else sees it.
    """
    new: list[HandIn] = []
    for unit, came in waiting(root.inbox):
        path, data = came, came.read_bytes()
        hand_in = handed_in(root, unit, path, data, as_of)
        if gate is not None and not hand_in.receipt(root).exists():
            path, data = gate(unit, path, data)
            hand_in = handed_in(root, unit, path, data, as_of)
        if not hand_in.receipt(root).exists():
            keep(root, hand_in, data)
            new.append(hand_in)
    return sorted(new)


def handed_in(root: Root, unit: str, path: Path, data: bytes, as_of: date) -> HandIn:
    """What the file in `path` of the inbox, with content `data`, is as a hand-in."""
    return HandIn(
        received=_received(path, as_of),
        unit=unit,
        file=_name(path, root.inbox, unit),
        submission=sha256(data).hexdigest(),
        size=len(data),
    )


def keep(root: Root, hand_in: HandIn, data: bytes) -> None:
    """Put a hand-in into the archive, its receipt last: what has a receipt is whole."""
    _store(hand_in.content(root), data)
    _store(hand_in.receipt(root), json.dumps(asdict(hand_in), ensure_ascii=False, indent=1).encode())


def discard(root: Root, one: HandIn) -> None:
    """Take a hand-in out of the archive; its content only where no other hand-in has the same."""
    one.receipt(root).unlink(missing_ok=True)
    content = one.content(root)
    if not list(content.parent.glob(f"{one.submission}.*.json")):
        content.unlink(missing_ok=True)


def archived(root: Root, as_of: date) -> list[HandIn]:
    """Every hand-in of the archive received by `as_of`, in order of arrival."""
    receipts = (json.loads(path.read_bytes()) for path in sorted(root.archive.glob("*/*.json")))
    return sorted(hand_in for hand_in in (HandIn(**receipt) for receipt in receipts) if hand_in.day <= as_of)


def waiting(inbox: Path) -> Iterator[tuple[str, Path]]:
    """Files that lie still, each with the folder it was dropped into; a file outside any is `UNKNOWN`."""
    found = {path: path.stat() for path in sorted(inbox.rglob("*")) if _is_hand_in(path)}
    newest = max((stat.st_mtime for stat in found.values()), default=0.0)
    if 0 <= time.time() - newest < SETTLE_SECONDS:
        time.sleep(SETTLE_SECONDS / 4)
    for path, before in found.items():
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            parts = path.relative_to(inbox).parts
            yield parts[0] if len(parts) > 1 else UNKNOWN, path


def _is_hand_in(path: Path) -> bool:
    ignored = path.name.startswith(IGNORED_PREFIXES) or path.name.lower().endswith(IGNORED_SUFFIXES)
    return not ignored and not path.is_symlink() and path.is_file()


def _name(path: Path, inbox: Path, unit: str) -> str:
    folder = inbox if unit == UNKNOWN and path.parent == inbox else inbox / unit
    name = normalize("NFC", str(path.relative_to(folder)))
    return _NUMBER.sub(_masked, name)


def _masked(found: re.Match[str]) -> str:
    before, after = found[1], found[2]
    number = found[0].removeprefix(before).removesuffix(after)
    return f"{before}{number[:3]}{'x' * (len(number) - 5)}{number[-2:]}{after}"


def _received(path: Path, as_of: date) -> str:
    latest = datetime.combine(as_of, clock(23, 59, 59), HERE)
    written = datetime.fromtimestamp(int(path.stat().st_mtime), HERE)
    return min(written, latest).isoformat()


def _store(path: Path, data: bytes) -> None:
    """Write `data` whole or not at all, readable by the owner only; a content already there stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
