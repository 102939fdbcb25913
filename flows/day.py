"""One day of one commune, from the units' files to a published release: the composition of all stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from flows.audit.auditor import Auditor, start_auditor
from flows.audit.pages import read_results
from flows.audit.results import list_warnings
from flows.books.contacts import read_contacts
from flows.build import Recipe, build
from flows.collect.archive import list_archived
from flows.collect.folder import Obstacle
from flows.collect.inbox import collect
from flows.collect.sources.kinds import fetch_source
from flows.collect.sources.model import SourceError
from flows.collect.sources.people import People
from flows.collect.submission import Submission
from flows.engine.runner import Runner, Step
from flows.errors import AuditRefusedError
from flows.forget.gate import make_gate
from flows.mend.fix import mend_before_run
from flows.release import publish
from flows.release.manifest import AUDIT
from flows.release.refusal import keep_refusal
from flows.returns.shares import fill_shares
from flows.root import HERE, Root, read_contracts, read_own_settings
from flows.settle.model import Settled
from schemas.registry import Contracts

# The inbox may be a network share that is away for a moment.
COLLECT = Step(
    "Thu tệp",
    retried=True,
    describe=lambda found: f"{len(found.new)} tệp mới, {len(found.obstacles)} không nhận được",
)
RETURN = Step("Trả tệp về đơn vị", describe=lambda told: f"{len(told)} đơn vị cần xem")
PUBLISH = Step("Công bố", describe=lambda place: f"bản {place.name}")


@dataclass(frozen=True, slots=True)
class DayOutcome:
    """The result of a day: its release, its records, its tables for the summary.

    `new` are the submissions that the release shown before did not have, `obstacles` what lies in the inbox
    and could not be taken. `damaged` says what was damaged and what became of it, `warned` which of the
    root's own expectations were not met without blocking the release. `shown` is what readers see now.
    """

    release: Path
    shown: Path
    new: Sequence[Submission]
    obstacles: Sequence[Obstacle]
    damaged: Sequence[str]
    warned: Sequence[str]
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
    audits: Callable[[], AbstractContextManager[Auditor]] = start_auditor,
) -> DayOutcome:
    """Collect, read, judge, settle, measure, audit, publish and report the day `as_of`.

    The release depends only on the archive, the contracts, `as_of`, the release before it, and the reason
    why a surprising change was `acknowledged`. `audits` gives the auditor of this run.

    Raises:
        LockedError: another run holds the root.
        AuditRefusedError: the tables do not pass the audit; the earlier release stays.
        RuleDidNotRunError, ConservationError: a fault of the program; nothing was published.
    """
    contracts = read_contracts(root, contracts)
    with root.lock(), audits() as auditing:
        damaged = mend_before_run(root, contracts, as_of, auditing)
        return _run(root, contracts, as_of, runner, acknowledged, auditing, damaged)


def _run(
    root: Root,
    contracts: Contracts,
    as_of: date,
    runner: Runner,
    acknowledged: str | None,
    auditing: Auditor,
    damaged: list[str],
) -> DayOutcome:
    with publish.stage(root) as folder:
        root.prepare(unit.name for unit in contracts.commune.units)
        untaken = fetch_all(root, contracts, runner)
        collected = runner.step(COLLECT, collect, root, make_gate(root, contracts))
        published, before = publish.read_published(root), publish.find_before(root, as_of)
        known = publish.read_inputs(root, published)
        recipe = Recipe(
            as_of,
            tuple(list_archived(root, as_of)),
            before.name if before else None,
            publish.read_issues(before),
            acknowledged,
        )
        try:
            built = build(root, folder, contracts, recipe, runner, auditing)
        except AuditRefusedError as refusal:
            keep_refusal(root, folder, as_of, refusal)
            raise
        place = runner.step(PUBLISH, publish.publish, root, folder, built.name)
    shown = root.releases / (publish.read_published(root) or built.name)
    returned: list[str] = []
    if read_own_settings(root).returns is not None:
        returned = runner.step(RETURN, fill_shares, root, contracts.commune, shown)
    return DayOutcome(
        place,
        shown,
        [one for one in recipe.inputs if one not in known],
        [*untaken, *collected.obstacles],
        [*damaged, *collected.mended],
        [*list_warnings(read_results(place / AUDIT)), *returned],
        built.name == published,
        built.settled,
        built.settled.submissions,
        built.figures.faults,
        built.figures.issues,
        built.figures.indicators,
        built.figures.roll_call,
    )


def fetch_all(root: Root, contracts: Contracts, runner: Runner) -> list[Obstacle]:
    """Hand in what is new at the sources that the root declares, each in a step of its own.

    Returns what lies there and was not taken. A source that can't be used is one of them: it stops nobody.

    Raises:
        DeclarationError: `xa.toml` or the list of contacts can't be read.
    """
    said = read_own_settings(root)
    if not said.sources:
        return []
    contacts = read_contacts(root.path / said.contacts_file, contracts.commune)
    people = People([unit.name for unit in contracts.commune.units], contacts.list_senders(_today()))
    untaken: list[Obstacle] = []
    for each in said.sources:
        step = Step(
            f"Lấy từ {each.title}",
            retried=True,
            describe=lambda done: f"{done.new} tệp mới, {len(done.untaken)} không lấy được",
        )
        try:
            untaken += runner.step(step, fetch_source, root, each, people).untaken
        except SourceError as error:
            untaken.append(Obstacle(each.title, f"{error}"))
    return untaken


def _today() -> date:
    return datetime.now(HERE).date()
