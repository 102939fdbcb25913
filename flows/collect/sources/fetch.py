"""Takes what is new at a source of files into the inbox: each content of a path once."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flows.collect import inbox
from flows.collect.archive import list_receipts_of
from flows.collect.folder import Obstacle, is_passed_over, mask, refuse_handed_in
from flows.collect.hand_in import HandInError, hand_in
from flows.collect.sources.memory import Memory, Taken, write_memory
from flows.collect.sources.model import Access, ChangedError, Files, Listed, TooLargeError
from flows.root import HERE

# What was taken is written down after so many files; what a killed fetch took beyond that, receipts know.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of a fetch: how many files were handed in, what lies there and was not taken."""

    new: int
    untaken: tuple[Obstacle, ...] = ()


def take_files(access: Access, files: Files, memory: Memory, units: Collection[str]) -> Fetched:
    """Hand in every file that is new at a source, and remember it.

    Raises:
        SourceError: the source can't be used any more; what was taken until then is remembered.
    """
    untaken: list[Obstacle] = []
    wanted = [*_choose(access, files, memory, units, untaken)]
    untaken += [Obstacle(f"{access.setting.title}: {mask(path)}", why) for path, why in files.refused]
    most = access.setting.nhieu_nhat
    if len(wanted) > most:
        rest = f"còn {len(wanted) - most} tệp nữa, lần sau lấy tiếp (nhieu_nhat = {most})"
        untaken.append(Obstacle(access.setting.title, rest))
    if wanted:
        # Each must still be what was listed when it has been read: one that changed is being written.
        settle()
    new = 0
    try:
        for at, one in enumerate(wanted[:most], 1):
            access.deadline.left()
            new += _take(access, files, memory, one, untaken)
            if at % _AT_ONCE == 0:
                write_memory(access.root, access.setting.name, memory)
    finally:
        write_memory(access.root, access.setting.name, memory)
    return Fetched(new, tuple(untaken))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file to take, whose it is, and under which name it is handed in."""

    entry: Listed
    unit: str
    name: str


def _choose(
    access: Access, files: Files, memory: Memory, units: Collection[str], untaken: list[Obstacle]
) -> Iterator[_Wanted]:
    """The files that were not taken as they are now; the others are removed where that is declared."""
    for entry in files.list():
        if any(map(is_passed_over, entry.path.split("/"))):
            continue
        known = memory.taken.get(entry.path)
        if known is not None and known.state == entry.state:
            if access.setting.xoa_sau_khi_nhan and _is_archived(access, known):
                files.remove(entry)
            continue
        place = f"{access.setting.title}: {mask(entry.path)}"
        unit, name = _whose(access, entry, units)
        if unit is None:
            why = "nằm ngoài thư mục của các đơn vị; chuyển vào thư mục mang mã đơn vị, ví dụ T01"
            untaken.append(Obstacle(place, why))
        elif why_not := refuse_handed_in(posixpath.basename(entry.path)):
            untaken.append(Obstacle(place, why_not))
        else:
            yield _Wanted(entry, unit, name)


def settle() -> None:
    """Wait as long as a file must not change before it is taken."""
    time.sleep(inbox.SETTLE_SECONDS)


def _whose(access: Access, entry: Listed, units: Collection[str]) -> tuple[str | None, str]:
    """The unit of a file, None if nobody knows, and its name with the folders below that of the unit."""
    parts = entry.path.split("/")
    unit = access.setting.don_vi
    if unit is None:
        unit = parts[0] if len(parts) > 1 and parts[0] in units else None
        parts = parts[1:] if unit else parts
    return unit, " - ".join(parts)


def _take(access: Access, files: Files, memory: Memory, one: _Wanted, untaken: list[Obstacle]) -> int:
    """Hand in one file; returns how many are new."""
    setting, entry = access.setting, one.entry
    known = memory.taken.get(entry.path)
    try:
        largest = setting.lon_nhat_mb << 20
        if entry.size is not None and entry.size > largest:
            raise TooLargeError
        data = files.read(entry, largest)
        content = sha256(data).hexdigest()
        times = known.times if known else 0
        is_new = known is None or known.sha256 != content
        if is_new:
            times += 1
            is_new = hand_in(
                access.root,
                one.unit,
                one.name,
                data,
                received=datetime.now(HERE),
                via=setting.title,
                reference=f"{entry.path}#{times}",
            ).new
    except (ChangedError, TooLargeError, HandInError) as error:
        untaken.append(Obstacle(f"{setting.title}: {mask(entry.path)}", _explain(error, setting.lon_nhat_mb)))
        return 0
    memory.taken.pop(entry.path, None)
    memory.taken[entry.path] = Taken(entry.state, content, times, one.unit)
    return int(is_new)


def _explain(error: Exception, most: int) -> str:
    if isinstance(error, ChangedError):
        return "còn đang được ghi; lần chạy sau sẽ lấy"
    return (
        f"lớn hơn {most} MB nên không lấy (lon_nhat_mb)" if isinstance(error, TooLargeError) else str(error)
    )


def _is_archived(access: Access, known: Taken) -> bool:
    """Whether the archive has what was taken: only then may the source lose it."""
    receipts = list_receipts_of(access.root, known.sha256)
    return any(each.submission.unit == known.unit for each in receipts)


def count_files(files: Files, most: int) -> int:
    """How many files a source has, up to `most`."""
    return sum(1 for _ in zip(files.list(), range(most), strict=False))
