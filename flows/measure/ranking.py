"""Ranks the thôn by their indicators each month (the commune's plan, parts IV and VI.1)."""

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
    """One row per thôn and month (`COLUMNS`), from the indicator table."""
    ranking = rank(figures, indicators, "thon", [place.code for place in commune.thon])
    return ranking.rename({"key": "thon"}).select(*COLUMNS).sort("period", "rank", "thon", nulls_last=True)


def rank(
    figures: pl.DataFrame, indicators: Mapping[str, Indicator], by: str, keys: Sequence[str]
) -> pl.DataFrame:
    """One row per key and month: period, key, score (0..1), rank, computed_from; from the figures by `by`.

    The points of an indicator are min(value / muc_tieu, 1). The score is their weighted mean over the
    indicators with a value, a target and a status other than `chua_du_can_cu`; a key without any has neither
    score nor rank. Equal scores share a rank. A month is every period with that label: the state on 31/10
    and the report of 15/09 to 14/10 are both 2026-10.
    """
    weights = {each.name: each.thi_dua for each in indicators.values() if each.thi_dua}
    weighted = figures.filter(
        (pl.col("by") == by)
        & pl.col("indicator").is_in(list(weights))
        & pl.col("period").str.contains(_MONTH)
    )
    usable = weighted.filter(
        (pl.col("status") != "chua_du_can_cu") & pl.col("value").is_not_null() & (pl.col("muc_tieu") > 0)
    ).with_columns(
        weight=pl.col("indicator").replace_strict(weights, return_dtype=pl.Float64),
        points=pl.min_horizontal(pl.col("value") / pl.col("muc_tieu"), 1.0),
    )
    scored = usable.group_by("period", "key").agg(
        # Rounded, because the order of a float sum could separate equal scores.
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
