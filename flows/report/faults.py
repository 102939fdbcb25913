"""Sorts, groups and counts the faults of a release."""

from __future__ import annotations

from datetime import date

import polars as pl

from flows.faults.causes import CAUSE, group_by_cause
from flows.faults.ledger import STANDS

__all__ = ["AGES", "CAUSE", "age_of", "count_by", "group_by_cause", "list_sentences", "sort_faults"]

AGES = ("Mới hôm nay", "1–7 ngày", "8–30 ngày", "Trên 30 ngày")


def sort_faults(faults: pl.DataFrame, issues: pl.DataFrame) -> pl.DataFrame:
    """Sort faults: those still to fix first, blocking ones before warnings, then by place.

    Adds `line` (0, 1, ...) and, from the table of issues, `state`, `opened` and `age_days`.
    """
    known = issues.select("issue", "state", "opened", "age_days").unique("issue", keep="last")
    place = ("unit", "dataset", "period", "file", "sheet", "row", "column", "code")
    return (
        faults.join(known, on="issue", how="left")
        .sort(
            ~STANDS,
            pl.col("severity") != "chan",
            *place,
            "cell",
            "value",
            maintain_order=True,
            nulls_last=True,
        )
        .with_row_index("line")
    )


def age_of(opened: pl.Expr, as_of: date) -> pl.Expr:
    """One of AGES for the days since `opened`; null if `opened` is."""
    days = (pl.lit(as_of) - opened).dt.total_days()
    return (
        pl.when(days <= 0)
        .then(pl.lit(AGES[0]))
        .when(days <= 7)
        .then(pl.lit(AGES[1]))
        .when(days <= 30)
        .then(pl.lit(AGES[2]))
        .when(days > 30)
        .then(pl.lit(AGES[3]))
    )


def count_by(faults: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Count faults `by` columns, most blocking ones first: `total`, `chan`, `canh_bao`, number of `units`."""
    blocking = pl.col("severity") == "chan"
    return (
        faults.group_by(by)
        .agg(
            pl.len().cast(pl.Int64).alias("total"),
            blocking.sum().cast(pl.Int64).alias("chan"),
            (~blocking).sum().cast(pl.Int64).alias("canh_bao"),
            *_units(by),
        )
        .sort("chan", "total", *by, descending=[True, True, *(False for _ in by)], nulls_last=True)
    )


def _units(by: tuple[str, ...]) -> list[pl.Expr]:
    return [] if "unit" in by else [pl.col("unit").n_unique().alias("units")]


def list_sentences(faults: pl.DataFrame) -> pl.DataFrame:
    """The most frequent `message` of each (`dataset`, `code`); `ways` counts the different messages."""
    return (
        faults.group_by("dataset", "code", "message")
        .len()
        .sort("dataset", "code", "len", "message", descending=[False, False, True, False])
        .with_columns(ways=pl.len().over("dataset", "code"))
        .unique(["dataset", "code"], keep="first", maintain_order=True)
        .drop("len")
    )
