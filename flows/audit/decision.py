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
    """Copy the audit's results of the `former` release of the same day; returns its acknowledgement."""
    shutil.copytree(former / AUDIT, case.folder / AUDIT)
    acknowledged: Acknowledged = read_manifest(former).get("acknowledged")
    return acknowledged


def find_same_audit(root: Root, case: AuditCase, but: str | None = None) -> Path | None:
    """Find a release of the same day, other than `but`, whose whole audit is valid for this case too.

    It has the same tables and was compared with the same release before.
    """
    before = case.before.name if case.before else None
    for place in sorted(root.releases.glob(f"{case.as_of:%Y%m%d}-*"), reverse=True):
        manifest = _read_audited(root, place, case) if place.name != but else None
        if manifest and manifest["before"] == before and select_tables(read_hashes(manifest)) == case.tables:
            return place
    return None


def has_same_records(root: Root, case: AuditCase) -> bool:
    """Whether the records are those of the release before, and its audit of them holds here too."""
    manifest = _read_audited(root, case.before, case) if case.before else None
    return manifest is not None and (select_records(read_hashes(manifest)) == select_records(case.tables))


def _read_audited(root: Root, place: Path, case: AuditCase) -> Mapping[str, Any] | None:
    """The manifest of a release; None if its audit is not intact or was made under other contracts.

    Also None if it is by a version of this program that wrote pages alone, without results to take over.
    """
    release = IntactFiles(root, place.name)
    files = [path for path in release.entries if path.startswith(f"{AUDIT}/")]
    if release.manifest is None or release.find_faults(files):
        return None
    if not any(path.endswith(".json") for path in files):
        return None
    return release.manifest if release.manifest["contract"] == case.contracts.hash else None
