"""Writes Parquet files with the Vietnamese titles and descriptions that contracts declare as metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flows.files import create
from flows.release.proof import prove
from schemas.published import table_schema
from schemas.tables import PublishedColumn, PublishedTable


def write_parquet(
    path: Path,
    pieces: Iterable[pl.DataFrame],
    title: str,
    described: Mapping[str, str],
    *,
    internal: bool = False,
    says: Mapping[str, str] | None = None,
) -> None:
    """Write `pieces` (at least one) to one file.

    `described` are descriptions of columns for its metadata, and it `says` more there of the whole table.
    Everybody may read the file, or if it is `internal` its owner and his group.
    """
    rest = iter(pieces)
    first = _arrow(next(rest))
    fields = [
        field.with_metadata({"description": described[field.name]}) if field.name in described else field
        for field in first.schema
    ]
    schema = pa.schema(fields, metadata={"title": title, **(says or {})})
    with (
        create(path, internal=internal) as handle,
        pq.ParquetWriter(handle, schema, compression="zstd") as writer,
    ):
        for piece in chain([first], map(_arrow, rest)):
            if piece.num_rows:
                writer.write_table(piece.cast(schema))


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def write_table(folder: Path, table: PublishedTable, frame: pl.DataFrame) -> None:
    """Write one of the release's tables to `folder`/<name>.parquet.

    Raises:
        NotAsDeclaredError: the table is not as declared.
    """
    told = prove(table.conform(frame), table_schema(table))
    title = f"{table.title}: {table.grain}"
    path = folder / f"{table.name}.parquet"
    write_parquet(path, [told], title, describe(table.fields), internal=table.internal)


def describe(columns: Mapping[str, PublishedColumn]) -> dict[str, str]:
    """The description of each column."""
    return {name: column.says for name, column in columns.items()}
