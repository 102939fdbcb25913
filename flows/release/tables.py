"""Writes every table of a release."""

from __future__ import annotations

from pathlib import Path

from flows.day_tables import Figures
from flows.protect import Key
from flows.release.manifest import Entry, entries
from flows.release.parquet import write_table
from flows.release.records import records
from flows.release.reuse import Former
from flows.root import Root
from flows.settle.model import Settled
from schemas.registry import Contracts
from schemas.tables import CHANGES, FAULTS, INDICATORS, ISSUES, RANKING, ROLL_CALL, SCORES, SUBMISSIONS


def write_tables(
    root: Root,
    folder: Path,
    contracts: Contracts,
    settled: Settled,
    figures: Figures,
    key: Key,
    former: Former | None,
) -> list[Entry]:
    """Write the records in effect, protected, and every table of the day; returns the files."""
    kept = records(root, folder, contracts, settled, key, former)
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
