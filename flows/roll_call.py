"""Builds the roll call: which unit had to submit which dataset for which period, and when it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from schemas.contract import Dataset, Dimension
from schemas.periods import due, ended, in_words
from schemas.tables import ROLL_CALL
from schemas.units import Commune

COLUMNS = ROLL_CALL.schema
FAULTS = {
    "unit": pl.String,
    "dataset": pl.String,
    "period": pl.String,
    "code": pl.String,
    "dimension": pl.String,
    "severity": pl.String,
    "message": pl.String,
}
#: What identifies a part that is owed.
OWED_PART = ["unit", "dataset", "period"]


def call_roll(
    commune: Commune, datasets: Mapping[str, Dataset], handed_in: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """The roll call: one row per unit, dataset and period due by `as_of` (`COLUMNS`), submitted or not.

    A period is due if it ended in [commune.since, as_of]. `days_late` counts calendar days after `due`: up to
    the first submission, or up to `as_of` if there is none. A late "Không phát sinh" counts as late.

    Args:
        commune: The units and the first day of the obligation.
        datasets: The contracts, by name.
        handed_in: One row per submission accepted in whole or part: unit, dataset, period, received (Date),
            nil (Boolean). The first one decides if it was in time, the last one if it was nil.
        as_of: The day for which the roll call is made.
    """
    submitted = (
        handed_in.filter(pl.col("received") <= as_of)
        .sort(*OWED_PART, "received", maintain_order=True)
        .group_by(OWED_PART, maintain_order=True)
        .agg(pl.col("received").first(), pl.col("nil").last().fill_null(value=False))
    )
    nil_allowed = [dataset.name for dataset in datasets.values() if dataset.nil_allowed]
    late = pl.coalesce("received", pl.lit(as_of)) > pl.col("due")
    days = (pl.coalesce("received", pl.lit(as_of)) - pl.col("due")).dt.total_days()
    return (
        _list_due(commune, datasets, as_of)
        .join(submitted, on=OWED_PART, how="left", maintain_order="left")
        .with_columns(
            days_late=pl.max_horizontal(pl.lit(0), days).cast(pl.Int32),
            state=pl.when(pl.col("received").is_null())
            .then(pl.when(late).then(pl.lit("chua_co")).otherwise(pl.lit("chua_den_han")))
            .when(late)
            .then(pl.lit("tre_han"))
            .when(pl.col("nil") & pl.col("dataset").is_in(nil_allowed))
            .then(pl.lit("khong_phat_sinh"))
            .otherwise(pl.lit("dung_han")),
        )
        .select(*COLUMNS)
        .sort(OWED_PART)
    )


def _list_due(commune: Commune, datasets: Mapping[str, Dataset], as_of: date) -> pl.DataFrame:
    rows = [
        (unit.name, dataset.name, period.label, due(period, dataset.due, commune.moved))
        for dataset in datasets.values()
        for period in ended(dataset.cadence, dataset.basis, commune.since, as_of)
        for unit in commune.owing(dataset)
    ]
    return pl.DataFrame(rows, schema={name: COLUMNS[name] for name in (*OWED_PART, "due")}, orient="row")


def find_roll_call_faults(
    called: pl.DataFrame, commune: Commune, datasets: Mapping[str, Dataset]
) -> pl.DataFrame:
    """One fault (`FAULTS`) per missing (`giao_nop.chua_co`) or late (`giao_nop.tre_han`) submission."""
    who = pl.col("unit").replace_strict({unit.name: unit.title for unit in commune.units})
    missing = pl.format(
        "{} chưa nộp {}; hạn nộp {}, đã quá {} ngày.",
        who,
        name_part(datasets),
        _format_day("due"),
        "days_late",
    )
    late = pl.format(
        "{} nộp {} ngày {}, trễ {} ngày so với hạn {}.",
        who,
        name_part(datasets),
        _format_day("received"),
        "days_late",
        _format_day("due"),
    )
    return pl.concat(
        [
            make_faults(called.filter(pl.col("state") == "chua_co"), "giao_nop.chua_co", "du", missing),
            make_faults(called.filter(pl.col("state") == "tre_han"), "giao_nop.tre_han", "song", late),
        ]
    ).sort(*OWED_PART, "code")


def make_faults(rows: pl.DataFrame, code: str, dimension: Dimension, message: pl.Expr) -> pl.DataFrame:
    """One warning (`FAULTS`) for each of `rows`, which have the columns `OWED_PART`."""
    return rows.with_columns(
        code=pl.lit(code), dimension=pl.lit(dimension), severity=pl.lit("canh_bao"), message=message
    ).select(pl.col(name).cast(dtype) for name, dtype in FAULTS.items())


def name_part(datasets: Mapping[str, Dataset]) -> pl.Expr:
    """The title of the dataset and the period in words, from the columns `dataset` and `period`."""
    titles = pl.col("dataset").replace_strict(
        {dataset.name: dataset.title for dataset in datasets.values()}, return_dtype=pl.String
    )
    return pl.format("“{}” {}", titles, describe_each("period", in_words))


def describe_each(column: str, describe: Callable[[str], str]) -> pl.Expr:
    """`describe` of every label in `column`, called once per distinct label."""

    def by_label(labels: pl.Series) -> pl.Series:
        words = {label: describe(label) for label in labels.unique()}
        return labels.replace_strict(words, return_dtype=pl.String) if words else labels

    return pl.col(column).map_batches(by_label, return_dtype=pl.String)


def _format_day(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%d/%m/%Y")
