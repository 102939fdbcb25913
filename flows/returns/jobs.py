"""Says which submissions are marked, with what, and where the marked workbooks go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import polars as pl

from flows.cache import make_key
from flows.collect.submission import WHO, Submission
from flows.fingerprints import fingerprint_groups
from flows.release.places import MARKED, UNITS
from flows.returns.marks import add_headings
from flows.returns.workbooks import Job
from flows.root import Root
from flows.settle.model import JudgedPart, Settled, filter_about
from schemas.periods import in_words
from schemas.registry import Contracts

_SUFFIX = " (trả bài)"


@dataclass(frozen=True, slots=True)
class PlannedBook:
    """A marked workbook to be: of which submission, where it goes, what it says of it in a line each.

    `name` tells all that it depends on, beside our code and the contracts.
    """

    name: str
    submission: Submission
    target: Path
    about: tuple[str, ...]


def plan_books(
    reports: Path, contracts: Contracts, settled: Settled, typed: pl.DataFrame
) -> list[PlannedBook]:
    """One for each submission that counts and has faults, the largest first; `typed` are unmasked faults."""
    judged = settled.by_submission()
    wrong = fingerprint_groups(typed.filter(pl.col("file").is_not_null()), WHO)
    repaired = fingerprint_groups(settled.changes, WHO)
    # A file of which no row could be read is not opened again: it may be made to harm.
    submissions = [one.submission for one in settled.summaries if one.rows and one.submission.who in wrong]
    submissions.sort(key=lambda one: (-one.size, one))
    targets = _targets(reports, submissions)
    found = []
    for one in submissions:
        who, said = one.who, _about(one, judged.get(one, ()), contracts)
        name = make_key("tra_bai", *who, wrong[who], repaired.get(who), *said)
        found.append(PlannedBook(name, one, targets[one], said))
    return found


def make_jobs(
    some: Sequence[PlannedBook], root: Root, contracts: Contracts, settled: Settled, typed: pl.DataFrame
) -> list[Job]:
    """What is to be done for `some` marked workbooks."""
    none = add_headings(settled.changes.clear(), contracts.datasets)
    faults, changes = (
        add_headings(filter_about(frame, (one.submission for one in some)), contracts.datasets).partition_by(
            WHO, as_dict=True, maintain_order=True
        )
        for frame in (typed, settled.changes)
    )
    return [
        Job(
            one.submission,
            one.submission.content(root),
            one.target,
            faults[one.submission.who],
            changes.get(one.submission.who, none),
            one.about,
        )
        for one in some
    ]


def deal_jobs(some: Sequence[Job], hands: int) -> list[tuple[Job, ...]]:
    """Jobs dealt to at most `hands` workers, so that each gets large and small ones."""
    return [tuple(some[at::hands]) for at in range(min(hands, len(some)))]


def _about(submission: Submission, judged: Sequence[JudgedPart], contracts: Contracts) -> tuple[str, ...]:
    unit = contracts.commune.unit(submission.unit)
    reads = (f"{contracts.datasets[one.dataset].title}, {in_words(one.period.label)}" for one in judged)
    day = f"{submission.day:%d/%m/%Y}"
    who = unit.title if unit else submission.unit
    return (f"Tệp {submission.file} của {who}, nhận ngày {day}", *(f"Đọc được: {said}" for said in reads))


def _targets(reports: Path, submissions: Sequence[Submission]) -> Mapping[Submission, Path]:
    """Where each marked workbook goes; names that several submissions of a unit share get a number."""
    targets: dict[Submission, Path] = {}
    taken: set[Path] = set()
    for submission in sorted(submissions):
        folder = reports / UNITS / submission.unit / MARKED
        path = next(path for name in _names(submission.file) if (path := folder / name) not in taken)
        targets[submission] = path
        taken.add(path)
    return targets


def _names(file: str) -> Iterator[str]:
    path = PurePath(file.replace("/", " - "))
    stem, suffix = path.stem, ".xlsm" if path.suffix.lower() == ".xlsm" else ".xlsx"
    stem = stem.removesuffix(_SUFFIX)
    while len(stem.encode()) > 180:
        stem = stem[:-1]
    yield f"{stem}{_SUFFIX}{suffix}"
    number = 2
    while True:
        yield f"{stem} {number}{_SUFFIX}{suffix}"
        number += 1
