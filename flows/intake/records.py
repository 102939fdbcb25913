"""One submission from its bytes to cleaned records: read, told which dataset and period, cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from flows.clean import Cleaned, clean_all
from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission, ReadSubmission, SubmissionPart
from flows.intake.owed import read_submission
from flows.intake.totals import check_totals
from flows.read.table import ReadTable
from schemas.periods import Period
from schemas.registry import Contracts


def clean_submission(submission: Submission, data: bytes, contracts: Contracts) -> CleanedSubmission:
    """Read `data`, decide for each table whether this unit owes it and for which period, clean it."""
    return clean_submissions([read_submission(submission, data, contracts)], contracts)[0]


def clean_submissions(reads: Sequence[ReadSubmission], contracts: Contracts) -> list[CleanedSubmission]:
    """Clean the tables of all `reads`, those of one dataset together."""
    tables = [table for read in reads for table, _ in read.taken]
    clean = _cleaned(tables, contracts)
    totals = _cleaned([replace(each, cells=each.totals) for each in tables if each.totals.height], contracts)
    return [_digest(read, clean, totals, contracts) for read in reads]


def _cleaned(tables: Iterable[ReadTable], contracts: Contracts) -> Iterator[Cleaned]:
    """Each of `tables` cleaned, in their order."""
    by_dataset: dict[str, list[ReadTable]] = {}
    order: list[str] = []
    for table in tables:
        order.append(table.dataset)
        by_dataset.setdefault(table.dataset, []).append(table)
    done = {
        name: iter(clean_all(some, contracts.datasets[name], contracts.commune))
        for name, some in by_dataset.items()
    }
    return (next(done[name]) for name in order)


def _digest(
    read: ReadSubmission, clean: Iterator[Cleaned], totals: Iterator[Cleaned], contracts: Contracts
) -> CleanedSubmission:
    """The digest of one submission; tables of one dataset and period (a list continued) are one part."""
    parts: dict[tuple[str, Period], SubmissionPart] = {}
    problems = [*read.problems]
    for table, when in read.taken:
        one = next(clean)
        before = parts.get((table.dataset, when))
        number = pl.lit(len(before.tables) if before else 0, pl.UInt16).alias("_table")
        part = SubmissionPart(
            table.dataset,
            when,
            one.frame.with_columns(number),
            one.changes.with_columns(number),
            ((table.sheet, table.letters),),
            table.nil,
        )
        parts[table.dataset, when] = part if before is None else _joined(before, part)
        problems += one.problems
        if table.totals.height:
            problems += check_totals(table, one.frame, next(totals).frame, contracts.datasets[table.dataset])
    return CleanedSubmission(read.submission, tuple(parts.values()), read.rows, tuple(problems), read.lost)


def _joined(one: SubmissionPart, two: SubmissionPart) -> SubmissionPart:
    return replace(
        one,
        frame=pl.concat([one.frame, two.frame], how="diagonal"),
        changes=pl.concat([one.changes, two.changes]),
        tables=(*one.tables, *two.tables),
        nil=one.nil and two.nil,
    )
