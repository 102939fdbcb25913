"""Checks what is about to be published against its Pandera schema; a failure is a fault of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context

from flows.errors import NotAsDeclaredError
from flows.settle.model import ROWS_AT_ONCE


def prove(frame: pl.DataFrame, schema: pa.DataFrameSchema) -> pl.DataFrame:
    """Return `frame` if it is as `schema` declares.

    Raises:
        NotAsDeclaredError: it is not. The message names tables, columns and checks, and quotes no value.
    """
    try:
        # Whatever the environment tells Pandera to leave out.
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        found = [_explain(schema, each) for each in errors.schema_errors]
    else:
        return frame
    raise NotAsDeclaredError(found)


def _explain(schema: pa.DataFrameSchema, error: pa.errors.SchemaError) -> str:
    check = error.check if isinstance(error.check, str) else error.check.name
    cases = error.failure_cases
    if isinstance(error.schema, pa.Column):
        column = error.schema.name
    else:
        # What is wrong with a whole table is a column of it, or its key.
        column = ", ".join(schema.unique or ()) if isinstance(cases, pl.DataFrame) else cases
    rows = f" ở {cases.height} dòng" if isinstance(cases, pl.DataFrame) else ""
    return f"Bảng {schema.name}, cột {column}: không qua được kiểm tra {check}{rows}."


class RecordProof:
    """Checks records as they are written, small pieces of one dataset together: each check takes a while."""

    def __init__(self, schema_of: Callable[[str], pa.DataFrameSchema]) -> None:
        self._schema_of = schema_of
        self._waiting: dict[str, list[pl.DataFrame]] = {}

    def __enter__(self) -> RecordProof:
        return self

    def __exit__(
        self, failed: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Check what is still waiting.

        Raises:
            NotAsDeclaredError: some records are not as declared.
        """
        if failed is None:
            for dataset in self._waiting:
                self._check(dataset)

    def watch(self, dataset: str, pieces: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Pass on `pieces` of records of a dataset.

        Raises:
            NotAsDeclaredError: some records are not as declared.
        """
        for piece in pieces:
            waiting = self._waiting.setdefault(dataset, [])
            waiting.append(piece)
            if sum(each.height for each in waiting) >= ROWS_AT_ONCE:
                self._check(dataset)
            yield piece

    def _check(self, dataset: str) -> None:
        waiting, self._waiting[dataset] = self._waiting[dataset], []
        if waiting:
            prove(pl.concat(waiting), self._schema_of(dataset))
