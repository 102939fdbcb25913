"""Finds the rows of a form that the commune already knows from archived submissions."""

from __future__ import annotations

from datetime import date

import polars as pl

from flows.collect.archive import list_archived
from flows.intake.records import clean_submission
from flows.root import Root
from schemas.contract import Dataset
from schemas.known import KNOWN, Known
from schemas.registry import Contracts


def list_known_rows(
    root: Root, dataset: Dataset, unit: str, contracts: Contracts, as_of: date
) -> pl.DataFrame:
    """The rows of `unit`'s form that are known on `as_of`, with the form's columns; may be empty."""
    schema = {column.name: column.kind.dtype for column in dataset.columns}
    known = KNOWN.get(dataset.name)
    source = None if known is None else _read_latest(root, known.source, contracts, as_of)
    if known is None or source is None:
        return pl.DataFrame(schema=schema)
    rows = _build_rows(source, known, unit)
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in rows.columns]
    return rows.with_columns(missing).select([*schema])


def _build_rows(source: pl.DataFrame, known: Known, unit: str) -> pl.DataFrame:
    mine = source.filter(pl.col(known.place) == unit, known.where, pl.col(known.by).is_not_null())
    values = [value.alias(name) for name, value in known.columns.items()]
    return mine.group_by(known.by).agg(values).sort(known.by)


def _read_latest(root: Root, name: str, contracts: Contracts, as_of: date) -> pl.DataFrame | None:
    """The cleaned records of the latest archived period of the dataset `name`; None if there are none."""
    owners = {unit.name for unit in contracts.commune.owing(contracts.datasets[name])}
    best: tuple[date, pl.DataFrame] | None = None
    for submission in reversed(list_archived(root, as_of)):
        if submission.unit not in owners:
            continue
        for part in clean_submission(submission, submission.content(root).read_bytes(), contracts).parts:
            if part.dataset == name and part.frame.height and (best is None or part.period.end > best[0]):
                best = part.period.end, part.frame
    return None if best is None else best[1]
