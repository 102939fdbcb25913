"""Explains missing scores: a dataset has no rule for a dimension, or a rule had no data to check."""

from __future__ import annotations

import polars as pl

from flows import words
from flows.report.names import Names
from flows.report.tables import Row
from schemas.contract import DIMENSIONS


def select_latest_scores(scores: pl.DataFrame, *of: str) -> pl.DataFrame:
    """The scores of the latest period of each dataset, or of each dataset and value of the columns `of`."""
    last = pl.col("period").max().over("dataset", *of)
    return scores.drop_nulls("period").filter(pl.col("period") == last)


def list_unscored(scores: pl.DataFrame, names: Names) -> list[Row]:
    """Each `reason` of `scores` once, with the text `what` it is about and the titles of its `units`."""
    with_reason = scores.drop_nulls("reason").sort("dataset", "period", "dimension", "unit")
    groups = with_reason.group_by("dataset", "period", "dimension", "reason", maintain_order=True)
    return [
        {
            "what": _what(dataset, period, dimension, names),
            "reason": reason,
            "units": [names.unit(unit) for unit in group["unit"]],
        }
        for (dataset, period, dimension, reason), group in groups
    ]


def list_unscored_by_unit(scores: pl.DataFrame, names: Names) -> dict[str, list[Row]]:
    """By unit, each `reason` of its latest scores, with `what` it is about as text."""
    with_reason = (
        select_latest_scores(scores, "unit").drop_nulls("reason").sort("dataset", "period", "dimension")
    )
    found: dict[str, list[Row]] = {}
    columns = ("unit", "dataset", "period", "dimension", "reason")
    for unit, dataset, period, dimension, reason in with_reason.select(columns).iter_rows():
        row = {"what": _what(dataset, period, dimension, names), "reason": reason}
        found.setdefault(unit, []).append(row)
    return found


def _what(dataset: str, period: str, dimension: str, names: Names) -> str:
    return f"{words.word(dimension)}, {names.dataset(dataset)}, {words.period(period)}"


def list_without_rules(names: Names) -> list[tuple[str, list[str]]]:
    """(dimension as text, titles of datasets without a rule for it), for dimensions with such datasets."""
    asked = {name: {rule.dimension for rule in names.all_rules(name)} for name in names.datasets}
    found = [
        (title, [names.dataset(name) for name, dimensions in asked.items() if dimension not in dimensions])
        for dimension, title in DIMENSIONS.items()
    ]
    return [(title, silent) for title, silent in found if silent]
