"""One day of one commune, from the units' files to a published release: the composition of all stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows.audit.auditor import Auditor, auditor
from flows.build import Recipe, build
from flows.collect.archive import archived
from flows.collect.hand_in import HandIn
from flows.collect.inbox import collect
from flows.engine.runner import Runner
from flows.errors import AuditRefusedError
from flows.forget.gate import gate
from flows.release import publish as release
from flows.release.refusal import refuse
from flows.root import Root, root_contracts
from flows.settle.model import Settled
from schemas.registry import Contracts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a day came to: where its release is, what was new, its records, its tables for the summary."""

    release: Path
    new: Sequence[HandIn]
    unchanged: bool
    settled: Settled
    submissions: pl.DataFrame
    faults: pl.DataFrame
    issues: pl.DataFrame
    indicators: pl.DataFrame
    roll_call: pl.DataFrame


def run_day(
    root: Root,
    contracts: Contracts,
    as_of: date,
    runner: Runner,
    acknowledged: str | None = None,
    audits: Callable[[], AbstractContextManager[Auditor]] = auditor,
) -> Outcome:
    """Collect, digest, settle, measure, audit, release and report the day `as_of`.

    The release depends on the archive, the contracts, `as_of` and the release before it alone; and on
    why a surprising change was `acknowledged`, where there is one. `audits` gives the auditor of this run.

    Raises:
        LockedError: another run holds the root.
        AuditRefusedError: what would be published is not as it must be; the former release stays.
        RuleDidNotRunError, ConservationError: our own fault; nothing was published.
    """
    with root.lock(), audits() as auditing, release.staged(root) as folder:
        contracts = root_contracts(root, contracts)
        root.prepare(unit.name for unit in contracts.commune.units)
        new = runner.step("Thu tệp", collect, root, as_of, gate(root, contracts))
        shown, before = release.published(root), release.before(root, as_of)
        recipe = Recipe(
            as_of,
            tuple(archived(root, as_of)),
            before.name if before else None,
            release.issues_of(before),
            acknowledged,
        )
        try:
            built = build(root, folder, contracts, recipe, runner, auditing)
        except AuditRefusedError as refusal:
            refuse(root, folder, as_of, refusal)
            raise
        place = runner.step("Công bố", release.publish, root, folder, built.name)
    return Outcome(
        place,
        new,
        built.name == shown,
        built.settled,
        built.settled.submissions,
        built.figures.faults,
        built.figures.issues,
        built.figures.indicators,
        built.figures.roll_call,
    )
