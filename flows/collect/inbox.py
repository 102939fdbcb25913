"""Copies what units sent into the archive, unchanged, once per content, with a receipt a submission."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from datetime import time as clock
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize

from flows.collect.archive import keep
from flows.collect.submission import Submission
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


def collect(root: Root, as_of: date, gate: Gate | None = None) -> list[Submission]:
    """Archive every settled file of the inbox that is not there yet; return those, in order of arrival.

    A submission is one content under one name from one unit. It was received when its file was last
    written, but never after `as_of`. A `gate` may change what comes in before anything else sees it.
    """
    new: list[Submission] = []
    for unit, came in list_waiting(root.inbox):
        path, data = came, came.read_bytes()
        submission = describe_file(root, unit, path, data, as_of)
        if gate is not None and not submission.receipt(root).exists():
            path, data = gate(unit, path, data)
            submission = describe_file(root, unit, path, data, as_of)
        if not submission.receipt(root).exists():
            keep(root, submission, data)
            new.append(submission)
    return sorted(new)


def describe_file(root: Root, unit: str, path: Path, data: bytes, as_of: date) -> Submission:
    """What the file in `path` of the inbox, with content `data`, is as a submission."""
    return Submission(
        received=_received(path, as_of),
        unit=unit,
        file=_name(path, root.inbox, unit),
        sha256=sha256(data).hexdigest(),
        size=len(data),
    )


def list_waiting(inbox: Path) -> Iterator[tuple[str, Path]]:
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
