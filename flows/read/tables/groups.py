"""Tells group lines, whose amounts are the sums of the rows below, from records numbered I, II."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.problems import make_problem
from flows.read.sheet import Mask, Sheet, letter_of
from flows.read.table import Problem
from flows.read.tables.body import CODE, Body, Columns
from flows.read.tables.heading import key_of
from flows.read.tables.plausible import measure_likeness
from flows.read.tables.row_words import is_bare_numeral
from schemas.contract import Dataset

Floats = npt.NDArray[np.float64]

# A sum in a group line may be rounded.
_ROUNDED, _EXACT = 0.051, 1e-6
# A group line with so many right sums is one, with a mistake.
_HALF = 0.5
# Further lines are summarised in one problem, so that a bad file does not give thousands.
_MAX_PROBLEMS = 100
_LETTER = re.compile(r"\s*\(?[A-HĐ]")
# The ways to read a number in text: comma between thousands, comma before decimals.
_MARKS = ((",", "."), (".", ","))


def take_lone_places(sheet: Sheet, body: Body, columns: Columns, dataset: Dataset) -> None:
    """Make those group lines records that hold just a thôn, where each record is about a thôn.

    The record below names its own thôn, so the line is no group; it lacks its figures, as is told of records.
    """
    at = next((at for at in columns.contract if columns.is_place(at)), None)
    if at is None or dataset.key != (columns.contract[at].name,):
        return
    records = np.flatnonzero(body.records)
    if not len(records) or not body.sections:
        return
    named = sheet.filled([at], body.start, body.start + len(body.codes)) > 0
    names = {key_of(name) for name in sheet.take(at, body.start, body.records)[0].drop_nulls()}
    lone = []
    for section in body.sections:
        row, cells = section.row - body.start, sheet.row(section.row)
        following = min(int(np.searchsorted(records, row)), len(records) - 1)
        if (
            section.is_place
            and body.codes[row] == CODE["nhom"]
            and [other for other, cell in enumerate(cells) if cell] == [at]
            and named[records[following]]
            and not _is_of_several(key_of(cells[at] or ""), names)
            and not _is_merged_over(sheet, section.row, at)
        ):
            lone.append(section)
    body.codes[[section.row - body.start for section in lone]] = CODE["ban_ghi"]
    body.sections = [section for section in body.sections if section not in lone]


def _is_of_several(label: str, names: set[str]) -> bool:
    """Whether a label may stand for several thôn: records repeat it, or it is a `Khu` and none of them is."""
    quarter = label.startswith("khu ") and not label.startswith("khu phố ")
    return label in names or (quarter and not any(name.startswith("khu ") for name in names))


def _is_merged_over(sheet: Sheet, row: int, column: int) -> bool:
    return any(
        top <= row <= bottom and left <= column <= right and right > left
        for top, left, bottom, right in sheet.merges
    )


def tell_groups(sheet: Sheet, body: Body, columns: Columns, dataset: Dataset) -> list[Problem]:
    """Make those group lines records whose amounts are their own.

    A group line with amounts is one if they are the sums of records below it, up to some other group line or
    the end. If they are not, it is a record if all required columns are there; else nobody knows.

    Returns:
        One warning per line that is neither.
    """
    amounts = [
        at for at, column in columns.contract.items() if column.is_summed and not _is_tick(columns, at)
    ]
    groups = body.having("nhom")
    if not groups.any():
        return []
    # A line with a tick is no sum.
    ticks = [at for at in columns.contract if _is_tick(columns, at)]
    ticked = sheet.matching(r"\s*[^\d\s]", ticks, body.start, groups)
    groups &= ticked | (sheet.filled(amounts, body.start, body.start + len(body.codes)) > 0)
    if not groups.any():
        return []
    values = _read_amounts(sheet, body, amounts)
    sums = _Sums(body, values)
    problems = []
    for row in np.flatnonzero(body.having("nhom") | body.having("tong"))[::-1].tolist():
        own, sort = values[:, row], _sort_of(sheet.row(body.start + row), columns)
        sums.move_to(row)
        if groups[row]:
            equal = None if ticked[row] else sums.find_equal(own, sort)
            zero = not ticked[row] and not np.nan_to_num(own).any()
            if (equal is None or zero) and _is_complete(sheet.row(body.start + row), columns):
                body.codes[row] = CODE["ban_ghi"]
                sums.add(own)
            elif not zero and (equal is None or not equal.all()):
                wrong = [at for n, at in enumerate(amounts) if equal is None or not equal[n]]
                own_ticks = ticks if ticked[row] else []
                problems.append(_describe(sheet, body.start + row, [*wrong, *own_ticks], dataset))
        sums.stop(sort)
    body.sections = [each for each in body.sections if body.codes[each.row - body.start] != CODE["ban_ghi"]]
    problems.reverse()
    if rest := problems[_MAX_PROBLEMS:]:
        says = f"Từ dòng {rest[0].row} còn {len(rest)} dòng nữa như vậy."
        problems[_MAX_PROBLEMS:] = [replace(rest[0], message=says)]
    return problems


def _is_tick(columns: Columns, at: int) -> bool:
    return columns.contract[at].kind.name == "co_khong"


def _sort_of(cells: Sequence[str | None], columns: Columns) -> str | None:
    """The sort of numeral that a line has; a line I is never part of another line with a Roman numeral."""
    number = None if columns.number is None else cells[columns.number]
    if not number or not is_bare_numeral(number):
        return None
    return "letter" if _LETTER.match(number) else "roman"


def _read_amounts(sheet: Sheet, body: Body, amounts: Sequence[int]) -> Floats:
    """The amounts by way of reading, row and column; NaN where there is no number."""
    every = np.ones(len(body.codes), np.bool_)
    if not amounts:
        return np.empty((len(_MARKS), len(every), 0))
    text = [sheet.take(at, body.start, every)[0].alias(letter_of(at)) for at in amounts]
    frame = pl.DataFrame(text).with_columns(pl.all().str.replace_all(r"\s", ""))
    read = [
        frame.select(
            pl.all()
            .str.replace_all(thousands, "", literal=True)
            .str.replace(decimal, ".", literal=True)
            .cast(pl.Float64, strict=False)
            .fill_null(float("nan"))
        ).to_numpy()
        for thousands, decimal in _MARKS
    ]
    return np.stack(read)


@dataclass(slots=True)
class _Sums:
    """The sums of the records below a row, up to each group line, gathered from the last row upwards."""

    body: Body
    values: Floats
    _below: int = field(init=False)
    _records: Mask = field(init=False)
    _rest: Floats = field(init=False)
    _count: int = field(init=False, default=0)
    _stops: list[tuple[Floats, int]] = field(init=False)
    _last: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._below, self._records = len(self.body.codes), self.body.records
        self._rest = np.zeros((self.values.shape[0], self.values.shape[2]))
        self._stops = [(self._rest, 0)]

    def move_to(self, row: int) -> None:
        """Add the records between `row` and the row before it."""
        here = np.flatnonzero(self._records[row + 1 : self._below]) + row + 1
        self._rest = self._rest + np.nan_to_num(self.values[:, here]).sum(axis=1)
        self._count += len(here)
        self._below = row

    def add(self, own: Floats) -> None:
        """Add the row itself, a record."""
        self._rest = self._rest + np.nan_to_num(own)
        self._count += 1

    def stop(self, sort: str | None) -> None:
        """Let sums of rows further up end here; those of lines with a numeral of this sort go no further."""
        self._stops.append((self._rest, self._count))
        if sort:
            self._last[sort] = len(self._stops) - 1

    def find_equal(self, own: Floats, sort: str | None) -> Mask | None:
        """Which amounts are sums of the records below; None if no or few of them are.

        One record below may be alike by chance, so then all amounts must be equal.
        """
        best: Mask | None = None
        stops = self._stops[self._last.get(sort or "", 0) :]
        rest, counts = (np.array(each) for each in zip(*stops, strict=True))
        sums = self._rest - rest
        several = self._count - counts
        close = np.abs(sums - own) <= np.maximum(_ROUNDED, _EXACT * np.abs(own))
        given = ~np.isnan(own) & ((own != 0) | (sums != 0))
        shares = (given & close).sum(axis=2) / np.maximum(given.sum(axis=2), 1)
        shares[several == 0] = 0
        for stop, way in np.argwhere(shares >= _HALF).tolist():
            found: Mask = close[stop, way] | ~given[stop, way]
            if found.all():
                return found
            if several[stop] > 1:
                best = found
        return best


def _is_complete(cells: Sequence[str | None], columns: Columns) -> bool:
    """Whether every required column but ticks has a value that suits it."""
    required = [
        at for at, column in columns.contract.items() if column.required and not _is_tick(columns, at)
    ]
    return all(
        (cell := cells[at]) is not None and measure_likeness(columns.contract[at])(cell.strip()) > 0
        for at in required
    )


def _describe(sheet: Sheet, row: int, columns: Sequence[int], dataset: Dataset) -> Problem:
    cells, line = sheet.row(row), sheet.number(row)
    wrong = [letter_of(at) for at in sorted(columns) if cells[at]]
    message = (
        f"Dòng {line} trông như dòng nhóm nhưng ô ở cột {', '.join(wrong)} không bằng cộng các dòng dưới: "
        "không được tính. Nếu là bản ghi thì ghi đủ các ô bắt buộc; nếu là dòng nhóm thì sửa hay bỏ số."
    )
    return make_problem(
        "tep.dong_tong_sai",
        message,
        dataset=dataset.name,
        sheet=sheet.name,
        row=line,
        column=wrong[0] if wrong else None,
    )
