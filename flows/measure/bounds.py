"""Value, bounds and verdict of a figure: what is known, and what the unknown may still change."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schemas.indicator import Indicator

#: Fewer people or households than this are not told by thôn (Luật 91/2025/QH15).
SMALLEST_GROUP = 5

_FEWEST_HIDDEN = 2
_TELLING = ("tu_so", "mau_so", "value", "low", "high", "quarantined_share")


def add_targets(figures: pl.DataFrame, indicators: Iterable[Indicator]) -> pl.DataFrame:
    """Adds `muc_tieu` and `san` of the period's year, null where none is set yet."""
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
    """Adds `value`, `low` and `high`; what nothing is known of is null.

    A quarantined row may count or not: low = tu_so / (mau_so + unknown) and
    high = (tu_so + unknown) / (mau_so + unknown). In a sum it weighs its own amount where that was
    read, else the mean row of the period. Missing units weigh what they had in their last period;
    where one has none, low is 0 and high 1. A count has no upper bound while a submission is missing.
    """
    told = figures.with_columns(
        absent=pl.when(pl.col("completeness") == 1).then(0.0).otherwise(pl.col("absent"))
    ).with_columns(whole=pl.col("mau_so") + pl.col("unknown") + pl.col("absent"))
    shares, numbers = _share(), _number()
    chosen = (pl.when("is_count").then(numbers[name]).otherwise(shares[name]) for name in shares)
    return told.with_columns(each.alias(name) for name, each in zip(shares, chosen, strict=True))


def _share() -> dict[str, pl.Expr]:
    usable, tu_so, whole = pl.col("usable"), pl.col("tu_so"), pl.col("whole")
    value = pl.when(usable & (pl.col("mau_so") > 0)).then(tu_so / pl.col("mau_so"))
    open_ = ~usable | pl.col("absent").is_null()
    most = tu_so + pl.col("unknown") + pl.col("only_tu_so") + pl.col("absent")
    # No submission can change the number of thôn, so what one operator covers is certain.
    low = pl.when(usable & pl.col("each_thon")).then(value).when(open_).then(0.0)
    high = pl.when(open_).then(1.0).when(whole > 0).then(most / whole)
    return {
        "value": value,
        "low": pl.min_horizontal(low.when(whole > 0).then(tu_so / whole), value),
        "high": pl.when(high.is_not_null()).then(pl.max_horizontal(pl.min_horizontal(high, 1.0), value)),
    }


def _number() -> dict[str, pl.Expr]:
    known = pl.col("usable") & ((pl.col("by") == "xa") | (pl.col("rows") > pl.col("blocked")))
    unbounded = pl.col("completeness") < 1
    return {
        "value": pl.when(known).then("tu_so"),
        "low": pl.when("usable").then("tu_so"),
        "high": pl.when(pl.col("usable") & ~unbounded).then(pl.col("tu_so") + pl.col("unknown")),
    }


def add_status(figures: pl.DataFrame) -> pl.DataFrame:
    """Adds `status`: a verdict only where both bounds give the same one."""
    low, high = _verdict("low"), _verdict("high")
    status = (
        pl.when(pl.col("muc_tieu").is_null())
        .then(pl.lit("khong_co_muc_tieu"))
        .when(pl.col("value").is_not_null() & (low == high))
        .then(low)
        .otherwise(pl.lit("chua_du_can_cu"))
    )
    return figures.with_columns(status=status)


def _verdict(bound: str) -> pl.Expr:
    return (
        pl.when(pl.col(bound) >= pl.col("muc_tieu"))
        .then(pl.lit("dat"))
        .when(pl.col(bound) >= pl.col("san"))
        .then(pl.lit("dat_san"))
        .when(pl.col(bound).is_not_null())
        .then(pl.lit("chua_dat"))
    )


def suppress(figures: pl.DataFrame) -> pl.DataFrame:
    """Adds `small`, `beside`, and empties what a group of fewer than `SMALLEST_GROUP` people would give away.

    `small` is such a group of a thôn. What the commune has less what the other thôn have would tell
    it still: so those told next, the smallest first, are `beside` it, until at least two thôn are not
    told, with `SMALLEST_GROUP` people between them.
    """
    people = pl.coalesce("mau_so", "tu_so")
    of_thon = ((pl.col("by") == "thon") & pl.col("of_persons") & pl.col("usable")).fill_null(value=False)
    group = ["indicator", "period", "by"]
    marked = figures.with_columns(
        small=(of_thon & (people < SMALLEST_GROUP)).fill_null(value=False),
        _people=pl.when(of_thon).then(people),
    ).with_columns(_next=pl.when(~pl.col("small")).then("_people"))
    # Of a thôn without any such people there is nothing to find out.
    somebody = pl.col("small") & (pl.col("_people") > 0)
    hidden, between = somebody.sum(), pl.col("_people").filter(somebody).sum()
    order = ["_next", "key"]
    also = pl.col("_next").is_not_null().cum_sum().over(group, order_by=order) - 1
    with_them = pl.col("_next").fill_null(0.0).cum_sum().over(group, order_by=order) - pl.col("_next")
    enough = (hidden.over(group) + also >= _FEWEST_HIDDEN) & (
        between.over(group) + with_them >= SMALLEST_GROUP
    )
    beside = (hidden.over(group) > 0) & pl.col("_next").is_not_null() & ~enough
    marked = marked.with_columns(beside=beside.fill_null(value=False))
    away = pl.col("small") | pl.col("beside")
    return marked.with_columns(
        *(pl.when(~away).then(name).alias(name) for name in _TELLING),
        status=pl.when(away & (pl.col("status") != "khong_co_muc_tieu"))
        .then(pl.lit("chua_du_can_cu"))
        .otherwise("status"),
    ).drop("_people", "_next")
