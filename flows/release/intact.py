"""Knows which files of a release are as published; only what changed since it was seen is hashed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from stat import S_IMODE, S_ISREG
from typing import Any

from flows.cache import INTACT_CACHE
from flows.errors import DamagedReleaseError
from flows.files import hash_file, make_like
from flows.release.manifest import MANIFEST, READ_ONLY, list_files, read_if_intact, read_manifest
from flows.root import Root

#: What a change of a file changes: inode, time of the last change of its content in nanoseconds, size.
State = tuple[int, int, int]

#: What is wrong with a file that is not there.
LOST = "bị mất"

_PRIVATE = 0o077


class IntactFiles:
    """The files of one release as its manifest tells them, and those that were seen to be so.

    With `afresh`, nothing counts as seen. `known` are hashes of files that were read just now, by their
    state: releases share files. `manifest` is None if it is damaged; no file is intact then.
    """

    def __init__(
        self, root: Root, release: str, *, afresh: bool = False, known: dict[State, str] | None = None
    ) -> None:
        self.place = root.releases / release
        self.manifest = read_if_intact(self.place)
        files = self.manifest["files"] if self.manifest else ()
        self.entries: Mapping[str, Mapping[str, Any]] = {entry["path"]: entry for entry in files}
        self._known = {} if known is None else known
        self._cache = INTACT_CACHE.open_in(root)
        self._kept: Mapping[str, State] = self._cache.get(_key(release)) or {}
        self._seen: dict[str, State] = {} if afresh else dict(self._kept)

    def has(self, path: str, digest: str) -> bool:
        """Whether the release has the file at `path` with this SHA-256, and it is intact."""
        entry = self.entries.get(path)
        return entry is not None and entry["sha256"] == digest and self.find_fault(path) is None

    def find_fault(self, path: str) -> str | None:
        """What is wrong with a file of the manifest, in Vietnamese; None if it is intact."""
        entry, file = self.entries[path], self.place / path
        try:
            state = file.lstat()
            if not S_ISREG(state.st_mode) or state.st_size != entry["bytes"]:
                return "đã bị sửa"
            now = (state.st_ino, state.st_mtime_ns, state.st_size)
            if self._seen.get(path) != now:
                if now not in self._known:
                    self._known[now] = hash_file(file)
                if self._known[now] != entry["sha256"]:
                    return "đã bị sửa"
                self._seen[path] = now
        except FileNotFoundError:
            return LOST
        except OSError:
            return "không đọc được"
        return _find_wrong_mode(S_IMODE(state.st_mode), entry.get("mode"))

    def find_faults(self, paths: Iterable[str] | None = None) -> dict[str, str]:
        """What is wrong, by path: of all files of the manifest, or of those at `paths`."""
        looked = self.entries if paths is None else paths
        return {path: fault for path in looked if (fault := self.find_fault(path))}

    def find_strays(self) -> list[str]:
        """Files that the manifest does not know."""
        found = (path.relative_to(self.place).as_posix() for path in list_files(self.place))
        return [path for path in found if path not in self.entries]

    def set_mode(self, path: str) -> None:
        """Give a file of the manifest the mode that it was published with."""
        declared, file = self.entries.get(path, {}).get("mode"), self.place / path
        if declared is not None and file.is_file() and not file.is_symlink():
            file.chmod(int(declared, 8))

    def take_if_same(self, path: str, file: Path) -> None:
        """Move `file` into the release if it is what the manifest says of `path`."""
        if file.is_file() and hash_file(file) == self.entries[path]["sha256"]:
            make_like((self.place / path).parent, file.parent)
            file.replace(self.place / path)
            self.set_mode(path)

    def remember(self) -> None:
        """Keep what was seen for the runs to come."""
        if self._seen != self._kept:
            self._cache.put(_key(self.place.name), self._seen)

    def take_as_seen(self) -> None:
        """Take every file for intact: the release was written and hashed just now."""
        for path in self.entries:
            state = (self.place / path).lstat()
            self._seen[path] = (state.st_ino, state.st_mtime_ns, state.st_size)
        self.remember()


def require_intact(release: Path, known: dict[State, str] | None = None, *, pages: bool = False) -> None:
    """Make sure that all tables of a release, and with `pages` all its files, are as they were published.

    `known` is as for `IntactFiles`.

    Raises:
        DamagedReleaseError: one is not, or the manifest is not.
    """
    read_manifest(release)
    files = IntactFiles(Root(release.resolve().parents[2]), release.resolve().name, known=known)
    looked = [path for path in files.entries if pages or path.endswith(".parquet")]
    for path, fault in files.find_faults(looked).items():
        raise DamagedReleaseError(
            f"Bản công bố {release.name} bị hỏng: {release / path} {fault}. "
            "Chạy dulieuxa doctor --fix để dựng lại bản này từ kho lưu."
        )


def forget_all_but(root: Root, releases: Iterable[str]) -> None:
    """Forget what was seen of all other releases."""
    INTACT_CACHE.open_in(root).sweep(map(_key, releases))


def _key(release: str) -> str:
    return INTACT_CACHE.make_key(release)


def _find_wrong_mode(mode: int, declared: str | None) -> str | None:
    """What is wrong with a mode; releases of older versions declare none."""
    if declared is None:
        return None if mode & 0o400 else "không đọc được"
    wanted = int(declared, 8)
    if mode == wanted:
        return None
    return "người khác cũng đọc được" if mode & ~wanted & _PRIVATE else "có quyền khác lúc công bố"


def close_to_writing(folder: Path) -> None:
    """Take the right to write from every file in `folder`: a release does not change."""
    for path in _list_all(folder):
        mode = S_IMODE(path.lstat().st_mode)
        if mode & ~READ_ONLY:
            path.chmod(mode & READ_ONLY)


def _list_all(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def replace_damaged(place: Path, folder: Path) -> None:
    """Make the files of the release at `place` what those of the same release in `folder` are.

    `folder` is used up. At any moment a reader finds each file as it was or as it should be.
    """
    for ours in (*list_files(folder), folder / MANIFEST):
        theirs = place / ours.relative_to(folder)
        if not _is_same(theirs, ours):
            make_like(theirs.parent, ours.parent)
            theirs.parent.chmod(S_IMODE(ours.parent.stat().st_mode))
            ours.replace(theirs)


def _is_same(theirs: Path, ours: Path) -> bool:
    try:
        was, now = theirs.lstat(), ours.lstat()
        if was.st_ino == now.st_ino:
            return True
        return (was.st_size, was.st_mode) == (now.st_size, now.st_mode) and hash_file(theirs) == hash_file(
            ours
        )
    except OSError:
        return False
