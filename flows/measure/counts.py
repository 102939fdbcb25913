"""Numerators and denominators by commune, thôn and unit, with the weight of what is not known."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from flows.measure.views import View
from schemas.contract import QUARANTINED
from schemas.indicator import Indicator
from schemas.units import Commune

#: One row an indicator, period, grouping and key. `unknown` is what quarantined rows may add to both
#: numerator and denominator, `only_tu_so` what may come to the numerator alone; `rows` were read,
#: `blocked` of them are quarantined.
COUNTS = {
    "indicator": pl.String,
    "period": pl.String,
    "by": pl.String,
    "key": pl.String,
    "tu_so": pl.Float64,
    "mau_so": pl.Float64,
    "unknown": pl.Float64,
    "only_tu_so": pl.Float64,
    "rows": pl.Float64,
    "blocked": pl.Float64,
}
_EXACT = pl.Decimal(38, 9)
_AMOUNTS = ("tu_so", "mau_so", "unknown", "only_tu_so", "rows", "blocked")
#: Grouping by the unit that handed in, from which missing units are estimated.
BY_UNIT = "_unit"


def count_view(view: View, commune: Commune) -> pl.DataFrame:
    """Counts (`COUNTS`) of a view's indicators by every grouping that they publish, and by unit."""
    keys = {
        "xa": pl.lit(commune.code),
        "thon": pl.col("_thon"),
        "don_vi": pl.col("_don_vi"),
        BY_UNIT: pl.col("_unit"),
    }
    parts = [pl.DataFrame(schema=COUNTS)]
    plain = tuple(each for each in view.indicators if not each.each_thon)
    for by, key in keys.items():
        asked = tuple(each for each in plain if by in (*each.by, BY_UNIT))
        if asked:
            parts.extend(_grouped(view.rows, asked, by, key))
    parts.extend(_of_each_thon(view, each, commune) for each in view.indicators if each.each_thon)
    return pl.concat(parts)


def _grouped(
    rows: pl.DataFrame, indicators: tuple[Indicator, ...], by: str, key: pl.Expr
) -> Iterator[pl.DataFrame]:
    sums = (amount for each in indicators for amount in _amounts(each, rows))
    whole = rows.with_columns(key.alias("_key"), *_typical(indicators, rows))
    found = whole.lazy().group_by("_period", "_key").agg(pl.len().alias("rows"), _blocked(), *sums).collect()
    for each in indicators:
        own = found.select(
            pl.lit(each.name).alias("indicator"),
            pl.col("_period").alias("period"),
            pl.lit(by).alias("by"),
            pl.col("_key").alias("key"),
            *(pl.col(f"{each.name}.{name}").alias(name) for name in _AMOUNTS[:4]),
            "rows",
            "blocked",
        ).cast(dict.fromkeys(_AMOUNTS, pl.Float64))
        yield _placed(own, each) if by == "thon" else own.filter(pl.col("key").is_not_null())


def _blocked() -> pl.Expr:
    return QUARANTINED.sum().alias("blocked")


def _amounts(indicator: Indicator, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    counted = ~pl.col("_phu") & (pl.lit(indicator.of_rows_read) | ~QUARANTINED)
    aside = ~pl.col("_phu") & ~counted
    measured = indicator.tu_so if indicator.mau_so is None else indicator.mau_so
    weight = pl.lit(1.0) if _counts_rows(measured, rows) else pl.col(f"{indicator.name}.typical")
    amounts = {
        "tu_so": sum_exactly(pl.when(counted).then(indicator.tu_so.cast(pl.Float64))),
        "mau_so": sum_exactly(pl.when(counted).then(measured.cast(pl.Float64))),
        "unknown": sum_exactly(pl.when(aside).then(weight)),
        "only_tu_so": (pl.col("_phu") & QUARANTINED).sum(),
    }
    return (amount.alias(f"{indicator.name}.{name}") for name, amount in amounts.items())


def sum_exactly(amounts: pl.Expr) -> pl.Expr:
    """The sum of amounts to nine decimals, whatever rows stand beside them and however many add up at once.

    Sums of floating-point numbers change in their last digits with both, and what is published with them.
    """
    return amounts.cast(_EXACT, strict=False).sum().cast(pl.Float64)


def _typical(indicators: tuple[Indicator, ...], rows: pl.DataFrame) -> Iterator[pl.Expr]:
    """What a row adds to a summed denominator: its own amount where read, else the period's mean row."""
    for each in indicators:
        measured = each.tu_so if each.mau_so is None else each.mau_so
        if not _counts_rows(measured, rows):
            amount = measured.cast(pl.Float64)
            known = pl.when(~QUARANTINED).then(amount)
            mean = sum_exactly(known).over("_period") / known.count().over("_period")
            usable = pl.when(amount >= 0).then(amount)
            yield pl.coalesce(usable, mean, pl.lit(0.0)).alias(f"{each.name}.typical")


def _counts_rows(measured: pl.Expr, rows: pl.DataFrame) -> bool:
    return rows.lazy().select(measured.alias("is")).collect_schema()["is"] == pl.Boolean


def _placed(own: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Rows by thôn; quarantined rows of no known thôn weigh on each in proportion to its rows.

    Whole, they would blur every thôn, though only one of them can be meant. Accepted rows of no
    known thôn, accounts of persons who are not in the register, belong to none.
    """
    if indicator.over is None:
        return own.filter(pl.col("key").is_not_null())
    lost = pl.col("blocked") if indicator.of_rows_read else pl.col("unknown")
    nowhere = own.filter(pl.col("key").is_null()).select(
        "period", lost=lost, lost_aside="only_tu_so", lost_blocked="blocked"
    )
    share = pl.col("rows") / pl.col("rows").sum().over("period")
    return (
        own.filter(pl.col("key").is_not_null())
        .join(nowhere, on="period", how="left")
        .with_columns(
            unknown=pl.col("unknown") + (pl.col("lost") * share).fill_null(0.0),
            only_tu_so=pl.col("only_tu_so") + (pl.col("lost_aside") * share).fill_null(0.0),
        )
        .select(*COUNTS)
    )


def _of_each_thon(view: View, indicator: Indicator, commune: Commune) -> pl.DataFrame:
    """Of the commune's thôn, those of which an accepted row says yes; a quarantined one might."""
    yes = (indicator.tu_so & ~QUARANTINED).any()
    by_thon = view.rows.group_by("_period", "_thon").agg(
        yes=yes.fill_null(value=False), rows=pl.len(), blocked=QUARANTINED.sum()
    )
    known = pl.col("_thon").is_not_null()
    maybe = pl.when(known).then((pl.col("blocked") > 0) & ~pl.col("yes")).otherwise(pl.col("blocked"))
    return (
        by_thon.group_by("_period")
        .agg(
            tu_so=(pl.col("yes") & known).sum(),
            only_tu_so=maybe.sum(),
            rows=pl.col("rows").sum(),
            blocked=pl.col("blocked").sum(),
        )
        .select(
            indicator=pl.lit(indicator.name),
            period="_period",
            by=pl.lit("xa"),
            key=pl.lit(commune.code),
            tu_so="tu_so",
            mau_so=pl.lit(len(commune.thon)),
            unknown=pl.lit(0.0),
            only_tu_so="only_tu_so",
            rows="rows",
            blocked="blocked",
        )
        .cast(dict.fromkeys(_AMOUNTS, pl.Float64))
    )
