"""Decides whether a staged release must be audited anew, and whether it may be published."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.audit.auditor import Answer
from flows.audit.facts import AuditCase
from flows.errors import AuditRefusedError
from flows.release.manifest import AUDIT, MANIFEST, read_hashes, read_manifest, select_records, select_tables
from flows.root import Root

Acknowledged = Mapping[str, Any] | None


def pass_or_refuse(answer: Answer, reason: str | None) -> Acknowledged:
    """Wait for the audit's `answer`; returns what was surprising and acknowledged with `reason`.

    Raises:
        AuditRefusedError: the audit found faults, or surprises that nobody acknowledged.
    """
    found = answer()
    if found.faults or (found.surprises and not reason):
        raise AuditRefusedError(found.faults, found.surprises)
    return {"reason": reason, "surprises": list(found.surprises)} if found.surprises else None


def reuse_audit(case: AuditCase, former: Path) -> Acknowledged:
    """Take over the audit's pages of a `former` release that was audited just so; its acknowledgement."""
    shutil.copytree(former / AUDIT, case.folder / AUDIT)
    said = read_manifest(former)
    same_day: Acknowledged = said.get("acknowledged") if said["as_of"] == case.as_of.isoformat() else None
    return same_day


def find_same_audit(root: Root, case: AuditCase, but: str | None = None) -> Path | None:
    """A release at hand, other than `but`, whose audit is this one's too.

    A release of this day with the same tables was audited just so; one of the day before with the
    same records has since only grown older.
    """
    before = case.before.name if case.before else None
    for place in sorted(root.releases.glob(f"{case.as_of:%Y%m%d}-*"), reverse=True):
        said = _manifest(place, case) if place.name != but else None
        if said and said["before"] == before and select_tables(read_hashes(said)) == case.tables:
            return place
    said = _manifest(case.before, case) if case.before else None
    return case.before if said and select_records(read_hashes(said)) == select_records(case.tables) else None


def _manifest(place: Path, case: AuditCase) -> Mapping[str, Any] | None:
    """The manifest of a release that was made under the same contracts and holds an audit."""
    if not (place / MANIFEST).exists() or not (place / AUDIT / "index.html").exists():
        return None
    said = read_manifest(place)
    return said if said["contract"] == case.contracts.hash else None
