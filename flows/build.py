"""Builds a release from submissions into a folder: all stages between collecting and publishing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from flows.audit.auditor import Auditor
from flows.audit.decision import (
    Acknowledged,
    find_same_audit,
    has_same_records,
    pass_or_refuse,
    reuse_audit,
)
from flows.audit.facts import AuditCase
from flows.cache import AUDIT_CACHE
from flows.collect.submission import Submission
from flows.day_tables import DayTables, compute_day_tables
from flows.engine.runner import Runner, Step
from flows.intake.cache import SubmissionCache
from flows.intake.model import split_repeats
from flows.protect import read_key
from flows.release import publish
from flows.release.datapackage import write_package
from flows.release.diff import compare_releases
from flows.release.manifest import Origin, hashes_of
from flows.release.reuse import EarlierFiles
from flows.release.tables import write_tables
from flows.report import write_site
from flows.report.changed import EarlierRelease
from flows.returns.give_back import give_back
from flows.root import Root
from flows.settle.cache import PeriodCache
from flows.settle.model import Settled
from flows.settle.periods import settle_all
from schemas.registry import Contracts
from schemas.tables import (
    TABLES,
)

READ = Step("Đọc tệp")
JUDGE = Step("Kiểm tra")
MEASURE = Step(
    "Tính chỉ tiêu",
    describe=lambda tables: (
        f"{tables.indicators.height} con số, {tables.faults.height} lỗi, "
        f"{tables.roll_call.height} phần phải nộp"
    ),
)
WRITE = Step("Ghi bảng", describe=lambda files: f"{len(files)} tệp")
REPORT = Step("Viết báo cáo")
AUDIT = Step(
    "Kiểm toán",
    describe=lambda surprising: "đạt" if surprising is None else "đạt, có thay đổi đã được xác nhận",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything a release is made from, besides the contracts and the commune's key.

    `inputs` are in order of arrival. `before` is the id of the release that it continues, `ledger` the
    issues of that release. `acknowledged` says why a surprising change is right. `again` is the id of the
    release that is built a second time: its own audit must not be reused as proof. `code` is the version of
    the program that built it first, which it states again. With `fresh` no cache is used.
    """

    as_of: date
    inputs: tuple[Submission, ...]
    before: str | None
    ledger: pl.DataFrame
    acknowledged: str | None = None
    again: str | None = None
    code: str | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """A sealed release in its folder: its id, its submissions, its tables."""

    name: str
    settled: Settled
    figures: DayTables


def build(
    root: Root, folder: Path, contracts: Contracts, recipe: Recipe, runner: Runner, auditing: Auditor
) -> Built:
    """Read, judge, measure, write, audit, report and seal the release of `recipe` in the empty `folder`.

    Raises:
        AuditRefusedError: the tables do not pass the audit.
        RuleDidNotRunError, ConservationError: a fault of the program.
    """
    key, as_of = read_key(root), recipe.as_of
    settled = _settle(root, contracts, recipe, runner, auditing)
    figures = runner.step(MEASURE, compute_day_tables, settled, contracts, as_of, key, recipe.ledger)
    former = None if recipe.fresh else EarlierFiles(root, recipe.before)
    written = runner.step(WRITE, write_tables, root, folder, contracts, settled, figures, key, former)
    cache = None if recipe.fresh else AUDIT_CACHE.open_in(root)
    before = _find_existing(root, recipe.before)
    case = AuditCase(folder, before, contracts, as_of, hashes_of(written), cache)
    audited = _begin_audit(root, case, recipe, auditing)
    returned = give_back(root, folder, contracts, settled, figures, runner, former)
    runner.step(REPORT, _report, case)
    whose = f"{contracts.commune.name}, {contracts.commune.province}"
    write_package(folder, whose, TABLES.values(), contracts.datasets.values())
    surprising = runner.step(AUDIT, audited)
    inputs = (*(one.submission for one in settled.summaries), *settled.repeats)
    origin = Origin(as_of, inputs, recipe.before, surprising, recipe.code)
    return Built(publish.seal(root, folder, contracts, origin, [*written, *returned]), settled, figures)


def _settle(root: Root, contracts: Contracts, recipe: Recipe, runner: Runner, auditing: Auditor) -> Settled:
    """Settle the submissions; only what is not in a cache is read and judged."""
    cache = SubmissionCache(root, contracts, partial(runner.each, READ), fresh=recipe.fresh)
    summaries, repeats = split_repeats(cache.summaries(recipe.inputs))
    periods = PeriodCache(root, contracts, cache, summaries, fresh=recipe.fresh)
    missing = periods.read_missing()
    if missing or not _is_run_again(root, recipe):
        # Reading keeps all cores busy, what follows only one: the auditor gets ready beside it.
        auditing.prepare()
    if missing:
        runner.step(JUDGE, periods.judge, missing)
    return settle_all(periods.all_periods(), periods.summaries, repeats, contracts)


def _is_run_again(root: Root, recipe: Recipe) -> bool:
    """Whether this day was published before, so that there may be nothing to audit."""
    return any(place.name != recipe.again for place in root.releases.glob(f"{recipe.as_of:%Y%m%d}-*"))


def _begin_audit(
    root: Root, case: AuditCase, recipe: Recipe, auditing: Auditor
) -> Callable[[], Acknowledged]:
    """Start the audit beside other work, or reuse the audit of the same tables; returns what waits for it."""
    former = find_same_audit(root, case, recipe.again)
    if former is not None:
        return lambda: reuse_audit(case, former)
    answer = auditing.begin(replace(case, same_records=has_same_records(root, case)))
    return lambda: pass_or_refuse(answer, recipe.acknowledged)


def _report(case: AuditCase) -> None:
    contracts, before = case.contracts, case.before
    since = (
        EarlierRelease(before.name, compare_releases(before, case.folder, contracts.datasets, case.tables))
        if before
        else None
    )
    write_site(
        case.folder, contracts.datasets, contracts.indicators, contracts.commune, case.as_of, since=since
    )


def _find_existing(root: Root, name: str | None) -> Path | None:
    place = root.releases / name if name else None
    return place if place is not None and place.exists() else None
