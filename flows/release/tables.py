"""Writes every table of a release."""

from __future__ import annotations

from pathlib import Path

from flows.day_tables import DayTables
from flows.protect import Key
from flows.release.manifest import FileEntry, list_entries
from flows.release.parquet import write_table
from flows.release.records import put_records
from flows.release.reuse import EarlierFiles
from flows.root import Root
from flows.settle.model import Settled
from schemas.registry import Contracts
from schemas.tables import CHANGES, FAULTS, INDICATORS, ISSUES, RANKING, ROLL_CALL, SCORES, SUBMISSIONS


def write_tables(
    root: Root,
    folder: Path,
    contracts: Contracts,
    settled: Settled,
    figures: DayTables,
    key: Key,
    former: EarlierFiles | None,
) -> list[FileEntry]:
    """Write the protected records in effect and every table of the day; returns the entries of all files."""
    kept = put_records(root, folder, contracts, settled, key, former)
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
    return list_entries(folder, kept)
