"""Publishes a release: written beside, sealed by a manifest, shown to readers by one atomic switch."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from errno import EMLINK, ENOTSUP, EPERM, EXDEV
from pathlib import Path
from typing import Any

import polars as pl

from flows.errors import NoReleaseError
from flows.files import write_lines
from flows.release import journal
from flows.release.manifest import (
    MANIFEST,
    FileEntry,
    Origin,
    list_entries,
    list_files,
    read_hashes,
    read_manifest,
    write_manifest,
)
from flows.root import Root
from schemas.registry import Contracts
from schemas.tables import ISSUES

STAGING = ".dang_ghi"
DOOMED = ".xoa"

# A reader may open any release but for the workbooks that go back to their units.
PUBLIC = 0o755

# What a disk says that has no hard links, or no more of them.
_NO_LINKS = {EMLINK, ENOTSUP, EPERM, EXDEV}

_SYNCED_AT_ONCE = 16


@contextmanager
def stage(root: Root) -> Iterator[Path]:
    """An empty folder on the same disk as the releases; leftovers of a run that was killed go first."""
    clear_leftovers(root)
    # Workers of a killed run may outlive it for a moment: what they still write is not in our folder.
    folder = root.releases / f"{STAGING}.{os.getpid()}"
    folder.mkdir(mode=PUBLIC)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_leftovers(root: Root) -> None:
    """Remove what killed runs left behind."""
    for left in (*root.releases.glob(f"{STAGING}*"), *root.releases.glob(f"{DOOMED}*")):
        shutil.rmtree(left, ignore_errors=True)


def seal(root: Root, folder: Path, contracts: Contracts, origin: Origin, known: Sequence[FileEntry]) -> str:
    """Write the manifest of a finished release, whose entries `known` need no reading; returns its id.

    Files that the release before or the published one has too become hard links to theirs.
    """
    all_files = list_entries(folder, known)
    for name in {origin.before, read_published(root)} - {None}:
        _share(root.releases / str(name), folder, all_files)
    return write_manifest(folder, contracts, origin, all_files)


def read_hashes_in(former: Path) -> dict[str, str]:
    """Hash by path of the files of the release in `former`; none where it is not sealed."""
    return read_hashes(read_manifest(former)) if (former / MANIFEST).exists() else {}


def try_link(theirs: Path, ours: Path) -> bool:
    """Whether the disk has hard links; if so, `ours` is one to `theirs` now."""
    try:
        ours.hardlink_to(theirs)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    return True


def _share(former: Path, folder: Path, all_files: list[FileEntry]) -> None:
    known, link = read_hashes_in(former), folder / ".lien_ket"
    for entry in all_files:
        theirs, ours = former / entry.path, folder / entry.path
        if known.get(entry.path) == entry.sha256 and _same(theirs, ours):
            if not try_link(theirs, link):
                return
            link.replace(ours)


def _same(theirs: Path, ours: Path) -> bool:
    """Whether `theirs` still looks like what its manifest says, and may be read by the same people."""
    if not theirs.is_file():
        return False
    was, now = theirs.stat(), ours.stat()
    return was.st_ino != now.st_ino and (was.st_size, was.st_mode) == (now.st_size, now.st_mode)


def publish(root: Root, folder: Path, release: str) -> Path:
    """Move the sealed `folder` to its place and switch `curated/latest` to it; returns the release.

    A release that is already there has the same bytes, since its id is made from them. Readers who
    see a later day go on seeing it: only `rollback` takes them back.
    """
    place = put_in_place(root, folder, release)
    shown = read_published(root)
    if shown is None or not (root.releases / shown).exists() or day_of(shown) <= day_of(release):
        journal.add_line(root, release, "cong_bo")
        switch_latest(root, release)
        shutil.rmtree(root.refused, ignore_errors=True)
    return place


def put_in_place(root: Root, folder: Path, release: str) -> Path:
    """Move the sealed `folder` to its place, durably, for nobody to see yet."""
    place = root.releases / release
    if not place.exists():
        _sync(folder)
        folder.rename(place)
        _sync_entry(root.releases)
    return place


def remove_release(root: Root, release: str) -> None:
    """Take a release away; what a kill leaves of it goes the next time."""
    doomed = root.releases / f"{DOOMED}-{release}"
    (root.releases / release).rename(doomed)
    shutil.rmtree(doomed)


def switch_latest(root: Root, release: str) -> None:
    """Show `release` to readers, at once and for good."""
    link = root.latest.with_name(".latest")
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release)
    link.replace(root.latest)
    pointer = json.dumps({"release": release, "path": f"releases/{release}"})
    write_lines(root.latest.with_name("latest.json"), [pointer])
    _sync_entry(root.latest.parent)


def find_release(root: Root, said: str | None) -> Path:
    """The release whose id starts with `said`; the published one where nothing is said.

    Raises:
        NoReleaseError: there is none, or more than one.
    """
    found = [name for name in list_releases(root) if name.startswith(said or read_published(root) or "-")]
    if len(found) != 1:
        what = f"bản công bố nào là {said}" if said else "bản công bố nào"
        several = f"Nhiều bản bắt đầu bằng {said}: {', '.join(found)}." if found else f"Không có {what}."
        raise NoReleaseError(several)
    return root.releases / found[0]


def roll_back(root: Root, release: Path, reason: str | None) -> None:
    """Show readers `release` again, and record that; what was published after it is taken back."""
    journal.add_line(root, release.name, "quay_lai", reason)
    switch_latest(root, release.name)


def _sync(folder: Path) -> None:
    """Make every file of `folder` and its name durable before anything points at it."""
    # What another release holds too was made durable with that.
    new = [path for path in (*list_files(folder), folder / MANIFEST) if path.stat().st_nlink == 1]
    folders = [*(entry for entry in folder.rglob("*") if entry.is_dir()), folder, folder.parent]
    # A disk that is asked for many at once writes them together.
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as threads:
        for paths in (new, folders):
            list(threads.map(_sync_entry, paths))


def _sync_entry(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def list_releases(root: Root) -> list[str]:
    """Ids of the releases at hand, oldest day first."""
    if not root.releases.exists():
        return []
    return sorted(path.name for path in root.releases.iterdir() if not path.name.startswith("."))


def day_of(release: str) -> str:
    """The day of a release, as it stands in its id: ids of one day have it in common."""
    return release.partition("-")[0]


def read_published(root: Root) -> str | None:
    """The id of the release that readers see."""
    return root.latest.readlink().name if root.latest.is_symlink() else None


def find_before(root: Root, as_of: date) -> Path | None:
    """The release of the latest day before `as_of`: what this day's ledger and audit go on from.

    Of several of one day, the one shown to readers last; what was taken back is passed over.
    """
    at_hand = set(list_releases(root))
    # Where the journal was lost, every release at hand is taken for shown.
    known = list(journal.list_standing(root)) or sorted(at_hand)
    shown = [name for name in known if name in at_hand and day_of(name) < f"{as_of:%Y%m%d}"]
    if not shown:
        return None
    return root.releases / max(enumerate(shown), key=lambda each: (day_of(each[1]), each[0]))[1]


def read_issues(place: Path | None) -> pl.DataFrame:
    """The ledger of the release in `place`; empty where there is none, on the first day."""
    return ISSUES.conform(pl.read_parquet(place / "issues.parquet") if place else pl.DataFrame())


def read_manifests(root: Root) -> Mapping[str, dict[str, Any]]:
    """The manifest of every release at hand, by id."""
    return {name: read_manifest(root.releases / name) for name in list_releases(root)}
