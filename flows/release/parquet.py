"""Writes Parquet files with the Vietnamese titles and descriptions that contracts declare as metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.contract import Dataset
from schemas.privacy import PROTECTIONS, protection
from schemas.tables import RECORD_FIELDS, PublishedTable


def write_parquet(
    path: Path, pieces: Iterable[pl.DataFrame], title: str, described: Mapping[str, str]
) -> None:
    """Write `pieces` (at least one) to one file; `described` are descriptions of columns for its metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rest = iter(pieces)
    first = _arrow(next(rest))
    fields = [
        field.with_metadata({"description": described[field.name]}) if field.name in described else field
        for field in first.schema
    ]
    schema = pa.schema(fields, metadata={"title": title})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for piece in chain([first], map(_arrow, rest)):
            if piece.num_rows:
                writer.write_table(piece.cast(schema))


def _arrow(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def write_table(folder: Path, table: PublishedTable, frame: pl.DataFrame) -> None:
    """Write one of the release's tables to `folder`/<name>.parquet."""
    described = {name: field.says for name, field in table.fields.items()}
    write_parquet(
        folder / f"{table.name}.parquet", [table.conform(frame)], f"{table.title}: {table.grain}", described
    )


def describe_columns(dataset: Dataset) -> dict[str, str]:
    """The description of each published column of a dataset's records."""
    columns = {column.name: _describe(column.label, protection(column)) for column in dataset.columns}
    fields = {_published_name(name, dataset): field.says for name, field in RECORD_FIELDS.items()}
    return columns | fields


def _describe(label: str, how: str) -> str:
    return label if how == "nguyen" else f"{label} ({PROTECTIONS[how]})"  # type: ignore[index]


def _published_name(name: str, dataset: Dataset) -> str:
    return dataset.row_class if name == "trang_thai" else name
