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

from flows.manifest import MANIFEST
from flows.release import day_of, switch
from flows.root import Root

_RELEASES = "curated/releases/"
_POINTER = "curated/latest.json"
_KEY = "var/key"
# What a day is made from beside releases; what else lies under var/ can be made again.
_NEEDED = ("raw/", "schemas/", _KEY, "curated/journal.jsonl", _POINTER)
_REFUSED = "curated/khong_cong_bo"
# These alone change; all else is named by its content.
_CHANGING = ("curated/journal.jsonl", _REFUSED, _POINTER)


@contextmanager
def at_hand(where: str, as_of: date) -> Iterator[Root]:
    """The root at `where` for the day `as_of`: itself where it is a folder, else a copy.

    Of a copy, what is new is sent back in the end, even when the day failed; the pointer to the release
    that readers see goes last, so that they never see half of one.
    """
    if "://" not in where:
        yield Root(Path(where).resolve())
        return
    fs, base = fsspec.url_to_fs(where)
    fs.invalidate_cache()
    with TemporaryDirectory(prefix="dulieuxa-") as folder:
        root = Root(Path(folder))
        there = {path.removeprefix(base).lstrip("/"): path for path in fs.find(base)}
        _fetch(fs, there, root, as_of)
        try:
            yield root
        finally:
            _send(fs, base, there, root)


def _fetch(fs: fsspec.AbstractFileSystem, there: Mapping[str, str], root: Root, as_of: date) -> None:
    shown = json.loads(fs.cat(there[_POINTER]))["release"] if _POINTER in there else None
    wanted = tuple(f"{_RELEASES}{name}/" for name in _releases(there, shown, as_of))
    names = [name for name in there if name.startswith((*_NEEDED, *wanted))]
    root.prepare()
    for name in names:
        (root.path / name).parent.mkdir(parents=True, exist_ok=True)
    if names:
        fs.get([there[name] for name in names], [str(root.path / name) for name in names])
    for name in names:
        if name.startswith("raw/inbox/"):
            # When a file was handed in is when it was last written there, not when it was fetched.
            written = fs.modified(there[name]).timestamp()
            os.utime(root.path / name, (written, written))
    if (root.path / _KEY).exists():
        (root.path / _KEY).chmod(0o600)
    if shown:
        switch(root, shown)


def _releases(there: Mapping[str, str], shown: str | None, as_of: date) -> set[str]:
    """The releases that a day needs: the one shown, those of its own day, those of the last day before."""
    whole = {
        name.split("/")[2] for name in there if name.startswith(_RELEASES) and name.endswith(f"/{MANIFEST}")
    }
    today = f"{as_of:%Y%m%d}"
    last = max((day_of(name) for name in whole if day_of(name) < today), default=None)
    return {name for name in whole if name == shown or day_of(name) in (today, last)}


def _send(fs: fsspec.AbstractFileSystem, base: str, there: Mapping[str, str], root: Root) -> None:
    paths = [path for path in root.path.rglob("*") if path.is_file() and not _linked(path, root)]
    here = {path.relative_to(root.path).as_posix(): path for path in paths}
    gone = [there[name] for name in there if name.startswith(f"{_REFUSED}/") and name not in here]
    if gone:
        fs.rm(gone)
    new = [
        name
        for name in here
        if name.startswith(_CHANGING)
        or (name not in there and name.startswith(("raw/archive/", _KEY, _RELEASES)))
    ]
    for stage in (0, 1, 2):
        batch = sorted(name for name in new if _stage(name) == stage)
        if batch:
            fs.put([str(here[name]) for name in batch], [f"{base}/{name}" for name in batch])


def _linked(path: Path, root: Root) -> bool:
    return path.is_symlink() or root.latest in path.parents


def _stage(name: str) -> int:
    """Files first, then what makes a release whole, then what shows it to readers."""
    if name in _CHANGING:
        return 2
    return int(name.startswith(_RELEASES) and name.endswith(f"/{MANIFEST}") and name.count("/") == 3)
