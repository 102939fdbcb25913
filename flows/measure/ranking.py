"""The emulation ranking of the thôn (plan, part IV and VI.1)."""

from __future__ import annotations

import polars as pl

from schemas.indicators import load
from schemas.tables import RANKING
from schemas.units import Commune

COLUMNS = RANKING.schema
_MONTH = r"^\d{4}-\d{2}$"


def ranking(indicators: pl.DataFrame, commune: Commune) -> pl.DataFrame:
    """One row a thôn and month (`COLUMNS`), from the table of indicators.

    An indicator scores min(value / muc_tieu, 1); the score is their mean by weight over those that
    could be told, never one that is `chua_du_can_cu`. Equal scores share a rank. A month is all
    periods of that label: the state on 31/10 and the report of 15/09 to 14/10 are both 2026-10.
    A thôn of which nothing could be told has neither score nor rank.
    """
    weights = {each.name: each.thi_dua for each in load().values() if each.thi_dua}
    by_thon = indicators.filter(
        (pl.col("by") == "thon")
        & pl.col("indicator").is_in(list(weights))
        & pl.col("period").str.contains(_MONTH)
    )
    told = by_thon.filter(
        (pl.col("status") != "chua_du_can_cu") & pl.col("value").is_not_null() & (pl.col("muc_tieu") > 0)
    ).with_columns(
        weight=pl.col("indicator").replace_strict(weights, return_dtype=pl.Float64),
        points=pl.min_horizontal(pl.col("value") / pl.col("muc_tieu"), 1.0),
    )
    scored = told.group_by("period", thon="key").agg(
        # Rounded, so that the order of a sum cannot part equal scores.
        score=((pl.col("points") * pl.col("weight")).sum() / pl.col("weight").sum()).round(9),
        computed_from=pl.col("indicator").sort().str.join(", "),
    )
    places = pl.DataFrame({"thon": [place.code for place in commune.thon]}, schema={"thon": pl.String})
    return (
        by_thon.select("period")
        .unique()
        .join(places, how="cross")
        .join(scored, on=["period", "thon"], how="left")
        .with_columns(
            pl.col("computed_from").fill_null(""),
            rank=pl.col("score").rank("min", descending=True).over("period").cast(pl.UInt32),
        )
        .select(*COLUMNS)
        .sort("period", "rank", "thon", nulls_last=True)
    )
