"""Builds the indicator table: one row per figure with its bounds, its target, its status and a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from flows.measure.bounds import add_status, add_targets, add_values, suppress
from flows.measure.counts import COUNTS, count_view
from flows.measure.coverage import FIGURE, compute_coverage, list_figures, list_needs, periods_of
from flows.measure.reasons import add_reasons
from flows.measure.views import View, view_of_roll_call, views_of_records
from schemas.indicator import Indicator
from schemas.tables import INDICATORS
from schemas.units import Commune

COLUMNS = INDICATORS.schema
STEADY_DECIMALS = 9


def count_records(
    judged: Mapping[str, pl.DataFrame], commune: Commune, indicators: Mapping[str, Indicator]
) -> pl.DataFrame:
    """Count the indicators over records (`COUNTS`); the result does not depend on the day and can be cached.

    Args:
        judged: Per dataset its rows in effect: the contract's columns, typed, and `_unit`, `_period` (label),
            `_class` (dat, can_bo_sung, khong_su_dung).
        commune: The thôn and the code of the commune.
        indicators: The indicators, by name.
    """
    return _count_views(views_of_records(indicators.values(), judged), commune)


def measure(
    counted: pl.DataFrame,
    came: pl.DataFrame,
    called: pl.DataFrame,
    commune: Commune,
    indicators: Mapping[str, Indicator],
    as_of: date,
) -> pl.DataFrame:
    """One row per indicator, period, grouping and key (`COLUMNS`), sorted; no figure is ever left out.

    Shares are 0..1. If the denominator is 0, or a needed dataset has no submission at all, `value` is null
    and `reason` says why. `completeness` is the share of the needed submissions that came,
    `quarantined_share` the share of the rows read that are quarantined. Targets are those of the period's
    year. The period of `bao_cao_dung_han` is the label of the period reported on, whatever its basis.

    Args:
        counted: The result of `count_records`.
        came: Dataset, unit and period of each submission in effect that has rows.
        called: The roll call.
        commune: The units and thôn.
        indicators: The indicators, by name.
        as_of: The day of the release.
    """
    declared = tuple(indicators.values())
    grid = list_figures(declared, periods_of(declared, came, called, as_of), called, commune)
    counted = pl.concat([counted, _count_views(view_of_roll_call(declared, called, commune), commune)])
    covered = compute_coverage(list_needs(declared, grid, came, called, commune), counted)
    table = _round_sums(grid.join(covered, on=FIGURE, how="left").join(counted, on=FIGURE, how="left"))
    table = _fill_counts(table.join(_tabulate_traits(declared), on="indicator"))
    table = add_status(add_values(add_targets(table, declared)))
    return add_reasons(suppress(table)).select(*COLUMNS).sort(FIGURE)


def _count_views(views: Sequence[View], commune: Commune) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=COUNTS), *(count_view(view, commune) for view in views)])


def _round_sums(sums: pl.DataFrame) -> pl.DataFrame:
    """Round sums, because their last digits depend on the order in which threads add.

    The status depends on them: a share that just reaches its target must reach it in every run.
    """
    return sums.with_columns(pl.col(pl.Float64).round(STEADY_DECIMALS))


def _tabulate_traits(indicators: Iterable[Indicator]) -> pl.DataFrame:
    names = ("indicator", "is_count", "each_thon", "of_persons", "of_roll_call")
    rows = [
        (each.name, each.mau_so is None, each.each_thon, each.of_persons, each.over is None)
        for each in indicators
    ]
    schema = dict.fromkeys(names, pl.Boolean) | {"indicator": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _fill_counts(table: pl.DataFrame) -> pl.DataFrame:
    """Fill null counts: 0 if the submissions came, else null (unknown). The roll call is always complete."""
    called, usable = pl.col("of_roll_call"), pl.col("usable")
    decided = (pl.col("rows") - pl.col("blocked")) / pl.col("rows")
    amounts = [name for name, dtype in COUNTS.items() if dtype == pl.Float64]
    return (
        table.with_columns(
            pl.when(called).then(decided.fill_null(1.0)).otherwise("completeness").alias("completeness"),
            pl.when(called).then(pl.lit(value=True)).otherwise(usable).alias("usable"),
            pl.when(called).then(0.0).otherwise("absent").alias("absent"),
        )
        .with_columns(pl.when(usable).then(pl.col(name).fill_null(0.0)).alias(name) for name in amounts)
        .with_columns(
            pl.when(~pl.col("is_count")).then("mau_so").alias("mau_so"),
            quarantined_share=pl.when(called)
            .then(0.0)
            .when(pl.col("rows") > 0)
            .then(pl.col("blocked") / pl.col("rows")),
        )
    )
