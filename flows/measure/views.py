"""Prepares the rows that indicators count: the roll call, or the records of a dataset with joined columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from schemas.contract import GOOD, HELD_BACK, QUARANTINED
from schemas.indicator import Indicator, Join
from schemas.judgement import may_be_open
from schemas.periods import period
from schemas.units import Commune


@dataclass(frozen=True, slots=True)
class View:
    """Indicators that count the same rows, and those rows.

    `rows` has the columns that the indicators use, and `_period`, `_period_end`, `_unit`, `_class`, `_thon`
    (code, null if unknown), `_don_vi`, `_phu` (Boolean). `_phu` marks rows of the joined dataset. They are
    not counted, but a quarantined one may hold the value that a counted row lacks, so it widens the bounds.
    """

    indicators: tuple[Indicator, ...]
    rows: pl.DataFrame


def views_of_records(indicators: Iterable[Indicator], judged: Mapping[str, pl.DataFrame]) -> list[View]:
    """One view per set of indicators that count the same records; none for a dataset without rows."""
    together: dict[tuple[object, ...], list[Indicator]] = {}
    for each in indicators:
        if each.over is not None and not judged.get(each.over.name, pl.DataFrame()).is_empty():
            join = each.joined and (each.joined.dataset.name, each.joined.on, each.joined.columns)
            together.setdefault((each.over.name, join, each.don_vi), []).append(each)
    return [View(tuple(same), _record_rows(same, judged)) for same in together.values()]


def view_of_roll_call(indicators: Iterable[Indicator], called: pl.DataFrame, commune: Commune) -> list[View]:
    """The view of all indicators that count the roll call; none if there are no such indicators."""
    own = tuple(each for each in indicators if each.over is None)
    return [View(own, _roll_call_rows(called, commune))] if own else []


def _roll_call_rows(called: pl.DataFrame, commune: Commune) -> pl.DataFrame:
    """The roll call as rows to count; a submission not due yet is as unknown as a quarantined row."""
    thon = pl.col("unit").is_in([unit.name for unit in commune.units if unit.kind == "thon"])
    not_due = pl.col("state") == "chua_den_han"
    return called.with_columns(
        _unit=pl.col("unit"),
        _period=pl.col("period"),
        _class=pl.when(not_due).then(pl.lit(HELD_BACK)).otherwise(pl.lit(GOOD)),
        _thon=pl.when(thon).then("unit"),
        _don_vi=pl.when(~thon).then("unit"),
        _phu=pl.lit(value=False),
    )


def _record_rows(same: list[Indicator], judged: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    over = same[0].over
    assert over is not None
    rows = judged[over.name]
    own = {column for each in same for column in _list_used_columns(each) if column in over}
    first = same[0]
    join = first.joined
    keys = {join.on} if join else set()
    places = {column for column in (first.thon, first.don_vi, "thon") if column in over}
    rows = rows.select("_unit", "_period", "_class", *sorted(own | keys | places), _phu=pl.lit(value=False))
    if join is not None and join.dataset.name in judged:
        rows = _join_other(rows, judged[join.dataset.name], join)
    elif join is not None:
        blank = (pl.lit(None, join.dataset[name].kind.dtype).alias(name) for name in join.columns)
        rows = rows.with_columns(blank)
    ends = {label: period(over, label).end for label in rows["_period"].unique()}
    return rows.with_columns(
        pl.col("_period").replace_strict(ends, return_dtype=pl.Date).alias("_period_end"),
        _thon=pl.col(first.thon),
        _don_vi=pl.col(first.don_vi),
    )


def _list_used_columns(indicator: Indicator) -> Iterable[str]:
    yield from indicator.tu_so.meta.root_names()
    if indicator.mau_so is not None:
        yield from indicator.mau_so.meta.root_names()


def _join_other(rows: pl.DataFrame, other: pl.DataFrame, join: Join) -> pl.DataFrame:
    """`rows` with the joined columns of accepted rows, plus all rows of the other dataset as `_phu`.

    A row that lacks an answer asked for is as unknown as a quarantined one.
    """
    same = ["_period", join.on]
    open_ = [name for name in join.columns if may_be_open(join.dataset[name], join.dataset)]
    if open_:
        lacks_answer = pl.any_horizontal(pl.col(open_).is_null())
        held_back = pl.when(lacks_answer).then(pl.lit(HELD_BACK)).otherwise(pl.col("_class"))
        other = other.with_columns(held_back.cast(other["_class"].dtype).alias("_class"))
    accepted = other.filter(~QUARANTINED).select(*same, *join.columns)
    wider = rows.join(accepted.unique(same, keep="first", maintain_order=True), on=same, how="left")
    if join.only_places:
        return wider
    homes = rows.filter(~QUARANTINED).select(*same, "thon").unique(same, keep="first", maintain_order=True)
    unjoined = other.select("_unit", "_period", "_class", join.on).join(homes, on=same, how="left")
    return pl.concat([wider, unjoined.with_columns(_phu=pl.lit(value=True))], how="diagonal")
