"""Restores the leading zeros that Excel removed from personal numbers, if the rest of the row agrees."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.clean.reading import Reading
from flows.read.table import CellType
from schemas.contract import UNREAD, Dataset
from schemas.reference import birth_provinces
from schemas.rules import birth_year_in, sex_in

# A birth province, then a century digit of living people (Thông tư 07/2016/TT-BCA annex I).
_POSSIBLE = f"^(?:{'|'.join(birth_provinces())})[0-3][0-9]{{8}}$"
_SEXES = {"Nam", "Nữ"}


def is_possible(number: pl.Expr) -> pl.Expr:
    """Whether a number has the structure of one that was issued in Vietnam."""
    return number.str.contains(_POSSIBLE)


def restore_zeros(reading: Reading, dataset: Dataset, others: Mapping[str, Reading]) -> Reading:
    """Restore zeros in a column of personal numbers, if the other columns of the row prove them.

    The birth year and sex in the number must agree with those of the row, if the row has them. One zero is
    restored even if the row has neither. Two zeros need the birth year: without it, phone numbers and tax
    codes would become personal numbers. Structure: Nghị định 137/2015/NĐ-CP art. 13.

    Args:
        reading: The column of personal numbers.
        dataset: The contract.
        others: The readings of all columns, by name.
    """
    if reading.answers is None:
        return reading
    answers = reading.answers.with_columns(number=pl.col("text").str.zfill(12))
    lost = answers.filter(pl.col("unread") == "mat_so_0", pl.col("stored") == CellType.NUMBER)
    proven = _add_birth_and_sex(lost, dataset, others).filter(_is_proven())
    if proven.is_empty():
        return reading
    is_proven = answers["at"].is_in(proven["at"].implode())
    answers = answers.with_columns(
        value=pl.when(is_proven).then("number").otherwise("value"),
        unread=pl.when(~is_proven).then("unread"),
        change=pl.when(is_proven).then(pl.lit("so_0_dau")).otherwise("change"),
    )
    return Reading(
        reading.value.clone().scatter(proven["at"], proven["number"]),
        reading.unread.clone().scatter(proven["at"], None),
        answers,
    )


def _is_proven() -> pl.Expr:
    year = _agrees(birth_year_in("number") == pl.col("born").dt.year(), "born")
    sex = _agrees(sex_in("number") == pl.col("sex"), "sex")
    one_zero = pl.col("text").str.len_bytes() == 11
    return is_possible(pl.col("number")) & year.fill_null(one_zero) & sex.fill_null(value=True)


def _agrees(same: pl.Expr, name: str) -> pl.Expr:
    """Null if the row has no such value; false if it has one that can't be read, which proves nothing."""
    return pl.when(pl.col(f"{name}.unread") == "thieu").then(None).otherwise(same.fill_null(value=False))


def _add_birth_and_sex(lost: pl.DataFrame, dataset: Dataset, others: Mapping[str, Reading]) -> pl.DataFrame:
    """`lost` with the birth date (`born`) and the sex (`sex`) of the row, and their `.unread`."""
    birth = next((column.name for column in dataset.columns if column.kind.name == "ngay_sinh"), None)
    sex = next((column.name for column in dataset.columns if set(column.of) == _SEXES), None)
    for alias, name, dtype in (("born", birth, pl.Date), ("sex", sex, pl.String)):
        other = others.get(name) if name is not None else None
        lost = lost.with_columns(
            (pl.lit(None, dtype) if other is None else other.value[lost["at"]]).alias(alias),
            (pl.lit("thieu", UNREAD) if other is None else other.unread[lost["at"]]).alias(f"{alias}.unread"),
        )
    return lost
