"""Collects the small frames of counts that an audit checks, from the staged release and the one before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

import polars as pl
import pyarrow.parquet as pq

from flows.cache import AUDIT_CACHE, Cache
from flows.faults.explain import list_codes
from flows.release.manifest import count_rows, read_hashes, read_manifest
from schemas.contract import GOOD, Dataset
from schemas.judgement import may_be_open
from schemas.open_tables import open_columns
from schemas.own_suites import PERIOD
from schemas.periods import ended
from schemas.privacy import protection
from schemas.registry import Contracts
from schemas.tables import INDICATORS, TABLES, record_columns

# Before the dataset's name, in the name of its open table.
_OPEN = "open/"
_UNDECLARED = "không khai báo"
_LIVE = pl.col("state").is_in(["chap_nhan", "mot_phan"])


@dataclass(frozen=True, slots=True)
class AuditCase:
    """A staged release to audit, in `folder`, and the release `before` it.

    `tables` maps the path of each Parquet file to its hash. `cache` has the facts that earlier
    audits collected, by file hash. With `same_records`, the records are those of the release before, and its
    audit of them holds: only the other tables are audited.
    """

    folder: Path
    before: Path | None
    contracts: Contracts
    as_of: date
    tables: Mapping[str, str] = field(default_factory=dict)
    cache: Cache | None = None
    same_records: bool = False


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Facts about one Parquet file of a `table`.

    `doubles` counts the rows that share their whole key with another row; None if the table has no key
    that is published whole. `types` are the column types as text; `filled` counts non-null cells by column,
    `unwarned` the blank cells of a required column that no warning excuses. Of an open table, `left_out`
    counts the records that it does not show, and `smallest` is its smallest group of rows that are equal in
    all columns; None if it has no row or is about places.
    """

    table: str
    rows: int
    doubles: int | None
    types: Mapping[str, str]
    filled: Mapping[str, int]
    unwarned: Mapping[str, int]
    left_out: int | None = None
    smallest: int | None = None


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """Facts about the files of a staged release (`now`) and of the release before it, by path."""

    now: Mapping[str, FileFacts]
    before: Mapping[str, FileFacts]


def collect_facts(case: AuditCase) -> AuditFacts:
    """Collect facts about every Parquet file of both releases.

    A file whose hash an earlier audit saw is not read again. The hash is the one computed when the file
    was written, so damage since then goes unnoticed here: `verify` finds it.
    """
    cache = case.cache
    name = AUDIT_CACHE.make_key(case.contracts.rules_hash)
    known: Mapping[str, FileFacts] = (cache and cache.get(name)) or {}
    now = _look_up(case.folder, case.tables, known, case.contracts)
    was = read_hashes(read_manifest(case.before)) if case.before and known else {}
    before = _look_up(case.before, was, known, case.contracts) if case.before else {}
    if cache:
        cache.sweep([name])
        cache.put(name, {case.tables[path]: facts for path, facts in now.items() if path in case.tables})
    return AuditFacts(now, before)


def _look_up(
    release: Path, by_path: Mapping[str, str], known: Mapping[str, FileFacts], contracts: Contracts
) -> Mapping[str, FileFacts]:
    found: dict[str, FileFacts] = {}
    for table, path in _list_parquets(release):
        place = path.relative_to(release).as_posix()
        facts = known.get(by_path.get(place, ""))
        found[place] = facts or _inspect(table, path, contracts)
    return found


def _inspect(table: str, path: Path, contracts: Contracts) -> FileFacts:
    metadata = pq.read_metadata(path)
    types = {column: str(dtype) for column, dtype in pl.read_parquet_schema(path).items()}
    key = _published_key(table, contracts)
    doubles = _count_doubles(path, key) if key else None
    filled = _count_filled(metadata)
    dataset = contracts.datasets.get(table)
    blank = {name for name in types if filled[name] < metadata.num_rows}
    unwarned = _count_unwarned(path, dataset, blank) if dataset else {}
    _, left_out = count_rows(path)
    about = contracts.datasets.get(table.removeprefix(_OPEN)) if table.startswith(_OPEN) else None
    smallest = _find_smallest_group(path) if about and not about.of_places else None
    return FileFacts(table, metadata.num_rows, doubles, types, filled, unwarned, left_out, smallest)


def _find_smallest_group(path: Path) -> int | None:
    """The number of rows of the smallest group of rows that are equal in every column of the file."""
    groups = pl.scan_parquet(path, hive_partitioning=False).group_by(pl.all()).agg(pl.len().alias("_rows"))
    return groups.select(pl.col("_rows").min()).collect(engine="streaming").item()  # type: ignore[no-any-return]


def _count_unwarned(path: Path, dataset: Dataset, blank: Set[str]) -> Mapping[str, int]:
    """Blank cells by required column; where an answer may be open, only those of rows without a warning."""
    unwarned = pl.col(dataset.row_class) == GOOD
    counts = [
        (pl.col(column.name).is_null() & (unwarned if may_be_open(column, dataset) else True)).sum()
        for column in dataset.columns
        if column.required and column.name in blank
    ]
    return pl.scan_parquet(path).select(counts).collect().row(0, named=True) if counts else {}


def list_columns(case: AuditCase, seen: AuditFacts) -> pl.DataFrame:
    """One row per column of a table or dataset.

    Columns: `table`, `column`, the types `declared` and `stored` as text, non-null cells now (`filled`)
    and in the release before (`filled_before`, null if it had no such column), and `blanks`: null cells
    of a required column that no warning excuses.
    """
    declared = {
        (table, column): str(dtype)
        for table, fields in _declared(case.contracts).items()
        for column, dtype in fields.items()
    }
    now, was = _sum_columns(seen.now), _sum_columns(seen.before)
    here = {table for table, _ in now}
    blanks: dict[tuple[str, str], int] = {}
    for facts in seen.now.values():
        for column, count in facts.unwarned.items():
            blanks[facts.table, column] = blanks.get((facts.table, column), 0) + count
    rows = [
        (
            *place,
            declared.get(place, _UNDECLARED),
            now[place][0] if place in now else "không có",
            now.get(place, ("", 0))[1],
            was[place][1] if place in was else None,
            blanks.get(place, 0),
        )
        for place in sorted({*now, *(place for place in {*declared, *was} if place[0] in here)})
        if place in now or place in declared or was[place][1]
    ]
    schema = dict.fromkeys(("table", "column", "declared", "stored"), pl.String) | {
        "filled": pl.Int64,
        "filled_before": pl.Int64,
        "blanks": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _declared(contracts: Contracts) -> Mapping[str, Mapping[str, object]]:
    tables = {name: table.schema for name, table in TABLES.items()}
    records = {
        name: {column: field.dtype for column, field in record_columns(dataset).items()}
        for name, dataset in contracts.datasets.items()
    }
    opened = {
        f"{_OPEN}{name}": {column: field.dtype for column, field in open_columns(dataset).items()}
        for name, dataset in contracts.datasets.items()
    }
    return tables | records | opened


def _sum_columns(seen: Mapping[str, FileFacts]) -> dict[tuple[str, str], tuple[str, int]]:
    """By (table, column): the type as text and the number of non-null cells, over all files of the table."""
    types: dict[tuple[str, str], list[str]] = {}
    filled: dict[tuple[str, str], int] = {}
    files: dict[str, int] = {}
    for facts in seen.values():
        table = facts.table
        files[table] = files.get(table, 0) + 1
        for column, dtype in facts.types.items():
            types.setdefault((table, column), []).append(dtype)
            filled[table, column] = filled.get((table, column), 0) + facts.filled[column]
    return {place: (_describe_type(found, files[place[0]]), filled[place]) for place, found in types.items()}


def _describe_type(types: list[str], files: int) -> str:
    """The type of a column as text; all types if its files differ, and how many files lack the column."""
    missing = [f"thiếu ở {files - len(types)} tệp"] if len(types) < files else []
    return ", ".join([*sorted(set(types)), *missing])


def _list_parquets(release: Path) -> Iterator[tuple[str, Path]]:
    yield from ((path.stem, path) for path in sorted(release.glob("*.parquet")))
    yield from ((path.parts[-3], path) for path in sorted(release.glob("data/*/*/*.parquet")))
    yield from ((f"{_OPEN}{path.parts[-3]}", path) for path in sorted(release.glob("open/*/*/*.parquet")))


def _count_filled(metadata: pq.FileMetaData) -> Mapping[str, int]:
    """Non-null cells by column, from the statistics in the file's metadata."""
    filled: dict[str, int] = dict.fromkeys(metadata.schema.names, 0)
    for group in range(metadata.num_row_groups):
        for at in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(at)
            nulls = chunk.statistics.null_count if chunk.statistics else 0
            filled[chunk.path_in_schema] += chunk.num_values - (nulls or 0)
    return filled


def list_keys(seen: AuditFacts) -> pl.DataFrame:
    """One row per Parquet file that has a key: `place` (its path), `rows`, `doubles` (see `FileFacts`)."""
    rows = [(place, one.rows, one.doubles) for place, one in seen.now.items() if one.doubles is not None]
    schema = {"place": pl.String, "rows": pl.Int64, "doubles": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _published_key(table: str, contracts: Contracts) -> tuple[str, ...]:
    """The key columns of a table; none if a part of the key is dropped or shortened to a year."""
    if table in TABLES:
        return TABLES[table].key
    if table.startswith(_OPEN):
        return ()
    dataset = contracts.datasets[table]
    whole = all(protection(dataset[name]) in ("nguyen", "ma_hoa") for name in dataset.key)
    return dataset.key if whole else ()


def _count_doubles(path: Path, key: tuple[str, ...]) -> int:
    rows = pl.scan_parquet(path).select(key)
    # Records that lack a part of their key cannot be compared with others.
    known = rows if path.stem in TABLES else rows.drop_nulls()
    # Sorting hashes takes an eighth of the memory that `is_duplicated` takes, and less time.
    hashes = known.select(pl.struct(key).hash()).collect(engine="streaming").to_series().sort()
    if not (hashes.head(-1) == hashes.tail(-1)).any():
        return 0
    return int(known.collect().is_duplicated().sum())


def list_row_balances(case: AuditCase) -> pl.DataFrame:
    """One row per submission and dataset: `rows_seen`, its parts, and their sum `rows_accounted`."""
    parts = ("rows_left_out", "rows_accepted", "rows_quarantined")
    table = pl.read_parquet(case.folder / "submissions.parquet").with_columns(
        rows_accounted=pl.sum_horizontal(parts)
    )
    return table.select("unit", "state", "rows_seen", *parts, "rows_accounted")


def list_record_counts(case: AuditCase, seen: AuditFacts) -> pl.DataFrame:
    """One row per unit, dataset and period: `accepted` by the submissions in effect, `rows` in the file."""
    taken = _count_accepted(case, "dataset", "period", "unit")
    written = [
        (parts[1], parts[2].removeprefix("ky="), PurePosixPath(parts[3]).stem, one.rows)
        for path, one in seen.now.items()
        if (parts := path.split("/"))[0] == "data"
    ]
    schema = dict.fromkeys(("dataset", "period", "unit"), pl.String) | {"rows": pl.Int64}
    files = pl.DataFrame(written, schema=schema, orient="row")
    return (
        taken.join(files, on=["dataset", "period", "unit"], how="full", coalesce=True)
        .with_columns(pl.col("accepted", "rows").fill_null(0))
        .sort("dataset", "period", "unit")
    )


def _count_accepted(case: AuditCase, *by: str) -> pl.DataFrame:
    return (
        pl.read_parquet(case.folder / "submissions.parquet")
        .filter(_LIVE & (pl.col("rows_accepted") > 0))
        .group_by(by)
        .agg(accepted=pl.col("rows_accepted").cast(pl.Int64).sum())
    )


def list_open_tables(case: AuditCase, seen: AuditFacts) -> pl.DataFrame:
    """One row per dataset and period: records `accepted`, those `shown` and `left_out` by its open table.

    `accounted` is the sum of the last two, `smallest` the open table's smallest group (see `FileFacts`).
    """
    written = [
        (parts[1], parts[2].removeprefix("ky="), one.rows, one.left_out, one.smallest)
        for path, one in seen.now.items()
        if (parts := path.split("/"))[0] == "open"
    ]
    schema = dict.fromkeys(("dataset", "period"), pl.String) | dict.fromkeys(
        ("shown", "left_out", "smallest"), pl.Int64
    )
    files = pl.DataFrame(written, schema=schema, orient="row")
    return (
        _count_accepted(case, "dataset", "period")
        .join(files, on=["dataset", "period"], how="full", coalesce=True)
        .with_columns(pl.col("accepted", "shown", "left_out").fill_null(0))
        .with_columns(accounted=pl.col("shown") + pl.col("left_out"))
        .sort("dataset", "period")
    )


def list_roll_calls(case: AuditCase) -> pl.DataFrame:
    """One row per unit, dataset and period: times `owed` by the contracts, times `called`.

    Both are 1 in a correct release. `state` is from the roll call.
    """
    commune = case.contracts.commune
    due = [
        (unit.name, dataset.name, period.label)
        for dataset in case.contracts.datasets.values()
        for period in ended(dataset.cadence, dataset.basis, commune.since, case.as_of)
        for unit in commune.owing(dataset)
    ]
    place = ("unit", "dataset", "period")
    owed = pl.DataFrame(due, schema=dict.fromkeys(place, pl.String), orient="row")
    table = pl.read_parquet(case.folder / "roll_call.parquet").select(*place, "state")
    return (
        owed.group_by(place)
        .agg(owed=pl.len())
        .join(
            table.group_by(place).agg(pl.col("state").first(), called=pl.len()),
            on=place,
            how="full",
            coalesce=True,
        )
        .with_columns(pl.col("owed", "called").cast(pl.Int64).fill_null(0))
        .sort(place)
    )


def list_indicators(case: AuditCase) -> pl.DataFrame:
    """The indicators; their `value` is repeated as `share` if there is a denominator, else as `number`."""
    table = pl.read_parquet(case.folder / "indicators.parquet")
    return table.with_columns(
        share=pl.when(pl.col("mau_so").is_not_null()).then("value"),
        number=pl.when(pl.col("mau_so").is_null()).then("value"),
    ).select(*INDICATORS.key, "status", "share", "number", "low", "value", "high", "completeness")


def list_faults(case: AuditCase) -> pl.DataFrame:
    """One row per `code`, `dimension` and `severity` of the table of faults, with counts of its rows.

    `declared` is the code again if `dulieuxa explain` knows it. `mute` counts faults without a message.
    """
    known = list_codes(case.contracts.datasets)
    return (
        pl.scan_parquet(case.folder / "faults.parquet")
        .group_by("code", "dimension", "severity")
        .agg(
            rows=pl.len().cast(pl.Int64),
            mute=pl.col("message").fill_null("").str.strip_chars().eq("").sum().cast(pl.Int64),
        )
        .with_columns(
            declared=pl.when(pl.col("code").is_in(known)).then("code").otherwise(pl.lit(_UNDECLARED))
        )
        .sort("code", "dimension", "severity")
        .collect()
    )


def read_published_table(case: AuditCase, table: str, columns: Collection[str] | None) -> pl.DataFrame:
    """A published table, or the records of a dataset in all periods, of which `ky` tells the period.

    Only `columns` are read; all if None.
    """
    if table in TABLES:
        rows = pl.scan_parquet(case.folder / f"{table}.parquet")
    elif files := sorted((case.folder / "data" / table).rglob("*.parquet")):
        rows = pl.concat(
            [
                pl.scan_parquet(path, hive_partitioning=False).with_columns(
                    pl.lit(path.parent.name.removeprefix("ky=")).alias(PERIOD)
                )
                for path in files
            ],
            how="vertical_relaxed",
        )
    else:
        fields = record_columns(case.contracts.datasets[table])
        schema = {name: field.dtype for name, field in fields.items()} | {PERIOD: pl.String}
        rows = pl.LazyFrame(schema=schema)
    return (rows if columns is None else rows.select(columns)).collect()
