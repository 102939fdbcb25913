"""Copies files from the inbox into the archive: unchanged, each content once, one receipt per submission."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePath

from flows.collect.alike import Dropped, tell_apart
from flows.collect.archive import (
    ArchiveReceipt,
    find_lost,
    find_moment,
    keep,
    list_after,
    list_set_aside,
    mend_receipts,
    name_elsewhere,
    note_gone,
)
from flows.collect.folder import Found, Obstacle, describe, look_through, read_open, show_path
from flows.collect.hand_in import Note, drop_note, find_note, tidy_notes
from flows.collect.submission import Submission, Who
from flows.files import write_private
from flows.root import HERE, Root

#: A file must not change for so long, by our own clock, before it is taken.
SETTLE_SECONDS = 2.0

#: Takes unit, path and content of a new file; returns the path and content to archive.
Gate = Callable[[str, Path, bytes], tuple[Path, bytes]]

#: Says when a file was received, from its state; None if nobody can say.
Clock = Callable[[os.stat_result], datetime | None]

# The seconds of the first and last moments that have a date, in any time zone.
_FIRST, _LAST = -62_135_500_000, 253_402_200_000
#: The years that a file's clock may show.
_EARLIEST = datetime(2000, 1, 1, tzinfo=HERE)
_MOMENT = timedelta(microseconds=1)


def received_when_written(seen: os.stat_result) -> datetime | None:
    """For loading files of the past: the file's own time, unless that is impossible; never after now."""
    written, now = time_written(seen), datetime.now(HERE)
    return min(written, now) if is_possible(written, now) else None


def time_written(seen: os.stat_result) -> datetime:
    """What the file's own clock says, to the second; the first or last day there is, if it is beyond that."""
    return datetime.fromtimestamp(min(max(int(seen.st_mtime), _FIRST), _LAST), HERE)


def is_possible(written: datetime, received: datetime) -> bool:
    """Whether a file that was received then can have been written then: clocks may differ by a day."""
    return _EARLIEST <= written <= received + timedelta(days=1)


#: Why a receipt lies in `var/hong`.
DAMAGED = "biên nhận trong kho lưu bị hỏng, đã chuyển ra đây; tệp còn trong raw/inbox thì được nhận lại"

#: Why a submission does not count although it was taken.
_UNCOUNTED = (
    "đã nhận, nhưng biên nhận ghi một ngày chưa tới nên chưa được tính; chỉnh lại giờ máy, hoặc nếu giờ máy "
    "đang đúng: dulieuxa doctor --fix --trust-clock"
)


@dataclass(frozen=True, slots=True)
class Collected:
    """The new submissions in order of arrival, and what lies in the inbox but could not be taken.

    `mended` is what was damaged in the archive and came back, in Vietnamese sentences.
    """

    new: Sequence[Submission]
    obstacles: Sequence[Obstacle]
    mended: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _New:
    """A file of the inbox that is not in the archive, the name of its submission, and how it came."""

    found: Found
    seen: os.stat_result
    sha256: str
    file: str
    note: Note | None = None

    @property
    def came(self) -> datetime:
        """When it came as far as this machine knows."""
        return self.note.moment if self.note else datetime.fromtimestamp(self.seen.st_ctime, HERE)


class _Arrivals:
    """Gives each new file the moment at which it was received; in order of arrival.

    A file without a note is received now. One with a note was received when it came: never later than now,
    and after all that the archive has of its unit, or else what arrived last would not count.
    """

    def __init__(self, start: datetime, receipts: Iterable[ArchiveReceipt]) -> None:
        self._now = start
        self._last: dict[str, datetime] = {}
        for each in receipts:
            self._note(each.submission.unit, datetime.fromisoformat(each.submission.received))

    def __call__(self, one: _New) -> datetime:
        self._now += _MOMENT
        unit, received = one.found.unit, self._now
        if one.note and one.note.moment >= _EARLIEST:
            received = min(one.note.moment.astimezone(HERE), received)
            if unit in self._last:
                received = max(received, self._last[unit] + _MOMENT)
        self._note(unit, received)
        return received

    def _note(self, unit: str, received: datetime) -> None:
        self._last[unit] = max(received, self._last.get(unit, received))


#: Says when a new file was received; None if nobody can say.
_Arrive = Callable[[_New], datetime | None]


class _StillWrittenError(Exception):
    """A file is not what it was when it was looked at first."""


def collect(
    root: Root, gate: Gate | None = None, when: Clock | None = None, folder: Path | None = None
) -> Collected:
    """Archive all files of the inbox (or of `folder`) that are new and complete.

    A submission is one content under one name from one unit. If a file returns to an earlier content, that
    is a submission again, with a name of its own. A `gate` may change a file before it is archived.

    A file is received now, whatever its own clock says, and after all that the archive has: what arrives
    last counts. Of files that arrive together the one that got its state on our disk last is the last.
    `when` says otherwise for files of the past. Nothing is taken while our clock shows a day before that of
    a receipt: one of the two is wrong, and nobody could say which file is the newest. Nor is a file that is
    gone then said to be.
    """
    place = folder or root.inbox
    receipts, restored, _ = mend_receipts(root)
    mended = [f"Biên nhận {path} bị mất hoặc bị đổi: đã chép lại từ bản sao." for path in restored]
    in_order = sorted(receipts, key=lambda each: each.submission)
    last = {(each.submission.unit, each.dropped_as): each.submission.sha256 for each in in_order}
    found, obstacles = look_through(place)
    found = tell_apart(found, last)
    if folder is None:
        tidy_notes(root, {one.path: last.get((one.unit, one.name)) for one in found})
    now = datetime.now(HERE)
    moment = find_moment(receipts, now)
    if folder is None:
        present = {(one.unit, one.name) for one in found}
        unsure = {one.place.partition("/")[0] for one in obstacles}
        note_gone(root, receipts, present, unsure, moment)
    obstacles += [Obstacle(str(path), DAMAGED) for path in list_set_aside(root)]
    back = refill(root, find_lost(root, receipts), found)
    mended += [f"Nội dung {path} bị mất hoặc bị đổi: đã chép lại từ raw/inbox." for path in back]
    known = {each.submission.who for each in receipts}
    new = [_with_note(root, one, known) for one in _find_new(known, last, found, place, obstacles)]
    new.sort(key=lambda one: (one.came, one.seen.st_ctime_ns))
    arrive: _Arrive
    if when is not None:
        arrive = partial(_ask, when)
    else:
        if moment is None:
            late = list_after(receipts, now)
            why = f"chưa nhận: {describe_wrong_clock(late[-1].submission.day)}"
            refused = [Obstacle(show_path(one.found.path, place), why) for one in new]
            uncounted = [Obstacle(f"{each.submission.unit}/{each.dropped_as}", _UNCOUNTED) for each in late]
            return Collected([], obstacles + refused + uncounted, mended)
        if new:
            # Each is read again when it is taken: one that changed meanwhile is still being written.
            time.sleep(SETTLE_SECONDS)
        arrive = _Arrivals(moment, receipts)
    return Collected(_receive(root, new, arrive, gate, place, obstacles), obstacles, mended)


def _with_note(root: Root, one: _New, known: set[Who]) -> _New:
    """The file with the note of how it came, and under the name under which it was handed in.

    Several names of a unit may be shown alike, since numbers are masked: such a name is left as it is.
    """
    note = find_note(root, one.found, one.sha256)
    if note is None:
        return one
    asked, place = note.asked, root.inbox / note.unit
    is_free = note.asked != note.name and (note.unit, asked, note.sha256) not in known
    takes = is_free and one.file == one.found.name and show_path(place / asked, place) == asked
    return replace(one, note=note, file=asked if takes else one.file)


def _receive(
    root: Root,
    new: Iterable[_New],
    arrive: _Arrive,
    gate: Gate | None,
    place: Path,
    obstacles: list[Obstacle],
) -> list[Submission]:
    """Take each file that did not change meanwhile; returns the submissions in order of arrival."""
    kept: list[Submission] = []
    for one in new:
        received = arrive(one)
        if received is None:
            obstacles.append(Obstacle(show_path(one.found.path, place), _describe_clock(one.seen)))
            continue
        try:
            data, seen = _read_again(one)
        except OSError:
            obstacles.append(_describe_unreadable(one.found, place))
        except _StillWrittenError:
            why = "còn đang được ghi; lần chạy sau sẽ nhận"
            obstacles.append(Obstacle(show_path(one.found.path, place), why))
        else:
            kept += _take(root, one, data, (received, time_written(seen)), gate, place)
    return sorted(kept)


def refill(root: Root, lost: Iterable[ArchiveReceipt], found: Iterable[Found]) -> list[Path]:
    """Put back contents that the archive has lost and the inbox still has; returns their paths."""
    files = {(one.unit, one.name): one for one in found}
    refilled: list[Path] = []
    for each in lost:
        one, file = each.submission, files.get((each.submission.unit, each.dropped_as))
        try:
            data = read_open(file)[0] if file else b""
        except OSError:
            continue
        if sha256(data).hexdigest() == one.sha256:
            write_private(one.content(root), data)
            refilled.append(one.content(root))
    return refilled


def _ask(when: Clock, one: _New) -> datetime | None:
    """The moment that `when` tells from the state of a file."""
    return when(one.seen)


def _find_new(
    known: set[Who],
    last: Mapping[Dropped, str],
    found: Sequence[Found],
    place: Path,
    obstacles: list[Obstacle],
) -> list[_New]:
    new: list[_New] = []
    for one in found:
        try:
            data, seen = read_open(one)
        except OSError:
            obstacles.append(_describe_unreadable(one, place))
            continue
        content = sha256(data).hexdigest()
        before = last.get((one.unit, one.name))
        if before == content:
            continue
        if (one.unit, one.name, content) not in known:
            new.append(_New(one, seen, content, one.name))
        elif before is not None:
            new.append(_New(one, seen, content, _name_again(one, content, known)))
    return new


def _name_again(one: Found, content: str, known: set[Who]) -> str:
    """A name for the same content that came again under the same name."""
    path = PurePath(one.name)
    names = (str(path.with_stem(f"{path.stem} (nộp lần {count})")) for count in range(2, len(known) + 3))
    return next(name for name in names if (one.unit, name, content) not in known)


def _describe_unreadable(one: Found, place: Path) -> Obstacle:
    why = "không đọc được, hoặc vừa bị chuyển đi; lần chạy sau thử lại"
    return Obstacle(show_path(one.path, place), why)


def _describe_clock(seen: os.stat_result) -> str:
    written = f"{time_written(seen):%d/%m/%Y}"
    return f"giờ của tệp ghi {written}, không thể đúng; chép tệp vào raw/inbox để nhận theo giờ tới"


def describe_wrong_clock(newest: date) -> str:
    """What to do where our clock shows a day before that of the `newest` receipt, in Vietnamese."""
    here = datetime.now(HERE)
    return (
        f"đồng hồ máy chỉ {here:%d/%m/%Y}, kho lưu đã có tệp nhận ngày {newest:%d/%m/%Y}; "
        "chỉnh lại giờ máy rồi chạy lại; nếu giờ máy đang đúng: dulieuxa doctor --fix --trust-clock"
    )


def _read_again(one: _New) -> tuple[bytes, os.stat_result]:
    """The content and state of a file that is about to be taken.

    Raises:
        OSError: it can't be read any more.
        _StillWrittenError: its content is another one now.
    """
    data, seen = read_open(one.found)
    if sha256(data).hexdigest() != one.sha256:
        raise _StillWrittenError
    return data, seen


def _take(
    root: Root,
    one: _New,
    data: bytes,
    times: tuple[datetime, datetime],
    gate: Gate | None,
    place: Path,
) -> list[Submission]:
    """Archive one file, received and written at `times`; nothing if the gate made it one that is there."""
    file, dropped_as = one.file, one.found.name
    if gate is not None:
        path, data = gate(one.found.unit, one.found.path, data)
        if path != one.found.path:
            file = dropped_as = describe(path, place).name
    received, written = (moment.isoformat() for moment in times)
    submission = Submission(received, one.found.unit, file, sha256(data).hexdigest(), len(data), written)
    is_there = submission.receipt(root).exists()
    if not is_there:
        if place != root.inbox:
            dropped_as = name_elsewhere(place.name, dropped_as)
        came = (one.note.via, one.note.reference) if one.note else None
        keep(root, submission, data, dropped_as, came)
    if one.note:
        drop_note(root, one.note)
    return [] if is_there else [submission]
