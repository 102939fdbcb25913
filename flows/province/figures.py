"""The province's indicators: numerators and denominators of communes added up, never an average of shares.

Every indicator is declared as sums over rows, and a row belongs to one commune, so all of them add up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from flows.measure.bounds import add_status, add_targets
from flows.measure.indicators import STEADY_DECIMALS
from schemas.indicator import Indicator
from schemas.province import PROVINCE

_NAMES_TOLD = 5


def sum_figures(
    figures: pl.DataFrame, province: str, asked: Mapping[str, str], indicators: Mapping[str, Indicator]
) -> pl.DataFrame:
    """Rows of `PROVINCE`: those of the communes (`figures`, by xa) and of the whole province.

    `asked` are the names, by code or root, of all communes by which the province is meant to be measured,
    also of those whose day failed; two may have one name. A figure lies between `low` and `high` whatever
    is still missing: a verdict is given only where both agree.
    """
    own = figures.with_columns(communes=pl.col("tu_so").is_not_null().cast(pl.UInt32))
    counts = [each.name for each in indicators.values() if each.mau_so is None]
    whole = _summed(own, counts, len(asked)).with_columns(by=pl.lit("tinh"), key=pl.lit(province))
    judged = add_status(add_targets(whole, indicators.values()))
    said = judged.join(_missing(own, asked), on=["indicator", "period"], how="left").with_columns(
        reason=_reason()
    )
    return pl.concat([PROVINCE.conform(own), PROVINCE.conform(said)])


def _summed(own: pl.DataFrame, counts: Collection[str], asked: int) -> pl.DataFrame:
    """Sums, value and bounds by indicator and period."""
    number = pl.col("indicator").is_in(list(counts))
    weighed = own.with_columns(whole=_whole()).with_columns(most=pl.col("high") * pl.col("whole"))
    sums = weighed.group_by("indicator", "period").agg(
        pl.col("tu_so", "mau_so").sum().round(STEADY_DECIMALS),
        pl.col("communes").sum(),
        pl.col("whole", "most").sum(),
        completeness=pl.col("completeness").sum() / asked,
        open=(pl.len() < asked) | pl.col("tu_so").is_null().any() | pl.col("whole").is_null().any(),
        fewest=pl.col("low").sum(),
        largest=pl.when((pl.len() == asked) & pl.col("high").is_not_null().all()).then(pl.col("high").sum()),
    )
    known, open_ = pl.col("communes") > 0, pl.col("open")
    some = pl.col("whole") > 0
    value = pl.when(known & (pl.col("mau_so") > 0)).then(pl.col("tu_so") / pl.col("mau_so"))
    low = pl.when(open_).then(0.0).when(some).then(pl.col("tu_so") / pl.col("whole"))
    high = pl.when(open_).then(1.0).when(some).then(pl.min_horizontal(pl.col("most") / pl.col("whole"), 1.0))
    return sums.with_columns(
        pl.when(known).then("tu_so").alias("tu_so"),
        pl.when(known & ~number).then("mau_so").alias("mau_so"),
        value=pl.when(~number).then(value).when(known).then("tu_so"),
        # A share of sums that is rounded otherwise may pass its bounds by a hair.
        low=pl.when(number).then("fewest").otherwise(pl.min_horizontal(low, value)),
        high=pl.when(number).then("largest").otherwise(pl.max_horizontal(high, value)),
    )


def _whole() -> pl.Expr:
    """The denominator of a commune with all that is not known yet, out of its figures and bounds.

    There low = tu_so / whole, and with nothing in the numerator high = (whole - mau_so) / whole. Null where
    the bounds are no sums: nobody knows how much is missing. Zero where there is nothing to be counted.
    """
    low, high, tu_so = pl.col("low"), pl.col("high"), pl.col("tu_so")
    return (
        pl.when(low > 0)
        .then(tu_so / low)
        .when((tu_so == 0) & (high < 1))
        .then(pl.col("mau_so") / (1 - high))
        .when(tu_so.is_not_null() & low.is_null() & high.is_null())
        .then(0.0)
    )


def _missing(own: pl.DataFrame, asked: Mapping[str, str]) -> pl.DataFrame:
    """Per figure, the names of communes without a number."""
    figures = own.select("indicator", "period").unique()
    known = own.filter(pl.col("tu_so").is_not_null()).select("indicator", "period", "key")
    named = pl.DataFrame({"key": list(asked), "commune": list(asked.values())})
    everyone = figures.join(named, how="cross")
    lacking = everyone.join(known, on=["indicator", "period", "key"], how="anti")
    names = pl.col("commune").sort()
    more = pl.when(pl.len() > _NAMES_TOLD).then(pl.lit(", …")).otherwise(pl.lit(""))
    return lacking.group_by("indicator", "period").agg(
        missing=pl.format(
            "Thiếu {}/{} xã: {}{}", pl.len(), len(asked), names.head(_NAMES_TOLD).str.join(", "), more
        )
    )


def _reason() -> pl.Expr:
    empty = pl.when(pl.col("value").is_null() & (pl.col("communes") > 0)).then(pl.lit("Mẫu số bằng 0"))
    undecided = pl.when((pl.col("status") == "chua_du_can_cu") & pl.col("value").is_not_null()).then(
        pl.lit("Phần chưa có có thể đổi kết luận")
    )
    told = pl.concat_str("missing", empty, undecided, separator="; ", ignore_nulls=True)
    return pl.when(told != "").then(told)
