"""Turns a dataset's judgements into the Pandera schema that is the one judge of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    """The Pandera schema of a cleaned frame: one named column-level check a judgement in `judged_by`.

    `record` is told of every judgement with its Boolean series: true where the row fails it, null where it
    could not be judged; it says how many rows fail. Null is no failure. `known` has results that were worked
    out together beforehand, by code. Columns that nothing judges are left out.
    """
    checks: dict[str, list[pa.Check]] = {}
    for judgement in judged_by:
        check = _check(judgement, record, known.get(judgement.code))
        checks.setdefault(judgement.column, []).append(check)
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
