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
from flows.audit import Auditor
from flows.audit_of import Acknowledged, audited_before, pass_or_refuse, taken_over
from flows.audited import Case
from flows.collect import HandIn
from flows.diff import difference
from flows.digests import CODE as READING
from flows.digests import digest_all
from flows.kept import Shelf, code_of, name_of
from flows.links import made_or_linked
from flows.manifest import Entry, Origin, entries, hashes_of
from flows.marked.hand_back import hand_back, handed_back
from flows.marked.jobs import dealt
from flows.marked.jobs import jobs as marking
from flows.package import write_package
from flows.pool import Guard
from flows.protect import Key, key_of
from flows.reckon import Figures, reckon
from flows.records import records
from flows.report import write_site
from flows.report.changed import Since
from flows.report.places import GIVEN_BACK, UNITS
from flows.report.receipts import write_receipts
from flows.root import Root
from flows.settle import CODE as SETTLING
from flows.settle import KEPT, settle
from flows.settled import Settled
from flows.store import write_table
from schemas.registry import Contracts
from schemas.tables import (
    CHANGES,
    FAULTS,
    INDICATORS,
    ISSUES,
    RANKING,
    ROLL_CALL,
    SCORES,
    SUBMISSIONS,
    TABLES,
)
from schemas.waivers import FILE

T = TypeVar("T")
S = TypeVar("S")

# Into how many heaps the workbooks to be marked are dealt; enough for any number of cores.
HANDS = 16
# More rows than a commune has: they are read and judged again sooner than kept and fetched.
_MOST_ROWS_KEPT = 300_000


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
class Built:
    """A sealed release in its folder: its id, its hand-ins, its tables."""

    name: str
    settled: Settled
    figures: Figures


def build(
    root: Root, folder: Path, contracts: Contracts, recipe: Recipe, runner: Runner, auditing: Auditor
) -> Built:
    """Digest, settle, measure, write, audit, report and seal the release of `recipe` in the empty `folder`.

    Raises:
        AuditRefusedError: what would be published is not as it must be.
        RuleDidNotRunError, ConservationError: our own fault.
    """
    key, as_of = key_of(root), recipe.as_of
    settled, known = _settled(root, contracts, recipe, runner, auditing)
    figures = runner.step("Tính chỉ tiêu", reckon, settled, contracts, as_of, key, recipe.ledger)
    written = runner.step("Ghi bảng", write_tables, root, folder, contracts, settled, figures, key, known)
    case = Case(folder, _at_hand(root, recipe.before), contracts, as_of, hashes_of(written))
    audited = _begin_audit(root, case, recipe, auditing)
    give = partial(_give_back, root, folder, contracts, settled, figures, runner)
    whole = known and name_of(known, code_of(""))
    returned = made_or_linked(root, folder, f"reports/{UNITS}", GIVEN_BACK, whole, give)
    runner.step("Viết báo cáo", _report, case)
    whose = f"{contracts.commune.name}, {contracts.commune.province}"
    write_package(folder, whose, TABLES.values(), contracts.datasets.values())
    surprising = runner.step("Kiểm toán", audited)
    inputs = (*(one.hand_in for one in settled.accounts), *settled.repeats)
    origin = Origin(as_of, inputs, recipe.before, surprising)
    return Built(release.seal(root, folder, contracts, origin, [*written, *returned]), settled, figures)


def _settled(
    root: Root, contracts: Contracts, recipe: Recipe, runner: Runner, auditing: Auditor
) -> tuple[Settled, str | None]:
    """What the hand-ins came to, and the name that tells all it depends on; none where all is read again.

    On a day on which nothing came in it is known from the day before.
    """
    hand_ins, repeats = _once(recipe.inputs)
    read = partial(runner.each, "Đọc tệp")
    shelf, name = Shelf(root.state / KEPT), None
    if recipe.again is None:
        name = name_of(*hand_ins, "", *repeats, contracts.digest, code_of(*READING, *SETTLING))
        shelf.sweep([name])
        known: Settled | None = shelf.get(name)
        if known is not None:
            return known, name
    digests = digest_all(hand_ins, root, contracts, read, anew=name is None)
    # Reading keeps all cores busy, judging one.
    auditing.prepare()
    settled = runner.step("Kiểm tra", settle, digests, repeats, contracts)
    was_whole = not any(digest.lost for digest in digests)
    if name and was_whole and sum(one.rows for one in settled.accounts) <= _MOST_ROWS_KEPT:
        shelf.put(name, settled)
    # What was lost to a crash may be read the next time, and then comes to something else.
    return settled, name if was_whole else None


def _begin_audit(root: Root, case: Case, recipe: Recipe, auditing: Auditor) -> Callable[[], Acknowledged]:
    """Begin to audit the tables, beside other work, unless a former audit is theirs too; what ends it."""
    former = audited_before(root, case, recipe.again)
    if former is not None:
        return lambda: taken_over(case, former)
    answer = auditing.begin(case)
    return lambda: pass_or_refuse(answer, recipe.acknowledged)


def _give_back(
    root: Root, folder: Path, contracts: Contracts, settled: Settled, figures: Figures, runner: Runner
) -> None:
    """Write what goes back to units, which depends on no day: marked workbooks and receipts."""
    jobs = marking(folder / "reports", root, contracts, settled, figures.typed)
    runner.each("Trả bài", hand_back, dealt(handed_back(jobs), HANDS))
    books = {job.hand_in: job.target for job in jobs}
    runner.step("Viết phiếu nhận", write_receipts, folder, contracts, settled, figures, books)


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


def write_tables(
    root: Root,
    folder: Path,
    contracts: Contracts,
    settled: Settled,
    figures: Figures,
    key: Key,
    known: str | None,
) -> list[Entry]:
    """Write the records in effect, protected, and every table of the day; returns the files."""
    kept = records(root, folder, contracts, settled, key, known)
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
    return entries(folder, kept)
