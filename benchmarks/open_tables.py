"""Measures the open tables of made-up communes of three sizes: smallest group, share shown, share left out.

A line per commune and dataset about people, its latest period: people of the commune, dataset, records, the
smallest group of rows that are alike in every column, the share of records shown, and by column the share of
those that are not hidden. Before them, of the internal records of people, how many nobody else is like in
birth year, sex, thôn, relation and residence. Fails if a group is smaller than declared.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

import flows.sample
from flows.collect.inbox import collect, time_written
from flows.release.manifest import count_rows
from flows.root import Root
from made import DAY, copied, once
from measuring import a_day
from schemas.open_tables import HIDDEN
from schemas.privacy import SMALLEST_GROUP
from schemas.registry import load

PERSONS = (300, 3_000, 12_000)


def describe(persons: int, path: Path) -> str:
    """The line of one open table."""
    rows, (_, left_out) = pl.read_parquet(path, hive_partitioning=False), count_rows(path)
    alike = rows.group_by(rows.columns).len()["len"]
    smallest = min(alike, default=SMALLEST_GROUP)
    assert smallest >= SMALLEST_GROUP
    records = rows.height + (left_out or 0)
    seen = rows.select(pl.all().ne_missing(HIDDEN).mean())
    shares = " ".join(f"{name}={share or 0:.0%}" for name, share in seen.row(0, named=True).items())
    return f"{persons} {path.parts[-3]} {records} {smallest} {rows.height / max(records, 1):.1%} {shares}"


def tell_apart(persons: int, release: Path) -> str:
    """The line of the internal records: how many people stand alone."""
    told = ["ngay_sinh", "gioi_tinh", "thon", "quan_he", "cu_tru"]
    alike = pl.read_parquet(release / "data" / "dan_cu").group_by("ky", *told).len()
    latest = alike.filter(pl.col("ky") == pl.col("ky").max())
    return f"{persons} data/dan_cu {latest['len'].sum()} {latest.filter(len=1).height}"


def main() -> None:
    """Print all lines."""
    contracts = load()
    for persons in PERSONS:
        source = once(f"commune-{persons}", lambda root, size=persons: flows.sample.write(root, persons=size))
        with tempfile.TemporaryDirectory() as name:
            root = Root(copied(source, Path(name) / "xa"))
            root.prepare(unit.name for unit in contracts.commune.units)
            collect(root, None, time_written)
            release = a_day(root.path, contracts, DAY).release
            print(tell_apart(persons, release), flush=True)
            for dataset in contracts.datasets.values():
                tables = sorted(release.glob(f"open/{dataset.name}/*/data.parquet"))
                if tables and not dataset.of_places:
                    print(describe(persons, tables[-1]), flush=True)


if __name__ == "__main__":
    main()
