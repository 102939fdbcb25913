"""Compares the total rows of a form with the sums of the rows that they total."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from flows.read.table import Problem, ReadTable
from flows.words import number
from schemas.contract import Column, Dataset, typed_column, unread_column

# How exactly a difference is told.
DECIMALS = 4


def check_totals(
    table: ReadTable, records: pl.DataFrame, totals: pl.DataFrame, dataset: Dataset
) -> list[Problem]:
    """`tep.dong_tong_sai` for each total that is the sum neither of all records nor of those since the last.

    `records` and `totals` are the table's, cleaned. A column in which a record could not be read is not
    compared: nobody can tell its sum.
    """
    return [
        _problem(table, column, said, proper)
        for column in dataset.columns
        if column.kind.dtype.is_numeric() and _known(records, column)
        for said, proper in _wrong(totals, records, column)
    ]


def _known(records: pl.DataFrame, column: Column) -> bool:
    return (
        records[unread_column(column.name)].is_null() | (records[unread_column(column.name)] == "thieu")
    ).all()


def _wrong(
    totals: pl.DataFrame, records: pl.DataFrame, column: Column
) -> Iterator[tuple[dict[str, object], float]]:
    values = records.select("_row", value=pl.col(column.name).cast(pl.Float64))
    whole, above = float(values["value"].sum()), 0
    for said in totals.select("_row", typed_column(column.name), value=column.name).iter_rows(named=True):
        block = values.filter(pl.col("_row").is_between(above, said["_row"]))["value"].sum()
        above = said["_row"]
        if said["value"] is None:
            continue
        near = _half_a_digit(said[typed_column(column.name)] or "")
        if min(abs(said["value"] - whole), abs(said["value"] - block)) > near:
            yield said, whole


def _half_a_digit(typed: str) -> float:
    """Half of the last decimal that was typed: a total may be rounded."""
    _, comma, decimals = typed.strip().rpartition(",") if "," in typed else typed.strip().rpartition(".")
    return 0.5 * 10.0 ** -len(decimals) + 1e-9 if comma else 1e-6


def _problem(table: ReadTable, column: Column, said: dict[str, object], proper: float) -> Problem:
    off, sum_said = float(str(said["value"])) - proper, number(proper, DECIMALS)
    return Problem(
        "tep.dong_tong_sai",
        "sach",
        "canh_bao",
        f"Dòng tổng của “{column.label}” lệch {number(off, DECIMALS)} so với cộng các dòng ({sum_said}).",
        dataset=table.dataset,
        sheet=table.sheet,
        row=int(str(said["_row"])),
        column=table.letters[column.name],
        value=str(said[typed_column(column.name)]),
        proposal=sum_said,
    )
