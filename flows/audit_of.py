"""Decides whether a staged release must be audited anew, and whether it may be published."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flows.audit import Audit
from flows.audited import Case
from flows.manifest import AUDIT, MANIFEST, entries, hashes, read_manifest, records_of, tables_of
from flows.refusal import AuditRefusedError, refuse
from flows.root import Root

Ask = Callable[[Case], Audit]
Acknowledged = Mapping[str, Any] | None


def pass_or_refuse(root: Root, case: Case, ask: Ask, reason: str | None) -> Acknowledged:
    """Audit the staged release of `case`; returns what was surprising and acknowledged with `reason`.

    A release of this day with the same tables was audited just so; one of the day before with the
    same records has since only grown older. Their pages and acknowledgement are taken over.

    Raises:
        AuditRefusedError: the audit found faults, or surprises that nobody acknowledged.
    """
    former = _audited_before(root, case)
    if former is not None:
        shutil.copytree(former / AUDIT, case.folder / AUDIT)
        said = read_manifest(former)
        same_day: Acknowledged = said.get("acknowledged") if said["as_of"] == case.as_of.isoformat() else None
        return same_day
    found = ask(case)
    if found.faults or (found.surprises and not reason):
        refusal = AuditRefusedError(found.faults, found.surprises)
        refuse(root, case.folder, case.as_of, refusal)
        raise refusal
    return {"reason": reason, "surprises": list(found.surprises)} if found.surprises else None


def _audited_before(root: Root, case: Case) -> Path | None:
    """A release at hand whose audit is this one's too."""
    now = {entry.path: entry.sha256 for entry in entries(case.folder)}
    before = case.before.name if case.before else None
    for place in sorted(root.releases.glob(f"{case.as_of:%Y%m%d}-*"), reverse=True):
        said = _manifest(place, case)
        if said and said["before"] == before and tables_of(hashes(said)) == tables_of(now):
            return place
    said = _manifest(case.before, case) if case.before else None
    return case.before if said and records_of(hashes(said)) == records_of(now) else None


def _manifest(place: Path, case: Case) -> Mapping[str, Any] | None:
    """The manifest of a release that was made under the same contracts and holds an audit."""
    if not (place / MANIFEST).exists() or not (place / AUDIT / "index.html").exists():
        return None
    said = read_manifest(place)
    return said if said["contract"] == case.contracts.digest else None
