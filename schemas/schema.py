"""Turns a dataset's judgements into its Pandera schema: one named check a rule, for the pipeline and anybody.

In a notebook:

    from schemas import pandera_schema

    schema = pandera_schema("dan_cu")
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        print(errors.failure_cases)  # a row a fault: `column`, `check` (the fault's code), `index` of the row

`frame` is a `pl.DataFrame` with the contract's columns in their types; `prepare` says what may stand beside.
The checks of a column are `schema.columns["ngay_sinh"].checks`: `name` is the code, `title` says in
Vietnamese what is wrong, `statistics` has `dimension` and `severity`. Nothing is cast, and null passes: a
missing value fails a rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData, PolarsFrame

from schemas import datasets
from schemas.contract import UNREAD, Dataset, typed_column, unread_column
from schemas.judgement import REPEATED, Judgement, judgements_of
from schemas.periods import Period, latest_ended

#: Whether a row is like one above it: such a row is judged no further, nor seen by other rules.
REPEATS = "_repeated"


class DatasetSchema(pa.DataFrameSchema):
    """The Pandera schema of a dataset's rows; `prepare` adds to a frame what its rules need beside values."""

    def __init__(self, dataset: Dataset, columns: Mapping[str, pa.Column]) -> None:
        super().__init__(dict(columns), name=dataset.name, title=dataset.title, description=dataset.grain)
        # A function is copied with its schema as it is; a dataset would be copied with all its expressions.
        self._prepare: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: prepare(frame, dataset)

    @classmethod
    def get_backend(cls, check_obj: Any = None, check_type: type | None = None) -> Any:
        """Pandera's own way to validate: it knows none for a class that is derived from its own."""
        return pa.DataFrameSchema.get_backend(check_obj, check_type)

    def validate(self, check_obj: PolarsFrame, *args: Any, **options: Any) -> PolarsFrame:
        """Judge every row; returns the frame as it came. The options are those of any Pandera schema.

        Columns that rules need beside the contract's are filled in as `prepare` does where they are absent.

        Raises:
            TypeError: a LazyFrame, of which Pandera would look at no value.
            pandera.errors.SchemaErrors: with `lazy=True`, all that is wrong.
        """
        if not isinstance(check_obj, pl.DataFrame):
            raise TypeError("collect the frame first: Pandera looks at no value of a LazyFrame")
        frame = self._prepare(check_obj) if _WORKED_OUT.get() is None else check_obj
        super().validate(frame, *args, **options)
        return check_obj


def pandera_schema(dataset: str | Dataset) -> DatasetSchema:
    """The Pandera schema of a dataset, by its name: every column, every rule that needs no other dataset."""
    found = datasets.load()[dataset] if isinstance(dataset, str) else dataset
    return schema_of(found, judgements_of(found))


def schema_of(dataset: Dataset, judgements: Iterable[Judgement]) -> DatasetSchema:
    """The Pandera schema of a dataset by these judgements alone; columns that none is about are left out."""
    checks: dict[str, list[pa.Check]] = {}
    for judgement in judgements:
        checks.setdefault(judgement.column, []).append(_check(judgement))
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
    return DatasetSchema(dataset, columns)


def prepare(
    frame: pl.DataFrame,
    dataset: str | Dataset,
    *,
    judged_on: date | None = None,
    period: Period | None = None,
) -> pl.DataFrame:
    """`frame` with the columns that rules need beside the contract's, filled in where they are absent.

    Those of cleaning: `X.typed` is the value as text, `X.unread` says `thieu` where there is none. Those of
    the submission: all rows are of one (`_part`), judged on the day `judged_on` (`_judged_on`), by default
    today, for `period` (`_period_start`, `_period_end`), by default the latest that had ended by then.
    `_repeated`, which rows are like one above, is always worked out anew.
    """
    dataset = datasets.load()[dataset] if isinstance(dataset, str) else dataset
    judgements = {judgement.code: judgement for judgement in judgements_of(dataset)}
    day = judged_on or date.today()
    when = period or latest_ended(dataset.cadence, dataset.basis, day)
    filled = {
        "_part": pl.lit(0, pl.UInt32),
        "_judged_on": pl.lit(day),
        "_period_start": pl.lit(when.start),
        "_period_end": pl.lit(when.end),
    }
    for name in frame.columns:
        filled[typed_column(name)] = pl.col(name).cast(pl.String)
        filled[unread_column(name)] = pl.when(pl.col(name).is_null()).then(pl.lit("thieu", UNREAD))
    needed = {name for each in judgements.values() for name in each.fails_when.meta.root_names()}
    absent = needed - set(frame.columns)
    frame = frame.with_columns(**{name: filled[name] for name in filled if name in absent})
    repeated = judgements[REPEATED].fails_when
    # Where a column of the contract is lost, Pandera says so.
    whole = {*repeated.meta.root_names()} <= {*frame.columns}
    return frame.with_columns((repeated if whole else pl.lit(value=False)).alias(REPEATS))


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """What rules say of the rows of one frame, by code, worked out together beforehand.

    A result says of each row that the rule fails, passes or, null, cannot be judged. Rows that are like one
    above, where `repeated` tells of any, have a result of that rule alone. `asked` are the codes whose check
    read its result.
    """

    failed: Mapping[str, pl.Series]
    repeated: pl.Series | None = None
    asked: set[str] = field(default_factory=set)

    def read(self, code: str) -> pl.Series:
        """What the rule of this code says; of all rows, where it fails for any."""
        self.asked.add(code)
        failed = self.failed[code]
        if self.repeated is None or code == REPEATED or not failed.any() or not self.repeated.any():
            return failed
        nothing = pl.repeat(None, self.repeated.len(), dtype=pl.Boolean, eager=True)
        return nothing.scatter((~self.repeated).arg_true(), failed)


_WORKED_OUT: ContextVar[WorkedOut | None] = ContextVar("worked_out", default=None)


@contextmanager
def reading_from(worked_out: WorkedOut) -> Iterator[None]:
    """Within, each check reads its result from `worked_out`, and the frame must have all that rules need."""
    token = _WORKED_OUT.set(worked_out)
    try:
        yield
    finally:
        _WORKED_OUT.reset(token)


def work_out(judgement: Judgement, rows: pl.LazyFrame, height: int) -> pl.Series:
    """What one rule says of each of the `height` rows: it fails, passes or, null, cannot be judged.

    Raises:
        ValueError: it does not say that of each row.
    """
    failed = rows.select(judgement.fails_when).collect().to_series()
    if failed.len() != height or failed.dtype != pl.Boolean:
        raise ValueError(f"Quy tắc {judgement.code} không cho kết quả trên từng dòng.")
    return failed


def _check(judgement: Judgement) -> pa.Check:
    def passes(data: PolarsData) -> pl.LazyFrame | bool:
        worked_out = _WORKED_OUT.get() or _work_out_alone(judgement, data.lazyframe)
        failed = worked_out.read(judgement.code)
        # A column without a failure is told so at once: Pandera takes a while over a result a row.
        if not failed.any():
            return True
        return (~failed).fill_null(value=True).alias(data.key).to_frame().lazy()

    return pa.Check(
        passes,
        name=judgement.code,
        title=judgement.says,
        statistics={"dimension": judgement.dimension, "severity": judgement.severity},
    )


def _work_out_alone(judgement: Judgement, rows: pl.LazyFrame) -> WorkedOut:
    repeated = rows.select(REPEATS).collect().to_series()
    if judgement.code != REPEATED and repeated.any():
        rows = rows.filter(~pl.col(REPEATS))
    height = rows.select(pl.len()).collect().item()
    return WorkedOut({judgement.code: work_out(judgement, rows, height)}, repeated)
