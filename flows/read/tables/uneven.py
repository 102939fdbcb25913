"""Warns about rows of a text file with too many or too few cells: an unquoted separator, a broken line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.read.problems import make_problem
from flows.read.sheet import FrameSheet, Sheet
from flows.read.table import Problem
from flows.read.tables.body import Body

# Further lines are summarised in one problem, so that a bad file does not give thousands.
_MAX_PROBLEMS = 100


def find_uneven_rows(sheet: Sheet, body: Body, headed: int) -> Iterator[Problem]:
    """One warning per record with an unusual number of cells.

    The usual number is `headed`, the number of columns with a heading; if no record has it, the most frequent
    one, unless more than half of the records differ from it.
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
    for row, width in zip(rows[:_MAX_PROBLEMS].tolist(), widths[odd], strict=False):
        yield _describe(sheet, sheet.number(row), width, usual)
    if len(rows) > _MAX_PROBLEMS:
        line = sheet.number(int(rows[_MAX_PROBLEMS]))
        message = f"Từ dòng {line} còn {len(rows) - _MAX_PROBLEMS} dòng nữa có số ô khác các dòng khác."
        yield make_problem("tep.dong_lech", message, sheet=sheet.name, row=line)


def _describe(sheet: Sheet, line: int, width: int, usual: int) -> Problem:
    hint = (
        "Thường do một ô có dấu ngăn cột bên trong: đặt cả ô đó trong dấu ngoặc kép."
        if width > usual
        else "Dòng có thể bị cắt ngang: kiểm tra lại các ô cuối dòng."
    )
    message = f"Dòng {line} có {width} ô, các dòng khác có {usual} ô. {hint}"
    return make_problem("tep.dong_lech", message, sheet=sheet.name, row=line)
