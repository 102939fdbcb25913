"""Copies files from the inbox into the archive: unchanged, each content once, one receipt per submission."""

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

# A file written within the last seconds may still be incomplete: it is watched for a moment.
SETTLE_SECONDS = 2.0

# The unit of a file that lies outside all units' folders.
UNKNOWN = "khong_ro"

# File names may contain a person's number: it is masked.
_NUMBER = re.compile(NUMBER_ALONE)

#: Takes unit, path and content of a new file; returns the path and content to archive.
Gate = Callable[[str, Path, bytes], tuple[Path, bytes]]

IGNORED_PREFIXES = (".", "~$")
IGNORED_SUFFIXES = (".tmp", ".part", ".crdownload")


def collect(root: Root, as_of: date, gate: Gate | None = None) -> list[Submission]:
    """Archive all files of the inbox that are new and complete; returns them in order of arrival.

    A submission is one content under one name from one unit. It was received when its file was last
    written, but never after `as_of`. A `gate` may change a file before it is archived.
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
    """The submission that the file at `path` in the inbox makes, with the content `data`."""
    return Submission(
        received=_find_time(path, as_of),
        unit=unit,
        file=_describe_name(path, root.inbox, unit),
        sha256=sha256(data).hexdigest(),
        size=len(data),
    )


def list_waiting(inbox: Path) -> Iterator[tuple[str, Path]]:
    """Files that nobody is writing now, each with the unit whose folder it lies in, or `UNKNOWN`."""
    found = {path: path.stat() for path in sorted(inbox.rglob("*")) if _is_submission(path)}
    newest = max((stat.st_mtime for stat in found.values()), default=0.0)
    if 0 <= time.time() - newest < SETTLE_SECONDS:
        time.sleep(SETTLE_SECONDS / 4)
    for path, before in found.items():
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            parts = path.relative_to(inbox).parts
            yield parts[0] if len(parts) > 1 else UNKNOWN, path


def _is_submission(path: Path) -> bool:
    ignored = path.name.startswith(IGNORED_PREFIXES) or path.name.lower().endswith(IGNORED_SUFFIXES)
    return not ignored and not path.is_symlink() and path.is_file()


def _describe_name(path: Path, inbox: Path, unit: str) -> str:
    folder = inbox if unit == UNKNOWN and path.parent == inbox else inbox / unit
    name = normalize("NFC", str(path.relative_to(folder)))
    return _NUMBER.sub(_mask_number, name)


def _mask_number(found: re.Match[str]) -> str:
    before, after = found[1], found[2]
    number = found[0].removeprefix(before).removesuffix(after)
    return f"{before}{number[:3]}{'x' * (len(number) - 5)}{number[-2:]}{after}"


def _find_time(path: Path, as_of: date) -> str:
    latest = datetime.combine(as_of, clock(23, 59, 59), HERE)
    written = datetime.fromtimestamp(int(path.stat().st_mtime), HERE)
    return min(written, latest).isoformat()
