"""Traces an indicator back to its submissions, their quarantined rows and their blocking faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from schemas.indicator import Indicator

_LIVE = ("chap_nhan", "mot_phan")
_FILES = 20
_CODES = 5


def trace(release: Path, indicator: Indicator, key: str) -> Iterator[str]:
    """Yield Vietnamese lines: the figure of each period for one `key`, then the files behind it."""
    figures = pl.read_parquet(release / "indicators.parquet").filter(
        (pl.col("indicator") == indicator.name) & (pl.col("key") == key)
    )
    yield f"{indicator.title} ({indicator.name}), {key}; kế hoạch mục {indicator.from_}"
    for row in figures.iter_rows(named=True):
        yield (
            f"  {row['period']}: {_text(row['value'])} = {_text(row['tu_so'])} / {_text(row['mau_so'])}, "
            f"từ {_text(row['low'])} đến {_text(row['high'])}, "
            f"mục tiêu {_text(row['muc_tieu'])}: {row['status']}"
        )
        if row["reason"]:
            yield f"    {row['reason']}"
    for by in sorted(figures["by"].unique()):
        for dataset in indicator.datasets(by):
            yield f"Từ “{dataset.title}” ({dataset.name}):"
            yield from _trace_files(release, dataset.name, figures["period"].to_list(), key)


def _trace_files(release: Path, dataset: str, periods: list[str], key: str) -> Iterator[str]:
    mine = pl.read_parquet(release / "submissions.parquet").filter(
        (pl.col("dataset") == dataset) & pl.col("period").is_in(periods) & pl.col("state").is_in(_LIVE)
    )
    own = mine.filter(pl.col("unit") == key)
    mine = own if own.height else mine
    for row in mine.sort("period", "unit", descending=[True, False]).head(_FILES).iter_rows(named=True):
        yield (
            f"  {row['period']} {row['unit']}: {row['file']} ({row['submission'][:12]}), "
            f"nhận {row['rows_accepted']}, giữ lại {row['rows_quarantined']}"
        )
    if mine.height > _FILES:
        yield f"  và {mine.height - _FILES} tệp nữa"
    faults = pl.read_parquet(release / "faults.parquet").filter(
        (pl.col("dataset") == dataset) & (pl.col("severity") == "chan")
    )
    for code, count in faults["code"].value_counts(sort=True).head(_CODES).iter_rows():
        yield f"  lỗi chặn {code}: {count}"


def _text(number: float | None) -> str:
    return "chưa biết" if number is None else f"{number:.4g}" if number % 1 else f"{number:.0f}"
