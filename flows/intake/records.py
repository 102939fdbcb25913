"""One hand-in from its bytes to cleaned records: read, told which dataset and period, cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from flows.clean import Cleaned, clean_all
from flows.collect.hand_in import HandIn
from flows.intake.model import Digest, Part, ReadIn
from flows.intake.owed import read_in
from flows.intake.totals import wrong_totals
from flows.read.table import Table
from schemas.periods import Period
from schemas.registry import Contracts


def digest(hand_in: HandIn, data: bytes, contracts: Contracts) -> Digest:
    """Read `data`, decide for each table whether this unit owes it and for which period, clean it."""
    return cleaned([read_in(hand_in, data, contracts)], contracts)[0]


def cleaned(reads: Sequence[ReadIn], contracts: Contracts) -> list[Digest]:
    """Clean the tables of all `reads`, those of one dataset together."""
    tables = [table for read in reads for table, _ in read.taken]
    clean = _cleaned(tables, contracts)
    totals = _cleaned([replace(each, cells=each.totals) for each in tables if each.totals.height], contracts)
    return [_digest(read, clean, totals, contracts) for read in reads]


def _cleaned(tables: Iterable[Table], contracts: Contracts) -> Iterator[Cleaned]:
    """Each of `tables` cleaned, in their order."""
    by_dataset: dict[str, list[Table]] = {}
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
    read: ReadIn, clean: Iterator[Cleaned], totals: Iterator[Cleaned], contracts: Contracts
) -> Digest:
    """The digest of one hand-in; tables of one dataset and period (a list continued) are one part."""
    parts: dict[tuple[str, Period], Part] = {}
    problems = [*read.problems]
    for table, when in read.taken:
        one = next(clean)
        before = parts.get((table.dataset, when))
        number = pl.lit(len(before.tables) if before else 0, pl.UInt16).alias("_bang")
        part = Part(
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
            problems += wrong_totals(table, one.frame, next(totals).frame, contracts.datasets[table.dataset])
    return Digest(read.hand_in, tuple(parts.values()), read.rows, tuple(problems), read.lost)


def _joined(one: Part, two: Part) -> Part:
    return replace(
        one,
        frame=pl.concat([one.frame, two.frame], how="diagonal"),
        changes=pl.concat([one.changes, two.changes]),
        tables=(*one.tables, *two.tables),
        nil=one.nil and two.nil,
    )
