"""Writes files: each whole or not at all, with its mode, synced to disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from errno import EMLINK, ENOTSUP, EPERM, EXDEV
from hashlib import file_digest, sha256
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE
from typing import BinaryIO

from flows.system.linux import RENAMES_OPEN_FILES, hold_file, set_mode, swap_files, sync_folder

# Errors of a file system without hard links, or with the most links that a file may have.
_NO_LINKS = {EMLINK, ENOTSUP, EPERM, EXDEV}

_SYNCED_AT_ONCE = 16
_BLOCK = 1 << 20

#: Modes of files and folders that everybody may read, and of those for the owner and his group alone.
PUBLIC_FILE, PUBLIC_FOLDER = 0o644, 0o755
INTERNAL_FILE, INTERNAL_FOLDER = 0o640, 0o750
#: The mode of files for their owner alone.
PRIVATE_FILE = 0o600

# Names of files that are being written. The inbox ignores such names.
_HALF_WRITTEN = re.compile(r"\.[0-9]+-[0-9a-f]{8}\.part")


def write_file(
    path: Path,
    *data: bytes | memoryview,
    mode: int = PUBLIC_FILE,
    durable: bool = True,
    times: tuple[int, int] | None = None,
) -> None:
    """Write `data` to `path`. At any moment, readers see either the old content or all of the new.

    `mode` is set whatever the umask is. `times` are the file's access and modification times in nanoseconds.
    With `durable`, the file and its folder are synced to disk. Leave that out only for what can be made
    again (a cache) and for files of a folder for which `make_durable` is called later.
    """
    with _half_written(path.parent, data, mode, durable=durable, times=times) as partial:
        partial.replace(path)
    if durable:
        sync(path.parent)


def write_new(path: Path, *data: bytes, mode: int) -> bool:
    """Write `data` to `path` unless the file exists. If several processes try, one of them wins.

    Returns whether this call wrote the file.
    """
    with _half_written(path.parent, data, mode, durable=True) as partial:
        try:
            if not try_link(partial, path):
                path.touch(exist_ok=False)
                partial.replace(path)
        except FileExistsError:
            return False
        finally:
            partial.unlink(missing_ok=True)
    sync(path.parent)
    return True


def write_over(path: Path, *data: bytes, mode: int, known: str) -> bool:
    """Write `data` to `path` in the place of a file whose SHA-256 is `known`; nothing else is replaced.

    Who writes the file at that very moment keeps what he wrote, where the disk can swap names.

    Returns whether this call wrote the file.
    """
    with _half_written(path.parent, data, mode, durable=True) as partial:
        try:
            if not _holds(path, known):
                return False
            if not swap_files(partial, path):
                partial.replace(path)
            elif not _holds(partial, known):
                swap_files(partial, path)
                return False
        finally:
            partial.unlink(missing_ok=True)
    sync(path.parent)
    return True


def _holds(path: Path, known: str) -> bool:
    """Whether there is a file, no link, with the SHA-256 `known`."""
    return path.is_file() and not path.is_symlink() and hash_file(path) == known


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, in a private folder; wait while another process holds it."""
    make_private(path.parent)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE), "r+b") as handle:
        hold_file(handle, wait=True)
        yield


def copy_file(source: Path, target: Path) -> str:
    """Copy a file with its mode and times, whole or not at all; returns the SHA-256 of what was copied."""
    digest = sha256()

    def read(handle: BinaryIO) -> Iterator[bytes]:
        while block := handle.read(_BLOCK):
            digest.update(block)
            yield block

    with source.open("rb") as handle:
        state = os.fstat(handle.fileno())
        times = (state.st_atime_ns, state.st_mtime_ns)
        mode = S_IMODE(state.st_mode)
        with _half_written(target.parent, read(handle), mode, durable=True, times=times) as partial:
            partial.replace(target)
    return digest.hexdigest()


def write_private(path: Path, *data: bytes | memoryview, durable: bool = True) -> None:
    """Write a file that only its owner can read; a missing folder is made for the owner only, too."""
    make_private(path.parent, durable=durable)
    write_file(path, *data, mode=0o600, durable=durable)


def write_lines(path: Path, lines: Iterable[str], mode: int = PUBLIC_FILE) -> None:
    """Write `lines`, none of which may contain a line feed."""
    write_file(path, "".join(f"{line}\n" for line in lines).encode(), mode=mode)


def append_line(path: Path, line: str) -> None:
    """Add a line to a file that only its owner can read; it may be lost with the machine's power."""
    make_private(path.parent, durable=False)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE_FILE)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def make_private(folder: Path, *, durable: bool = True) -> None:
    """Make a folder that only its owner can open; an existing one stays as it is."""
    if folder.exists():
        return
    make_public(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    if durable:
        sync(folder.parent)


def make_public(folder: Path) -> None:
    """Make a folder that everybody can open, and the missing ones above it, whatever the umask is."""
    _make_folders(folder, PUBLIC_FOLDER)


def make_internal(folder: Path) -> None:
    """Make a folder that its owner and his group can open, and the missing ones above it, too."""
    _make_folders(folder, INTERNAL_FOLDER)


def make_like(folder: Path, model: Path) -> None:
    """Make a folder, and the missing ones above it, with the modes of `model` and those above that."""
    if folder.exists():
        return
    make_like(folder.parent, model.parent)
    with suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(S_IMODE(model.stat().st_mode))


def _make_folders(folder: Path, mode: int) -> None:
    if folder.exists():
        return
    _make_folders(folder.parent, mode)
    with suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(mode)


@contextmanager
def create(path: Path, *, internal: bool) -> Iterator[BinaryIO]:
    """Open a new file, in a folder that is made where it is missing, to write it piece by piece.

    Everybody may read it, or if it is `internal` its owner and his group. Only for folders that no reader
    sees yet: the file is neither synced nor removed after an error.
    """
    _make_folders(path.parent, INTERNAL_FOLDER if internal else PUBLIC_FOLDER)
    with path.open("wb") as handle:
        set_mode(handle.fileno(), INTERNAL_FILE if internal else PUBLIC_FILE)
        yield handle


def try_link(theirs: Path, ours: Path) -> bool:
    """Make `ours` a hard link to `theirs`; returns False if the file system cannot."""
    try:
        ours.hardlink_to(theirs)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    return True


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Wait until the content of a file, or the names in a folder, are on disk."""
    if path.is_dir():
        sync_folder(path)
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_durable(folder: Path) -> None:
    """Sync every file and folder in `folder`, and its own name, to disk."""
    files: list[Path] = []
    folders = [folder.parent]
    for place, _, names in os.walk(folder):
        folders.append(Path(place))
        # Files with several hard links belong to an earlier release and were synced with it.
        files += [path for name in names if (path := Path(place, name)).stat().st_nlink == 1]
    # The file system combines syncs that run at the same time.
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as threads:
        for paths in (files, folders):
            list(threads.map(sync, paths))


def is_half_written(name: str) -> bool:
    """Whether a file of this name is one that is being written, or was left so by a killed process."""
    return _HALF_WRITTEN.fullmatch(name) is not None


def clear_half_written(folders: Iterable[Path]) -> None:
    """Remove what killed processes left half written in `folders`."""
    for folder in folders:
        with os.scandir(folder) as entries:
            left = [Path(entry) for entry in entries if is_half_written(entry.name)]
        for path in left:
            if not _is_held(path):
                path.unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    """Whether a living process is writing the file, or has just finished."""
    try:
        # NFS gives exclusive locks only on files that are open for writing.
        with path.open("r+b") as handle:
            hold_file(handle)
    except (BlockingIOError, FileNotFoundError):
        return True
    return False


@contextmanager
def _half_written(
    folder: Path,
    data: Iterable[bytes | memoryview],
    mode: int,
    *,
    durable: bool,
    times: tuple[int, int] | None = None,
) -> Iterator[Path]:
    """Write `data` to a file in `folder` under a name of its own, locked; remove it if anything fails."""
    partial = folder / f".{os.getpid()}-{token_hex(4)}.part"
    handle_of = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with ExitStack() as until_renamed:
            handle = until_renamed.enter_context(os.fdopen(handle_of, "wb"))
            hold_file(handle, wait=True)
            set_mode(handle_of, mode)
            handle.writelines(data)
            handle.flush()
            if times is not None:
                os.utime(handle_of, ns=times)
            if durable:
                os.fsync(handle_of)
            if not RENAMES_OPEN_FILES:
                until_renamed.close()
            yield partial
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
