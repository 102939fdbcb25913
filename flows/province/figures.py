"""Computes the province's indicators: sums of the communes' numerators and denominators.

Every indicator is a ratio of sums over rows, and a row belongs to one commune, so sums can be added. An
average of the communes' shares would be wrong: it ignores their sizes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from flows.measure.bounds import add_status, add_targets
from flows.measure.indicators import STEADY_DECIMALS
from schemas.indicator import Indicator
from schemas.province import PROVINCE

_NAMES_SHOWN = 5


def sum_figures(
    figures: pl.DataFrame, province: str, asked: Mapping[str, str], indicators: Mapping[str, Indicator]
) -> pl.DataFrame:
    """Rows of `PROVINCE`: the communes' own (`figures`, by "xa") and those of the whole province (by "tinh").

    `asked` are the names, by code or root, of all communes of the roll-up, failed ones included; names may
    repeat. Whatever the missing data turns out to be, the value is between `low` and `high`: there is a
    verdict only if both bounds give the same one.
    """
    own = figures.with_columns(communes=pl.col("tu_so").is_not_null().cast(pl.UInt32))
    counts = [each.name for each in indicators.values() if each.mau_so is None]
    whole = _sum_communes(own, counts, len(asked)).with_columns(by=pl.lit("tinh"), key=pl.lit(province))
    judged = add_status(add_targets(whole, indicators.values()))
    explained = judged.join(_list_missing(own, asked), on=["indicator", "period"], how="left").with_columns(
        reason=_reason()
    )
    return pl.concat([PROVINCE.conform(own), PROVINCE.conform(explained)])


def _sum_communes(own: pl.DataFrame, counts: Collection[str], asked: int) -> pl.DataFrame:
    """Sums, value and bounds by indicator and period, over all communes."""
    number = pl.col("indicator").is_in(list(counts))
    weighed = own.with_columns(whole=_full_denominator()).with_columns(most=pl.col("high") * pl.col("whole"))
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
        # Value and bounds are rounded differently: without this, a value could lie just outside its bounds.
        low=pl.when(number).then("fewest").otherwise(pl.min_horizontal(low, value)),
        high=pl.when(number).then("largest").otherwise(pl.max_horizontal(high, value)),
    )


def _full_denominator() -> pl.Expr:
    """The denominator of a commune including data that is still missing, derived from its bounds.

    A commune's bounds are low = tu_so / whole and, if tu_so is 0, high = (whole - mau_so) / whole. Null if
    the bounds do not determine it: then it is unknown how much is missing. Zero if there is nothing to count.
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


def _list_missing(own: pl.DataFrame, asked: Mapping[str, str]) -> pl.DataFrame:
    """For each figure, a sentence with the names of the communes without it."""
    figures = own.select("indicator", "period").unique()
    known = own.filter(pl.col("tu_so").is_not_null()).select("indicator", "period", "key")
    named = pl.DataFrame({"key": list(asked), "commune": list(asked.values())})
    everyone = figures.join(named, how="cross")
    lacking = everyone.join(known, on=["indicator", "period", "key"], how="anti")
    names = pl.col("commune").sort()
    more = pl.when(pl.len() > _NAMES_SHOWN).then(pl.lit(", …")).otherwise(pl.lit(""))
    return lacking.group_by("indicator", "period").agg(
        missing=pl.format(
            "Thiếu {}/{} xã: {}{}", pl.len(), len(asked), names.head(_NAMES_SHOWN).str.join(", "), more
        )
    )


def _reason() -> pl.Expr:
    empty = pl.when(pl.col("value").is_null() & (pl.col("communes") > 0)).then(pl.lit("Mẫu số bằng 0"))
    undecided = pl.when((pl.col("status") == "chua_du_can_cu") & pl.col("value").is_not_null()).then(
        pl.lit("Phần chưa có có thể đổi kết luận")
    )
    reason = pl.concat_str("missing", empty, undecided, separator="; ", ignore_nulls=True)
    return pl.when(reason != "").then(reason)
