"""Chooses the faults that the ledger follows: those that somebody still has to mend."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.settle.model import Settled
from schemas.contract import Dataset

_SUBMISSION = ("unit", "dataset", "period")


def list_pending(faults: pl.DataFrame, settled: Settled, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """`issue`, `unit`, `dataset`, `code`, `record` of the faults that are still to be mended.

    A state (`point_in_time`) is mended by the next one: of those the latest submission's faults are followed.
    What happened in a period is mended in that period's own submission: all are followed. So is a
    submission that never came; one that came late, copied or thin is, until the next one.
    """
    states = [dataset.name for dataset in datasets.values() if dataset.basis == "point_in_time"]
    code = pl.col("code")
    passing = pl.col("dataset").is_in(states) | code.str.starts_with("giao_nop.")
    passes = passing & (code != "giao_nop.chua_co") & pl.col("period").is_not_null()
    over = passes & (pl.col("period") < pl.col("latest"))
    return (
        faults.join(_latest(settled), on=["unit", "dataset"], how="left", maintain_order="left")
        .filter(~over.fill_null(value=False))
        .select("issue", "unit", "dataset", "code", "record")
    )


def _latest(settled: Settled) -> pl.DataFrame:
    """The latest period that each unit handed in, of each dataset."""
    rows = [one.owes for one in settled.judged if settled.counts(one)]
    found = pl.DataFrame(rows, schema=dict.fromkeys(_SUBMISSION, pl.String), orient="row")
    return found.group_by("unit", "dataset").agg(latest=pl.col("period").max())
