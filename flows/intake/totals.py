"""Compares the total rows of a form with the sums of the records above them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from flows.read.number_formats import without_format
from flows.read.table import Problem, ReadTable
from flows.words import number
from schemas.contract import Column, Dataset, typed_column, unread_column
from schemas.kinds import CO_KHONG, SO_LUONG

# Decimals of the difference shown in the message.
DECIMALS = 4
# An ambiguous number may mean what was taken, or that times or by a thousand.
_MEANINGS = (1.0, 1000.0, 0.001)


def check_totals(
    table: ReadTable, records: pl.DataFrame, totals: pl.DataFrame, dataset: Dataset
) -> list[Problem]:
    """One problem `tep.dong_tong_sai` for each total that is wrong.

    A total is right if it is the sum of all records of the table, or of the records since the total row
    before it. A column in which some record could not be read is skipped, because its sum is unknown.

    Args:
        table: The table as read, for the places of its cells.
        records: Its records, cleaned (`Cleaned.frame`).
        totals: Its total rows, cleaned as `count_ticks(dataset)` says.
        dataset: The contract of the table.
    """
    return [
        _describe(table, column, total, expected)
        for column in dataset.columns
        if column.is_summed and _is_fully_read(records, column)
        for total, expected in _find_wrong_totals(totals, records, column)
    ]


def count_ticks(dataset: Dataset) -> Dataset:
    """The contract of the total rows of `dataset`: below ticks they hold the number of ticks."""
    columns = (replace(c, kind=SO_LUONG) if c.kind is CO_KHONG else c for c in dataset.columns)
    return replace(dataset, columns=tuple(columns))


def _is_fully_read(records: pl.DataFrame, column: Column) -> bool:
    return (
        records[unread_column(column.name)].is_null()
        | records[unread_column(column.name)].is_in(["thieu", "trong_ca_cot"])
    ).all()


def _find_wrong_totals(
    totals: pl.DataFrame, records: pl.DataFrame, column: Column
) -> Iterator[tuple[dict[str, object], float]]:
    values = records.select("_row", value=pl.col(column.name).cast(pl.Float64))
    whole, above = float(values["value"].sum()), 0
    seen = totals.select(
        "_row", typed_column(column.name), value=column.name, unread=unread_column(column.name)
    )
    for total in seen.iter_rows(named=True):
        block = values.filter(pl.col("_row").is_between(above, total["_row"]))["value"].sum()
        above = total["_row"]
        if total["value"] is None:
            continue
        tolerance = _rounding_tolerance(without_format(total[typed_column(column.name)] or ""))
        # What a doubtful mark means, the sum shows.
        meant = _MEANINGS if total["unread"] == "mo_ho" else (1.0,)
        if min(abs(total["value"] * times - each) for times in meant for each in (whole, block)) > tolerance:
            yield total, whole


def _rounding_tolerance(typed: str) -> float:
    """Half a unit of the last decimal typed, the tolerance for a rounded total (plus float error)."""
    _, comma, decimals = typed.strip().rpartition(",") if "," in typed else typed.strip().rpartition(".")
    return 0.5 * 10.0 ** -len(decimals) + 1e-9 if comma else 1e-6


def _describe(table: ReadTable, column: Column, total: dict[str, object], expected: float) -> Problem:
    difference, expected_text = float(str(total["value"])) - expected, number(expected, DECIMALS)
    return Problem(
        "tep.dong_tong_sai",
        "sach",
        "canh_bao",
        f"Dòng tổng của “{column.label}” lệch {number(difference, DECIMALS)} "
        f"so với cộng các dòng ({expected_text}).",
        dataset=table.dataset,
        sheet=table.sheet,
        row=int(str(total["_row"])),
        column=table.letters[column.name],
        value=str(total[typed_column(column.name)]),
        proposal=expected_text,
    )
