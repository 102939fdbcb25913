"""Compares the total rows of a form with the sums of the records, and finds records that are such sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.intake.counted_twice import find_counted_twice
from flows.read.number_formats import without_format
from flows.read.table import Problem, ReadTable
from flows.read.tables.row_words import is_sure_total
from flows.words import number
from schemas.contract import Column, Dataset, typed_column, unread_column
from schemas.kinds import CO_KHONG, HO_TEN, SO_LUONG, VAN_BAN

# Decimals of the difference shown in the message.
DECIMALS = 4
# An ambiguous number may mean what was taken, or that times or by a thousand.
_MEANINGS = (1.0, 1000.0, 0.001)
_NAMES = (VAN_BAN, HO_TEN)
# How the label of a total may begin, for a quick test.
_LABELS = r"(?i)^\W*(?:t[ổôo]|c[ộọo]|t\s?\.?\s?c|to[àa]n|l[ũu]y|mang|chuy[ểe]n|trang|s[ốo] c|grand|sub)"
# Amounts in so few rows or columns may be sums by chance; with two columns, one row more is needed.
_FEWEST_ROWS, _FEWEST_COLUMNS = 2, 2
_TOLERANCE = 1e-6
_MOST_TOTALS = 100
_MEND = (
    "Nếu là dòng tổng thì ghi “Tổng cộng” ở ô đầu, bỏ số thứ tự và để trống các ô chữ; nếu là số của dòng"
    " khác (một phần, trung bình) thì xóa dòng đó; rồi nộp lại."
)
Floats = npt.NDArray[np.float64]


def check_totals(
    table: ReadTable, records: pl.DataFrame, totals: pl.DataFrame, dataset: Dataset
) -> list[Problem]:
    """One problem `tep.dong_tong_sai` for each total that is wrong.

    A total is right if it is the sum of all records of the table, or of the records since the total row
    before it. A line that carries the total of a page over to the next one is right if it repeats it. A
    column in which some record could not be read is skipped, because its sum is unknown.

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
    whole, last = float(values["value"].sum()), records["_row"].max()
    above, carried, former = 0, 0.0, None
    seen = totals.select(
        "_row", typed_column(column.name), value=column.name, unread=unread_column(column.name)
    )
    for total in seen.iter_rows(named=True):
        rows = values.filter(pl.col("_row").is_between(above, total["_row"]))["value"]
        above = total["_row"]
        # "Mang sang" repeats the total above it at the head of the next page, whose total may go on from it.
        carries = rows.is_empty() and former is not None and above < last and total["value"] == former
        block, base, former = float(rows.sum()), carried, total["value"]
        carried = former if carries else 0.0
        if former is None or carries:
            continue
        tolerance = _rounding_tolerance(without_format(total[typed_column(column.name)] or ""))
        # What a doubtful mark means, the sum shows.
        meant = _MEANINGS if total["unread"] == "mo_ho" else (1.0,)
        sums = (whole, block, base + block)
        if min(abs(total["value"] * times - each) for times in meant for each in sums) > tolerance:
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


def find_hidden_totals(table: ReadTable, records: pl.DataFrame, dataset: Dataset) -> list[Problem]:
    """One warning `tep.giong_tong` per record that looks like a total row.

    Its label says so, or all its amounts are the sums of the records above it (of all, or of those since such
    a row), or those of the first record are the sums of all others, or see `find_counted_twice`.

    Args:
        table: The table as read.
        records: Its records, cleaned (`Cleaned.frame`).
        dataset: The contract of the table.
    """
    labelled = _find_labelled(records, dataset)
    sums = _find_sums(records, dataset)
    says: dict[int, str] = {
        **dict.fromkeys(sums, "có các số bằng đúng tổng các dòng khác"),
        **dict.fromkeys(labelled, "mang tên của một dòng tổng"),
        **find_counted_twice(table, records, dataset),
    }
    more = " Có thể còn những dòng khác như vậy." if len(says) >= _MOST_TOTALS else ""
    return [
        Problem(
            "tep.giong_tong",
            "sach",
            "canh_bao",
            f"Dòng {row} {what}, nhưng đang được tính như một bản ghi. {_MEND}{more}",
            dataset=table.dataset,
            sheet=table.sheet,
            row=row,
        )
        for row, what in sorted(says.items())[:_MOST_TOTALS]
    ]


def _find_labelled(records: pl.DataFrame, dataset: Dataset) -> list[int]:
    """The rows whose name, in one of the first two columns, is that of a total row."""
    named = [c.name for c in dataset.columns[:2] if c.kind in _NAMES and c.name in records.columns]
    found = set[int]()
    for name in named:
        marked = records.select("_row", text=name).filter(pl.col("text").str.contains(_LABELS))
        found |= {row for row, text in marked.iter_rows() if is_sure_total(text)}
    return sorted(found)


def _find_sums(records: pl.DataFrame, dataset: Dataset) -> list[int]:
    """The rows whose amounts, in at least two columns, are the sums of other rows."""
    amounts = [c.name for c in dataset.columns if c.is_summed and c.kind is not CO_KHONG]
    if len(amounts) < _FEWEST_COLUMNS or records.height <= _FEWEST_ROWS:
        return []
    cells = records.select(pl.col(amounts).cast(pl.Float64).fill_null(0.0).fill_nan(0.0)).to_numpy()
    found: list[int] = []
    start = 1 if _is_sum(cells[0], cells[1:].sum(axis=0), len(cells) - 1) else 0
    found += [0] if start else []
    while len(found) < _MOST_TOTALS:
        above = np.cumsum(cells[start:], axis=0) - cells[start:]
        equal = (np.abs(above - cells[start:]) <= _TOLERANCE).all(axis=1) & (cells[start:] != 0).any(axis=1)
        place = next(
            (
                start + at
                for at in np.flatnonzero(equal).tolist()
                if _is_sum(cells[start + at], above[at], at)
            ),
            None,
        )
        if place is None:
            break
        found.append(place)
        start = place + 1
    last = len(cells) - 1
    if found and last not in found:
        leaves = np.delete(cells, [*found, last], axis=0)
        found += [last] if _is_sum(cells[last], leaves.sum(axis=0), len(leaves)) else []
    return records["_row"].gather(sorted(found)).to_list()


def _is_sum(own: Floats, summed: Floats, rows: int) -> bool:
    """Whether amounts are sums of so many rows and columns that it is hardly chance."""
    filled = int(np.count_nonzero(own))
    enough = rows >= _FEWEST_ROWS + (filled == _FEWEST_COLUMNS) and filled >= _FEWEST_COLUMNS
    return enough and bool((np.abs(own - summed) <= _TOLERANCE).all())
