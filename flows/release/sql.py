"""Opens a release as a DuckDB database with one view per table, dataset and open table."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import polars as pl

# What a formula begins with; some spreadsheets also take the wide forms.
_FORMULA = r"=+\-@＝＋－＠"
_TO_TEXT = (
    pl.col(pl.String)
    .str.replace_all(f"([;\t\r\n])([{_FORMULA}])", "${1}'${2}")
    .str.replace(f"^([{_FORMULA}\t\r\n])", "'${1}")
)

_HOW = "hive_partitioning = true, hive_types_autocast = false, union_by_name = true"


def open_database(release: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database over the release, read-only and without access to any other file."""
    database = duckdb.connect(":memory:")
    for path in sorted(release.glob("*.parquet")):
        database.execute(f"create view {_quote_name(path.stem)} as from read_parquet({_quote_text(path)})")
    database.execute('create schema "open"')
    for schema, place in (("main", "data"), ("open", "open")):
        # Whoever is not of the owner's group sees the open tables alone.
        if os.access(release / place, os.R_OK | os.X_OK):
            for folder in sorted((release / place).glob("*")):
                name = f"{_quote_name(schema)}.{_quote_name(folder.name)}"
                files = _quote_text(folder / "*" / "*.parquet")
                database.execute(f"create view {name} as from read_parquet({files}, {_HOW})")
    database.execute(f"set allowed_directories = [{_quote_text(release)}]")
    database.execute("set enable_external_access = false")
    database.execute("set lock_configuration = true")
    return database


def to_csv(frame: pl.DataFrame) -> str:
    """The frame as CSV, with an apostrophe before each text that a spreadsheet would take for a formula.

    A text may also hold the separator of another language, after which it goes on as a cell of its own.
    Names of columns may be values of cells, too. Source: OWASP, CSV Injection.
    """
    head = pl.DataFrame([frame.columns], schema=[f"{at}" for at in range(frame.width)], orient="row")
    rows = (each.with_columns(_TO_TEXT).write_csv(include_header=False) for each in (head, frame))
    return "".join(rows)


def _quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quote_text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
