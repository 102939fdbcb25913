"""Compares two releases: columns, rows added, changed and removed by dataset, figures that moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flows.release.manifest import read_hashes, read_manifest, select_tables
from schemas.contract import Dataset
from schemas.privacy import protection
from schemas.tables import RECORD_FIELDS

_WHERE_IT_STANDS = (*RECORD_FIELDS, "_trang_thai")

#: One row a dataset in which anything differs.
ROWS = {
    "dataset": pl.String,
    "before": pl.Int64,
    "after": pl.Int64,
    "added": pl.Int64,
    "changed": pl.Int64,
    "removed": pl.Int64,
}
#: One row a figure whose value or status differs.
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
    """What is different in `after`: `columns` as (table, column, type before, type after)."""

    columns: tuple[tuple[str, str, str | None, str | None], ...]
    rows: pl.DataFrame
    indicators: pl.DataFrame

    @property
    def nothing(self) -> bool:
        """Whether records and figures are the same."""
        return not self.columns and self.rows.is_empty() and self.indicators.is_empty()


def compare_releases(
    before: Path, after: Path, datasets: Mapping[str, Dataset], tables: Mapping[str, str] | None = None
) -> ReleaseDifference:
    """What changed from the release `before` to `after`; files of the same hash are not opened.

    `tables` are the hashes of an `after` that is not sealed yet.

    Rows are the same when all of the contract's columns are; changed when only their key is. Where the
    key is not published whole (a name, a birth date) a changed row is one removed and one added.
    """
    was = select_tables(read_hashes(read_manifest(before)))
    now = select_tables(read_hashes(read_manifest(after))) if tables is None else tables
    changed = {path for path in was.keys() | now.keys() if was.get(path) != now.get(path)}
    names = sorted({path.split("/")[1] for path in changed if path.startswith("data/")})
    rows = [
        row
        for name in names
        if (row := _rows(before, after, name, sorted(changed), datasets.get(name)))[3:] != (0, 0, 0)
    ]
    return ReleaseDifference(
        tuple(_columns(before, after, changed)),
        pl.DataFrame(rows, schema=ROWS, orient="row"),
        _moved(before, after) if "indicators.parquet" in changed else pl.DataFrame(schema=MOVED),
    )


def _columns(
    before: Path, after: Path, changed: Iterable[str]
) -> list[tuple[str, str, str | None, str | None]]:
    found: dict[tuple[str, str], list[str | None]] = {}
    for at, release in enumerate((before, after)):
        for path in changed:
            if path.endswith(".parquet") and (release / path).exists():
                table = path.split("/")[1] if path.startswith("data/") else path.removesuffix(".parquet")
                for column, dtype in pl.read_parquet_schema(release / path).items():
                    found.setdefault((table, column), [None, None])[at] = str(dtype)
    both = {table for table, _ in found if _both(table, found)}
    return [
        (table, column, was, now)
        for (table, column), (was, now) in sorted(found.items())
        if was != now and table in both
    ]


def _both(table: str, found: Mapping[tuple[str, str], list[str | None]]) -> bool:
    """Whether a changed file of the table is in both releases: a new file is no new column."""
    types = [each for (name, _), each in found.items() if name == table]
    return any(was for was, _ in types) and any(now for _, now in types)


def _rows(
    before: Path, after: Path, name: str, changed: Iterable[str], dataset: Dataset | None
) -> tuple[str, int, int, int, int, int]:
    mine = [path for path in changed if path.startswith(f"data/{name}/")]
    was, now = (_read(release, mine) for release in (before, after))
    columns = [column for column in now.columns if column in was.columns] or now.columns or was.columns
    key = _key(dataset, columns)
    shared = ([column for column in columns if column in frame.columns] for frame in (was, now))
    was, now = (_numbered(frame.select(each)) for frame, each in zip((was, now), shared, strict=True))
    everything = [*columns, "_lan"]
    gone = _without(was, now, everything)
    come = _without(now, was, everything)
    altered = come.join(gone, on=["_period", *key], how="semi", nulls_equal=True).height if key else 0
    return name, was.height, now.height, come.height - altered, altered, gone.height - altered


def _read(release: Path, paths: Iterable[str]) -> pl.DataFrame:
    frames = [
        pl.read_parquet(release / path, hive_partitioning=False)
        .drop(_WHERE_IT_STANDS, strict=False)
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


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows that are the same in all columns are told apart by their number among them."""
    if frame.is_empty():
        return frame.with_columns(_lan=pl.lit(0, pl.UInt32))
    return frame.with_columns(_lan=pl.int_range(pl.len(), dtype=pl.UInt32).over(frame.columns))


def _without(one: pl.DataFrame, other: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    if one.is_empty() or other.is_empty():
        return one
    return one.join(other, on=on, how="anti", nulls_equal=True)


def _moved(before: Path, after: Path) -> pl.DataFrame:
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
