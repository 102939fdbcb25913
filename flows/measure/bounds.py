"""Computes value, lower and upper bound and status of each figure, and hides figures of small groups."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schemas.indicator import Indicator
from schemas.privacy import SMALLEST_GROUP

_MIN_HIDDEN = 2
_HIDDEN_COLUMNS = ("tu_so", "mau_so", "value", "low", "high", "quarantined_share")


def add_targets(figures: pl.DataFrame, indicators: Iterable[Indicator]) -> pl.DataFrame:
    """Add `muc_tieu` (target) and `san` (floor) of the period's year; null if none is set."""
    years = figures.select("indicator", "period", year=pl.col("period").str.head(4).cast(pl.Int32)).unique()
    declared = {each.name: each for each in indicators}
    rows = [
        (name, label, target.muc_tieu, target.san)
        for name, label, year in years.iter_rows()
        if (target := declared[name].target(year)) is not None
    ]
    schema = {"indicator": pl.String, "period": pl.String, "muc_tieu": pl.Float64, "san": pl.Float64}
    targets = pl.DataFrame(rows, schema=schema, orient="row")
    return figures.join(targets, on=["indicator", "period"], how="left")


def add_values(figures: pl.DataFrame) -> pl.DataFrame:
    """Add `value`, `low` and `high`; null if unknown. Shares are 0..1.

    A quarantined row may count or not: low = tu_so / (mau_so + unknown) and
    high = (tu_so + unknown) / (mau_so + unknown). In a sum its weight is its own amount if that was read,
    else the mean row of the period. The weight of a missing unit is that of its last period; if it has none,
    low is 0 and high is 1. A count has no upper bound while a submission is missing.
    """
    bounded = figures.with_columns(
        absent=pl.when(pl.col("completeness") == 1).then(0.0).otherwise(pl.col("absent"))
    ).with_columns(whole=pl.col("mau_so") + pl.col("unknown") + pl.col("absent"))
    shares, numbers = _share_bounds(), _count_bounds()
    chosen = (pl.when("is_count").then(numbers[name]).otherwise(shares[name]) for name in shares)
    return bounded.with_columns(each.alias(name) for name, each in zip(shares, chosen, strict=True))


def _share_bounds() -> dict[str, pl.Expr]:
    usable, tu_so, whole = pl.col("usable"), pl.col("tu_so"), pl.col("whole")
    value = pl.when(usable & (pl.col("mau_so") > 0)).then(tu_so / pl.col("mau_so"))
    unbounded = ~usable | pl.col("absent").is_null()
    most = tu_so + pl.col("unknown") + pl.col("only_tu_so") + pl.col("absent")
    # The number of thôn is fixed, so the thôn that one operator covers are a sure lower bound.
    low = pl.when(usable & pl.col("each_thon")).then(value).when(unbounded).then(0.0)
    high = pl.when(unbounded).then(1.0).when(whole > 0).then(most / whole)
    return {
        "value": value,
        "low": pl.min_horizontal(low.when(whole > 0).then(tu_so / whole), value),
        "high": pl.when(high.is_not_null()).then(pl.max_horizontal(pl.min_horizontal(high, 1.0), value)),
    }


def _count_bounds() -> dict[str, pl.Expr]:
    known = pl.col("usable") & ((pl.col("by") == "xa") | (pl.col("rows") > pl.col("blocked")))
    unbounded = pl.col("completeness") < 1
    return {
        "value": pl.when(known).then("tu_so"),
        "low": pl.when("usable").then("tu_so"),
        "high": pl.when(pl.col("usable") & ~unbounded).then(pl.col("tu_so") + pl.col("unknown")),
    }


def add_status(figures: pl.DataFrame) -> pl.DataFrame:
    """Add `status`: a verdict only if both bounds give the same one, else `chua_du_can_cu`."""
    low, high = _judge("low"), _judge("high")
    status = (
        pl.when(pl.col("muc_tieu").is_null())
        .then(pl.lit("khong_co_muc_tieu"))
        .when(pl.col("value").is_not_null() & (low == high))
        .then(low)
        .otherwise(pl.lit("chua_du_can_cu"))
    )
    return figures.with_columns(status=status)


def _judge(bound: str) -> pl.Expr:
    return (
        pl.when(pl.col(bound) >= pl.col("muc_tieu"))
        .then(pl.lit("dat"))
        .when(pl.col(bound) >= pl.col("san"))
        .then(pl.lit("dat_san"))
        .when(pl.col(bound).is_not_null())
        .then(pl.lit("chua_dat"))
    )


def suppress(figures: pl.DataFrame) -> pl.DataFrame:
    """Add `small`, `beside` and `nobody`, and set the figures of the first two to null.

    `small` marks a thôn whose group has fewer than `SMALLEST_GROUP` people, `nobody` one in which no row
    counts: that may have other reasons than its size. Hiding a small thôn alone is not enough: the figure of
    the commune minus those of the other thôn would reveal it. So more thôn, the smallest first, are hidden
    too (`beside`), until at least two are hidden with `SMALLEST_GROUP` people between them.
    """
    people = pl.coalesce("mau_so", "tu_so")
    of_thon = ((pl.col("by") == "thon") & pl.col("of_persons") & pl.col("usable")).fill_null(value=False)
    group = ["indicator", "period", "by"]
    marked = figures.with_columns(
        small=(of_thon & (people < SMALLEST_GROUP)).fill_null(value=False),
        nobody=(of_thon & (people == 0)).fill_null(value=False),
        _people=pl.when(of_thon).then(people),
    ).with_columns(_next=pl.when(~pl.col("small")).then("_people"))
    # An empty group reveals nothing.
    nonempty = pl.col("small") & (pl.col("_people") > 0)
    hidden, people_hidden = nonempty.sum(), pl.col("_people").filter(nonempty).sum()
    order = ["_next", "key"]
    added = pl.col("_next").is_not_null().cum_sum().over(group, order_by=order) - 1
    people_added = pl.col("_next").fill_null(0.0).cum_sum().over(group, order_by=order) - pl.col("_next")
    enough = (hidden.over(group) + added >= _MIN_HIDDEN) & (
        people_hidden.over(group) + people_added >= SMALLEST_GROUP
    )
    beside = (hidden.over(group) > 0) & pl.col("_next").is_not_null() & ~enough
    marked = marked.with_columns(beside=beside.fill_null(value=False))
    hide = pl.col("small") | pl.col("beside")
    return marked.with_columns(
        *(pl.when(~hide).then(name).alias(name) for name in _HIDDEN_COLUMNS),
        status=pl.when(hide & (pl.col("status") != "khong_co_muc_tieu"))
        .then(pl.lit("chua_du_can_cu"))
        .otherwise("status"),
    ).drop("_people", "_next")
