"""Plans the marked workbooks: which submissions get one, its content, its path."""

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
    """A marked workbook to write: its submission, its path `target`, and lines `about` the submission.

    `name` is the cache key: a hash of everything it depends on, except our code and the contracts.
    """

    name: str
    submission: Submission
    target: Path
    about: tuple[str, ...]


def plan_books(
    reports: Path, contracts: Contracts, settled: Settled, typed: pl.DataFrame
) -> list[PlannedBook]:
    """Plan one workbook for each readable submission with faults, the largest first.

    `typed` are the faults with values as typed, not masked.
    """
    judged = settled.by_submission()
    wrong = fingerprint_groups(typed.filter(pl.col("file").is_not_null()), WHO)
    repaired = fingerprint_groups(settled.changes, WHO)
    # A file without any readable row is not opened again: it may be malicious.
    submissions = [one.submission for one in settled.summaries if one.rows and one.submission.who in wrong]
    submissions.sort(key=lambda one: (-one.size, one))
    targets = _targets(reports, submissions)
    planned_books = []
    for one in submissions:
        who, lines = one.who, _describe(one, judged.get(one, ()), contracts)
        name = make_key("tra_bai", *who, wrong[who], repaired.get(who), *lines)
        planned_books.append(PlannedBook(name, one, targets[one], lines))
    return planned_books


def make_jobs(
    planned: Sequence[PlannedBook], root: Root, contracts: Contracts, settled: Settled, typed: pl.DataFrame
) -> list[Job]:
    """Collect the input of each of the `planned` workbooks."""
    none = add_headings(settled.changes.clear(), contracts.datasets)
    faults, changes = (
        add_headings(
            filter_about(frame, (one.submission for one in planned)), contracts.datasets
        ).partition_by(WHO, as_dict=True, maintain_order=True)
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
        for one in planned
    ]


def deal_jobs(jobs: Sequence[Job], hands: int) -> list[tuple[Job, ...]]:
    """Split `jobs` into at most `hands` batches, each with large and small ones."""
    return [tuple(jobs[at::hands]) for at in range(min(hands, len(jobs)))]


def _describe(submission: Submission, judged: Sequence[JudgedPart], contracts: Contracts) -> tuple[str, ...]:
    unit = contracts.commune.unit(submission.unit)
    reads = (f"{contracts.datasets[one.dataset].title}, {in_words(one.period.label)}" for one in judged)
    day = f"{submission.day:%d/%m/%Y}"
    who = unit.title if unit else submission.unit
    return (f"Tệp {submission.file} của {who}, nhận ngày {day}", *(f"Đọc được: {part}" for part in reads))


def _targets(reports: Path, submissions: Sequence[Submission]) -> Mapping[Submission, Path]:
    """The path of each marked workbook; submissions of a unit with the same file name get a number."""
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
