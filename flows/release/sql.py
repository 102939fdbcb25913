"""Opens a release as a DuckDB database with one view per table, dataset and open table."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import polars as pl

from flows.release.intact import IntactFiles
from flows.root import Root
from schemas.tables import TABLES

# What a formula begins with; some spreadsheets also take the wide forms.
_FORMULA = r"=+\-@＝＋－＠"
_TO_TEXT = (
    pl.col(pl.String)
    .str.replace_all(f"([;\t\r\n])([{_FORMULA}])", "${1}'${2}")
    .str.replace(f"^([{_FORMULA}\t\r\n])", "'${1}")
)

# Schemas of views, and the folders that hold their records.
_SCHEMAS = {"main": "data", "open": "open"}

_HOW = "hive_partitioning = true, hive_types_autocast = false, union_by_name = true"


def open_database(release: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database over the release, read-only and without access to any other file.

    There is no view of what `list_damaged` names, nor of what we may not read.
    """
    database, damaged = duckdb.connect(":memory:"), list_damaged(release)
    for path in sorted(release.glob("*.parquet")):
        if f"main.{path.stem}" not in damaged and _may_read(path):
            view = _quote_name(path.stem)
            database.execute(f"create view {view} as from read_parquet({_quote_text(path)})")
    database.execute('create schema "open"')
    for schema, place in _SCHEMAS.items():
        if _may_read(release / place):
            for folder in sorted((release / place).glob("*")):
                name = f"{_quote_name(schema)}.{_quote_name(folder.name)}"
                files = _quote_text(folder / "*" / "*.parquet")
                if f"{schema}.{folder.name}" not in damaged:
                    database.execute(f"create view {name} as from read_parquet({files}, {_HOW})")
    database.execute(f"set allowed_directories = [{_quote_text(release)}]")
    database.execute("set enable_external_access = false")
    database.execute("set lock_configuration = true")
    return database


def open_public_database(release: Path, *, memory: str, threads: int) -> duckdb.DuckDBPyConnection:
    """An in-memory database over what anybody may know of the release: open tables, tables not internal.

    No other file can be read, and none be written. It takes at most so much `memory` (`512MB`) and so many
    `threads`.
    """
    database, damaged = duckdb.connect(":memory:"), list_damaged(release)
    tables = {name: release / f"{name}.parquet" for name, one in TABLES.items() if not one.internal}
    files = {path.name: sorted(path.glob("*/*.parquet")) for path in sorted((release / "open").glob("*"))}
    database.execute('create schema "open"')
    allowed: list[Path] = []
    for name, path in tables.items():
        if f"main.{name}" not in damaged and path.exists():
            database.execute(f"create view {_quote_name(name)} as from read_parquet({_quote_text(path)})")
            allowed.append(path)
    for name, paths in files.items():
        if f"open.{name}" not in damaged and paths:
            listed = ", ".join(map(_quote_text, paths))
            database.execute(
                f'create view "open".{_quote_name(name)} as from read_parquet([{listed}], {_HOW})'
            )
            allowed += paths
    database.execute(f"set memory_limit = '{memory}'")
    database.execute(f"set threads = {threads}")
    # What does not fit into memory is not written to disk.
    database.execute("set temp_directory = ''")
    database.execute(f"set allowed_paths = [{', '.join(map(_quote_text, allowed))}]")
    database.execute("set enable_external_access = false")
    database.execute("set lock_configuration = true")
    return database


def list_damaged(release: Path) -> dict[str, str]:
    """Tables and datasets with a file that is not as published, each with that file and what is wrong."""
    files = IntactFiles(Root(release.parents[2]), release.name)
    tables = [path for path in files.entries if path.endswith(".parquet")]
    mine = [path for path in tables if _may_read(release / path.split("/")[0])]
    faults = files.find_faults(mine).items()
    return {_name_table(path): f"{release / path}: {fault}" for path, fault in faults}


def _may_read(place: Path) -> bool:
    """Whether a file or folder is for us: who is not of the owner's group sees what is open alone."""
    return not place.exists() or os.access(place, os.R_OK | (os.X_OK if place.is_dir() else 0))


def _name_table(path: str) -> str:
    """The schema and name of the view that a file belongs to."""
    schemas = {place: schema for schema, place in _SCHEMAS.items()}
    place, _, rest = path.partition("/")
    return f"{schemas[place]}.{rest.split('/')[0]}" if rest else f"main.{path.removesuffix('.parquet')}"


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
