"""What reading a file gives: tables of text with true addresses, an account of every row, problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import polars as pl

from schemas.contract import Dimension, Severity


class CellType(IntEnum):
    """How a cell was stored; the `.stored` columns hold these numbers as UInt8."""

    TEXT = 0
    NUMBER = 1
    DATE = 2
    BOOL = 3
    ERROR = 4
    FORMULA = 5  # a formula saved without a value


#: What a sheet row was taken for; only `ban_ghi` rows are records, all others are left out.
ROLES: Mapping[str, str] = {
    "tieu_de": "tiêu đề",
    "dau_cot": "đầu cột",
    "so_cot": "hàng số cột",
    "nhom": "dòng nhóm",
    "tong": "dòng tổng",
    "cuoi": "phần ký, ghi chú",
    "trong": "dòng trống",
    "ngoai_bang": "không thuộc bảng nào đọc được",
    "ban_ghi": "bản ghi",
}

ROWS_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "sheet": pl.String,
    "row": pl.UInt32,
    "role": pl.Enum(list(ROLES)),
    "hidden": pl.Boolean,
}


#: What reading changed in cells: one row a cell; `column` is a letter, `name` a contract column.
CHANGES_SCHEMA: Mapping[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "column": pl.String,
    "name": pl.String,
    "change": pl.String,
    "before": pl.String,
    "after": pl.String,
}
DECODED = "bang_ma"  # the cell was in an encoding before Unicode
DITTO = "nhu_tren"  # the cell held a ditto mark


def _no_changes() -> pl.DataFrame:
    return pl.DataFrame(schema=CHANGES_SCHEMA)


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of a file, sheet or table (codes `tep.*`), with its place and a sentence for the clerk.

    `row` is the sheet row (in CSV the line), `column` a letter, `value` what was typed there.
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


@dataclass(frozen=True, slots=True)
class ReadTable:
    """One table found on a sheet and recognised as `dataset`.

    `cells` has `_row` (UInt32, sheet row) and, for each contract column found, `<name>.typed`
    (String, as typed; null when blank) and `<name>.stored` (UInt8, `CellType`). Where a thôn stands
    in a section row above its records, `thon.typed` holds it and `thon.row` the section's row.
    `letters` gives each found column's letter, `units` the unit of measure that its heading states.
    `title` is the text above the heading, one entry a non-empty cell. `nil` says that the sheet
    declares "Không phát sinh". `totals` holds its total rows as `cells` does the records,
    `changes` (`CHANGES_SCHEMA`) what reading changed in cells. Where a birth date stands in one of two
    columns, for men and for women, `<name>.letter` gives the letter of the one that holds it.
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


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file as read: its tables, `rows` with one line a sheet row (`ROWS_SCHEMA`), its problems."""

    tables: tuple[ReadTable, ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
