"""What only Linux has, and what stands for it on Windows: locks, owners, limits, ways to open files.

Nothing else in this project imports `fcntl` or `resource`, or takes for granted what Windows lacks.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

fcntl: Any
try:
    import fcntl
except ImportError:
    fcntl = None

#: Whether this system has what a day's run and the server need. Clerks' commands do without.
SERVES = fcntl is not None
#: Whether a file can be renamed while it is open.
RENAMES_OPEN_FILES = SERVES

# Windows locks bytes, and nobody else can read a locked one: so it is one far behind the end.
_LOCKED_BYTE = 1 << 30


def hold_file(handle: IO[Any], *, wait: bool = False) -> None:
    """Lock an open file for this process alone, until the file is closed, however that happens.

    Raises:
        BlockingIOError: another process holds it, and `wait` is False.
    """
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        return
    import msvcrt as windows  # noqa: PLC0415 - only there

    system: Any = windows
    place = handle.tell()
    handle.seek(_LOCKED_BYTE)
    try:
        system.locking(handle.fileno(), system.LK_LOCK if wait else system.LK_NBLCK, 1)
    except OSError as held:
        raise BlockingIOError(*held.args) from held
    finally:
        handle.seek(place)


def set_mode(handle_of: int, mode: int) -> None:
    """Set the mode of an open file; Windows keeps no modes."""
    if hasattr(os, "fchmod"):
        os.fchmod(handle_of, mode)


def own_id() -> int | None:
    """The id of the user whose process this is; None where files do not tell whose they are."""
    return os.geteuid() if hasattr(os, "geteuid") else None


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk; Windows opens no folder, and writes them by itself."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# Of linux/fs.h and fcntl.h: swap two names, which are looked up from the working directory.
_SWAP, _FROM_HERE = 2, -100


def swap_files(one: Path, other: Path) -> bool:
    """Give each of two files the other's name in one step; False where the system or the disk cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if SERVES else None
    return rename is not None and not rename(
        _FROM_HERE, os.fsencode(one), _FROM_HERE, os.fsencode(other), _SWAP
    )


def open_below(folder: Path, parts: Sequence[str]) -> int:
    """Open the file at `parts` below `folder` for reading, through no link, without waiting for a pipe.

    Raises:
        OSError: it is gone, can't be read, or a link is on the way.
    """
    if not hasattr(os, "O_NOFOLLOW"):
        ways = [folder.joinpath(*parts[:count]) for count in range(1, len(parts) + 1)]
        if any(stat.S_ISLNK(way.lstat().st_mode) for way in ways):
            raise OSError("a link is on the way to the file")
        return os.open(ways[-1], os.O_RDONLY | getattr(os, "O_BINARY", 0))
    *folders, name = parts
    with ExitStack() as opened:
        place: int | None = None
        for each in (str(folder), *folders):
            below = 0 if place is None else os.O_NOFOLLOW
            place = os.open(each, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | below, dir_fd=place)
            opened.callback(os.close, place)
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)


def open_processes(preload: Sequence[str]) -> ForkServerContext | SpawnContext:
    """How worker processes start: forked from one that has imported `preload`, or each anew on Windows."""
    if not SERVES:
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([*preload])
    return context


def limit_memory(more: int | None) -> None:
    """Limit this process to its current memory plus `more` bytes; without limits where Linux is not."""
    status = Path("/proc/self/status")
    if more is None or not SERVES or not status.exists():
        return
    import resource  # noqa: PLC0415 - not on Windows

    held = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmData"))
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (int(held.split()[1]) * 1024 + more, hard))
