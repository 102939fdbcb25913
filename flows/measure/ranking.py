"""The emulation ranking of the thôn (plan, part IV and VI.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from schemas.indicator import Indicator
from schemas.tables import RANKING
from schemas.units import Commune

COLUMNS = RANKING.schema
_MONTH = r"^\d{4}-\d{2}$"


def compute_ranking(
    figures: pl.DataFrame, indicators: Mapping[str, Indicator], commune: Commune
) -> pl.DataFrame:
    """One row a thôn and month (`COLUMNS`), from the table of indicators."""
    told = rank(figures, indicators, "thon", [place.code for place in commune.thon])
    return told.rename({"key": "thon"}).select(*COLUMNS).sort("period", "rank", "thon", nulls_last=True)


def rank(
    figures: pl.DataFrame, indicators: Mapping[str, Indicator], by: str, keys: Sequence[str]
) -> pl.DataFrame:
    """One row a key and month: period, key, score, rank, computed_from; from the figures by `by`.

    An indicator scores min(value / muc_tieu, 1); the score is their mean by weight over those that
    could be told, never one that is `chua_du_can_cu`. Equal scores share a rank. A month is all
    periods of that label: the state on 31/10 and the report of 15/09 to 14/10 are both 2026-10.
    A key of which nothing could be told has neither score nor rank.
    """
    weights = {each.name: each.thi_dua for each in indicators.values() if each.thi_dua}
    weighted = figures.filter(
        (pl.col("by") == by)
        & pl.col("indicator").is_in(list(weights))
        & pl.col("period").str.contains(_MONTH)
    )
    told = weighted.filter(
        (pl.col("status") != "chua_du_can_cu") & pl.col("value").is_not_null() & (pl.col("muc_tieu") > 0)
    ).with_columns(
        weight=pl.col("indicator").replace_strict(weights, return_dtype=pl.Float64),
        points=pl.min_horizontal(pl.col("value") / pl.col("muc_tieu"), 1.0),
    )
    scored = told.group_by("period", "key").agg(
        # Rounded, so that the order of a sum cannot part equal scores.
        score=((pl.col("points") * pl.col("weight")).sum() / pl.col("weight").sum()).round(9),
        computed_from=pl.col("indicator").sort().str.join(", "),
    )
    return (
        weighted.select("period")
        .unique()
        .join(pl.DataFrame({"key": keys}, schema={"key": pl.String}), how="cross")
        .join(scored, on=["period", "key"], how="left")
        .with_columns(
            pl.col("computed_from").fill_null(""),
            rank=pl.col("score").rank("min", descending=True).over("period").cast(pl.UInt32),
        )
    )
