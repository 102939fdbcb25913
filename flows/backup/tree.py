"""Lists what of a root can't be made again, and copies such a tree file by file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from flows.cache import CACHE_FOLDERS
from flows.files import copy_file, is_half_written, try_link

#: Caches, locks and the password of a server that is gone with it: each run makes them again.
LEFT_OUT = frozenset(
    {*(f"var/{cache.name}" for cache in CACHE_FOLDERS), "var/lock", "var/phuc_vu", "var/mat_khau_prefect"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a copied tree: what it is known again by, and its content's hash."""

    sha256: str
    size: int
    written: int  # nanoseconds
    inode: int  # of the original: what is written anew with its old time, as by an erasure, has another


@dataclass(slots=True)
class Tree:
    """What was copied, by its path from the root: files, symbolic links with their targets, empty folders."""

    files: dict[str, Entry] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)  # with their modes


def walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every folder, file and link below `root` that is to be kept, folders before what they hold.

    Links are not followed. Pipes and sockets hold no data.

    Raises:
        OSError: a folder can't be read, so that what it holds would be missing.
    """

    def refuse(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(root, onerror=refuse):
        here = Path(place).relative_to(root)
        folders[:] = sorted(name for name in folders if (here / name).as_posix() not in LEFT_OUT)
        for name in (*folders, *sorted(names)):
            path = (here / name).as_posix()
            if path not in LEFT_OUT and not is_half_written(name):
                yield path, (root / path).lstat()


def copy_tree(source: Path, target: Path, known: Mapping[str, Entry]) -> Tree:
    """Make `target` the same as `source`, but for what is left out; returns what it holds then.

    A file that stands in `known` with its size and time, here and there, is not copied again. Files that
    share their content by a hard link share it in the copy too.
    """
    tree, first = Tree(), dict[tuple[int, int], str]()
    for path, state in walk(source):
        ours, theirs = target / path, source / path
        if S_ISLNK(state.st_mode):
            tree.links[path] = str(theirs.readlink())
            _link_to(ours, tree.links[path])
        elif S_ISREG(state.st_mode):
            inode = (state.st_dev, state.st_ino)
            tree.files[path] = _copy(theirs, ours, state, known.get(path), target, first.get(inode), tree)
            first.setdefault(inode, path)
        elif theirs.is_dir():
            tree.folders[path] = state.st_mode & 0o777
            _make_folder(ours, tree.folders[path])
    _remove_others(target, tree)
    return tree


def _copy(
    theirs: Path,
    ours: Path,
    state: os.stat_result,
    known: Entry | None,
    target: Path,
    twin: str | None,
    tree: Tree,
) -> Entry:
    same = (state.st_size, state.st_mtime_ns)
    is_known = known and (*same, state.st_ino) == (known.size, known.written, known.inode)
    if known and is_known and _looks_like(ours, *same):
        return known
    _clear(ours)
    if twin is not None and try_link(target / twin, ours):
        return tree.files[twin]
    return Entry(copy_file(theirs, ours), ours.stat().st_size, ours.stat().st_mtime_ns, state.st_ino)


def _looks_like(path: Path, size: int, written: int) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    state = path.stat()
    return (state.st_size, state.st_mtime_ns) == (size, written)


def _clear(path: Path) -> None:
    """Remove what stands in the place of a file or link."""
    if path.is_dir() and not path.is_symlink():
        _remove_others(path, Tree())
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _link_to(path: Path, target: str) -> None:
    if not (path.is_symlink() and str(path.readlink()) == target):
        _clear(path)
        path.symlink_to(target)


def _make_folder(path: Path, mode: int) -> None:
    if path.is_symlink() or not path.is_dir():
        _clear(path)
        path.mkdir(mode=0o700)
    # What is copied into it must be writable for us.
    path.chmod(mode | 0o700)


def _remove_others(target: Path, tree: Tree) -> None:
    """Remove from `target` what is no longer in the source, such as persons who were erased."""
    for place, folders, names in os.walk(target, topdown=False):
        here = Path(place).relative_to(target)
        for name in names:
            path = (here / name).as_posix()
            if path not in tree.files and path not in tree.links:
                (target / path).unlink()
        for name in folders:
            path = (here / name).as_posix()
            if (target / path).is_symlink():
                if path not in tree.links:
                    (target / path).unlink()
            elif path not in tree.folders:
                (target / path).rmdir()
