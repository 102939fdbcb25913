"""Turns read submissions into cleaned ones: cleans their tables and joins those of one dataset and period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from flows.clean import Cleaned, Occasion, clean_all
from flows.collect.submission import Submission
from flows.intake.copied_down import find_copied_down
from flows.intake.model import CleanedSubmission, ReadSubmission, SubmissionPart
from flows.intake.near_doubles import find_near_doubles
from flows.intake.owed import leave_out, read_submission
from flows.intake.period import weigh_dates
from flows.intake.place_groups import find_other_groups
from flows.intake.swapped import find_swapped
from flows.intake.totals import check_totals, count_ticks, find_hidden_totals
from flows.read.table import ReadTable
from schemas.contract import Dataset
from schemas.periods import Period
from schemas.registry import Contracts
from schemas.units import Commune


def clean_submission(submission: Submission, data: bytes, contracts: Contracts) -> CleanedSubmission:
    """Read `data`, the content of the file, decide the period of each table, and clean its records."""
    return clean_submissions([read_submission(submission, data, contracts)], contracts)[0]


def clean_submissions(reads: Sequence[ReadSubmission], contracts: Contracts) -> list[CleanedSubmission]:
    """Clean the tables of all `reads`; tables of one dataset are cleaned in one pass, which is faster."""
    taken = [
        (table, Occasion(period, read.submission.day))
        for read in reads
        for table, period in (*read.taken, *read.refused)
    ]
    cleaned = _clean_tables(taken, contracts.datasets, contracts.commune)
    totals = _clean_tables(
        # Records and totals are written alike: each tells how to read the other.
        [
            (replace(each, cells=each.totals, totals=each.cells), when)
            for each, when in taken
            if each.totals.height
        ],
        {each.dataset: count_ticks(contracts.datasets[each.dataset]) for each, _ in taken},
        contracts.commune,
    )
    return [_assemble(read, cleaned, totals, contracts) for read in reads]


def _clean_tables(
    tables: Iterable[tuple[ReadTable, Occasion]], datasets: Mapping[str, Dataset], commune: Commune
) -> Iterator[Cleaned]:
    """Clean `tables`, each with its occasion; the results come in the same order."""
    by_dataset: dict[str, list[tuple[ReadTable, Occasion]]] = {}
    order: list[str] = []
    for table, occasion in tables:
        order.append(table.dataset)
        by_dataset.setdefault(table.dataset, []).append((table, occasion))
    done = {}
    for name, some in by_dataset.items():
        of_dataset, occasions = zip(*some, strict=True)
        done[name] = iter(clean_all(of_dataset, datasets[name], commune, occasions))
    return (next(done[name]) for name in order)


def _assemble(
    read: ReadSubmission, cleaned: Iterator[Cleaned], totals: Iterator[Cleaned], contracts: Contracts
) -> CleanedSubmission:
    """Build one cleaned submission; tables of one dataset and period become one part.

    A table whose records are dated in another period is refused.
    """
    parts: dict[tuple[str, Period, bool], SubmissionPart] = {}
    problems = [*read.problems]
    refused: list[ReadTable] = []
    for number, (table, period) in enumerate((*read.taken, *read.refused)):
        incomplete = number >= len(read.taken)
        dataset, one = contracts.datasets[table.dataset], next(cleaned)
        total = next(totals).frame if table.totals.height else None
        problems += one.problems
        other = weigh_dates(table, one.frame, period, dataset, read.submission)
        problems += [other] if other else []
        if other and other.severity == "chan":
            refused.append(table)
            continue
        before = parts.get((table.dataset, period, incomplete))
        part = _make_part(table, period, one, len(before.tables) if before else 0, refused=incomplete)
        part = replace(part, meant=read.submission.meant or table.meant, saved=table.saved)
        parts[table.dataset, period, incomplete] = part if before is None else _concat(before, part)
        problems += find_hidden_totals(table, one.frame, dataset)
        problems += find_other_groups(table, one.frame, dataset, contracts.commune)
        if not incomplete:
            problems += find_swapped(table, one.frame, dataset)
            problems += find_near_doubles(table, one.frame, dataset)
            problems += find_copied_down(table, one.frame, dataset)
        problems += check_totals(table, one.frame, total, dataset) if total is not None else []
    rows = leave_out(read.rows, refused)
    return CleanedSubmission(
        read.submission,
        tuple(part for part in parts.values() if not part.refused),
        rows,
        tuple(problems),
        read.lost,
        read.marks,
        tuple(part for part in parts.values() if part.refused),
    )


def _make_part(
    table: ReadTable, period: Period, cleaned: Cleaned, number: int, *, refused: bool
) -> SubmissionPart:
    """The part of one table, the one with this `number` of its dataset and period."""
    at = pl.lit(number, pl.UInt16).alias("_table")
    return SubmissionPart(
        table.dataset,
        period,
        cleaned.frame.with_columns(at),
        cleaned.changes.with_columns(at),
        ((table.sheet, table.letters),),
        table.nil,
        refused,
    )


def _concat(first: SubmissionPart, second: SubmissionPart) -> SubmissionPart:
    return replace(
        first,
        frame=pl.concat([first.frame, second.frame], how="diagonal"),
        changes=pl.concat([first.changes, second.changes]),
        tables=(*first.tables, *second.tables),
        nil=first.nil and second.nil,
    )
