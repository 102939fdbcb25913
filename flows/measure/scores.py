"""Scores data quality in the four dimensions đúng, đủ, sạch, sống (correct, complete, clean, current)."""

from __future__ import annotations

import polars as pl

from schemas.contract import DIMENSIONS

COLUMNS = {
    "unit": pl.String,
    "dataset": pl.String,
    "period": pl.String,
    "dimension": pl.String,
    "judged": pl.Int64,
    "failed": pl.Int64,
    "score": pl.Float64,
}
_SUBMISSION = ["unit", "dataset", "period"]


def compute_scores(results: pl.DataFrame) -> pl.DataFrame:
    """One row per unit, dataset, period and dimension (`COLUMNS`): score = 1 - failed / judged, in 0..1.

    Each submission gets all four dimensions; if nothing was judged in one, its score is null, never 1.

    Args:
        results: One row per rule that ran: unit, dataset, period, dimension, judged and failed (cells).
    """
    dimensions = pl.DataFrame({"dimension": list(DIMENSIONS)})
    summed = results.group_by(*_SUBMISSION, "dimension").agg(pl.col("judged", "failed").sum().cast(pl.Int64))
    judged, failed = pl.col("judged"), pl.col("failed")
    return (
        results.select(_SUBMISSION)
        .unique()
        .join(dimensions, how="cross")
        .join(summed, on=[*_SUBMISSION, "dimension"], how="left")
        .with_columns(judged.fill_null(0), failed.fill_null(0))
        .with_columns(score=pl.when(judged > 0).then(1 - failed / judged))
        .select(*COLUMNS)
        .sort(*_SUBMISSION, "dimension")
    )
