"""Defines the kinds of dates: `ngay`, `ngay_sinh` (day or month may be unknown) and years: `nam`."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contract import Column
from schemas.kinds.base import Flaw, Kind

EARLIEST = date(1900, 1, 1)
#: The years that `nam` may be.
YEARS = (1900, 2100)


#: Precision of a birth date: day, month or year.
PRECISION = pl.Enum(["ngay", "thang", "nam"])


def precision(column: str) -> str:
    """Name of the column with the precision of a birth date, as `PRECISION`."""
    return f"{column}.do_chinh_xac"


def since_earliest(_: Column) -> tuple[date, None]:
    """The bounds of dates: `EARLIEST`, and no last one."""
    return EARLIEST, None


def in_future(column: Column) -> pl.Expr:
    """Fails for dates after the day of submission."""
    return pl.col(column.name) > pl.col("_judged_on")


FUTURE = Flaw(
    "tuong_lai",
    "dung",
    "chan",
    "“{label}” là một ngày chưa tới.",
    in_future,
    "18/11/2026",
    lambda column: not column.may_be_future,
)
TOO_EARLY = Flaw(
    "qua_som",
    "dung",
    "chan",
    "“{label}” trước ngày 01/01/1900.",
    lambda column: pl.col(column.name) < EARLIEST,
    "31/12/1899",
)
BAD_YEAR = Flaw(
    "ngoai_khoang",
    "dung",
    "chan",
    "“{label}” phải từ 1900 đến 2100.",
    lambda column: ~pl.col(column.name).is_between(*YEARS),
    "1899",
)

NGAY = Kind(
    "ngay",
    "Ngày",
    pl.Date,
    "Viết ngày/tháng/năm, ví dụ 05/06/2026",
    "05/06/2026",
    (FUTURE, TOO_EARLY),
    bounds=since_earliest,
)
NGAY_SINH = Kind(
    "ngay_sinh",
    "Ngày sinh",
    pl.Date,
    "Viết ngày/tháng/năm, ví dụ 05/06/1990; nếu chỉ biết năm thì ghi năm, ví dụ 1940",
    "05/06/1990",
    (FUTURE, TOO_EARLY),
    bounds=since_earliest,
    headings=(
        *(
            "Ngày sinh",
            "Ngày, tháng, năm sinh",
            "Năm sinh",
            "NTNS",
            "Ngày, tháng sinh",
            "Ngày sinh, năm sinh",
        ),
    ),
)
NAM = Kind(
    "nam", "Năm", pl.Int32, "Ghi năm bằng bốn chữ số, ví dụ 2026", "2026", (BAD_YEAR,), bounds=lambda _: YEARS
)
