"""Selects the faults that the ledger follows: those that a unit still has to fix."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.settle.model import Settled
from schemas.contract import Dataset

_SUBMISSION = ("unit", "dataset", "period")


def list_pending(faults: pl.DataFrame, settled: Settled, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """`issue`, `unit`, `dataset`, `code`, `record` of the faults that are still to be fixed.

    A `point_in_time` dataset is replaced by the next submission, so only the faults of its latest period are
    followed. A dataset about the events of a period is fixed by submitting that period again, so all its
    faults are followed. A missing submission is followed until it comes; one that came late, copied or too
    short only until the unit submits the next period.
    """
    states = [dataset.name for dataset in datasets.values() if dataset.basis == "point_in_time"]
    code = pl.col("code")
    replaceable = pl.col("dataset").is_in(states) | code.str.starts_with("giao_nop.")
    replaced_by_next = replaceable & (code != "giao_nop.chua_co") & pl.col("period").is_not_null()
    over = replaced_by_next & (pl.col("period") < pl.col("latest"))
    return (
        faults.join(_find_latest(settled), on=["unit", "dataset"], how="left", maintain_order="left")
        .filter(~over.fill_null(value=False))
        .select("issue", "unit", "dataset", "code", "record")
    )


def _find_latest(settled: Settled) -> pl.DataFrame:
    """The latest period that each unit submitted, per dataset."""
    rows = [one.owes for one in settled.judged if settled.counts(one)]
    found = pl.DataFrame(rows, schema=dict.fromkeys(_SUBMISSION, pl.String), orient="row")
    return found.group_by("unit", "dataset").agg(latest=pl.col("period").max())
