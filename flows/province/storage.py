"""Opens a root at a path or URL; one at a URL is copied to this machine and changes are uploaded."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import fsspec

from flows.errors import NoRootError
from flows.release.intact import IntactFiles
from flows.release.manifest import MANIFEST
from flows.release.publish import day_of, list_releases, switch_latest
from flows.root import Root

_INBOX = "raw/inbox/"
_STATE = "var/"
_RELEASES = "curated/releases/"
_POINTER = "curated/latest.json"
_REFUSED = "curated/khong_cong_bo"
_NEEDED = ("raw/", "schemas/", "curated/journal.jsonl", _POINTER)
# Files below _LASTING hardly ever change once written (their names contain hashes): uploaded where they are
# missing, or were changed here: a receipt that says more, a release that was mended.
_LASTING = ("raw/archive/", _RELEASES)
# Files below _CHANGING are uploaded whenever they changed, and deleted if they are gone.
_CHANGING = (_INBOX, _STATE, "curated/journal.jsonl", _REFUSED, _POINTER)

_NOTHING = "Không có thư mục này: kiểm tra lại đường dẫn."

# By file name: size, and time of the last write in nanoseconds.
Snapshot = Mapping[str, tuple[int, int]]


@contextmanager
def open_root(where: str, as_of: date, *, new: bool = False) -> Iterator[Root]:
    """Open the root at `where` for the day `as_of`: a folder itself, or a local copy of a URL.

    Changes of a copy are uploaded at the end, even if the day failed. The pointer to the published
    release goes last, so that readers never see an incomplete release.

    Raises:
        NoRootError: nothing exists at `where`, and `new` is False.
    """
    if "://" not in where:
        path = Path(where).resolve()
        if not (new or path.exists()):
            raise NoRootError(_NOTHING)
        yield Root(path)
        return
    fs, base = fsspec.url_to_fs(where)
    fs.invalidate_cache()
    with TemporaryDirectory(prefix="dulieuxa-") as folder:
        root = Root(Path(folder))
        remote = {path.removeprefix(base).lstrip("/"): path for path in fs.find(base)}
        if not (new or remote):
            raise NoRootError(_NOTHING)
        _download(fs, remote, root, as_of)
        before = _snapshot(root)
        try:
            yield root
        finally:
            _upload(fs, base, before, remote, root)


def _download(fs: fsspec.AbstractFileSystem, remote: Mapping[str, str], root: Root, as_of: date) -> None:
    shown = json.loads(fs.cat(remote[_POINTER]))["release"] if _POINTER in remote else None
    wanted = tuple(f"{_RELEASES}{name}/" for name in _select_releases(remote, shown, as_of))
    names = [name for name in remote if name.startswith((*_NEEDED, *wanted)) or _is_state(name)]
    root.prepare()
    for name in names:
        (root.path / name).parent.mkdir(parents=True, exist_ok=True)
    if names:
        fs.get([remote[name] for name in names], [str(root.path / name) for name in names])
    for name in names:
        if name.startswith(_INBOX):
            # The time of a submission is its last write at the URL, not the time of this download.
            written = fs.modified(remote[name]).timestamp()
            os.utime(root.path / name, (written, written))
        elif name.startswith(_STATE):
            (root.path / name).chmod(0o600)
    for name in list_releases(root):
        release = IntactFiles(root, name)
        for path in release.entries:
            # A store keeps no modes.
            release.set_mode(path)
    if shown:
        switch_latest(root, shown)


def _is_state(name: str) -> bool:
    """Whether it is a key or a record that lasts: folders under var/ hold what can be made again."""
    file = name.removeprefix(_STATE)
    return name.startswith(_STATE) and "/" not in file and file != "lock" and not file.startswith(".")


def _select_releases(remote: Mapping[str, str], shown: str | None, as_of: date) -> set[str]:
    """The releases that a day needs: the published one, those of this day, those of the last day before."""
    complete = {name.split("/")[2] for name in remote if _is_manifest(name)}
    today = f"{as_of:%Y%m%d}"
    last = max((day_of(name) for name in complete if day_of(name) < today), default=None)
    return {name for name in complete if name == shown or day_of(name) in (today, last)}


def _is_manifest(name: str) -> bool:
    return name.startswith(_RELEASES) and name.endswith(f"/{MANIFEST}") and name.count("/") == 3


def _snapshot(root: Root) -> Snapshot:
    paths = [path for path in root.path.rglob("*") if path.is_file() and root.latest not in path.parents]
    stats = {path.relative_to(root.path).as_posix(): path.stat() for path in paths if not path.is_symlink()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def _upload(
    fs: fsspec.AbstractFileSystem, base: str, before: Snapshot, remote: Mapping[str, str], root: Root
) -> None:
    now = _snapshot(root)
    gone = [remote[name] for name in before if name not in now and name.startswith(_CHANGING)]
    if gone:
        fs.rm(gone)
    new = [
        name
        for name, seen in now.items()
        if (name.startswith(_LASTING) and (name not in remote or before.get(name, seen) != seen))
        or (name.startswith(_CHANGING) and before.get(name) != seen)
    ]
    sent = [name for name in new if not name.startswith(_STATE) or _is_state(name)]
    for stage in (0, 1, 2):
        batch = sorted(name for name in sent if _stage(name) == stage)
        if batch:
            fs.put([str(root.path / name) for name in batch], [f"{base}/{name}" for name in batch])


def _stage(name: str) -> int:
    """Order of upload: 0 for files, 1 for manifests (they complete a release), 2 for the pointer to it."""
    return 2 if name == _POINTER else int(_is_manifest(name))
