"""Writes and reads a release's manifest: every file with its hash, and the inputs of the release."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.collect.submission import Submission
from flows.errors import DamagedReleaseError
from flows.files import PUBLIC_FILE, write_file
from flows.system.code import code_version
from schemas.open_tables import LEFT_OUT
from schemas.registry import Contracts

MANIFEST = "manifest.json"

#: The bits of a mode that a file of a release may have.
READ_ONLY = 0o555

#: Folder of the audit's pages within a release.
AUDIT = "reports/data_docs"

# What changes with submissions only; the other tables also change with the as-of date.
_RECORDS = ("data/", "open/", "submissions.parquet", "changes.parquet")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a release: path relative to it, hash, size, and number of `rows` (Parquet only).

    `mode` is the one that the file has once it is sealed: nobody may write it. `left_out` is the number of
    records that an open table does not show.
    """

    path: str
    sha256: str
    bytes: int
    rows: int | None
    mode: int
    left_out: int | None = None

    def to_json(self) -> Mapping[str, object]:
        """The entry as written in the manifest: the mode in octal; fields that are None are left out."""
        said = asdict(self) | {"mode": f"{self.mode:04o}"}
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Origin:
    """The inputs of a release besides contracts and key: the same inputs give the same bytes.

    `before` is the id of the release that the ledger continues from and the audit compares with.
    `acknowledged` holds the surprises that somebody accepted (`surprises`, sentences) and why (`reason`).
    `code` is the version of the program that a release was first built by, if it is built again; else None.
    """

    as_of: date
    inputs: tuple[Submission, ...]
    before: str | None
    acknowledged: Mapping[str, Any] | None = None
    code: str | None = None

    @property
    def reason(self) -> str | None:
        """Why the audit's surprises were accepted; None if there were none."""
        return self.acknowledged["reason"] if self.acknowledged else None


def list_entries(folder: Path, known: Sequence[FileEntry] = ()) -> list[FileEntry]:
    """Entries of all files in `folder` except the manifest, sorted by path.

    Files with a `known` entry are not read.
    """
    by_path = {entry.path: entry for entry in known}
    paths = list_files(folder)
    return [by_path.get(path.relative_to(folder).as_posix()) or describe_file(folder, path) for path in paths]


def hashes_of(entries: Iterable[FileEntry]) -> dict[str, str]:
    """Hash by path."""
    return {entry.path: entry.sha256 for entry in entries}


def list_files(folder: Path) -> list[Path]:
    """Paths of all files in `folder` except the manifest, sorted."""
    return sorted(
        Path(place, name) for place, _, names in os.walk(folder) for name in names if name != MANIFEST
    )


def describe_file(folder: Path, path: Path) -> FileEntry:
    """Read one file of the release in `folder` and return its entry."""
    with path.open("rb") as handle:
        digest = file_digest(handle, "sha256").hexdigest()
    rows, left_out = count_rows(path) if path.suffix == ".parquet" else (None, None)
    seen = path.stat()
    mode = S_IMODE(seen.st_mode) & READ_ONLY
    return FileEntry(path.relative_to(folder).as_posix(), digest, seen.st_size, rows, mode, left_out)


def count_rows(path: Path) -> tuple[int | None, int | None]:
    """The rows of a Parquet file and, of an open table, the records that it leaves out."""
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError):
        # The file was damaged after publication; `verify` reports it by its hash.
        return None, None
    left_out = (metadata.metadata or {}).get(LEFT_OUT.encode())
    return int(metadata.num_rows), None if left_out is None else int(left_out)


def write_manifest(folder: Path, contracts: Contracts, origin: Origin, all_files: Iterable[FileEntry]) -> str:
    """Write the manifest of a commune's release in `folder`; returns the release's id."""
    fields: dict[str, Any] = {
        "commune": {"code": contracts.commune.code, "name": contracts.commune.name},
        "contract": contracts.hash,
        "before": origin.before,
        "inputs": [one.to_json() for one in origin.inputs],
    }
    if origin.acknowledged:
        fields["acknowledged"] = origin.acknowledged
    return seal_manifest(folder, origin.as_of, fields, all_files, origin.code)


def seal_manifest(
    folder: Path,
    as_of: date,
    fields: Mapping[str, Any],
    all_files: Iterable[FileEntry],
    code: str | None = None,
) -> str:
    """Write a manifest of `fields`, the as-of date, the code version and all files; returns the id.

    `code` is the version to state, if not this one.
    """
    whole = {
        **fields,
        "as_of": as_of.isoformat(),
        "code": code or code_version(),
        "files": [entry.to_json() for entry in all_files],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode()
    write_file(folder / MANIFEST, text, mode=PUBLIC_FILE & READ_ONLY, durable=False)
    return name_release(as_of, text)


def read_origin(fields: Mapping[str, Any]) -> Origin:
    """The inputs of a commune's release, from the content of its manifest."""
    return Origin(
        date.fromisoformat(fields["as_of"]),
        tuple(map(Submission.from_json, fields["inputs"])),
        fields["before"],
        fields.get("acknowledged"),
        fields["code"],
    )


def name_release(as_of: date, text: bytes) -> str:
    """The id of a release: the day, and the start of the hash of its manifest's `text`."""
    return f"{as_of:%Y%m%d}-{sha256(text).hexdigest()[:8]}"


def read_manifest(release: Path) -> dict[str, Any]:
    """Read the manifest of the release in the folder `release`.

    Raises:
        DamagedReleaseError: there is none, or it is not the one that the release is named after.
    """
    manifest = read_if_intact(release)
    if manifest is None:
        raise DamagedReleaseError(
            f"Bản công bố {release.name} bị hỏng: {release / MANIFEST} bị mất hoặc bị đổi. "
            "Chạy dulieuxa doctor --fix để dựng lại bản này từ kho lưu."
        )
    return manifest


def read_if_intact(release: Path) -> dict[str, Any] | None:
    """The manifest of a release; None if there is none, or it is not the one the release is named after."""
    try:
        text = (release / MANIFEST).read_bytes()
        manifest: dict[str, Any] = json.loads(text)
        named = name_release(date.fromisoformat(manifest["as_of"]), text)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return manifest if named == release.name else None


def read_staged(folder: Path) -> dict[str, Any]:
    """Read the manifest of a release in a folder that does not bear its name yet."""
    return json.loads((folder / MANIFEST).read_bytes())  # type: ignore[no-any-return]


def read_hashes(fields: Mapping[str, Any]) -> dict[str, str]:
    """Hash by path, from the content of a manifest."""
    return {entry["path"]: entry["sha256"] for entry in fields["files"]}


def select_tables(by_path: Mapping[str, str]) -> dict[str, str]:
    """Only the hashes of Parquet files (tables and records): what an audit checks."""
    return {path: digest for path, digest in by_path.items() if path.endswith(".parquet")}


def select_records(by_path: Mapping[str, str]) -> dict[str, str]:
    """Only the hashes of files that change with submissions, not with the as-of date."""
    return {path: digest for path, digest in by_path.items() if is_record(path)}


def is_record(path: str) -> bool:
    """Whether what lies at `path` changes with submissions, not with the as-of date."""
    return path.startswith(_RECORDS)
