"""Collects the result of every rule and counts the cells judged and failed."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from flows.errors import RuleDidNotRunError
from schemas.contract import DIMENSIONS
from schemas.judgement import Judgement

COLUMNS = {"_part": pl.UInt32, "dimension": pl.String, "judged": pl.UInt64, "failed": pl.UInt64}


class Tally:
    """The results of all rules on the rows of one dataset; `parts` gives the `_part` of each row."""

    def __init__(self, parts: pl.Series) -> None:
        self._parts = parts
        self._codes: set[str] = set()
        self._cells: dict[tuple[str, str], list[pl.Series]] = {}
        self._blocking: dict[str, list[pl.Series]] = {}
        self._more: list[pl.DataFrame] = []

    def record(self, rule: Judgement, failed: pl.Series) -> None:
        """Add the result of one rule.

        Args:
            rule: The rule.
            failed: One Boolean per row: true if it failed, false if it passed, null if it was not judged.

        Raises:
            RuleDidNotRunError: `failed` is not Boolean or has not one value per row.
        """
        if failed.len() != self._parts.len() or failed.dtype != pl.Boolean:
            raise RuleDidNotRunError(f"Quy tắc {rule.code} không cho kết quả trên từng dòng.")
        self._codes.add(rule.code)
        self._cells.setdefault((rule.column, rule.dimension), []).append(failed)
        if rule.severity == "chan" and failed.any():
            self._blocking.setdefault(rule.column, []).append(failed)

    def add(self, counts: pl.DataFrame) -> None:
        """Add the counts (`COLUMNS`) of rules that judge whole submissions."""
        self._more.append(counts.select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items()))

    @property
    def results(self) -> int:
        """Number of rules that gave a result for every row."""
        return len(self._codes)

    def blocked(self, columns: Iterable[str]) -> pl.Series:
        """One Boolean per row: whether it has a blocking fault in one of `columns`."""
        rows = pl.repeat(False, self._parts.len(), eager=True, dtype=pl.Boolean)
        for column in columns:
            for failed in self._blocking.get(column, ()):
                rows = rows | failed.fill_null(value=False)
        return rows

    def table(self) -> pl.DataFrame:
        """One row per part and dimension (`COLUMNS`): cells judged and cells failed."""
        frame = pl.DataFrame([self._parts.alias("_part")])
        judged: dict[str, list[pl.Expr]] = {}
        wrong: dict[str, list[pl.Expr]] = {}
        for (column, dimension), results in self._cells.items():
            names = [f"{column}.{dimension}.{at}" for at in range(len(results))]
            frame = frame.hstack([each.alias(name) for each, name in zip(results, names, strict=True)])
            # A cell counts once, even if several rules of one dimension judge it.
            is_judged, is_wrong = pl.col(names).is_not_null(), pl.col(names).fill_null(value=False)
            judged.setdefault(dimension, []).append(pl.any_horizontal(is_judged).sum())
            wrong.setdefault(dimension, []).append(pl.any_horizontal(is_wrong).sum())
        counted = frame.group_by("_part").agg(
            pl.struct(
                pl.lit(dimension).alias("dimension"),
                pl.sum_horizontal(judged[dimension]).cast(pl.UInt64).alias("judged"),
                pl.sum_horizontal(wrong[dimension]).cast(pl.UInt64).alias("failed"),
            ).alias(dimension)
            for dimension in judged
        )
        counts = [counted.select("_part", pl.col(dimension).struct.unnest()) for dimension in judged]
        return (
            pl.concat([pl.DataFrame(schema=COLUMNS), *counts, *self._more])
            .group_by("_part", "dimension")
            .agg(pl.col("judged", "failed").sum())
            .select(*COLUMNS)
            .sort("_part", pl.col("dimension").cast(pl.Enum(list(DIMENSIONS))))
        )
