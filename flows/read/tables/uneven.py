"""Finds rows of a text file with more or fewer cells than others: a separator within a cell, a torn line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.read.problems import make_problem
from flows.read.sheet import FrameSheet, Sheet
from flows.read.table import Problem
from flows.read.tables.body import Body

# More lines than these are no slips of single lines; the rest is told in one sentence.
_MOST = 100


def find_uneven_rows(sheet: Sheet, body: Body, headed: int) -> Iterator[Problem]:
    """A warning, by its line, for each record typed with another number of cells than there are headings.

    Where no record has as many as there are `headed` columns, most of them say how many it should be.
    """
    if not isinstance(sheet, FrameSheet) or sheet.widths is None:
        return
    widths = sheet.widths.slice(body.start, len(body.codes)).filter(pl.Series(body.records))
    if widths.is_empty():
        return
    usual = headed if (widths == headed).any() else int(str(widths.mode().max()))
    odd = (widths != usual).arg_true()
    if usual != headed and 2 * len(odd) > len(widths):
        return
    rows = body.start + np.flatnonzero(body.records)[odd.to_numpy()]
    for row, width in zip(rows[:_MOST].tolist(), widths[odd], strict=False):
        yield _odd(sheet, sheet.number(row), width, usual)
    if len(rows) > _MOST:
        line = sheet.number(int(rows[_MOST]))
        message = f"Từ dòng {line} còn {len(rows) - _MOST} dòng nữa có số ô khác các dòng khác."
        yield make_problem("tep.dong_lech", message, sheet=sheet.name, row=line)


def _odd(sheet: Sheet, line: int, width: int, usual: int) -> Problem:
    hint = (
        "Thường do một ô có dấu ngăn cột bên trong: đặt cả ô đó trong dấu ngoặc kép."
        if width > usual
        else "Dòng có thể bị cắt ngang: kiểm tra lại các ô cuối dòng."
    )
    message = f"Dòng {line} có {width} ô, các dòng khác có {usual} ô. {hint}"
    return make_problem("tep.dong_lech", message, sheet=sheet.name, row=line)
