"""What to mark in one submission: its faults and repairs as typed, with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flows.clean.changes import CHANGES as REPAIRS
from schemas.contract import SEVERITIES, Dataset, Severity

#: What a fault asks of the clerk.
ASKS: Mapping[Severity, str] = {"chan": "Phải sửa", "canh_bao": "Xem lại"}
_TWINS = 8


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one submission.

    `faults` has `cause` (UInt32, 0 for the first to be fixed), `count` (of its cause), `sheet`, `row`,
    `cell`, `heading`, `severity`, `value`, `message`, `twins` (which rows are alike, in words, or null),
    `proposal`, by cause; `changes` has `sheet`, `cell`, `heading`, `change`, `before`, `after`, with the
    change in words. Nothing in them is masked.
    `about` says in one line each what the submission is.
    """

    faults: pl.DataFrame
    changes: pl.DataFrame
    about: tuple[str, ...] = ()


def make_marks(
    faults: pl.DataFrame, changes: pl.DataFrame, datasets: Mapping[str, Dataset], about: tuple[str, ...] = ()
) -> Marks:
    """Marks from the unmasked rows of the tables `faults` and `changes` that belong to one submission."""
    return arrange(add_headings(faults, datasets), add_headings(changes, datasets), about)


def arrange(faults: pl.DataFrame, changes: pl.DataFrame, about: tuple[str, ...]) -> Marks:
    """Marks from rows that have their `heading`."""
    return Marks(_by_cause(faults), _by_kind(changes), about)


def add_headings(frame: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """`frame` with the `heading` of each row's column, as on the form."""
    names = {
        f"{dataset.name}.{column.name}": column.label.replace(" > ", ", ")
        for dataset in datasets.values()
        for column in dataset.columns
    }
    where = pl.concat_str("dataset", "column", separator=".")
    return frame.with_columns(heading=where.replace_strict(names, default=None, return_dtype=pl.String))


def _by_cause(faults: pl.DataFrame) -> pl.DataFrame:
    """The heaviest causes first: what blocks, then what there is most of, then by place."""
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
    """`of_all` faults of records with one key, which are one issue; of a fault by itself `alone`."""
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
