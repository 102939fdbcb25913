"""Writes the records in effect, protected; links to those that an earlier release holds just so."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import polars as pl

from flows.cache import Shelf, code_of, name_of
from flows.engine.workers import ahead
from flows.protect import Key, protected
from flows.release.manifest import Entry
from flows.release.parquet import describe, write
from flows.release.reuse import Former, made_or_linked
from flows.root import Root
from flows.settle.model import Chapter, Judged, Settled, whence
from schemas.contract import Dataset
from schemas.registry import Contracts

#: Where under `var/` it is kept which files the records of a period came to.
KEPT = "bang"

#: The code that written records depend on.
CODE = ("release/records.py", "release/parquet.py", "release/manifest.py", "release/reuse.py")


def records(
    root: Root, folder: Path, contracts: Contracts, settled: Settled, key: Key, former: Former | None
) -> list[Entry]:
    """Put the records into `folder`, as links to those of a `former` release where it has them; the files."""
    shelf = Shelf(root.state / KEPT)
    beside = key.token("bang", ""), code_of(*CODE)
    names = [chapter.name and name_of(chapter.name, *beside) for chapter in settled.chapters]
    if former:
        shelf.sweep(filter(None, names))
    found: list[Entry] = []
    for chapter, name in zip(settled.chapters, names, strict=True):
        write_all = partial(write_records, folder, contracts, chapter, key)
        found += made_or_linked(former, folder, shelf, name, write_all)
    return found


def write_records(folder: Path, contracts: Contracts, chapter: Chapter, key: Key) -> list[Path]:
    """Write a file of Parquet for each hand-in in effect: its accepted records, protected."""

    def told(one: Judged, rows: pl.DataFrame) -> tuple[Judged, pl.DataFrame]:
        return one, _told(one, rows, contracts.datasets[one.dataset], key)

    written: list[Path] = []
    pieces = ((one, rows) for one, parts in chapter.accepted() for rows in parts)
    for one, mine in groupby(ahead(told, pieces), itemgetter(0)):
        dataset = contracts.datasets[one.dataset]
        path = folder / "data" / dataset.name / f"ky={one.period.label}" / f"{one.hand_in.unit}.parquet"
        write(path, (rows for _, rows in mine), f"{dataset.title}: {dataset.grain}", describe(dataset))
        written.append(path)
    return written


def _told(one: Judged, rows: pl.DataFrame, dataset: Dataset, key: Key) -> pl.DataFrame:
    """Records as they are published."""
    row_class = rows["_lop"].cast(pl.String).alias(dataset.row_class)
    return protected(rows, dataset, key).hstack([row_class, *whence(one, rows).get_columns()])
