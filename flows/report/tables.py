"""Reads the tables of a release; a missing table is read as empty, a missing column as null."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas.tables import TABLES, PublishedTable

#: Values for one item in a page's template, by name.
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one release that its pages use; `schemas.tables` declares their columns."""

    faults: pl.DataFrame
    changes: pl.DataFrame
    issues: pl.DataFrame
    submissions: pl.DataFrame
    roll_call: pl.DataFrame
    indicators: pl.DataFrame
    scores: pl.DataFrame
    ranking: pl.DataFrame


def read_tables(release: Path) -> Tables:
    """Read the tables of the release in the folder `release`."""
    return Tables(**{name: _read(release / f"{name}.parquet", table) for name, table in TABLES.items()})


def _read(path: Path, table: PublishedTable) -> pl.DataFrame:
    return table.conform(pl.read_parquet(path) if path.exists() else pl.DataFrame())
