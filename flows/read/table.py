"""The data classes of a read file: its tables, the role of each row, its problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal, NamedTuple

import polars as pl

from flows.read.clerk_marks import NO_FILE_MARKS, FileMarks
from schemas.contract import Dimension, Severity


class CellType(IntEnum):
    """How a cell was stored in its file; the `.stored` columns hold these numbers as UInt8."""

    TEXT = 0
    NUMBER = 1
    DATE = 2
    BOOL = 3
    ERROR = 4
    FORMULA = 5  # a formula saved without a value


#: The roles of sheet rows, with their Vietnamese names; only `ban_ghi` rows are records.
ROLES: Mapping[str, str] = {
    "tieu_de": "tiêu đề",
    "dau_cot": "đầu cột",
    "so_cot": "hàng số cột",
    "nhom": "dòng nhóm",
    "tong": "dòng tổng",
    "cuoi": "phần ký, ghi chú",
    "trong": "dòng trống",
    "cho_san": "dòng chờ sẵn công thức, chưa có số liệu",
    "tiep": "dòng tiếp của một ô nhiều dòng",
    "ngoai_bang": "dòng không thuộc bảng nào được nhận",
    "an": "bản ghi ẩn mà biểu mẫu không nhận",
    "ban_ghi": "bản ghi",
}

#: One row per sheet row; where periods stand side by side, one per record and period (`side`).
ROWS_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "sheet": pl.String,
    "row": pl.UInt32,
    "role": pl.Enum(list(ROLES)),
    "hidden": pl.Boolean,
    "side": pl.String,
}


#: The log of changed cells, one row per cell: `column` is a letter, `name` the contract column.
CHANGES_SCHEMA: Mapping[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "column": pl.String,
    "name": pl.String,
    "change": pl.String,
    "before": pl.String,
    "after": pl.String,
}
DECODED = "bang_ma"  # the cell was in a legacy encoding
DITTO = "nhu_tren"  # the cell held a ditto mark
#: How the name of a column of `ReadTable.cells` begins that the form lacks; its letter follows.
BESIDE = "_beside."
#: The column of `ReadTable.cells` with the row numbers; only where some are blank or no plain numbers.
ROW_NUMBER = "_number"
ACCEPTED = "ten_cot"  # the heading is one that was accepted for the unit


def _no_changes() -> pl.DataFrame:
    return pl.DataFrame(schema=CHANGES_SCHEMA)


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of a file, sheet or table.

    Attributes:
        code: Its code, `tep.*`.
        dimension: The dimension of data quality.
        severity: `chan` blocks, `canh_bao` warns.
        message: A Vietnamese sentence for the clerk.
        dataset: Name of the dataset, if it is known.
        sheet: Name of the sheet.
        row: The sheet row; in a text file the line.
        column: The letter of the column.
        value: The text of the cell.
        proposal: What to write instead, and nothing else: pages say "ghi" before it.
        periods: The labels of the periods that the table may be for.
        period_named: Whether the file names them; else they are those that are likely on that day.
    """

    code: str
    dimension: Dimension
    severity: Severity
    message: str
    dataset: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    proposal: str | None = None
    periods: tuple[str, ...] = ()
    period_named: bool = False


class Line(NamedTuple):
    """A line between the records of a table that may say whose the records below it are, or of which period.

    Attributes:
        row: Its sheet row.
        texts: Its cells that are no amounts.
        sure: Whether it is a section or title; else it may be a record or note that is nearly empty.
        heads: Whether it is the title of a table of its own, which was joined to the one above.
        closes: Whether it is a total, which is about the records above it.
        numeral: Its numeral, if that stands in a cell of its own.
        amounts: Its other cells.
    """

    row: int
    texts: tuple[str, ...]
    sure: bool = True
    heads: bool = False
    closes: bool = False
    numeral: str = ""
    amounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadTable:
    """One table found on a sheet.

    Attributes:
        dataset: The dataset that it was recognised as.
        sheet: Name of its sheet.
        title: The text above its heading, one entry per non-empty cell.
        cells: One row per record: `_row` (UInt32, sheet row) and, for each contract column found,
            `<name>.typed` (String, the text; null if blank) and `<name>.stored` (UInt8, `CellType`). If a
            section row above the records states the thôn, `thon.typed` has it and `thon.row` the row of the
            section. If a value is in one of two columns (men, women), `<name>.letter` has the letter of that
            column.
        letters: The letter of each contract column found.
        units: The unit of measure that the heading of a column states.
        nil: Whether the sheet declares "Không phát sinh" (nothing to report).
        totals: Its total rows: `_row` and those columns of `cells` that add up.
        changes: The cells that reading changed (`CHANGES_SCHEMA`).
        separator: In a text file, what stands between its cells; it tells how its program writes numbers.
        from_1904: Whether its workbook counts days from 1904 on.
        side: If periods stand side by side on the sheet, the one of this table in words ("tháng 1").
        made_for: The units that our own stamps in its file name: of a form, of a marked workbook.
        meant: What the clerk said in our sheet that its records are.
        saved: When its workbook says itself that it was saved last.
        lines: The lines between its records, from top to bottom.
        above: The titles of the tables above it on its sheet, and lone lines below those, from top to bottom.
        top: The sheet row on which its title begins, or its heading.
        beside: The headings, by letter, of columns that the form lacks but that name the unit or the period
            of each record; `cells` has their text as `_beside.<letter>`.
        remarks: The letters of the columns of remarks; `cells` has their text, too.
        numbers: If its records are numbered one by one, the first number and the last one; of each table that
            was joined to it, too.
        hidden: Whether its sheet is hidden.
    """

    dataset: str
    sheet: str
    title: tuple[str, ...]
    cells: pl.DataFrame
    letters: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)
    nil: bool = False
    totals: pl.DataFrame = field(default_factory=pl.DataFrame)
    changes: pl.DataFrame = field(default_factory=_no_changes)
    separator: str | None = None
    from_1904: bool = False
    side: str | None = None
    made_for: tuple[str, ...] = ()
    meant: Literal["sua", "ca_bang"] | None = None
    saved: datetime | None = None
    lines: tuple[Line, ...] = ()
    above: tuple[tuple[str, ...], ...] = ()
    top: int = 0
    beside: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    numbers: tuple[tuple[int, int], ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file as read.

    Attributes:
        tables: Its tables.
        rows: One row per sheet row (`ROWS_SCHEMA`).
        problems: The faults of the file, its sheets and its headings.
        marks: What clerks did to its cells besides typing.
        refused: The tables that are not taken because of a problem of their headings, such as a missing
            column. They hold what could be read, so that the faults of the other columns can be told too;
            none of it counts.
    """

    tables: tuple[ReadTable, ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    marks: FileMarks = NO_FILE_MARKS
    refused: tuple[ReadTable, ...] = ()
