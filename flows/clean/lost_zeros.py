"""Gives personal numbers the leading zeros back that Excel took, where the row shows what they were."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.clean.reading import Reading
from flows.read.table import CellType
from schemas.contract import UNREAD, Dataset
from schemas.reference import birth_provinces
from schemas.rules import birth_year_in, sex_in

# A province of birth, then a century that people live in (Thông tư 07/2016/TT-BCA, annex I).
_POSSIBLE = f"^(?:{'|'.join(birth_provinces())})[0-3][0-9]{{8}}$"
_SEXES = {"Nam", "Nữ"}


def is_possible(number: pl.Expr) -> pl.Expr:
    """Whether a number has the structure of one that was given in Vietnam."""
    return number.str.contains(_POSSIBLE)


def restore_zeros(reading: Reading, dataset: Dataset, others: Mapping[str, Reading]) -> Reading:
    """`reading` of a column of personal numbers, with the zeros that the row's other columns prove.

    Year of birth and sex in the number must be the row's where the row has them. One zero comes
    back where it has neither; two, which would make personal numbers of phones and tax codes, only
    where the year agrees (structure: Nghị định 137/2015/NĐ-CP art. 13).
    """
    if reading.answers is None:
        return reading
    answers = reading.answers.with_columns(number=pl.col("text").str.zfill(12))
    lost = answers.filter(pl.col("unread") == "mat_so_0", pl.col("stored") == CellType.NUMBER)
    proven = _with_row(lost, dataset, others).filter(_proven())
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


def _proven() -> pl.Expr:
    year = _agrees(birth_year_in("number") == pl.col("born").dt.year(), "born")
    sex = _agrees(sex_in("number") == pl.col("sex"), "sex")
    one_zero = pl.col("text").str.len_bytes() == 11
    return is_possible(pl.col("number")) & year.fill_null(one_zero) & sex.fill_null(value=True)


def _agrees(same: pl.Expr, said: str) -> pl.Expr:
    """Null where the row has nothing to compare with; what it has but can't be read proves nothing."""
    return pl.when(pl.col(f"{said}.unread") == "thieu").then(None).otherwise(same.fill_null(value=False))


def _with_row(lost: pl.DataFrame, dataset: Dataset, others: Mapping[str, Reading]) -> pl.DataFrame:
    """`lost` with the row's date of birth and sex as read, `born` and `sex`, and their `.unread`."""
    birth = next((column.name for column in dataset.columns if column.kind.name == "ngay_sinh"), None)
    sex = next((column.name for column in dataset.columns if set(column.of) == _SEXES), None)
    for said, name, dtype in (("born", birth, pl.Date), ("sex", sex, pl.String)):
        other = others.get(name) if name is not None else None
        lost = lost.with_columns(
            (pl.lit(None, dtype) if other is None else other.value[lost["at"]]).alias(said),
            (pl.lit("thieu", UNREAD) if other is None else other.unread[lost["at"]]).alias(f"{said}.unread"),
        )
    return lost
