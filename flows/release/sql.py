"""Opens a release as a DuckDB database with one view per table and per dataset."""

from __future__ import annotations

from pathlib import Path

import duckdb


def open_database(release: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database over the release, read-only and without access to any other file."""
    database = duckdb.connect(":memory:")
    for path in sorted(release.glob("*.parquet")):
        database.execute(f"create view {_quote_name(path.stem)} as from read_parquet({_quote_text(path)})")
    for folder in sorted((release / "data").glob("*")):
        files = folder / "*" / "*.parquet"
        how = "hive_partitioning = true, hive_types_autocast = false, union_by_name = true"
        database.execute(
            f"create view {_quote_name(folder.name)} as from read_parquet({_quote_text(files)}, {how})"
        )
    database.execute(f"set allowed_directories = [{_quote_text(release)}]")
    database.execute("set enable_external_access = false")
    database.execute("set lock_configuration = true")
    return database


def _quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quote_text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
