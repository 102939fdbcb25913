"""Decides whether a staged release needs a new audit, and whether it may be published."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.audit.auditor import Answer
from flows.audit.facts import AuditCase
from flows.errors import AuditRefusedError
from flows.release.intact import IntactFiles
from flows.release.manifest import AUDIT, read_hashes, read_manifest, select_records, select_tables
from flows.root import Root

Acknowledged = Mapping[str, Any] | None


def pass_or_refuse(answer: Answer, reason: str | None) -> Acknowledged:
    """Wait for the audit's `answer`; returns the surprises and the `reason` that acknowledges them, if any.

    Raises:
        AuditRefusedError: the audit found faults, or surprises without a `reason`.
    """
    audit = answer()
    if audit.faults or (audit.surprises and not reason):
        raise AuditRefusedError(audit.faults, audit.surprises)
    return {"reason": reason, "surprises": list(audit.surprises)} if audit.surprises else None


def reuse_audit(case: AuditCase, former: Path) -> Acknowledged:
    """Copy the audit pages of the `former` release, whose audit is valid for this case too.

    Returns its acknowledgement; None if `former` is of another day, as it holds for its own day only.
    """
    shutil.copytree(former / AUDIT, case.folder / AUDIT)
    manifest = read_manifest(former)
    same_day: Acknowledged = (
        manifest.get("acknowledged") if manifest["as_of"] == case.as_of.isoformat() else None
    )
    return same_day


def find_same_audit(root: Root, case: AuditCase, but: str | None = None) -> Path | None:
    """Find a release on disk, other than `but`, whose audit is valid for this case too.

    Two cases: a release of the same day with the same tables, compared with the same release before;
    or the release before itself, if the records are the same and only the as-of date has moved on.
    """
    before = case.before.name if case.before else None
    for place in sorted(root.releases.glob(f"{case.as_of:%Y%m%d}-*"), reverse=True):
        manifest = _read_audited(root, place, case) if place.name != but else None
        if manifest and manifest["before"] == before and select_tables(read_hashes(manifest)) == case.tables:
            return place
    manifest = _read_audited(root, case.before, case) if case.before else None
    return (
        case.before
        if manifest and select_records(read_hashes(manifest)) == select_records(case.tables)
        else None
    )


def _read_audited(root: Root, place: Path, case: AuditCase) -> Mapping[str, Any] | None:
    """The manifest of a release; None if its audit is not intact or was made under other contracts."""
    release = IntactFiles(root, place.name)
    pages = [path for path in release.entries if path.startswith(f"{AUDIT}/")]
    if release.manifest is None or not pages or release.find_faults(pages):
        return None
    return release.manifest if release.manifest["contract"] == case.contracts.hash else None
