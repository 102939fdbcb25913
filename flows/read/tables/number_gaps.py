"""Warns of numbers that are missing in the column that numbers the records: rows may be missing, too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.problems import make_problem
from flows.read.sheet import Sheet
from flows.read.table import Problem
from flows.read.tables.body import Body, Columns

_SHOWN = 8
# So few rows with later numbers are an excerpt.
_SEVERAL = 3
_NUMBER = r"^\s*\(?0*(\d{1,7})(?:\.0+)?[.)]*\s*$"


#: The number of each row of a body; NaN where it has none.
RowNumbers = npt.NDArray[np.float64]


def read_row_numbers(sheet: Sheet, body: Body, columns: Columns) -> RowNumbers | None:
    """The numbers in the column that numbers the records; None without such a column."""
    if columns.number is None:
        return None
    text, _ = sheet.take(columns.number, body.start, np.ones(len(body.codes), np.bool_))
    numbers: RowNumbers = text.str.extract(_NUMBER).cast(pl.Float64).to_numpy()
    return numbers


def find_span(numbers: RowNumbers | None, body: Body) -> tuple[tuple[int, int], ...]:
    """The first and the last number of records that are numbered one by one, if no row is held."""
    if numbers is None or np.count_nonzero(body.records) < _SEVERAL or body.having("ngoai_bang").any():
        return ()
    of_records = numbers[body.records]
    if np.isnan(of_records).any() or not (np.diff(of_records) == 1).all():
        return ()
    return ((int(of_records[0]), int(of_records[-1])),)


def find_number_gaps(
    numbers: RowNumbers | None, sheet: Sheet, body: Body, dataset: str, held: int
) -> list[Problem]:
    """One warning `tep.stt_thieu` if every record has a number, these rise one by one, and some are missing.

    The numbers may begin anew, as in a section, or go on with the number of all records. A number that stands
    on another row, such as a blank one, is not missing. `held` rows above the heading, and those of the body
    that are held, were told already: they may have the numbers.
    """
    if numbers is None or np.count_nonzero(body.records) < 2:
        return []
    of_records = numbers[body.records]
    steps = np.diff(of_records)
    begins = of_records[1:] == 1
    # A comparison with NaN is false.
    if not ((steps > 0) | begins).all() or np.isnan(of_records[0]) or not (steps > 1).any():
        return []
    gaps = [at for at in np.flatnonzero(steps > 1).tolist() if of_records[at + 1] not in (1, at + 2)]
    if not gaps:
        return []
    rows = np.flatnonzero(body.records)
    spans = _list_spans(numbers, of_records, rows, gaps)
    count = sum(after - first - sum(first <= each < after for each in there) for first, after, there in spans)
    if count <= held + np.count_nonzero(body.having("ngoai_bang")):
        return []
    absent = (each for first, after, there in spans for each in range(first, after) if each not in there)
    row = body.start + int(rows[gaps[0] + 1])
    return [_describe(sheet, dataset, row, [*islice(absent, _SHOWN)], count)]


def _list_spans(
    numbers: RowNumbers, of_records: RowNumbers, rows: npt.NDArray[np.int64], gaps: Sequence[int]
) -> list[tuple[int, int, set[int]]]:
    """Where numbers may be missing: from, to (exclusive), and those that stand on other rows there."""
    if len(np.unique(of_records)) == len(of_records):
        # In another order each number may stand anywhere.
        return [(int(of_records.min()), int(of_records.max()), _list_all(numbers))]
    return [
        (
            int(of_records[at]) + 1,
            int(of_records[at + 1]),
            _list_all(numbers[int(rows[at]) + 1 : int(rows[at + 1])]),
        )
        for at in gaps
    ]


def _list_all(numbers: RowNumbers) -> set[int]:
    return {*numbers[~np.isnan(numbers)].astype(np.int64).tolist()}


def _describe(sheet: Sheet, dataset: str, row: int, missing: Sequence[int], count: int) -> Problem:
    more = "…" if count > _SHOWN else ""
    which = f"{', '.join(map(str, missing))}{more}"
    return make_problem(
        "tep.stt_thieu",
        f"Số thứ tự thiếu {count} số: {which}. Có thể thiếu dòng, hoặc chỉ chép các dòng đang lọc. Nếu thiếu"
        " thì thêm đủ các dòng, nếu không thì đánh lại số thứ tự, rồi nộp lại.",
        dataset=dataset,
        sheet=sheet.name,
        row=sheet.number(row),
    )
