"""Compares a submission with an earlier one: records added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from flows.intake.model import SubmissionPart
from schemas.contract import Dataset, typed_column


@dataclass(frozen=True, slots=True)
class RecordChanges:
    """Numbers of records added, changed, removed and unchanged."""

    added: int
    changed: int
    removed: int
    same: int


def compare(former: SubmissionPart, now: SubmissionPart, dataset: Dataset) -> RecordChanges:
    """Compare two submissions record by record, independent of the order of rows.

    Records are matched by their key. A value that could not be parsed is compared as typed. Identical
    records of a submission count once.
    """
    one, two = (_records(part.frame, dataset) for part in (former, now))
    key = list(dataset.key)
    same = two.join(one, on=two.columns, how="semi", nulls_equal=True).height
    added = two.join(one, on=key, how="anti", nulls_equal=True).height
    removed = one.join(two, on=key, how="anti", nulls_equal=True).height
    return RecordChanges(added, two.height - added - same, removed, same)


def compare_keys(former: pl.DataFrame, now: pl.DataFrame, dataset: Dataset) -> RecordChanges:
    """Compare the records of two frames by their keys alone: one that is in both counts as the same."""
    one, two = (frame.select(dataset.key).unique() for frame in (former, now))
    key = list(dataset.key)
    same = one.join(two, on=key, how="semi", nulls_equal=True).height
    return RecordChanges(two.height - same, 0, one.height - same, same)


def count_replaced(accepted: pl.DataFrame, now: pl.DataFrame, dataset: Dataset) -> int:
    """Number of records of `now` in which some value is another than in the `accepted` record with their key.

    A value that was blank or is blank now is no other one.
    """
    key, others = list(dataset.key), [c.name for c in dataset.columns if c.name not in dataset.key]
    both = now.unique(key).join(accepted.unique(key), on=key, how="inner", nulls_equal=True, suffix="_was")
    differs = [pl.col(name).ne(pl.col(f"{name}_was")) for name in others if name in now.columns]
    return both.filter(pl.any_horizontal(differs)).height if differs else 0


def count_undone(
    corrected: SubmissionPart, before: Iterable[SubmissionPart], now: SubmissionPart, dataset: Dataset
) -> int:
    """Number of records of `now` that are again as they were `before`, and not as they were `corrected`."""
    two, fixed = (_records(part.frame, dataset) for part in (now, corrected))
    old = pl.concat([fixed.clear(), *(_records(part.frame, dataset) for part in before)])
    again = two.join(old, on=two.columns, how="semi", nulls_equal=True)
    return again.join(fixed, on=two.columns, how="anti", nulls_equal=True).height


def _records(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    values = (
        pl.coalesce(pl.col(column.name).cast(pl.String), pl.col(typed_column(column.name))).alias(column.name)
        for column in dataset.columns
    )
    return frame.select(values).unique()
