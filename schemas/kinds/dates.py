"""Defines the kinds of dates: `ngay`, `ngay_sinh` (day or month may be unknown) and years: `nam`."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contract import Column
from schemas.kinds.base import Flaw, Kind, unread_as

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
TWO_DATES = Flaw(
    "mo_ho",
    "dung",
    "canh_bao",
    "“{label}” đọc được thành hai ngày khác nhau. Ghi rõ là ngày nào, ví dụ ngày 5 tháng 6 năm 2026.",
    unread_as("mo_ho"),
    "05/06/1990",
    beside=("05/25/1990",),
)
MONTH_FIRST = Flaw(
    "thang_truoc",
    "dung",
    "canh_bao",
    "Cột “{label}” có ô ghi tháng trước ngày, đã hiểu theo cách đó. Ghi lại cả cột: ngày trước, tháng sau.",
    unread_as("thang_truoc"),
    "05/06/1990",
    beside=("05/25/1990", "06/28/1990"),
)
TWO_ORDERS = Flaw(
    "hai_thu_tu",
    "dung",
    None,
    "Không rõ “{label}” là ngày nào, vì cột này ghi theo hai cách. Ghi lại cả cột: ngày trước, tháng sau.",
    unread_as("hai_thu_tu"),
    "05/06/1990",
    beside=("05/25/1990", "25/05/1990"),
)
_ORDERS = (TWO_DATES, MONTH_FIRST, TWO_ORDERS)
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
    (FUTURE, TOO_EARLY, *_ORDERS),
    bounds=since_earliest,
)
NGAY_SINH = Kind(
    "ngay_sinh",
    "Ngày sinh",
    pl.Date,
    "Viết ngày/tháng/năm, ví dụ 05/06/1990; nếu chỉ biết năm thì ghi năm, ví dụ 1940",
    "05/06/1990",
    (FUTURE, TOO_EARLY, *_ORDERS),
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
