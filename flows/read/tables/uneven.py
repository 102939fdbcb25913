"""Tells of records of a text file with too many or too few cells: an unquoted separator, a broken line.

A record with too many cells is held: its cells may stand in the columns of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.problems import make_problem
from flows.read.sheet import FrameSheet, Mask, Row, Sheet, index_of
from flows.read.table import Problem
from flows.read.tables.body import CODE, Body, Columns
from flows.read.tables.damaged import hold
from flows.read.tables.layout import Block
from flows.read.tables.plausible import measure_likeness
from flows.read.tables.row_words import is_tail, says_nil
from schemas.contract import Severity

Rows = npt.NDArray[np.int64]

# Further lines are summarised in one problem, so that a bad file does not give thousands.
_MAX_PROBLEMS = 100
# Fewer records do not show how many cells are usual.
_ENOUGH = 3


def hold_uneven(sheet: Sheet, body: Body, headed: int, columns: Columns, dataset: str) -> list[Problem]:
    """Take records with too many cells, and a last one that is cut off, out of the records.

    The usual number of cells is `headed`, the number of columns with a heading; if no record has it, the most
    frequent one. If more than half of the records differ from that, one problem tells of all. Blank cells too
    many or too few at the end of a line say nothing, as long as no value can be in the column of another.

    Returns:
        One problem per record with an unusual number of cells; it blocks if the record is held.
    """
    if not isinstance(sheet, FrameSheet) or sheet.widths is None:
        return []
    rows = body.start + np.flatnonzero(body.records)
    widths = _without_blank(sheet, body, rows, sheet.widths.gather(rows), headed, columns)
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


def _without_blank(
    sheet: FrameSheet, body: Body, rows: Rows, widths: pl.Series, headed: int, columns: Columns
) -> pl.Series:
    """The number of cells of each row, `headed` for rows that only have other blank cells at the end."""
    found, at = widths.to_numpy().copy(), rows - body.start
    if (found == headed).all():
        return widths
    stop = body.start + len(body.codes)
    required = [index for index, column in columns.contract.items() if column.required]
    filled = [index for index in required if not _is_tick(columns, index)]
    # A separator too many within a value moves the last cells out of the heading; all must be blank columns.
    spare = headed - 1 - max(filled, default=headed)
    long = (found > headed) & (sheet.filled(range(headed, sheet.width), body.start, stop)[at] == 0)
    whole = long & (found - headed > spare)
    for place in np.flatnonzero(long & ~whole & (found == headed + 1))[:_MAX_PROBLEMS].tolist():
        cells = sheet.row(int(rows[place]))
        whole[place] = _fits_only_as_it_is(cells, headed, columns, str(sheet.separator))
    # A blank tick means no, so a line without it may have been cut.
    short = (found < headed) & (found > max(required, default=headed))
    whole |= short & (sheet.filled(filled, body.start, stop)[at] == len(filled))
    for place in np.flatnonzero(short & whole & _is_odd_below(body, at)).tolist():
        whole[place] = not _continues(sheet.row(int(rows[place]) + 1))
    found[whole] = headed
    return pl.Series(found)


def _is_odd_below(body: Body, at: Rows) -> Mask:
    """Whether the row below each of the rows `at` is no record."""
    after = np.append(body.codes, CODE["ban_ghi"])[at + 1]
    return np.asarray(np.isin(after, [CODE["cuoi"], CODE["nhom"], CODE["trong"]]))


def _continues(cells: Row) -> bool:
    """Whether a row that is no record may be the rest of the line above: no words that close a table."""
    texts = [cell for cell in cells if cell]
    return bool(texts) and not any(is_tail(cell) or says_nil(cell) for cell in texts)


def _is_tick(columns: Columns, at: int) -> bool:
    return columns.contract[at].kind.name == "co_khong"


def _fits_only_as_it_is(cells: Row, headed: int, columns: Columns, separator: str) -> bool:
    """Whether a row with a blank cell too many suits its columns, and no two cells can be one value."""
    joined = (
        [*cells[:at], f"{cells[at]}{separator}{cells[at + 1]}", *cells[at + 2 :]]
        for at in range(headed)
        if cells[at] and cells[at + 1]
    )
    return _fits(cells, columns) and not any(_fits(each, columns) for each in joined)


def _fits(cells: Row, columns: Columns) -> bool:
    """Whether every value suits its column, and all required ones but ticks are there."""
    return all(
        measure_likeness(column)(cell.strip()) > 0 if (cell := cells[at]) else not column.required
        for at, column in columns.contract.items()
        if cells[at] or not _is_tick(columns, at)
    )


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
