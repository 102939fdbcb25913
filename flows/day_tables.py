"""Reckons the tables of a day from what its hand-ins came to: the roll call, faults, issues, figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from flows.faults.ledger import follow
from flows.faults.table import change_table, fault_table
from flows.measure import measure, ranking, scores
from flows.protect import Key
from flows.roll_call import roll_call, roll_call_faults
from flows.settle.model import Settled
from flows.validate.across import why_unjudged
from schemas import indicators as plan
from schemas.registry import Contracts


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


def reckon(
    settled: Settled, contracts: Contracts, as_of: date, key: Key, issues_before: pl.DataFrame
) -> Figures:
    """Call the roll, gather faults, follow them on from `issues_before`, and measure."""
    called = roll_call(contracts.commune, contracts.datasets, _handed_in(settled), as_of)
    silent = roll_call_faults(called, contracts.commune, contracts.datasets)
    faults = fault_table(settled, silent, contracts, key)
    indicators = measure(settled.counted, settled.came(), called, contracts.commune, plan.load(), as_of)
    return Figures(
        faults=faults.published,
        typed=faults.typed,
        changes=change_table(settled, contracts.datasets),
        issues=follow(faults.followed, issues_before, as_of, contracts.waivers),
        roll_call=called,
        indicators=indicators,
        scores=scores(settled.tallies).join(
            why_unjudged(settled.unjudged, contracts.datasets),
            on=["unit", "dataset", "period", "dimension"],
            how="left",
            maintain_order="left",
        ),
        ranking=ranking(indicators, contracts.commune),
    )


def _handed_in(settled: Settled) -> pl.DataFrame:
    rows = [(*one.owes, one.hand_in.day, one.nil) for one in settled.judged if one.taken]
    schema = dict.fromkeys(("unit", "dataset", "period"), pl.String) | {
        "received": pl.Date,
        "nil": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
