"""Computes a day's tables from its settled submissions: roll call, faults, issues, indicators, scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from flows.faults.ledger import follow
from flows.faults.table import build_change_table, build_fault_table
from flows.measure import compute_ranking, compute_scores, measure
from flows.protect import Key
from flows.roll_call import call_roll, find_roll_call_faults
from flows.settle.model import Settled
from flows.validate.across import explain_unjudged
from schemas.registry import Contracts


@dataclass(frozen=True, slots=True)
class DayTables:
    """The tables of a day computed from its settled submissions.

    `faults` has masked values; `typed` has the same faults with values as typed. `schemas.tables` declares
    the columns.
    """

    faults: pl.DataFrame
    typed: pl.DataFrame
    changes: pl.DataFrame
    issues: pl.DataFrame
    roll_call: pl.DataFrame
    indicators: pl.DataFrame
    scores: pl.DataFrame
    ranking: pl.DataFrame


def compute_day_tables(
    settled: Settled, contracts: Contracts, as_of: date, key: Key, issues_before: pl.DataFrame
) -> DayTables:
    """Compute all tables of the day `as_of`; issues continue from `issues_before`, the previous table."""
    called = call_roll(contracts.commune, contracts.datasets, list_received(settled), as_of)
    silent = find_roll_call_faults(called, contracts.commune, contracts.datasets)
    faults = build_fault_table(settled, silent, contracts, key)
    indicators = measure(
        settled.counted, settled.list_parts(), called, contracts.commune, contracts.indicators, as_of
    )
    return DayTables(
        faults=faults.published,
        typed=faults.typed,
        changes=build_change_table(settled, contracts.datasets),
        issues=follow(faults.followed, issues_before, as_of, contracts.waivers),
        roll_call=called,
        indicators=indicators,
        scores=compute_scores(settled.tallies).join(
            explain_unjudged(settled.unjudged, contracts.datasets),
            on=["unit", "dataset", "period", "dimension"],
            how="left",
            maintain_order="left",
        ),
        ranking=compute_ranking(indicators, contracts.indicators, contracts.commune),
    )


def list_received(settled: Settled) -> pl.DataFrame:
    """What the roll call needs of each usable part: `unit`, `dataset`, `period`, `received` (Date), `nil`."""
    rows = [(*one.owes, one.submission.day, one.nil) for one in settled.judged if one.taken]
    schema = dict.fromkeys(("unit", "dataset", "period"), pl.String) | {
        "received": pl.Date,
        "nil": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
