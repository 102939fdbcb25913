"""Follows each fault over the days: opened, fixed, opened again."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.tables import ISSUES

OPEN = ("mo", "mo_lai")


def follow(current: pl.DataFrame, before: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The ledger of this day, from its faults and the ledger of the day before.

    Faults come with `issue`, `unit`, `dataset`, `code`, `record`.

    A fault that stands is `mo`; one gone is `da_sua` from the day it was gone; one back is `mo_lai`.
    """
    today = current.unique("issue", keep="first", maintain_order=True).with_columns(here=True)
    both = today.join(before, on="issue", how="full", coalesce=True, suffix="_truoc")
    here, was = pl.col("here").fill_null(value=False), pl.col("state")
    state = (
        pl.when(here & was.is_null())
        .then(pl.lit("mo"))
        .when(here & (was == "da_sua"))
        .then(pl.lit("mo_lai"))
        .when(here)
        .then(was)
        .otherwise(pl.lit("da_sua"))
    )
    ledger = both.with_columns(
        *(pl.coalesce(name, f"{name}_truoc").alias(name) for name in ("unit", "dataset", "code", "record")),
        state=state,
        opened=pl.col("opened").fill_null(as_of),
        closed=pl.when(here).then(None).otherwise(pl.col("closed").fill_null(as_of)),
    )
    until = pl.col("closed").fill_null(as_of)
    return ISSUES.conform(ledger.with_columns(age_days=(until - pl.col("opened")).dt.total_days()))
