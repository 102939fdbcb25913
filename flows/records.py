"""Writes the records in effect, protected; links to those that an earlier release holds just so."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import polars as pl

from flows.kept import code_of, name_of
from flows.links import made_or_linked
from flows.manifest import Entry
from flows.pool import ahead
from flows.protect import Key, protected
from flows.root import Root
from flows.settled import Judged, Settled, whence
from flows.store import describe, write
from schemas.contract import Dataset
from schemas.registry import Contracts

#: Where under `var/` it is kept which files the records of given hand-ins came to.
KEPT = "bang"


def records(
    root: Root, folder: Path, contracts: Contracts, settled: Settled, key: Key, name: str | None
) -> list[Entry]:
    """Put the records into `folder`; returns the files. `name` tells all that `settled` depends on.

    Without a name everything is written anew.
    """
    whole = name and name_of(name, key.token("bang", ""), code_of("records.py", "store.py", "manifest.py"))
    write_all = partial(write_records, folder, contracts, settled, key)
    return made_or_linked(root, folder, "data", KEPT, whole, write_all)


def write_records(folder: Path, contracts: Contracts, settled: Settled, key: Key) -> None:
    """Write a file of Parquet for each hand-in in effect: its accepted records, protected."""

    def told(one: Judged, rows: pl.DataFrame) -> tuple[Judged, pl.DataFrame]:
        return one, _told(one, rows, contracts.datasets[one.dataset], key)

    pieces = ((one, rows) for one, parts in settled.accepted() for rows in parts)
    for one, mine in groupby(ahead(told, pieces), itemgetter(0)):
        dataset = contracts.datasets[one.dataset]
        path = folder / "data" / dataset.name / f"ky={one.period.label}" / f"{one.hand_in.unit}.parquet"
        write(path, (rows for _, rows in mine), f"{dataset.title}: {dataset.grain}", describe(dataset))


def _told(one: Judged, rows: pl.DataFrame, dataset: Dataset, key: Key) -> pl.DataFrame:
    """Records as they are published."""
    row_class = rows["_lop"].cast(pl.String).alias(dataset.row_class)
    return protected(rows, dataset, key).hstack([row_class, *whence(one, rows).get_columns()])
