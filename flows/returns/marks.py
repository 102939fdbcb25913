"""Prepares the marks of one submission: its faults and repairs, with values as typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flows.clean.changes import CHANGES as REPAIRS
from schemas.contract import SEVERITIES, Dataset, Severity

#: What a fault of each severity asks the clerk to do, in Vietnamese.
ASKS: Mapping[Severity, str] = {"chan": "Phải sửa", "canh_bao": "Xem lại"}
_TWINS = 8


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one submission. Values in them are not masked.

    `faults`, sorted by cause, has `cause` (UInt32, 0 for the first to fix), `count` (faults of the cause),
    `sheet`, `row`, `cell`, `heading`, `severity`, `value`, `message`, `twins` (a sentence that lists the
    duplicate rows, or null) and `proposal`. `changes` has `sheet`, `row`, `cell`, `heading`, `change` (in
    Vietnamese), `before` and `after`. `about` are lines that describe the submission. `unit` is the name of
    the unit whose it is; None where that is in doubt.
    """

    faults: pl.DataFrame
    changes: pl.DataFrame
    about: tuple[str, ...] = ()
    unit: str | None = None


def make_marks(
    faults: pl.DataFrame,
    changes: pl.DataFrame,
    datasets: Mapping[str, Dataset],
    about: tuple[str, ...] = (),
    unit: str | None = None,
) -> Marks:
    """Make marks from one submission's rows of the tables `faults` and `changes`, not masked."""
    return arrange(add_headings(faults, datasets), add_headings(changes, datasets), about, unit)


def arrange(
    faults: pl.DataFrame, changes: pl.DataFrame, about: tuple[str, ...], unit: str | None = None
) -> Marks:
    """Make marks from rows that already have their `heading`; `unit` handed the file in."""
    in_doubt = faults["code"].is_in(["tep.khac_don_vi", "tep.sai_don_vi"]).any()
    return Marks(_by_cause(faults), _by_kind(changes), about, None if in_doubt else unit)


def add_headings(frame: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Add `heading`: the heading on the form of each row's column."""
    names = {
        f"{dataset.name}.{column.name}": column.label.replace(" > ", ", ")
        for dataset in datasets.values()
        for column in dataset.columns
    }
    where = pl.concat_str("dataset", "column", separator=".")
    return frame.with_columns(heading=where.replace_strict(names, default=None, return_dtype=pl.String))


def _by_cause(faults: pl.DataFrame) -> pl.DataFrame:
    """Sort by cause: blocking ones first, then those with the most faults, then by place."""
    cause = ("dataset", "period", "sheet", "column", "code", "message")
    blocks = pl.col("severity") == pl.lit(next(iter(SEVERITIES)))
    return (
        faults.sort("sheet", "row", "cell", "code", nulls_last=True, maintain_order=True)
        .with_row_index("at")
        .with_columns(count=pl.len().over(cause), first=pl.col("at").first().over(cause))
        .with_columns(together=_twin(pl.col("at").first(), pl.col("at")), twins=_twin(_rows(), None))
        .sort(~blocks, -pl.col("count").cast(pl.Int64), "first", "together", maintain_order=True)
        .with_columns(cause=pl.col("first").rle_id())
        .select(*_FAULTS)
    )


_FAULTS = (
    "cause",
    "count",
    "sheet",
    "row",
    "cell",
    "heading",
    "severity",
    "value",
    "message",
    "twins",
    "proposal",
)


def _twin(of_all: pl.Expr, alone: pl.Expr | None) -> pl.Expr:
    """`of_all` over the faults of duplicate records, which share an issue; `alone` for every other fault."""
    same = (pl.col("code") == "khoa.trung") & (pl.len().over("sheet", "issue") > 1)
    return pl.when(same).then(of_all.over("sheet", "issue")).otherwise(alone)


def _rows() -> pl.Expr:
    rows = pl.col("row").unique().sort().cast(pl.String)
    more = pl.when(rows.len() > _TWINS).then(pl.lit("…")).otherwise(pl.lit(""))
    return pl.format("Các dòng trùng nhau: {}{}.", rows.head(_TWINS).str.join(", "), more)


def _by_kind(changes: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("change").replace_strict(REPAIRS, default=pl.col("change"), return_dtype=pl.String)
    return (
        changes.sort("sheet", "change", "column", "row", nulls_last=True, maintain_order=True)
        .with_columns(change=known)
        .select("sheet", "row", "cell", "heading", "change", "before", "after")
    )
