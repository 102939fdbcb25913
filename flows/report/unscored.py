"""Says why a score is missing or tells less than it should: no rule asks, or a rule had nothing to go by."""

from __future__ import annotations

import polars as pl

from flows import words
from flows.report.names import Names
from flows.report.tables import Row
from schemas.contract import DIMENSIONS


def select_latest_scores(scores: pl.DataFrame, *of: str) -> pl.DataFrame:
    """The scores of the latest period that each dataset has, or each dataset `of` a unit."""
    last = pl.col("period").max().over("dataset", *of)
    return scores.drop_nulls("period").filter(pl.col("period") == last)


def list_unscored(scores: pl.DataFrame, names: Names) -> list[Row]:
    """Each `reason` of `scores` once, with `what` it is about in words and the `units` that it holds for."""
    told = scores.drop_nulls("reason").sort("dataset", "period", "dimension", "unit")
    groups = told.group_by("dataset", "period", "dimension", "reason", maintain_order=True)
    return [
        {
            "what": _what(dataset, period, dimension, names),
            "reason": reason,
            "units": [names.unit(unit) for unit in group["unit"]],
        }
        for (dataset, period, dimension, reason), group in groups
    ]


def list_unscored_by_unit(scores: pl.DataFrame, names: Names) -> dict[str, list[Row]]:
    """By unit each `reason` of its latest scores, with `what` it is about in words."""
    told = select_latest_scores(scores, "unit").drop_nulls("reason").sort("dataset", "period", "dimension")
    found: dict[str, list[Row]] = {}
    columns = ("unit", "dataset", "period", "dimension", "reason")
    for unit, dataset, period, dimension, reason in told.select(columns).iter_rows():
        row = {"what": _what(dataset, period, dimension, names), "reason": reason}
        found.setdefault(unit, []).append(row)
    return found


def _what(dataset: str, period: str, dimension: str, names: Names) -> str:
    return f"{words.word(dimension)}, {names.dataset(dataset)}, {words.period(period)}"


def list_without_rules(names: Names) -> list[tuple[str, list[str]]]:
    """For each dimension in words the titles of the datasets with no rule about it, if there are such."""
    asked = {name: {rule.dimension for rule in names.all_rules(name)} for name in names.datasets}
    found = [
        (title, [names.dataset(name) for name, dimensions in asked.items() if dimension not in dimensions])
        for dimension, title in DIMENSIONS.items()
    ]
    return [(title, silent) for title, silent in found if silent]
