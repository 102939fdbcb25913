"""Turns a dataset's judgements into the Pandera schema that is the one judge of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.contract import Dataset
from schemas.judgement import Judgement

Record = Callable[[Judgement, pl.Series], int]


def schema(
    dataset: Dataset,
    judged_by: Iterable[Judgement],
    record: Record,
    known: Mapping[str, pl.Series] = MappingProxyType({}),
) -> pa.DataFrameSchema:
    """The Pandera schema of a cleaned frame: column-level checks for the judgements in `judged_by`.

    `record` is told of every judgement with its Boolean series: true where the row fails it, null where it
    could not be judged; it says how many rows fail. Null is no failure. `known` has results that were worked
    out together beforehand, by code. Columns that nothing judges are left out.

    A check bears its judgement's code. Those of a column that are known to hold in every row share one:
    Pandera takes as long over a check of nothing as over one of a hundred thousand rows.
    """
    judgements: dict[str, list[Judgement]] = {}
    for judgement in judged_by:
        judgements.setdefault(judgement.column, []).append(judgement)
    checks = {column: [*_checks(told, record, known)] for column, told in judgements.items()}
    columns = {
        column.name: pa.Column(
            column.kind.dtype,
            nullable=True,
            title=column.label,
            checks=checks[column.name],
            metadata={"personal": column.personal, "kind": column.kind.name},
        )
        for column in dataset.columns
        if column.name in checks
    }
    return pa.DataFrameSchema(columns, name=dataset.name, title=dataset.title)


def _checks(
    judgements: Iterable[Judgement], record: Record, known: Mapping[str, pl.Series]
) -> Iterator[pa.Check]:
    """The checks of one column."""
    holding: list[Judgement] = []
    for judgement in judgements:
        result = known.get(judgement.code)
        if result is None or result.dtype != pl.Boolean or result.any():
            yield _check(judgement, record, result)
        else:
            holding.append(judgement)
    if holding:
        yield _check_of_holding(holding, record, known)


def _check(judgement: Judgement, record: Record, known: pl.Series | None) -> pa.Check:
    def passes(data: PolarsData) -> pl.LazyFrame | bool:
        if known is None:
            failed = data.lazyframe.select(judgement.fails_when.alias(data.key)).collect().to_series()
        else:
            failed = known.alias(data.key)
        # A column without a failure is told so at once: Pandera takes a while over a result a row.
        if not record(judgement, failed):
            return True
        return (~failed).fill_null(value=True).to_frame().lazy()

    return pa.Check(
        passes,
        name=judgement.code,
        error=judgement.code,
        title=judgement.says,
        description=f"{judgement.dimension}, {judgement.severity}",
    )


def _check_of_holding(
    judgements: Sequence[Judgement], record: Record, known: Mapping[str, pl.Series]
) -> pa.Check:
    def passes(_: PolarsData) -> bool:
        return not sum(record(judgement, known[judgement.code]) for judgement in judgements)

    codes = " ".join(judgement.code for judgement in judgements)
    return pa.Check(passes, name=codes, error=codes)
