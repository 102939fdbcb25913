"""Counts the numerator and denominator of each indicator by commune, thôn and unit, and what is unknown."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from flows.measure.views import View
from schemas.contract import QUARANTINED
from schemas.indicator import Indicator
from schemas.judgement import may_be_open
from schemas.units import Commune

#: One row per indicator, period, grouping (`by`) and key. `tu_so` is the numerator, `mau_so` the denominator.
#: `unknown` is what quarantined and undecided rows may add to both, `only_tu_so` what may be added to the
#: numerator alone. `rows` is the number of rows read, `blocked` how many of them are quarantined, `open` how
#: many others lack the answer that decides.
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
    "open": pl.Float64,
}
_EXACT = pl.Decimal(38, 9)
_OWN = ("tu_so", "mau_so", "unknown", "only_tu_so", "open")
_AMOUNTS = (*_OWN, "rows", "blocked")
#: Grouping by the submitting unit; it is not published, but used to estimate the weight of missing units.
BY_UNIT = "_unit"


def count_view(view: View, commune: Commune) -> pl.DataFrame:
    """Count the indicators of a view (`COUNTS`) by every grouping that they publish, and by unit."""
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
            parts.extend(_count_by(view.rows, asked, by, key))
    parts.extend(_count_thon(view, each, commune) for each in view.indicators if each.each_thon)
    return pl.concat(parts)


def _count_by(
    rows: pl.DataFrame, indicators: tuple[Indicator, ...], by: str, key: pl.Expr
) -> Iterator[pl.DataFrame]:
    sums = (amount for each in indicators for amount in _sum_amounts(each, rows))
    whole = rows.with_columns(key.alias("_key"), *_row_weights(indicators, rows))
    sums_by_key = (
        whole.lazy()
        .group_by("_period", "_key")
        .agg(pl.len().alias("rows"), _count_blocked(), *sums)
        .collect()
    )
    for each in indicators:
        own = (
            sums_by_key.select(
                pl.lit(each.name).alias("indicator"),
                pl.col("_period").alias("period"),
                pl.lit(by).alias("by"),
                pl.col("_key").alias("key"),
                *(pl.col(f"{each.name}.{name}").alias(name) for name in _OWN),
                "rows",
                "blocked",
            )
            .select(*COUNTS)
            .cast(dict.fromkeys(_AMOUNTS, pl.Float64))
        )
        yield _spread_unplaced(own, each) if by == "thon" else own.filter(pl.col("key").is_not_null())


def _count_blocked() -> pl.Expr:
    return QUARANTINED.sum().alias("blocked")


def _sum_amounts(indicator: Indicator, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    measured = indicator.tu_so if indicator.mau_so is None else indicator.mau_so
    counted = ~pl.col("_phu") & (pl.lit(indicator.of_rows_read) | ~QUARANTINED) & ~is_undecided(indicator)
    uncounted = ~pl.col("_phu") & ~counted
    weight = pl.lit(1.0) if _counts_rows(measured, rows) else pl.col(f"{indicator.name}.typical")
    amounts = {
        "tu_so": sum_exactly(pl.when(counted).then(indicator.tu_so.cast(pl.Float64))),
        "mau_so": sum_exactly(pl.when(counted).then(measured.cast(pl.Float64))),
        "unknown": sum_exactly(pl.when(uncounted).then(weight)),
        "only_tu_so": (pl.col("_phu") & QUARANTINED).sum(),
        "open": (~pl.col("_phu") & ~QUARANTINED & is_undecided(indicator)).sum(),
    }
    return (amount.alias(f"{indicator.name}.{name}") for name, amount in amounts.items())


def is_undecided(indicator: Indicator) -> pl.Expr:
    """Whether a row lacks an answer (`BLANK_COLUMN`) on which it depends if and where the row counts."""
    over = indicator.over
    counted = [indicator.tu_so, *([] if indicator.mau_so is None else [indicator.mau_so])]
    used = {name for each in counted for name in each.meta.root_names()}
    open_ = [name for name in sorted(used) if over and name in over and may_be_open(over[name], over)]
    if not open_:
        return pl.lit(value=False)
    return pl.any_horizontal(pl.col(open_).is_null()) & pl.any_horizontal(e.is_null() for e in counted)


def sum_exactly(amounts: pl.Expr) -> pl.Expr:
    """The sum of amounts as decimals with nine places, so that it is the same in every run.

    The last digits of a sum of floats depend on the order in which threads add, so the published bytes would
    differ between runs.
    """
    return amounts.cast(_EXACT, strict=False).sum().cast(pl.Float64)


def _row_weights(indicators: tuple[Indicator, ...], rows: pl.DataFrame) -> Iterator[pl.Expr]:
    """The weight of a row in a summed denominator: its own amount if read, else the mean of the period."""
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


def _spread_unplaced(own: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Counts by thôn; quarantined rows without a known thôn are spread over all thôn by their number of rows.

    Adding them in full to each thôn would widen all bounds too much: a row belongs to one thôn only. Accepted
    rows without a known thôn (accounts of persons who are not in the register) count for no thôn.
    """
    if indicator.over is None:
        return own.filter(pl.col("key").is_not_null())
    lost = pl.col("blocked") if indicator.of_rows_read else pl.col("unknown")
    unplaced = own.filter(pl.col("key").is_null()).select(
        "period", lost=lost, lost_aside="only_tu_so", lost_blocked="blocked"
    )
    share = pl.col("rows") / pl.col("rows").sum().over("period")
    return (
        own.filter(pl.col("key").is_not_null())
        .join(unplaced, on="period", how="left")
        .with_columns(
            unknown=pl.col("unknown") + (pl.col("lost") * share).fill_null(0.0),
            only_tu_so=pl.col("only_tu_so") + (pl.col("lost_aside") * share).fill_null(0.0),
        )
        .select(*COUNTS)
    )


def _count_thon(view: View, indicator: Indicator, commune: Commune) -> pl.DataFrame:
    """Count the thôn with an accepted row that says yes; a quarantined or undecided row only may say so."""
    yes = (indicator.tu_so & ~QUARANTINED).any()
    by_thon = view.rows.group_by("_period", "_thon").agg(
        yes=yes.fill_null(value=False),
        rows=pl.len(),
        blocked=QUARANTINED.sum(),
        open=(~QUARANTINED & is_undecided(indicator)).sum(),
    )
    known, doubtful = pl.col("_thon").is_not_null(), pl.col("blocked") + pl.col("open")
    maybe = pl.when(known).then((doubtful > 0) & ~pl.col("yes")).otherwise(doubtful)
    return (
        by_thon.group_by("_period")
        .agg(
            tu_so=(pl.col("yes") & known).sum(),
            only_tu_so=maybe.sum(),
            rows=pl.col("rows").sum(),
            blocked=pl.col("blocked").sum(),
            open=pl.col("open").sum(),
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
            open="open",
        )
        .cast(dict.fromkeys(_AMOUNTS, pl.Float64))
    )
