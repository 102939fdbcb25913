"""Compares a staged release with the one before: what changed so much that somebody should vouch for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from flows.audit.facts import AuditCase, AuditFacts, list_columns

# Of fewer rows, a third is a handful: no reason to stop a commune's day.
FEWEST_ROWS = 20
FEWEST_COUNTED = 30
LARGEST_FALL = 0.30
LARGEST_JUMP = 0.20

# While submissions are still coming in, a figure moves by itself.
COMPLETE = 0.8

_LIVE = pl.col("state").is_in(["chap_nhan", "mot_phan"])


@dataclass(frozen=True, slots=True)
class ReleaseComparison:
    """One thing compared: `about` it, how far it moved (`by`), how far it may, and all that as a sentence."""

    about: str
    by: float
    limit: float
    says: str


def compare_releases(case: AuditCase, seen: AuditFacts) -> list[ReleaseComparison]:
    """Everything of a release that can be compared with the release before; nothing on the first day."""
    if case.before is None:
        return []
    return [*_rows(case), *_quarantined(case), *_columns(case, seen), *_indicators(case)]


def _both(case: AuditCase, table: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    assert case.before is not None
    return pl.read_parquet(case.folder / f"{table}.parquet"), pl.read_parquet(
        case.before / f"{table}.parquet"
    )


def _title(case: AuditCase, dataset: str) -> str:
    known = case.contracts.datasets.get(dataset)
    return known.title if known else dataset


def _rows(case: AuditCase) -> Iterator[ReleaseComparison]:
    """Published records of a dataset and period that both releases tell of."""
    by = ("dataset", "period")
    now, was = (
        table.filter(_LIVE).group_by(by).agg(pl.col("rows_accepted").cast(pl.Int64).sum().alias("rows"))
        for table in _both(case, "submissions")
    )
    both = was.join(now, on=by, how="left", suffix="_now").filter(pl.col("rows") >= FEWEST_ROWS).sort(by)
    for dataset, period, before, after in both.iter_rows():
        fall = 1 - (after or 0) / before
        yield ReleaseComparison(
            f"{dataset}.{period}.dong",
            fall,
            LARGEST_FALL,
            f"“{_title(case, dataset)}” kỳ {period}: số bản ghi từ {_number(before)} còn "
            f"{_number(after or 0)}, không được giảm từ {LARGEST_FALL:.0%} trở lên",
        )


def _quarantined(case: AuditCase) -> Iterator[ReleaseComparison]:
    """The share of quarantined records of a dataset, over all its submissions that count."""
    counts = ("rows_accepted", "rows_quarantined")
    now, was = (
        table.filter(_LIVE)
        .group_by("dataset")
        .agg(pl.col(counts).cast(pl.Int64).sum())
        .with_columns(rows=pl.sum_horizontal(counts))
        .select("dataset", "rows", share=pl.col("rows_quarantined") / pl.col("rows"))
        for table in _both(case, "submissions")
    )
    both = (
        was.join(now, on="dataset", suffix="_now").filter(pl.col("rows_now") >= FEWEST_ROWS).sort("dataset")
    )
    for dataset, _, before, _, after in both.filter(pl.col("rows") >= FEWEST_ROWS).iter_rows():
        yield ReleaseComparison(
            f"{dataset}.giu_lai",
            after - before,
            LARGEST_JUMP,
            f"“{_title(case, dataset)}”: tỷ lệ bản ghi bị giữ lại từ {before:.1%} thành {after:.1%}, "
            f"không được tăng từ {LARGEST_JUMP * 100:.0f} điểm trở lên",
        )


def _columns(case: AuditCase, seen: AuditFacts) -> Iterator[ReleaseComparison]:
    """Columns that held something in the release before and hold nothing now."""
    datasets = list_columns(case, seen).filter(pl.col("table").is_in(list(case.contracts.datasets)))
    gone = (pl.col("filled") == 0) & (pl.col("filled_before") >= FEWEST_ROWS)
    by_table = datasets.group_by("table").agg(pl.col("column").filter(gone).sort()).sort("table")
    for dataset, names in by_table.iter_rows():
        said = f", nay mất: {', '.join(names)}" if names else ""
        yield ReleaseComparison(
            f"{dataset}.cot",
            len(names),
            1,
            f"“{_title(case, dataset)}”: cột nào trước có dữ liệu thì nay vẫn có{said}",
        )


def _indicators(case: AuditCase) -> Iterator[ReleaseComparison]:
    """Shares of the commune that both releases could tell."""
    on = ("indicator", "period")
    told = (
        (pl.col("by") == "xa")
        & (pl.col("mau_so") >= FEWEST_COUNTED)
        & (pl.col("completeness") >= COMPLETE)
        & pl.col("value").is_not_null()
    )
    now, was = (table.filter(told).select(*on, "value") for table in _both(case, "indicators"))
    both = was.join(now, on=on, suffix="_now").sort(on)
    titles = {each.name: each.title for each in case.contracts.indicators.values()}
    for name, period, before, after in both.iter_rows():
        yield ReleaseComparison(
            f"{name}.{period}",
            abs(after - before),
            LARGEST_JUMP,
            f"“{titles.get(name, name)}” kỳ {period}: từ {before:.1%} thành {after:.1%}, "
            f"không được đổi từ {LARGEST_JUMP * 100:.0f} điểm trở lên",
        )


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
