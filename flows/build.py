"""Builds a release from given hand-ins into a folder: all stages between collecting and publishing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import polars as pl

from flows import release
from flows.audit_of import Ask, audited_before, pass_or_refuse
from flows.audited import Case
from flows.collect import HandIn
from flows.diff import difference
from flows.digest import Digest
from flows.digests import digest_all
from flows.faults import change_table, fault_table
from flows.ledger import follow
from flows.manifest import Origin, entries, hashes_of
from flows.marked.hand_back import hand_back, handed_back
from flows.marked.jobs import dealt
from flows.marked.jobs import jobs as marking
from flows.measure import measure, ranking, scores
from flows.package import write_package
from flows.pool import Guard
from flows.protect import Key, key_of, protected
from flows.reconcile import why_unjudged
from flows.report import write_site
from flows.report.changed import Since
from flows.report.receipts import Day, write_receipts
from flows.roll_call import roll_call, roll_call_faults, unusual
from flows.root import Root
from flows.settle import Settled, settle, whence, whose
from flows.store import describe, write, write_table
from schemas import indicators as plan
from schemas.registry import Contracts
from schemas.tables import CHANGES, FAULTS, INDICATORS, ISSUES, RANKING, ROLL_CALL, SCORES, SUBMISSIONS
from schemas.waivers import FILE

T = TypeVar("T")
S = TypeVar("S")

# Into how many heaps the workbooks to be marked are dealt; enough for any number of cores.
HANDS = 16


class Runner(Protocol):
    """Runs the steps of a day: plainly, or as tasks of a scheduler."""

    def step(self, title: str, work: Callable[..., T], *args: object) -> T:
        """Run one step."""
        ...

    def each(
        self, title: str, work: Callable[[S], T], items: Sequence[S], guard: Guard[S, T] | None = None
    ) -> list[T]:
        """Run `work` on every item, side by side, as far as `guard` lets it; results in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a release is made from beside its contracts and the commune's key.

    `inputs` in order of arrival; `before` the id of the release that it goes on from, `ledger` the issues
    of that; `acknowledged` why what is surprising is right all the same. `again` is the id of the release
    that is built a second time: its own audit is then no proof.
    """

    as_of: date
    inputs: tuple[HandIn, ...]
    before: str | None
    ledger: pl.DataFrame
    acknowledged: str | None = None
    again: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The tables of a day that are reckoned from its settled hand-ins."""

    faults: pl.DataFrame
    typed: pl.DataFrame
    changes: pl.DataFrame
    issues: pl.DataFrame
    roll_call: pl.DataFrame
    indicators: pl.DataFrame
    scores: pl.DataFrame
    ranking: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Built:
    """A sealed release in its folder: its id, its hand-ins, its tables."""

    name: str
    settled: Settled
    figures: Figures


def build(root: Root, folder: Path, contracts: Contracts, recipe: Recipe, runner: Runner, ask: Ask) -> Built:
    """Digest, settle, measure, write, audit, report and seal the release of `recipe` in the empty `folder`.

    Raises:
        AuditRefusedError: what would be published is not as it must be.
        RuleDidNotRunError, ConservationError: our own fault.
    """
    key, as_of = key_of(root), recipe.as_of
    hand_ins, repeats = _once(recipe.inputs)
    read = partial(runner.each, "Đọc tệp")
    digests = digest_all(hand_ins, root, contracts, read, anew=recipe.again is not None)
    settled = runner.step("Kiểm tra", settle, digests, repeats, contracts.datasets)
    figures = runner.step(
        "Tính chỉ tiêu", reckon, settled, digests, repeats, contracts, as_of, key, recipe.ledger
    )
    runner.step("Ghi bảng", write_tables, folder, contracts, settled, figures, key)
    written = entries(folder)
    jobs = marking(folder / "reports", root, contracts, settled, digests, figures.typed)
    runner.each("Trả bài", hand_back, dealt(handed_back(jobs), HANDS))
    seen = Day(settled, digests, repeats, figures.faults, figures.issues)
    books = {job.hand_in: job.target for job in jobs}
    runner.step("Viết phiếu nhận", write_receipts, folder, contracts, as_of, seen, books)
    case = Case(folder, _at_hand(root, recipe.before), contracts, as_of, hashes_of(written))
    runner.step("Viết báo cáo", _report, case)
    write_package(folder, contracts)
    former = audited_before(root, case, recipe.again)
    surprising = runner.step("Kiểm toán", pass_or_refuse, case, former, ask, recipe.acknowledged)
    origin = Origin(as_of, (*hand_ins, *repeats), recipe.before, surprising)
    return Built(release.seal(root, folder, contracts, origin, written), settled, figures)


def _report(case: Case) -> None:
    contracts, before = case.contracts, case.before
    since = (
        Since(before.name, difference(before, case.folder, contracts.datasets, case.tables))
        if before
        else None
    )
    write_site(case.folder, contracts.datasets, contracts.commune, case.as_of, since=since)


def root_contracts(root: Root, contracts: Contracts) -> Contracts:
    """The contracts with what the root declares in a `schemas/` of its own.

    `xa.csv` and `thon.csv` say which commune it is, where it is not the one of this installation;
    `waivers.csv` adds waivers.
    """
    own = root.path / "schemas"
    commune, places, waivers = own / "xa.csv", own / "thon.csv", root.path / FILE
    if commune.exists():
        contracts = contracts.of_commune(commune.read_text("utf-8"), places.read_text("utf-8"))
    return contracts.with_waivers(waivers.read_bytes()) if waivers.exists() else contracts


def _at_hand(root: Root, name: str | None) -> Path | None:
    place = root.releases / name if name else None
    return place if place is not None and place.exists() else None


def _once(hand_ins: Iterable[HandIn]) -> tuple[list[HandIn], list[HandIn]]:
    """Hand-ins whose content the unit had not handed in before, and those whose content it had."""
    seen: set[tuple[str, str]] = set()
    first: list[HandIn] = []
    again: list[HandIn] = []
    for hand_in in hand_ins:
        content = hand_in.unit, hand_in.submission
        (again if content in seen else first).append(hand_in)
        seen.add(content)
    return first, again


def reckon(
    settled: Settled,
    digests: Sequence[Digest],
    repeats: Sequence[HandIn],
    contracts: Contracts,
    as_of: date,
    key: Key,
    issues_before: pl.DataFrame,
) -> Figures:
    """Call the roll, gather faults, follow them on from `issues_before`, and measure."""
    judged = {name: settled.records(name) for name in settled.verdicts}
    called = roll_call(contracts.commune, contracts.datasets, _handed_in(settled), as_of)
    silent = pl.concat(
        [
            roll_call_faults(called, contracts.commune, contracts.datasets),
            unusual(judged, contracts.datasets),
        ]
    )
    faults = fault_table(settled, digests, repeats, silent, contracts, key)
    indicators = measure(judged, called, contracts.commune, plan.load(), as_of)
    return Figures(
        faults=faults.published,
        typed=faults.typed,
        changes=change_table(settled, contracts.datasets),
        issues=follow(faults.followed, issues_before, as_of, contracts.waivers),
        roll_call=called,
        indicators=indicators,
        scores=scores(_tallied(settled)).join(
            why_unjudged(settled.unjudged, contracts.datasets),
            on=["unit", "dataset", "period", "dimension"],
            how="left",
            maintain_order="left",
        ),
        ranking=ranking(indicators, contracts.commune),
    )


def _handed_in(settled: Settled) -> pl.DataFrame:
    rows = [(*one.owes, one.digest.hand_in.day, one.part.nil) for one in settled.judged if one.taken]
    schema = dict.fromkeys(("unit", "dataset", "period"), pl.String) | {
        "received": pl.Date,
        "nil": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _tallied(settled: Settled) -> pl.DataFrame:
    """Cells judged and failed by unit, dataset, period and dimension, of hand-ins that count."""
    live = whose(one for one in settled.judged if settled.counts(one))
    who = live.rename({"_unit": "unit", "_ky": "period"})
    tallies = [verdict.tally.with_columns(dataset=pl.lit(name)) for name, verdict in settled.verdicts.items()]
    if not tallies:
        return SCORES.conform(pl.DataFrame()).drop("score")
    return pl.concat(tallies).join(who, on=["dataset", "_tep"]).drop("_tep")


def write_tables(folder: Path, contracts: Contracts, settled: Settled, figures: Figures, key: Key) -> None:
    """Write the records in effect, protected, and every table of the day."""
    for one, rows in settled.accepted():
        dataset = contracts.datasets[one.part.dataset]
        row_class = rows["_lop"].alias(dataset.row_class)
        records = protected(rows, dataset, key).hstack([row_class, *whence(one, rows).get_columns()])
        path = (
            folder
            / "data"
            / dataset.name
            / f"ky={one.part.period.label}"
            / f"{one.digest.hand_in.unit}.parquet"
        )
        write(path, records, f"{dataset.title}: {dataset.grain}", describe(dataset))
    for table, frame in (
        (FAULTS, figures.faults),
        (CHANGES, figures.changes),
        (ISSUES, figures.issues),
        (SUBMISSIONS, settled.submissions),
        (ROLL_CALL, figures.roll_call),
        (INDICATORS, figures.indicators),
        (SCORES, figures.scores),
        (RANKING, figures.ranking),
    ):
        write_table(folder, table, frame)
