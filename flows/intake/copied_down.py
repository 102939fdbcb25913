"""Finds values that were copied down over many records, as by dragging a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from flows.read.table import Problem, ReadTable
from schemas.contract import Column, Dataset
from schemas.kinds import DIEN_THOAI, HO_TEN, NGAY_SINH, SO_LUONG, SO_THUC, SO_TIEN
from schemas.kinds.dates import precision

# So many records in a row do not have the same by chance.
_RUN = 5
_FEWEST_AMOUNTS = 3
_LONG, _MOST = 50_000, 50
_AMOUNTS = (SO_LUONG, SO_THUC, SO_TIEN)
_OWN = (DIEN_THOAI, NGAY_SINH, HO_TEN)


def find_copied_down(table: ReadTable, records: pl.DataFrame, dataset: Dataset) -> list[Problem]:
    """One warning `tep.chep_xuong` per run of five records or more that can't all have the same values.

    These are three amounts or more, and the phone, the day of birth or the name in a list of people or
    households. One phone may be that of a whole household, and many have the first of January for their day.

    Args:
        table: The table as read, for the places of its cells.
        records: Its records, cleaned (`Cleaned.frame`).
        dataset: The contract of the table.
    """
    if not _RUN <= records.height <= _LONG:
        return []
    return [
        *_find_amounts(table, records, dataset),
        *(problem for column in _list_own(dataset) for problem in _find_own(table, records, column, dataset)),
    ][:_MOST]


def _list_own(dataset: Dataset) -> list[Column]:
    """The columns whose values are a person's or household's own, if the dataset is a list of them."""
    # The first column that is not the key names what a row is about.
    named = (
        len(dataset.columns) > 1
        and dataset.columns[1].kind is HO_TEN
        and dataset.columns[0].name in dataset.key
    )
    return [column for column in dataset.columns if column.kind in _OWN] if named else []


def _find_amounts(table: ReadTable, records: pl.DataFrame, dataset: Dataset) -> Iterator[Problem]:
    amounts = [column for column in dataset.columns if column.kind in _AMOUNTS]
    if len(amounts) < _FEWEST_AMOUNTS:
        return
    names = [column.name for column in amounts]
    filled = pl.sum_horizontal((pl.col(name) > 0).fill_null(value=False) for name in names)
    whole = pl.when(filled >= _FEWEST_AMOUNTS).then(pl.struct(names).hash())
    for first, last in _list_runs(records.select(whole.alias("key"))["key"]):
        yield _describe(table, records, first, last, "mọi con số giống hệt nhau", amounts[0])


def _find_own(table: ReadTable, records: pl.DataFrame, column: Column, dataset: Dataset) -> Iterator[Problem]:
    value = pl.col(column.name)
    if column.kind is NGAY_SINH:
        usual = (value.dt.day() == 1) & (value.dt.month() == 1)
        value = pl.when((pl.col(precision(column.name)) == "ngay") & ~usual).then(value)
    key = records.select(pl.when(value.is_not_null()).then(pl.struct(value).hash()).alias("key"))["key"]
    household = "ma_ho" if "ma_ho" in dataset else dataset.key[0]
    for first, last in _list_runs(key):
        homes = records[household].slice(first, last - first + 1).n_unique()
        if column.kind is NGAY_SINH or homes >= _RUN:
            yield _describe(table, records, first, last, f"cùng một ô “{column.label}”", column)


def _list_runs(keys: pl.Series) -> Iterator[tuple[int, int]]:
    """The first and last place of each run of equal keys that is long enough."""
    runs = pl.DataFrame({"key": keys}).select("key", run=pl.col("key").rle_id()).with_row_index("at")
    found = (
        runs.drop_nulls("key")
        .group_by("run", maintain_order=True)
        .agg(first=pl.col("at").first(), last=pl.col("at").last())
    )
    yield from found.filter(pl.col("last") - pl.col("first") >= _RUN - 1).select("first", "last").iter_rows()


def _describe(
    table: ReadTable, records: pl.DataFrame, first: int, last: int, what: str, column: Column
) -> Problem:
    rows: Sequence[int] = records["_row"][[first, last]].to_list()
    return Problem(
        "tep.chep_xuong",
        "dung",
        "canh_bao",
        f"{last - first + 1} bản ghi liền nhau (dòng {rows[0]} đến {rows[1]}) có {what}: có thể do kéo ô"
        " xuống khi nhập. Kiểm tra lại; nếu sai thì sửa rồi nộp lại, nếu đúng thì không phải làm gì.",
        dataset=table.dataset,
        sheet=table.sheet,
        row=rows[0],
        column=table.letters.get(column.name),
    )
