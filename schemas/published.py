"""Turns what is declared of published tables and records into Pandera schemas, by Pandera's own checks alone.

    from schemas.published import records_schema, table_schema

    table_schema("faults").validate(pl.read_parquet("curated/latest/faults.parquet"), lazy=True)
    records_schema("dan_cu").to_yaml()  # the whole schema, for other tools; `from_yaml` reads it

A schema says which columns there are and in which order, their types, where a value must stand, which values
are allowed, and which columns no two rows share. `validate` needs a `pl.DataFrame`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandera.polars as pa

from schemas import datasets
from schemas.contract import Dataset
from schemas.open_tables import open_columns
from schemas.privacy import protection
from schemas.tables import TABLES, PublishedColumn, PublishedTable, record_columns
from schemas.units import Commune


def table_schema(table: str | PublishedTable) -> pa.DataFrameSchema:
    """The schema of a table of a commune's release, by its name, or of any table that is declared."""
    found = TABLES[table] if isinstance(table, str) else table
    return _schema(found.name, found.title, found.grain, found.fields, found.key)


def records_schema(dataset: str | Dataset, commune: Commune | None = None) -> pa.DataFrameSchema:
    """The schema of a dataset's published records.

    Args:
        dataset: The dataset, or its name.
        commune: The commune whose records they are; without it a thôn may be any.
    """
    found = datasets.load()[dataset] if isinstance(dataset, str) else dataset
    # A key of which a part is not published whole may be shared.
    whole = all(protection(found[name]) in ("nguyen", "ma_hoa") for name in found.key)
    key = ("_unit", *found.key) if whole else ()
    return _schema(found.name, found.title, found.grain, record_columns(found, commune), key)


def open_schema(dataset: str | Dataset, commune: Commune | None = None) -> pa.DataFrameSchema:
    """The schema of a dataset's open table.

    Args:
        dataset: The dataset, or its name.
        commune: The commune whose table it is; without it a thôn may be any.
    """
    found = datasets.load()[dataset] if isinstance(dataset, str) else dataset
    return _schema(f"open/{found.name}", found.title, found.grain, open_columns(found, commune), ())


def _schema(
    name: str, title: str, grain: str, columns: Mapping[str, PublishedColumn], key: Iterable[str]
) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {
            each: pa.Column(
                column.dtype, nullable=not column.required, checks=[*_checks(column)], title=column.says
            )
            for each, column in columns.items()
        },
        name=name,
        title=title,
        description=grain,
        strict=True,
        ordered=True,
        unique=[*key] or None,
    )


def _checks(column: PublishedColumn) -> Iterator[pa.Check]:
    if column.of:
        yield pa.Check.isin([*column.of])
    if column.pattern is not None:
        yield pa.Check.str_matches(f"^(?:{column.pattern})$")
    if column.range is not None:
        low, high = column.range
        yield pa.Check.ge(low) if high is None else pa.Check.in_range(low, high)
