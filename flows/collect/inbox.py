"""Copies files from the inbox into the archive: unchanged, each content once, one receipt per submission."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePath

from flows.collect.archive import keep, note_gone, read_receipts, set_aside_damaged
from flows.collect.folder import Found, Obstacle, describe, look_through, read_open, show_path
from flows.collect.submission import Submission, Who
from flows.root import HERE, Root

#: A file must not change for so long, by our own clock, before it is taken.
SETTLE_SECONDS = 2.0

#: Takes unit, path and content of a new file; returns the path and content to archive.
Gate = Callable[[str, Path, bytes], tuple[Path, bytes]]

#: Says when a file was received, from its state; None if nobody can say.
Clock = Callable[[os.stat_result], datetime | None]

#: The years that a file's clock may show.
_EARLIEST = datetime(2000, 1, 1, tzinfo=HERE)


def received_now(_: os.stat_result) -> datetime:
    """The moment at which the archive sees a file; what the file's own clock says does not matter."""
    return datetime.now(HERE)


def received_when_written(seen: os.stat_result) -> datetime | None:
    """For loading files of the past: the file's own time, unless that is impossible."""
    written = time_written(seen)
    return written if is_possible(written, datetime.now(HERE)) else None


def time_written(seen: os.stat_result) -> datetime:
    """What the file's own clock says, to the second."""
    return datetime.fromtimestamp(int(seen.st_mtime), HERE)


def is_possible(written: datetime, received: datetime) -> bool:
    """Whether a file that was received then can have been written then: clocks may differ by a day."""
    return _EARLIEST <= written <= received + timedelta(days=1)


_DAMAGED = "biên nhận trong kho lưu bị hỏng, đã chuyển ra đây; tệp còn trong raw/inbox thì được nhận lại"


@dataclass(frozen=True, slots=True)
class Collected:
    """The new submissions in order of arrival, and what lies in the inbox but could not be taken."""

    new: Sequence[Submission]
    obstacles: Sequence[Obstacle]


@dataclass(frozen=True, slots=True)
class _New:
    """A file of the inbox that is not in the archive, and the name of its submission."""

    found: Found
    seen: os.stat_result
    sha256: str
    file: str


def collect(
    root: Root, gate: Gate | None = None, when: Clock = received_now, folder: Path | None = None
) -> Collected:
    """Archive all files of the inbox (or of `folder`) that are new and complete.

    A submission is one content under one name from one unit. If a file returns to an earlier content, that
    is a submission again, with a name of its own. A `gate` may change a file before it is archived. Files
    received at the same moment are in the order in which they got their state on our disk.
    """
    damaged = set_aside_damaged(root)
    found, obstacles = look_through(folder or root.inbox)
    obstacles += [Obstacle(str(path), _DAMAGED) for path in damaged]
    new = _find_new(root, found, obstacles)
    if folder is None:
        present = {(one.unit, one.name) for one in found}
        unsure = {one.place.partition("/")[0] for one in obstacles}
        note_gone(root, present, unsure, datetime.now(HERE).isoformat(timespec="seconds"))
    if when is received_now:
        new = _leave_unfinished(new, folder or root.inbox, obstacles)
    kept: list[Submission] = []
    for at, one in enumerate(sorted(new, key=lambda one: one.seen.st_ctime_ns)):
        received = when(one.seen)
        if received is None:
            written = f"{time_written(one.seen):%d/%m/%Y}"
            why = f"giờ của tệp ghi {written}, không thể đúng; chép tệp vào raw/inbox để nhận theo giờ tới"
            obstacles.append(Obstacle(show_path(one.found.path, folder or root.inbox), why))
            continue
        if when is received_now:
            received += timedelta(microseconds=at)
        try:
            submission = _take(root, one, received, gate, folder or root.inbox)
        except OSError:
            obstacles.append(_describe_unreadable(one.found, folder or root.inbox))
            continue
        if submission is not None:
            kept.append(submission)
    return Collected(sorted(kept), obstacles)


def _find_new(root: Root, found: Iterable[Found], obstacles: list[Obstacle]) -> list[_New]:
    receipts = sorted(read_receipts(root), key=lambda each: each.submission)
    known = {each.submission.who for each in receipts}
    last = {(each.submission.unit, each.dropped_as): each.submission.sha256 for each in receipts}
    found = [*found]
    # Two files whose names are shown alike would replace each other every day.
    alike = Counter((one.unit, one.name) for one in found)
    new: list[_New] = []
    for one in found:
        try:
            data, seen = read_open(one.path)
        except OSError:
            obstacles.append(_describe_unreadable(one, root.inbox))
            continue
        content = sha256(data).hexdigest()
        if (one.unit, one.name, content) not in known:
            new.append(_New(one, seen, content, one.name))
        elif alike[one.unit, one.name] == 1 and last.get((one.unit, one.name)) != content:
            new.append(_New(one, seen, content, _name_again(one, content, known)))
    return new


def _name_again(one: Found, content: str, known: set[Who]) -> str:
    """A name for the same content that came again under the same name."""
    path = PurePath(one.name)
    names = (str(path.with_stem(f"{path.stem} (nộp lần {count})")) for count in range(2, len(known) + 3))
    return next(name for name in names if (one.unit, name, content) not in known)


def _leave_unfinished(new: Sequence[_New], folder: Path, obstacles: list[Obstacle]) -> list[_New]:
    """Look at new files a second time; those that changed meanwhile are still being written."""
    if new:
        time.sleep(SETTLE_SECONDS)
    return [one for one in new if _is_unchanged(one, folder, obstacles)]


def _is_unchanged(one: _New, folder: Path, obstacles: list[Obstacle]) -> bool:
    try:
        data, _ = read_open(one.found.path)
    except OSError:
        obstacles.append(_describe_unreadable(one.found, folder))
        return False
    if sha256(data).hexdigest() == one.sha256:
        return True
    place = show_path(one.found.path, folder)
    obstacles.append(Obstacle(place, "còn đang được ghi; lần chạy sau sẽ nhận"))
    return False


def _describe_unreadable(one: Found, folder: Path) -> Obstacle:
    return Obstacle(
        show_path(one.path, folder), "không đọc được, hoặc vừa bị chuyển đi; lần chạy sau thử lại"
    )


def _take(root: Root, one: _New, received: datetime, gate: Gate | None, folder: Path) -> Submission | None:
    """Archive one file; None if the gate made it one that is there already.

    Raises:
        OSError: the file is no longer what it was a moment ago.
    """
    data, seen = read_open(one.found.path)
    if sha256(data).hexdigest() != one.sha256:
        raise OSError("changed while it was taken")
    file, dropped_as = one.file, one.found.name
    if gate is not None:
        path, data = gate(one.found.unit, one.found.path, data)
        if path != one.found.path:
            file = dropped_as = describe(path, folder).name
    written = time_written(seen).isoformat()
    submission = Submission(
        received.isoformat(), one.found.unit, file, sha256(data).hexdigest(), len(data), written
    )
    if submission.receipt(root).exists():
        return None
    keep(root, submission, data, dropped_as)
    return submission
