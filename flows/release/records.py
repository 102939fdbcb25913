"""Writes the accepted records in effect and the open tables made of them, or links unchanged files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import polars as pl
from pandera.polars import DataFrameSchema

from flows.cache import RECORDS_CACHE
from flows.engine.workers import map_ahead
from flows.protect import Key, protect
from flows.release.manifest import FileEntry
from flows.release.open_tables import OpenTables
from flows.release.parquet import describe, write_parquet
from flows.release.proof import RecordProof
from flows.release.reuse import EarlierFiles, make_or_link
from flows.root import Root
from flows.settle.model import JudgedPart, PeriodRecords, Settled, trace_rows
from schemas.contract import Dataset
from schemas.published import records_schema
from schemas.registry import Contracts
from schemas.tables import record_columns


def put_records(
    root: Root, folder: Path, contracts: Contracts, settled: Settled, key: Key, former: EarlierFiles | None
) -> list[FileEntry]:
    """Write all records into `folder`, or link unchanged files of a `former` release; returns the entries."""
    cache, key_mark = RECORDS_CACHE.open_in(root), key.token("bang", "")
    names = [
        period_records.name and RECORDS_CACHE.make_key(period_records.name, key_mark)
        for period_records in settled.periods
    ]
    if former:
        cache.sweep(filter(None, names))
    found: list[FileEntry] = []
    for period_records, name in zip(settled.periods, names, strict=True):
        write_all = partial(write_records, folder, contracts, period_records, key)
        found += make_or_link(former, folder, cache, name, write_all)
    return found


def write_records(folder: Path, contracts: Contracts, period_records: PeriodRecords, key: Key) -> list[Path]:
    """Write one Parquet file per submission in effect, and the period's open tables; returns the paths.

    Raises:
        NotAsDeclaredError: some records are not as declared.
    """
    opened = OpenTables(contracts)

    def list_pieces() -> Iterator[tuple[JudgedPart, pl.DataFrame]]:
        for one, parts in period_records.accepted():
            for rows in parts:
                opened.add(one, rows)
                yield one, rows

    def protect_piece(one: JudgedPart, rows: pl.DataFrame) -> tuple[JudgedPart, pl.DataFrame]:
        return one, _to_published(one, rows, contracts.datasets[one.dataset], key)

    def schema_of(name: str) -> DataFrameSchema:
        return records_schema(contracts.datasets[name], contracts.commune)

    written: list[Path] = []
    with RecordProof(schema_of) as proof:
        for one, mine in groupby(map_ahead(protect_piece, list_pieces()), itemgetter(0)):
            dataset = contracts.datasets[one.dataset]
            place = folder / "data" / dataset.name / f"ky={one.period.label}"
            path = place / f"{one.submission.unit}.parquet"
            rows = proof.watch(dataset.name, (rows for _, rows in mine))
            title = f"{dataset.title}: {dataset.grain}"
            write_parquet(path, rows, title, describe(record_columns(dataset)), internal=True)
            written.append(path)
    return [*written, *opened.write(folder)]


def _to_published(one: JudgedPart, rows: pl.DataFrame, dataset: Dataset, key: Key) -> pl.DataFrame:
    """Records as published: protected columns, the row's class, and their origin."""
    row_class = rows["_class"].cast(pl.String).alias(dataset.row_class)
    return protect(rows, dataset, key).hstack([row_class, *trace_rows(one, rows).get_columns()])
