"""The table of indicators: each figure counted, bounded, judged against its target and explained."""

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
    """What the indicators count in records (`COUNTS`), which depends on no day.

    `judged` has each dataset's rows in effect: its contract's columns typed, `_unit`, `_period`
    (label), `_class` (dat, can_bo_sung, khong_su_dung).
    """
    return _counts(views_of_records(indicators.values(), judged), commune)


def measure(
    counted: pl.DataFrame,
    came: pl.DataFrame,
    called: pl.DataFrame,
    commune: Commune,
    indicators: Mapping[str, Indicator],
    as_of: date,
) -> pl.DataFrame:
    """One row an indicator, period, grouping and key (`COLUMNS`), sorted; none is ever absent.

    `counted` is what `count` gives, `came` names dataset, unit and period of each submission in effect
    that has rows, `called` is the roll call. Shares are 0..1;
    without denominator, or without a submission of each dataset needed, `value` is null and `reason`
    says why. `completeness` is the share of the submissions needed that came, `quarantined_share`
    that of the rows read that are quarantined. Targets are those of the period's year. The figures
    of `bao_cao_dung_han` stand under the label of the period reported on, whatever its basis.
    """
    declared = tuple(indicators.values())
    grid = list_figures(declared, periods_of(declared, came, called, as_of), called, commune)
    counted = pl.concat([counted, _counts(view_of_roll_call(declared, called, commune), commune)])
    covered = compute_coverage(list_needs(declared, grid, came, called, commune), counted)
    table = _steady(grid.join(covered, on=FIGURE, how="left").join(counted, on=FIGURE, how="left"))
    table = _filled(table.join(_traits(declared), on="indicator"))
    table = add_status(add_values(add_targets(table, declared)))
    return add_reasons(suppress(table)).select(*COLUMNS).sort(FIGURE)


def _counts(views: Sequence[View], commune: Commune) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=COUNTS), *(count_view(view, commune) for view in views)])


def _steady(sums: pl.DataFrame) -> pl.DataFrame:
    """Sums without their last digits, which depend on the order in which threads add up.

    A verdict hangs on them: a share that just meets its target must meet it in every run.
    """
    return sums.with_columns(pl.col(pl.Float64).round(STEADY_DECIMALS))


def _traits(indicators: Iterable[Indicator]) -> pl.DataFrame:
    names = ("indicator", "is_count", "each_thon", "of_persons", "of_roll_call")
    rows = [
        (each.name, each.mau_so is None, each.each_thon, each.of_persons, each.over is None)
        for each in indicators
    ]
    schema = dict.fromkeys(names, pl.Boolean) | {"indicator": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _filled(table: pl.DataFrame) -> pl.DataFrame:
    """Nothing counted is zero where the submissions came, unknown where not; the roll call always came."""
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
