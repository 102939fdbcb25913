"""A release as a DuckDB database: one view a table, one a dataset, named after them."""

from __future__ import annotations

from pathlib import Path

import duckdb


def open_database(release: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database over the release; nothing of it can be changed, nothing else be read."""
    made = duckdb.connect(":memory:")
    for path in sorted(release.glob("*.parquet")):
        made.execute(f"create view {_name(path.stem)} as from read_parquet({_text(path)})")
    for folder in sorted((release / "data").glob("*")):
        files = folder / "*" / "*.parquet"
        how = "hive_partitioning = true, hive_types_autocast = false, union_by_name = true"
        made.execute(f"create view {_name(folder.name)} as from read_parquet({_text(files)}, {how})")
    made.execute(f"set allowed_directories = [{_text(release)}]")
    made.execute("set enable_external_access = false")
    made.execute("set lock_configuration = true")
    return made


def _name(said: str) -> str:
    return '"' + said.replace('"', '""') + '"'


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
