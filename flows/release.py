"""Publishes a release: written beside, sealed by a manifest, shown to readers by one atomic switch."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from flows.collect import HandIn
from flows.root import Root
from schemas.registry import Contracts

MANIFEST = "manifest.json"
STAGING = ".dang_ghi"

# A reader may open any release but for the workbooks that go back to their units.
PUBLIC = 0o755


@contextmanager
def staged(root: Root) -> Iterator[Path]:
    """An empty folder on the same disk as the releases; leftovers of a run that was killed go first."""
    folder = root.releases / STAGING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=PUBLIC)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def seal(folder: Path, as_of: date, contracts: Contracts, inputs: Sequence[HandIn]) -> str:
    """Write the manifest of a finished release; returns the release's id."""
    manifest = {
        "as_of": as_of.isoformat(),
        "commune": {"code": contracts.commune.code, "name": contracts.commune.name},
        "contract": contracts.digest,
        "code": version("dulieuxa"),
        "inputs": [
            {"submission": one.submission, "unit": one.unit, "file": one.file, "received": one.received}
            for one in inputs
        ],
        "files": [_sealed(folder, path) for path in _files(folder)],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    (folder / MANIFEST).write_bytes(text)
    return f"{as_of:%Y%m%d}-{sha256(text).hexdigest()[:8]}"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)


def _sealed(folder: Path, path: Path) -> Mapping[str, object]:
    data = path.read_bytes()
    entry = {
        "path": path.relative_to(folder).as_posix(),
        "sha256": sha256(data).hexdigest(),
        "bytes": len(data),
    }
    return entry | ({"rows": pq.read_metadata(path).num_rows} if path.suffix == ".parquet" else {})


def publish(root: Root, folder: Path, release: str) -> Path:
    """Move the sealed `folder` to its place and switch `curated/latest` to it; returns the release.

    A release that is already there has the same bytes, since its id is made from them.
    """
    place = root.releases / release
    if not place.exists():
        _sync(folder)
        folder.rename(place)
    link = root.latest.with_name(".latest")
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release)
    link.replace(root.latest)
    pointer = root.latest.with_name(".latest.json")
    pointer.write_text(json.dumps({"release": release, "path": f"releases/{release}"}), encoding="utf-8")
    pointer.replace(root.latest.with_name("latest.json"))
    _sync_entry(root.latest.parent)
    return place


def _sync(folder: Path) -> None:
    """Make every file of `folder` and its name durable before anything points at it."""
    for path in (*_files(folder), folder / MANIFEST):
        _sync_entry(path)
    for path in (*(entry for entry in folder.rglob("*") if entry.is_dir()), folder, folder.parent):
        _sync_entry(path)


def _sync_entry(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def releases(root: Root) -> list[str]:
    """Ids of the releases at hand, oldest day first."""
    return sorted(path.name for path in root.releases.iterdir() if not path.name.startswith("."))


def published(root: Root) -> str | None:
    """The id of the release that readers see."""
    return root.latest.readlink().name if root.latest.is_symlink() else None


def before(root: Root, as_of: date) -> Path | None:
    """The release of the latest day before `as_of`: what this day's ledger goes on from.

    Of several of one day, the one whose manifest was written last.
    """
    earlier = [name for name in releases(root) if name < f"{as_of:%Y%m%d}"]
    if not earlier:
        return None
    day = earlier[-1].partition("-")[0]
    same_day = [root.releases / name for name in earlier if name.startswith(day)]
    return max(same_day, key=lambda place: ((place / MANIFEST).stat().st_mtime_ns, place.name))


def issues_before(root: Root, as_of: date) -> pl.DataFrame:
    """The ledger of the release before `as_of`; empty on the first day."""
    place = before(root, as_of)
    return pl.read_parquet(place / "issues.parquet") if place else pl.DataFrame()
