"""The manifest of a release: every file with its hash, and all that the release was made from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.collect.submission import Submission
from schemas.registry import Contracts

MANIFEST = "manifest.json"

#: Where within a release the pages of its audit lie.
AUDIT = "reports/data_docs"

# What was handed in and what became of it; the other tables grow older by themselves, day by day.
_RECORDS = ("data/", "submissions.parquet", "changes.parquet")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a release; `rows` of Parquet only."""

    path: str
    sha256: str
    bytes: int
    rows: int | None

    def said(self) -> Mapping[str, object]:
        """As it stands in the manifest."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Origin:
    """What a release is made from beside its contracts: the same origin gives the same bytes.

    `before` is the id of the release that its ledger and its audit go on from; `acknowledged` what
    was surprising in it, each with a sentence, and why it is right all the same.
    """

    as_of: date
    inputs: tuple[Submission, ...]
    before: str | None
    acknowledged: Mapping[str, Any] | None = None

    @property
    def reason(self) -> str | None:
        """Why what was surprising is right all the same."""
        return self.acknowledged["reason"] if self.acknowledged else None


def list_entries(folder: Path, known: Sequence[FileEntry] = ()) -> list[FileEntry]:
    """Every file of the release in `folder` but its manifest, by path; those `known` are not read."""
    have = {entry.path: entry for entry in known}
    found = list_files(folder)
    return [have.get(path.relative_to(folder).as_posix()) or describe_file(folder, path) for path in found]


def hashes_of(some: Iterable[FileEntry]) -> dict[str, str]:
    """Hash by path."""
    return {entry.path: entry.sha256 for entry in some}


def list_files(folder: Path) -> list[Path]:
    """The paths of those files, sorted."""
    return sorted(
        Path(place, name) for place, _, names in os.walk(folder) for name in names if name != MANIFEST
    )


def describe_file(folder: Path, path: Path) -> FileEntry:
    """A file of the release in `folder`, read for its hash."""
    with path.open("rb") as handle:
        digest = file_digest(handle, "sha256").hexdigest()
    rows = _rows(path) if path.suffix == ".parquet" else None
    return FileEntry(path.relative_to(folder).as_posix(), digest, path.stat().st_size, rows)


def _rows(path: Path) -> int | None:
    try:
        return int(pq.read_metadata(path).num_rows)
    except pa.ArrowInvalid:
        # A file damaged later on: its hash tells.
        return None


def write_manifest(folder: Path, contracts: Contracts, origin: Origin, all_files: Iterable[FileEntry]) -> str:
    """Seal the release in `folder`; returns its id."""
    said: dict[str, Any] = {
        "commune": {"code": contracts.commune.code, "name": contracts.commune.name},
        "contract": contracts.hash,
        "before": origin.before,
        "inputs": [one.to_json() for one in origin.inputs],
    }
    if origin.acknowledged:
        said["acknowledged"] = origin.acknowledged
    return seal_manifest(folder, origin.as_of, said, all_files)


def seal_manifest(folder: Path, as_of: date, said: Mapping[str, Any], all_files: Iterable[FileEntry]) -> str:
    """Write the manifest of any release: what is `said` of it, its day, code and files; returns its id."""
    whole = {
        **said,
        "as_of": as_of.isoformat(),
        "code": version("dulieuxa"),
        "files": [entry.said() for entry in all_files],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode()
    (folder / MANIFEST).write_bytes(text)
    return name_release(as_of, text)


def read_origin(said: Mapping[str, Any]) -> Origin:
    """What the release of a commune was made from, as its manifest says."""
    return Origin(
        date.fromisoformat(said["as_of"]),
        tuple(map(Submission.from_json, said["inputs"])),
        said["before"],
        said.get("acknowledged"),
    )


def name_release(as_of: date, text: bytes) -> str:
    """The id of the release whose manifest is `text`."""
    return f"{as_of:%Y%m%d}-{sha256(text).hexdigest()[:8]}"


def read_manifest(release: Path) -> dict[str, Any]:
    """The manifest of the release in the folder `release`."""
    return json.loads((release / MANIFEST).read_bytes())  # type: ignore[no-any-return]


def read_hashes(said: Mapping[str, Any]) -> dict[str, str]:
    """Hash by path, as a manifest says."""
    return {entry["path"]: entry["sha256"] for entry in said["files"]}


def select_tables(by_path: Mapping[str, str]) -> dict[str, str]:
    """The hashes of tables and records alone: what an audit looks at."""
    return {path: digest for path, digest in by_path.items() if path.endswith(".parquet")}


def select_records(by_path: Mapping[str, str]) -> dict[str, str]:
    """The hashes of what changes only when something is handed in."""
    return {path: digest for path, digest in by_path.items() if path.startswith(_RECORDS)}
