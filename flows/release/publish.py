"""Publishes a release: staged in a folder, sealed by a manifest, shown by switching a symlink."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from secrets import token_hex
from typing import Any

import polars as pl

from flows.collect.submission import Submission
from flows.errors import NoReleaseError
from flows.files import make_durable, make_public, sync, try_link, write_lines
from flows.release import journal
from flows.release.intact import (
    IntactFiles,
    close_to_writing,
    forget_all_but,
    replace_damaged,
    require_intact,
)
from flows.release.manifest import (
    FileEntry,
    Origin,
    list_entries,
    read_if_intact,
    read_origin,
    write_manifest,
)
from flows.root import Root
from flows.system.linux import SERVES
from schemas.registry import Contracts
from schemas.tables import ISSUES

STAGING = ".dang_ghi"
DOOMED = ".xoa"


@contextmanager
def stage(root: Root) -> Iterator[Path]:
    """An empty folder on the same disk as the releases, removed afterwards unless it was published.

    First removes what killed runs left behind.
    """
    clear_leftovers(root)
    # The process id keeps workers of a killed run, which may live on for a moment, out of our folder.
    folder = root.releases / f"{STAGING}.{os.getpid()}"
    # Everybody may read a release, except the marked workbooks, which have stricter modes of their own.
    make_public(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def list_staged(root: Root) -> tuple[list[Path], list[Path]]:
    """The folders of releases that are being written now, and those that killed runs left half written.

    A folder is named after its process. Without `/proc`, no process is known to live.
    """
    staged = sorted(root.releases.glob(f"{STAGING}*"))
    written = [one for one in staged if one.suffix[1:].isdigit() and Path("/proc", one.suffix[1:]).exists()]
    return written, [folder for folder in staged if folder not in written]


def clear_leftovers(root: Root) -> None:
    """Remove staged and half-removed releases that killed runs left behind."""
    for left in (*root.releases.glob(f"{STAGING}*"), *root.releases.glob(f"{DOOMED}*")):
        shutil.rmtree(left, ignore_errors=True)


def seal(root: Root, folder: Path, contracts: Contracts, origin: Origin, known: Sequence[FileEntry]) -> str:
    """Write the manifest of the finished release in `folder`; returns the release's id.

    Files with a `known` entry are not read again. Nobody may write any file from now on. Files that are
    equal in the release before or in the published one, and intact there, become hard links to those.
    """
    all_files = list_entries(folder, known)
    close_to_writing(folder)
    for name in {origin.before, read_published(root)} - {None}:
        _link_unchanged(IntactFiles(root, str(name)), folder, all_files)
    return write_manifest(folder, contracts, origin, all_files)


def _link_unchanged(former: IntactFiles, folder: Path, all_files: list[FileEntry]) -> None:
    link = folder / ".lien_ket"
    for entry in all_files:
        theirs, ours = former.place / entry.path, folder / entry.path
        if former.has(entry.path, entry.sha256) and _may_share(theirs, ours):
            if not try_link(theirs, link):
                return
            link.replace(ours)


def _may_share(theirs: Path, ours: Path) -> bool:
    """Whether two files have the same size and mode, and are not already the same file."""
    was, now = theirs.stat(), ours.stat()
    return was.st_ino != now.st_ino and (was.st_size, was.st_mode) == (now.st_size, now.st_mode)


def publish(root: Root, folder: Path, release: str) -> Path:
    """Move the sealed `folder` to `releases/` and switch `curated/latest` to it; returns its new path.

    If the release exists already, it has the same bytes, since its id is a hash of them. If readers see a
    release of a later day, they keep it: only `rollback` goes back.
    """
    place = put_in_place(root, folder, release)
    shown = read_published(root)
    if shown is None or not (root.releases / shown).exists() or day_of(shown) <= day_of(release):
        journal.add_line(root, release, "cong_bo")
        switch_latest(root, release)
        shutil.rmtree(root.refused, ignore_errors=True)
    before = (read_if_intact(place) or {}).get("before")
    forget_all_but(root, {release, read_published(root) or release, before or release})
    return place


def put_in_place(root: Root, folder: Path, release: str) -> Path:
    """Move the sealed `folder` to `releases/`, synced to disk, without showing it to readers.

    If the release is there already, what is damaged of it is replaced.
    """
    place = root.releases / release
    if not place.exists():
        make_durable(folder)
        folder.rename(place)
        sync(root.releases)
        IntactFiles(root, release).take_as_seen()
        return place
    there = IntactFiles(root, release)
    if there.manifest is None or there.find_faults():
        replace_damaged(place, folder)
        make_durable(place)
        there = IntactFiles(root, release)
    there.find_faults()
    there.remember()
    return place


def remove_release(root: Root, release: str) -> None:
    """Remove a release; if the process is killed meanwhile, the next run removes the rest."""
    doomed = root.releases / f"{DOOMED}-{release}"
    (root.releases / release).rename(doomed)
    shutil.rmtree(doomed)


def point_at(release: str) -> dict[str, str]:
    """What `latest.json` says, for who can't follow a link."""
    return {"release": release, "path": f"releases/{release}"}


def switch_latest(root: Root, release: str) -> None:
    """Point `curated/latest` and `latest.json` at `release`: atomic, and synced to disk."""
    link = root.latest.with_name(".latest")
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release)
    if root.latest.is_dir() and not root.latest.is_symlink():
        # A backup was restored that follows links: what it holds may be all that is left of a release.
        root.latest.rename(root.latest.with_name(f"latest.thu_muc-{token_hex(4)}"))
    link.replace(root.latest)
    pointer = json.dumps(point_at(release))
    write_lines(root.latest.with_name("latest.json"), [pointer])


def find_release(root: Root, prefix: str | None) -> Path:
    """The folder of the release whose id starts with `prefix`; of the published one if `prefix` is None.

    Raises:
        NoReleaseError: no release matches, or more than one.
    """
    found = [name for name in list_releases(root) if name.startswith(prefix or read_published(root) or "-")]
    if len(found) != 1:
        what = f"bản công bố nào là {prefix}" if prefix else "bản công bố nào"
        several = f"Nhiều bản bắt đầu bằng {prefix}: {', '.join(found)}." if found else f"Không có {what}."
        raise NoReleaseError(several)
    return root.releases / found[0]


def roll_back(root: Root, release: Path, reason: str | None) -> None:
    """Show `release` to readers again and note it in the journal; later releases no longer stand.

    Raises:
        DamagedReleaseError: it is not as it was published; readers keep what they see.
    """
    require_intact(release, pages=True)
    journal.add_line(root, release.name, "quay_lai", reason)
    switch_latest(root, release.name)


def list_releases(root: Root) -> list[str]:
    """Ids of the releases on disk, oldest day first."""
    if not root.releases.exists():
        return []
    return sorted(path.name for path in root.releases.iterdir() if not path.name.startswith("."))


def day_of(release: str) -> str:
    """The day of a release, YYYYMMDD, from its id."""
    return release.partition("-")[0]


def read_published(root: Root) -> str | None:
    """The id of the release that `curated/latest` points at; None if nothing is published.

    Windows sees the link of a share as the folder that it leads to: there, `latest.json` says it.
    """
    if root.latest.is_symlink():
        return root.latest.readlink().name
    pointer = root.latest.with_name("latest.json")
    if SERVES or not (root.latest.is_dir() and pointer.exists()):
        return None
    return str(json.loads(pointer.read_bytes())["release"])


def read_inputs(root: Root, release: str | None) -> frozenset[Submission]:
    """The submissions that a release was made from; none without one, or if its manifest is damaged."""
    manifest = read_if_intact(root.releases / release) if release else None
    return frozenset(read_origin(manifest).inputs) if manifest else frozenset()


def find_before(root: Root, as_of: date) -> Path | None:
    """The release of the latest day before `as_of`: this day's ledger and audit continue from it.

    If there are several of one day, the last one shown to readers. Releases that were rolled back do not
    count. None if there is no release before.
    """
    on_disk = set(list_releases(root))
    # Without a journal (it was lost) every release on disk counts as shown.
    known = list(journal.list_standing(root)) or sorted(on_disk)
    shown = [name for name in known if name in on_disk and day_of(name) < f"{as_of:%Y%m%d}"]
    if not shown:
        return None
    return root.releases / max(enumerate(shown), key=lambda each: (day_of(each[1]), each[0]))[1]


def read_issues(place: Path | None) -> pl.DataFrame:
    """The table of issues of the release in the folder `place`; empty if `place` is None (the first day)."""
    return ISSUES.conform(pl.read_parquet(place / "issues.parquet") if place else pl.DataFrame())


def read_manifests(root: Root) -> Mapping[str, dict[str, Any] | None]:
    """The manifest of every release on disk, by id; None for one that is damaged."""
    return {name: read_if_intact(root.releases / name) for name in list_releases(root)}
