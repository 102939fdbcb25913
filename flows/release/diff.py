"""Compares two releases: columns, rows added, changed and removed by dataset, indicators that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.release.manifest import read_hashes, read_manifest, select_tables
from schemas.contract import Dataset
from schemas.privacy import protection
from schemas.tables import RECORD_FIELDS

_PROVENANCE = (*RECORD_FIELDS, "_trang_thai")

#: One row per dataset with a difference.
ROWS = {
    "dataset": pl.String,
    "before": pl.Int64,
    "after": pl.Int64,
    "added": pl.Int64,
    "changed": pl.Int64,
    "removed": pl.Int64,
}
#: One row per indicator figure whose value or status differs.
MOVED = {
    "indicator": pl.String,
    "period": pl.String,
    "by": pl.String,
    "key": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
    "status_before": pl.String,
    "status_after": pl.String,
}


@dataclass(frozen=True, slots=True)
class ReleaseDifference:
    """Differences between two releases: `columns` are (table, column, type before, type after).

    A missing column has type None. `rows` has the columns ROWS, `indicators` the columns MOVED.
    """

    columns: tuple[tuple[str, str, str | None, str | None], ...]
    rows: pl.DataFrame
    indicators: pl.DataFrame

    @property
    def nothing(self) -> bool:
        """Whether columns, records and indicators are all equal."""
        return not self.columns and self.rows.is_empty() and self.indicators.is_empty()


def compare_releases(
    before: Path, after: Path, datasets: Mapping[str, Dataset], tables: Mapping[str, str] | None = None
) -> ReleaseDifference:
    """Compare two release folders; files with equal hashes are not opened.

    `tables` are hashes by path, for an `after` that has no manifest yet.

    Two rows are equal if all columns of the contract are. A row is changed if only its key is equal. If
    the key is not published whole (a name, a birth date), a changed row counts as removed and added.
    """
    was = select_tables(read_hashes(read_manifest(before)))
    now = select_tables(read_hashes(read_manifest(after))) if tables is None else tables
    changed = {path for path in was.keys() | now.keys() if was.get(path) != now.get(path)}
    names = sorted({path.split("/")[1] for path in changed if path.startswith("data/")})
    rows = [
        row
        for name in names
        if (row := _compare_rows(before, after, name, sorted(changed), datasets.get(name)))[3:] != (0, 0, 0)
    ]
    return ReleaseDifference(
        tuple(_compare_columns(before, after, changed)),
        pl.DataFrame(rows, schema=ROWS, orient="row"),
        _compare_indicators(before, after) if "indicators.parquet" in changed else pl.DataFrame(schema=MOVED),
    )


def _compare_columns(
    before: Path, after: Path, changed: Iterable[str]
) -> list[tuple[str, str, str | None, str | None]]:
    types: dict[tuple[str, str], list[str | None]] = {}
    for at, release in enumerate((before, after)):
        for path in changed:
            if path.endswith(".parquet") and (release / path).exists():
                table = _table_of(path)
                for column, dtype in pl.read_parquet_schema(release / path).items():
                    types.setdefault((table, column), [None, None])[at] = str(dtype)
    both = {table for table, _ in types if _in_both(table, types)}
    return [
        (table, column, was, now)
        for (table, column), (was, now) in sorted(types.items())
        if was != now and table in both
    ]


def _table_of(path: str) -> str:
    """The table of a file, as `faults`, `dan_cu`, `open/dan_cu`."""
    parts = path.split("/")
    return {"data": parts[1], "open": "/".join(parts[:2])}[parts[0]] if len(parts) > 1 else Path(path).stem


def _in_both(table: str, types: Mapping[tuple[str, str], list[str | None]]) -> bool:
    """Whether both releases have a changed file of the table; a new file is not a new column."""
    own = [each for (name, _), each in types.items() if name == table]
    return any(was for was, _ in own) and any(now for _, now in own)


def _compare_rows(
    before: Path, after: Path, name: str, changed: Iterable[str], dataset: Dataset | None
) -> tuple[str, int, int, int, int, int]:
    mine = [path for path in changed if path.startswith(f"data/{name}/")]
    was, now = (_read(release, mine) for release in (before, after))
    columns = [column for column in now.columns if column in was.columns] or now.columns or was.columns
    key = _key(dataset, columns)
    shared = ([column for column in columns if column in frame.columns] for frame in (was, now))
    was, now = (_number_repeats(frame.select(each)) for frame, each in zip((was, now), shared, strict=True))
    everything = [*columns, "_lan"]
    only_before = _without(was, now, everything)
    only_after = _without(now, was, everything)
    altered = (
        only_after.join(only_before, on=["_period", *key], how="semi", nulls_equal=True).height if key else 0
    )
    return name, was.height, now.height, only_after.height - altered, altered, only_before.height - altered


def _read(release: Path, paths: Iterable[str]) -> pl.DataFrame:
    frames = [
        pl.read_parquet(release / path, hive_partitioning=False)
        .drop(_PROVENANCE, strict=False)
        .with_columns(
            _period=pl.lit(path.split("/")[2].removeprefix("ky=")),
            _don_vi=pl.lit(path.rpartition("/")[2].removesuffix(".parquet")),
        )
        for path in paths
        if (release / path).exists()
    ]
    return (
        pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame(schema={"_period": pl.String})
    )


def _key(dataset: Dataset | None, columns: Iterable[str]) -> list[str]:
    if dataset is None or not all(protection(dataset[name]) in ("nguyen", "ma_hoa") for name in dataset.key):
        return []
    here = set(columns)
    return [*dataset.key, "_don_vi"] if set(dataset.key) <= here else []


def _number_repeats(frame: pl.DataFrame) -> pl.DataFrame:
    """Number rows that are equal in all columns, so that a join pairs each with one row only."""
    if frame.is_empty():
        return frame.with_columns(_lan=pl.lit(0, pl.UInt32))
    return frame.with_columns(_lan=pl.int_range(pl.len(), dtype=pl.UInt32).over(frame.columns))


def _without(one: pl.DataFrame, other: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    if one.is_empty() or other.is_empty():
        return one
    return one.join(other, on=on, how="anti", nulls_equal=True)


def _compare_indicators(before: Path, after: Path) -> pl.DataFrame:
    on = ["indicator", "period", "by", "key"]
    was, now = (
        pl.read_parquet(release / "indicators.parquet", columns=[*on, "value", "status"])
        for release in (before, after)
    )
    both = was.join(now, on=on, how="full", coalesce=True, suffix="_now")
    differs = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in ("value", "status")
    )
    return (
        both.filter(differs)
        .select(*on, before="value", after="value_now", status_before="status", status_after="status_now")
        .sort(on)
    )
