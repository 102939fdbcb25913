"""Lists every figure of the indicator table, the submissions it needs, and which of these are missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from flows.measure.counts import BY_UNIT
from schemas.indicator import Grouping, Indicator
from schemas.periods import latest_ended
from schemas.units import Commune

FIGURE = ["indicator", "period", "by", "key"]
_MAX_NAMES = 5

Periods = Mapping[str, frozenset[str]]


def periods_of(
    indicators: Iterable[Indicator],
    came: pl.DataFrame,
    called: pl.DataFrame,
    as_of: date,
) -> Periods:
    """Per indicator, the periods that have rows or were due; if there is none, the latest one that ended."""
    seen: dict[str, set[str]] = {}
    for name, label in pl.concat([each.select("dataset", "period") for each in (came, called)]).iter_rows():
        seen.setdefault(name, set()).add(label)
    periods = {}
    for each in indicators:
        if each.over is None:
            labels = set(called["period"].unique())
            latest = latest_ended("thang", "nd09", as_of)
        else:
            used = (each.over, *((each.joined.dataset,) if each.joined else ()))
            labels = set().union(*(seen.get(dataset.name, set()) for dataset in used))
            latest = latest_ended(each.over.cadence, each.over.basis, as_of)
        periods[each.name] = frozenset(labels or {latest.label})
    return periods


def list_figures(
    indicators: Iterable[Indicator], periods: Periods, called: pl.DataFrame, commune: Commune
) -> pl.DataFrame:
    """One row per figure (`FIGURE`): every indicator by every grouping, key and period.

    Indicators over the roll call have only the keys and periods that the roll call has.
    """
    rows = [
        (each.name, label, by, key)
        for each in indicators
        for by in each.by
        for key in _keys(each, by, commune)
        for label in periods[each.name]
    ]
    grid = pl.DataFrame(rows, schema=dict.fromkeys(FIGURE, pl.String), orient="row")
    own = [each.name for each in indicators if each.over is None]
    if not own or called.is_empty():
        return grid
    owed = called.select("period", key="unit").unique()
    free = ~pl.col("indicator").is_in(own) | (pl.col("by") == "xa")
    return pl.concat([grid.filter(free), grid.filter(~free).join(owed, on=["period", "key"], how="semi")])


def _keys(indicator: Indicator, by: Grouping, commune: Commune) -> tuple[str, ...]:
    if by == "xa":
        return (commune.code,)
    if by == "thon":
        return tuple(place.code for place in commune.thon)
    if indicator.over is not None and indicator.don_vi in indicator.over:
        return indicator.over[indicator.don_vi].of
    return tuple(unit.name for unit in commune.units if unit.kind != "thon")


def list_needs(
    indicators: Iterable[Indicator],
    grid: pl.DataFrame,
    came: pl.DataFrame,
    called: pl.DataFrame,
    commune: Commune,
) -> pl.DataFrame:
    """One row per figure and submission it needs: `FIGURE`, dataset, what, kind, unit, who, came (Boolean).

    `what` is the title of the dataset, `who` the title of the unit, `kind` the kind of the unit.

    A figure of one thôn over a dataset that every thôn submits needs only the submission of that thôn.
    """
    wanted = [
        (each.name, by, dataset.name, dataset.unit == "thon" and by == "thon")
        for each in indicators
        for by in each.by
        for dataset in each.datasets(by)
    ]
    used = {dataset.name: dataset for each in indicators for by in each.by for dataset in each.datasets(by)}
    owing = [
        (dataset.name, dataset.title, dataset.unit, unit.name, _title(unit.name, commune))
        for dataset in used.values()
        for unit in commune.owing(dataset)
    ]
    text = pl.String
    needed = pl.DataFrame(
        wanted, schema={"indicator": text, "by": text, "dataset": text, "own": pl.Boolean}, orient="row"
    )
    units = pl.DataFrame(
        owing, schema=dict.fromkeys(("dataset", "what", "kind", "unit", "who"), text), orient="row"
    )
    on = ["dataset", "unit", "period"]
    received = called.filter(pl.col("received").is_not_null())
    here = pl.concat([each.select(on) for each in (received, came)]).unique()
    return (
        grid.join(needed, on=["indicator", "by"])
        .join(units, on="dataset")
        .filter(~pl.col("own") | (pl.col("unit") == pl.col("key")))
        .join(here.with_columns(came=pl.lit(value=True)), on=on, how="left")
        .with_columns(pl.col("came").fill_null(value=False))
    )


def _title(name: str, commune: Commune) -> str:
    """Title of a unit; a thôn whose name is not unique has its old commune behind it."""
    titles = [unit.title for unit in commune.units]
    place = next((each for each in commune.thon if each.code == name), None)
    title = next(unit.title for unit in commune.units if unit.name == name)
    return title if place is None or titles.count(title) == 1 else f"{title} ({place.old_commune})"


def compute_coverage(needed: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """One row per figure: completeness (0..1), usable, missing (a sentence), absent.

    `usable` is true if every dataset has at least one submission. `absent` is the denominator that the
    missing units had in their last period; null if one of them never submitted.
    """
    by_dataset = (
        needed.sort("unit")
        .group_by([*FIGURE, "dataset", "what", "kind"], maintain_order=True)
        .agg(
            came=pl.col("came").sum(),
            all=pl.len(),
            names=pl.col("who").filter(~pl.col("came")),
            sole=pl.col("who").first(),
        )
        .with_columns(missing=_describe_missing())
    )
    return (
        by_dataset.sort("dataset")
        .group_by(FIGURE, maintain_order=True)
        .agg(
            completeness=pl.col("came").sum() / pl.col("all").sum(),
            usable=(pl.col("came") > 0).all(),
            missing=pl.col("missing").drop_nulls().str.join("; "),
        )
        .join(_estimate_absent(needed, counted), on=FIGURE, how="left")
    )


def _describe_missing() -> pl.Expr:
    noun = pl.when(pl.col("kind") == "thon").then(pl.lit("thôn")).otherwise(pl.lit("đơn vị"))
    missing = pl.col("names").list.len()
    more = pl.when(missing > _MAX_NAMES).then(pl.lit(", …")).otherwise(pl.lit(""))
    shown = pl.format("{}{}", pl.col("names").list.head(_MAX_NAMES).list.join(", "), more)
    return (
        pl.when(missing == 0)
        .then(None)
        .when(pl.col("all") == 1)
        .then(pl.format("Chưa có “{}” của {}", "what", "sole"))
        .when(missing == pl.col("all"))
        .then(pl.format("Chưa có “{}” của {} nào", "what", noun))
        .otherwise(pl.format("Thiếu {}/{} {}: {}", missing, "all", noun, shown))
    )


def _estimate_absent(needed: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """The denominator of the missing units in their last period before, summed for the commune."""
    by_unit = counted.filter(pl.col("by") == BY_UNIT).select(
        "indicator", "period", unit="key", weight=pl.col("mau_so") + pl.col("unknown")
    )
    of_commune = needed.filter(pl.col("by") == "xa").join(
        by_unit, on=["indicator", "period", "unit"], how="left"
    )
    before = pl.when("came").then(pl.col("weight").fill_null(0.0)).forward_fill()
    return (
        of_commune.sort("period")
        .with_columns(last=before.over("indicator", "dataset", "unit", order_by="period"))
        .group_by(FIGURE)
        .agg(
            absent=pl.when((pl.col("came") | pl.col("last").is_not_null()).all()).then(
                pl.col("last").filter(~pl.col("came")).sum()
            )
        )
    )
