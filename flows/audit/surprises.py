"""Compares a staged release with the one before, to find changes so large that somebody must confirm them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from flows.audit.facts import AuditCase, AuditFacts, list_columns

# Below these numbers a third is only a handful of rows: no reason to stop a commune's day.
FEWEST_ROWS = 20
FEWEST_COUNTED = 30
LARGEST_FALL = 0.30
LARGEST_JUMP = 0.20

# Below this completeness a figure changes simply because submissions are still coming in.
COMPLETE = 0.8

_LIVE = pl.col("state").is_in(["chap_nhan", "mot_phan"])


@dataclass(frozen=True, slots=True)
class ReleaseComparison:
    """One figure compared: its name (`about`), its change (`by`), the `limit` and a sentence.

    A change of `limit` or more is a surprise. `says` is in Vietnamese.
    """

    about: str
    by: float
    limit: float
    says: str


def compare_releases(case: AuditCase, seen: AuditFacts) -> list[ReleaseComparison]:
    """Compare everything that both releases have; empty on the first day."""
    if case.before is None:
        return []
    return [
        *_compare_rows(case),
        *_compare_quarantined(case),
        *_compare_columns(case, seen),
        *_compare_indicators(case),
    ]


def _read_both(case: AuditCase, table: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    assert case.before is not None
    return pl.read_parquet(case.folder / f"{table}.parquet"), pl.read_parquet(
        case.before / f"{table}.parquet"
    )


def _title(case: AuditCase, dataset: str) -> str:
    known = case.contracts.datasets.get(dataset)
    return known.title if known else dataset


def _compare_rows(case: AuditCase) -> Iterator[ReleaseComparison]:
    """Accepted records of each dataset and period that the release before had."""
    by = ("dataset", "period")
    now, was = (
        table.filter(_LIVE).group_by(by).agg(pl.col("rows_accepted").cast(pl.Int64).sum().alias("rows"))
        for table in _read_both(case, "submissions")
    )
    both = was.join(now, on=by, how="left", suffix="_now").filter(pl.col("rows") >= FEWEST_ROWS).sort(by)
    for dataset, period, before, after in both.iter_rows():
        fall = 1 - (after or 0) / before
        yield ReleaseComparison(
            f"{dataset}.{period}.dong",
            fall,
            LARGEST_FALL,
            f"“{_title(case, dataset)}” kỳ {period}: số bản ghi từ {_format(before)} còn "
            f"{_format(after or 0)}, không được giảm từ {LARGEST_FALL:.0%} trở lên",
        )


def _compare_quarantined(case: AuditCase) -> Iterator[ReleaseComparison]:
    """The share of quarantined records of each dataset, over all its submissions in effect."""
    counts = ("rows_accepted", "rows_quarantined")
    now, was = (
        table.filter(_LIVE)
        .group_by("dataset")
        .agg(pl.col(counts).cast(pl.Int64).sum())
        .with_columns(rows=pl.sum_horizontal(counts))
        .select("dataset", "rows", share=pl.col("rows_quarantined") / pl.col("rows"))
        for table in _read_both(case, "submissions")
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


def _compare_columns(case: AuditCase, seen: AuditFacts) -> Iterator[ReleaseComparison]:
    """Columns that had values in the release before and are empty now."""
    datasets = list_columns(case, seen).filter(pl.col("table").is_in(list(case.contracts.datasets)))
    gone = (pl.col("filled") == 0) & (pl.col("filled_before") >= FEWEST_ROWS)
    by_table = datasets.group_by("table").agg(pl.col("column").filter(gone).sort()).sort("table")
    for dataset, names in by_table.iter_rows():
        lost = f", nay mất: {', '.join(names)}" if names else ""
        yield ReleaseComparison(
            f"{dataset}.cot",
            len(names),
            1,
            f"“{_title(case, dataset)}”: cột nào trước có dữ liệu thì nay vẫn có{lost}",
        )


def _compare_indicators(case: AuditCase) -> Iterator[ReleaseComparison]:
    """The commune's shares that both releases know, with a large enough denominator and completeness."""
    on = ("indicator", "period")
    comparable = (
        (pl.col("by") == "xa")
        & (pl.col("mau_so") >= FEWEST_COUNTED)
        & (pl.col("completeness") >= COMPLETE)
        & pl.col("value").is_not_null()
    )
    now, was = (table.filter(comparable).select(*on, "value") for table in _read_both(case, "indicators"))
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


def _format(value: int) -> str:
    return f"{value:,}".replace(",", ".")
