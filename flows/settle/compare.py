"""Tells what a submission changed against a former one: rows added, changed, removed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from flows.intake.model import SubmissionPart
from schemas.contract import Dataset, typed_column


@dataclass(frozen=True, slots=True)
class RecordChanges:
    """How many records came, changed, went and stayed as they were."""

    added: int
    changed: int
    removed: int
    same: int


def compare(former: SubmissionPart, now: SubmissionPart, dataset: Dataset) -> RecordChanges:
    """What `now` changed against `former`, record by record, whatever the rows' order.

    Records are known by their key; an unread value counts as what was typed. A record that stands several
    times alike counts once.
    """
    one, two = (_records(part.frame, dataset) for part in (former, now))
    key = list(dataset.key)
    same = two.join(one, on=two.columns, how="semi", nulls_equal=True).height
    added = two.join(one, on=key, how="anti", nulls_equal=True).height
    removed = one.join(two, on=key, how="anti", nulls_equal=True).height
    return RecordChanges(added, two.height - added - same, removed, same)


def _records(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    said = (
        pl.coalesce(pl.col(column.name).cast(pl.String), pl.col(typed_column(column.name))).alias(column.name)
        for column in dataset.columns
    )
    return frame.select(said).unique()
