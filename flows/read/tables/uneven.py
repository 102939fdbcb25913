"""Tells of records of a text file with too many or too few cells: an unquoted separator, a broken line.

A record with too many cells is held: its cells may stand in the columns of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.problems import make_problem
from flows.read.sheet import FrameSheet, Mask, Sheet, index_of
from flows.read.table import Problem
from flows.read.tables.body import Body
from flows.read.tables.damaged import hold
from flows.read.tables.layout import Block
from schemas.contract import Severity

Rows = npt.NDArray[np.int64]

# Further lines are summarised in one problem, so that a bad file does not give thousands.
_MAX_PROBLEMS = 100
# Fewer records do not show how many cells are usual.
_ENOUGH = 3


def hold_uneven(sheet: Sheet, body: Body, headed: int, dataset: str) -> list[Problem]:
    """Take records with too many cells, and a last one that is cut off, out of the records.

    The usual number of cells is `headed`, the number of columns with a heading; if no record has it, the most
    frequent one. If more than half of the records differ from that, one problem tells of all.

    Returns:
        One problem per record with an unusual number of cells; it blocks if the record is held.
    """
    if not isinstance(sheet, FrameSheet) or sheet.widths is None:
        return []
    rows = body.start + np.flatnonzero(body.records)
    widths = sheet.widths.gather(rows)
    if widths.is_empty():
        return []
    few = len(widths) == 1 or (len(widths) < _ENOUGH and (widths < headed).all())
    usual = headed if few or (widths == headed).any() else int(str(widths.mode().max()))
    odd = (widths != usual).to_numpy()
    if usual != headed and 2 * odd.sum() > len(widths):
        return [_describe_irregular(sheet, rows, widths, headed, dataset)]
    held = (widths > usual).to_numpy() | _is_cut_off(sheet, rows, widths < usual)
    mask = np.zeros(len(body.codes), np.bool_)
    mask[rows[held] - body.start] = True
    hold(body, mask)
    return list(_describe_all(sheet, rows[odd], widths.filter(odd), held[odd], usual, dataset))


def find_shifted_heading(
    sheet: Sheet, block: Block, body: Body, problems: Sequence[Problem], dataset: str
) -> Iterator[Problem]:
    """A problem that blocks if the heading has another number of cells than the records, and does not fit.

    Args:
        sheet: The sheet.
        block: Its heading.
        body: The rows below.
        problems: The problems of its columns; some must be unknown, or have no heading.
        dataset: Name of the dataset.
    """
    if not isinstance(sheet, FrameSheet) or sheet.widths is None or not body.records.any():
        return
    own = int(str(sheet.widths.slice(block.top, block.bottom + 1 - block.top).max()))
    usual = int(str(sheet.widths.gather(body.start + np.flatnonzero(body.records)).mode().max()))
    odd = [index_of(one.column) for one in problems if one.code == "tep.cot_la" and one.column]
    headed = max(index_of(path.letter) for path in block.paths)
    # Columns at the end of the heading may be blank in all records, and their separators left out.
    shifted = any(index < usual for index in odd) if own > usual else headed + 1 in odd
    if own != usual and shifted:
        line = sheet.number(block.bottom)
        message = (
            f"Tiêu đề ở dòng {line} có {own} ô, các dòng dưới có {usual} ô: không rõ cột nào ứng với tiêu đề "
            "nào. Sửa cho bằng nhau: mỗi cột một tiêu đề, ô có dấu ngăn cột thì đặt trong dấu ngoặc kép."
        )
        yield _make(message, True, dataset, sheet.name, line)


def _is_cut_off(sheet: FrameSheet, rows: Rows, shorter: pl.Series) -> Mask:
    """A mask of the rows that are shorter than others because the file ends within them."""
    return np.asarray(shorter.to_numpy() & (rows == sheet.height - 1) & sheet.open_end)


def _describe_irregular(
    sheet: FrameSheet, rows: Rows, widths: pl.Series, headed: int, dataset: str
) -> Problem:
    line = sheet.number(int(rows[0]))
    least, most = int(str(widths.min())), int(str(widths.max()))
    message = (
        f"Từ dòng {line}, các dòng có {least} đến {most} ô, tiêu đề có {headed} ô: ô có thể lệch sang cột "
        "khác. Lưu lại tệp bằng Excel."
    )
    return _make(message, False, dataset, sheet.name, line)


def _describe_all(
    sheet: FrameSheet, rows: Rows, widths: pl.Series, held: Mask, usual: int, dataset: str
) -> Iterator[Problem]:
    found = zip(rows.tolist(), widths, held.tolist(), strict=True)
    for _, (row, width, is_held) in zip(range(_MAX_PROBLEMS), found, strict=False):
        line = sheet.number(row)
        message = f"Dòng {line} có {width} ô, các dòng khác có {usual} ô. {_hint(width > usual, is_held)}"
        yield _make(message, is_held, dataset, sheet.name, line)
    if len(rows) > _MAX_PROBLEMS:
        line = sheet.number(int(rows[_MAX_PROBLEMS]))
        message = f"Từ dòng {line} còn {len(rows) - _MAX_PROBLEMS} dòng nữa có số ô khác các dòng khác."
        yield _make(message, bool(held[_MAX_PROBLEMS:].any()), dataset, sheet.name, line)


def _make(message: str, held: bool, dataset: str, sheet: str, line: int) -> Problem:
    severity: Severity = "chan" if held else "canh_bao"
    return make_problem("tep.dong_lech", message, severity=severity, dataset=dataset, sheet=sheet, row=line)


def _hint(longer: bool, held: bool) -> str:
    if longer:
        return (
            "Thường do một ô có dấu ngăn cột bên trong: đặt cả ô đó trong dấu ngoặc kép. "
            "Bản ghi này chưa được nhận."
        )
    if held:
        return "Tệp có thể bị cắt ngang ở đây: xuất lại tệp. Bản ghi này chưa được nhận."
    return "Dòng có thể bị cắt ngang: kiểm tra lại các ô cuối dòng."
