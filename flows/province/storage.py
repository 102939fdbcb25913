"""Brings a root that lies at a URL to this machine while it is worked on, and sends back what is new."""

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
from flows.release.manifest import MANIFEST
from flows.release.publish import day_of, switch_latest
from flows.root import Root

_INBOX = "raw/inbox/"
_STATE = "var/"
_RELEASES = "curated/releases/"
_POINTER = "curated/latest.json"
_REFUSED = "curated/khong_cong_bo"
_NEEDED = ("raw/", "schemas/", "curated/journal.jsonl", _POINTER)
# What is sent back when it is not there yet, named by its content as it is; all else whenever it changed.
_LASTING = ("raw/archive/", _RELEASES)
_CHANGING = (_INBOX, _STATE, "curated/journal.jsonl", _REFUSED, _POINTER)

_NOTHING = "Không có thư mục này: kiểm tra lại đường dẫn."

# Size, and when it was last written in nanoseconds, by name.
Snapshot = Mapping[str, tuple[int, int]]


@contextmanager
def open_root(where: str, as_of: date, *, new: bool = False) -> Iterator[Root]:
    """The root at `where` for the day `as_of`: itself where it is a folder, else a copy.

    Of a copy, what is new is sent back in the end, even when the day failed; the pointer to the release
    that readers see goes last, so that they never see half of one.

    Raises:
        NoRootError: nothing is there, and it need not be `new`.
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
        there = {path.removeprefix(base).lstrip("/"): path for path in fs.find(base)}
        if not (new or there):
            raise NoRootError(_NOTHING)
        _fetch(fs, there, root, as_of)
        before = _snapshot(root)
        try:
            yield root
        finally:
            _send(fs, base, before, there, root)


def _fetch(fs: fsspec.AbstractFileSystem, there: Mapping[str, str], root: Root, as_of: date) -> None:
    shown = json.loads(fs.cat(there[_POINTER]))["release"] if _POINTER in there else None
    wanted = tuple(f"{_RELEASES}{name}/" for name in _releases(there, shown, as_of))
    names = [name for name in there if name.startswith((*_NEEDED, *wanted)) or _is_state(name)]
    root.prepare()
    for name in names:
        (root.path / name).parent.mkdir(parents=True, exist_ok=True)
    if names:
        fs.get([there[name] for name in names], [str(root.path / name) for name in names])
    for name in names:
        if name.startswith(_INBOX):
            # When a file was handed in is when it was last written there, not when it was fetched.
            written = fs.modified(there[name]).timestamp()
            os.utime(root.path / name, (written, written))
        elif name.startswith(_STATE):
            (root.path / name).chmod(0o600)
    if shown:
        switch_latest(root, shown)


def _is_state(name: str) -> bool:
    """Whether it is a key or a record that lasts: folders under var/ hold what can be made again."""
    return name.startswith(_STATE) and name.count("/") == 1 and name != f"{_STATE}lock"


def _releases(there: Mapping[str, str], shown: str | None, as_of: date) -> set[str]:
    """The releases that a day needs: the one shown, those of its own day, those of the last day before."""
    whole = {name.split("/")[2] for name in there if _is_manifest(name)}
    today = f"{as_of:%Y%m%d}"
    last = max((day_of(name) for name in whole if day_of(name) < today), default=None)
    return {name for name in whole if name == shown or day_of(name) in (today, last)}


def _is_manifest(name: str) -> bool:
    return name.startswith(_RELEASES) and name.endswith(f"/{MANIFEST}") and name.count("/") == 3


def _snapshot(root: Root) -> Snapshot:
    paths = [path for path in root.path.rglob("*") if path.is_file() and root.latest not in path.parents]
    stats = {path.relative_to(root.path).as_posix(): path.stat() for path in paths if not path.is_symlink()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def _send(
    fs: fsspec.AbstractFileSystem, base: str, before: Snapshot, there: Mapping[str, str], root: Root
) -> None:
    now = _snapshot(root)
    gone = [there[name] for name in before if name not in now and name.startswith(_CHANGING)]
    if gone:
        fs.rm(gone)
    new = [
        name
        for name, seen in now.items()
        if (name.startswith(_LASTING) and name not in there)
        or (name.startswith(_CHANGING) and before.get(name) != seen)
    ]
    sent = [name for name in new if not name.startswith(_STATE) or _is_state(name)]
    for stage in (0, 1, 2):
        batch = sorted(name for name in sent if _stage(name) == stage)
        if batch:
            fs.put([str(root.path / name) for name in batch], [f"{base}/{name}" for name in batch])


def _stage(name: str) -> int:
    """Files first, then what makes a release whole, then what shows it to readers."""
    return 2 if name == _POINTER else int(_is_manifest(name))
