"""Says why a score is missing or tells less than it should: no rule asks, or a rule had nothing to go by."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.report import words
from flows.report.names import Names
from flows.report.release import Row
from schemas.contract import DIMENSIONS, Dataset
from schemas.judgement import judgements_of


def latest(scores: pl.DataFrame) -> pl.DataFrame:
    """The scores of the latest period that each dataset has."""
    return scores.drop_nulls("period").filter(pl.col("period") == pl.col("period").max().over("dataset"))


def untold(scores: pl.DataFrame, names: Names) -> list[Row]:
    """Each `reason` of `scores` once, with `what` it is about in words and the `units` that it holds for."""
    told = scores.drop_nulls("reason").sort("dataset", "period", "dimension", "unit")
    groups = told.group_by("dataset", "period", "dimension", "reason", maintain_order=True)
    return [
        {
            "what": f"{words.word(dimension)}, {names.dataset(dataset)}, {words.period(period)}",
            "reason": reason,
            "units": [names.unit(unit) for unit in group["unit"]],
        }
        for (dataset, period, dimension, reason), group in groups
    ]


def without_rules(datasets: Mapping[str, Dataset]) -> list[tuple[str, list[str]]]:
    """For each dimension in words the titles of the datasets with no rule about it, if there are such."""
    asked = {
        name: {rule.dimension for rule in judgements_of(dataset)} | {rule.dimension for rule in dataset.cross}
        for name, dataset in datasets.items()
    }
    found = [
        (title, [datasets[name].title for name, dimensions in asked.items() if dimension not in dimensions])
        for dimension, title in DIMENSIONS.items()
    ]
    return [(title, silent) for title, silent in found if silent]
