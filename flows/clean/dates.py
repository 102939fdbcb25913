"""Reads dates, years, and birth dates that may be known only to the month or the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from flows.clean.moments import read_moment
from flows.clean.reading import IS_NUMBER, STORED, TEXT, KindReader, Setting
from flows.read.table import CellType

_DAY, _MONTH, _YEAR = "(?<d>[0-9]{1,2})", "(?<m>[0-9]{1,2})", "(?<y>[0-9]{4})"
_TIME = "(?:[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)?"
_SHORT = "(?<y>[0-9]{2})"
_IN_DIGITS = tuple(f"^(?:ngày )?{_DAY}{sign}{_MONTH}{sign}{_YEAR}{_TIME}$" for sign in ("/", "-", "[.]"))
_IN_FEW_DIGITS = tuple(f"^(?:ngày )?{_DAY}{sign}{_MONTH}{sign}{_SHORT}$" for sign in ("/", "-", "[.]"))
# Excel makes a date in digits one of its own, where its settings allow, unless its signs are dots.
_DOTTED = "^(?:ngày )?[0-9]{1,2}[.]"
_IN_ONE_ORDER = (
    f"^{_YEAR}-{_MONTH}-{_DAY}{_TIME}$",
    f"^(?:ngày )?{_DAY} tháng {_MONTH} năm {_YEAR}$",
)
_MONTH_SHAPES = (f"^(?:tháng )?{_MONTH}[/.-]{_YEAR}$", f"^tháng {_MONTH} năm {_YEAR}$")
_BARE_YEAR = "^(?:năm )?(?<y>(?:19|20)[0-9]{2}|2100)(?:[.]0+)?$"
# A whole number as programs write it that know only numbers with decimals.
_DECIMALS_OF_ZERO = "^[0-9]{1,9}[.]0+$"

_DECIMALS_CUT = pl.when(TEXT.str.contains(_DECIMALS_OF_ZERO)).then(pl.lit("le_0"))

#: A number in this range is an Excel serial (days since 30/12/1899). Below it, 1900 to 2100 are years.
SERIALS = (10_000, 60_000)
SERIAL_EPOCH = date(1899, 12, 30)
#: Days from there to the day that workbooks of old Macs count from.
DAYS_TO_1904 = (date(1904, 1, 1) - SERIAL_EPOCH).days

# `to_date` accepts a year with fewer than four digits, so such dates are left to the patterns.
_FIRST_OF_FOUR_DIGITS = date(1000, 1, 1)


def _plain(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    read = typed.str.to_date("%d/%m/%Y", strict=False, cache=False)
    return pl.when(read >= _FIRST_OF_FOUR_DIGITS).then(read)


def _strip_separator_spaces(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(" ?([/.-]) ?", "${1}")


def _match_date(text: pl.Expr, shapes: Iterable[str], parts: str, century: str = "") -> pl.Expr:
    """The date in `text` by the first of `shapes` that gives one; null if there is no such day (31/02).

    `parts` are the groups of a shape for year, month and day; those that it lacks at the end are 1. The
    `century` stands before a year of two digits.
    """
    found = []
    for shape in shapes:
        groups = text.str.extract_groups(shape).struct
        numbers = [*(groups.field(part) for part in parts), *[pl.lit("1")] * (3 - len(parts))]
        numbers[0] = century + numbers[0] if century else numbers[0]
        found.append(pl.concat_str(numbers, separator="-").str.to_date("%Y-%m-%d", strict=False))
    return pl.coalesce(found)


def _read_serial(setting: Setting) -> pl.Expr:
    # A day less a hair is that day: half a second is added before the time is cut off.
    days = (pl.when(IS_NUMBER).then(TEXT.cast(pl.Float64, strict=False)) + 0.5 / 86_400).floor()
    if setting.from_1904:
        days += DAYS_TO_1904
    whole = pl.when(days.is_between(*SERIALS)).then(days).cast(pl.Int32)
    return pl.lit(SERIAL_EPOCH) + pl.duration(days=whole)


def _read(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Read dates; those in digits get both their readings, for `date_evidence`."""
    text = _strip_separator_spaces(TEXT)
    spelled = pl.coalesce("day_first", "spelled")
    moment, serial = pl.col("moment"), pl.col("serial")
    # A number that was copied from another workbook still counts from there.
    doubtful = spelled.is_null() & serial.is_not_null() & pl.lit(setting.from_1904)
    return cells.with_columns(
        day_first=_match_date(text, _IN_DIGITS, "ymd"),
        month_first=_match_date(text, _IN_DIGITS, "ydm"),
        # Of this century; `short_years` asks whether that is the only one possible.
        short_day_first=_match_date(text, _IN_FEW_DIGITS, "ymd", "20"),
        short_month_first=_match_date(text, _IN_FEW_DIGITS, "ydm", "20"),
        by_excel=~text.str.contains(_DOTTED),
        spelled=_match_date(text, _IN_ONE_ORDER, "ymd"),
        moment=read_moment(TEXT),
        serial=_read_serial(setting),
    ).with_columns(
        value=pl.coalesce(spelled, moment, serial),
        unread=pl.when(doubtful).then(pl.lit("mo_ho")),
        note=pl.when(doubtful).then(pl.lit("Đang đếm ngày từ năm 1904, như tệp này ghi.")),
        change=pl.when(spelled.is_not_null())
        .then(None)
        .when(moment.is_not_null())
        .then(pl.lit("mui_gio"))
        .when(serial.is_not_null())
        .then(pl.lit("ngay_excel")),
    )


def _read_birth(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    text = _strip_separator_spaces(TEXT)
    # Stored numbers are not months: Excel drops zeros of numbers (10.1990 becomes 10.199).
    month = pl.when(~IS_NUMBER).then(_match_date(text, _MONTH_SHAPES, "ym"))
    year = _match_date(text, [_BARE_YEAR], "y")
    return (
        _read(cells, setting)
        .with_columns(month=month, year=year)
        .with_columns(
            value=pl.coalesce("value", "month", "year"),
            precision=pl.when(pl.col("value").is_not_null())
            .then(pl.lit("ngay"))
            .when(pl.col("month").is_not_null())
            .then(pl.lit("thang"))
            .when(pl.col("year").is_not_null())
            .then(pl.lit("nam")),
            change=pl.coalesce("change", pl.when(pl.col("year").is_not_null()).then(_DECIMALS_CUT)),
        )
    )


def _plain_year(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return pl.when(typed.str.contains("^[0-9]{1,9}$")).then(typed.cast(pl.Int32, strict=False))


def _read_year(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    digits = TEXT.str.to_lowercase().str.extract("^(?:năm )?([0-9]{1,9})(?:[.]0+)?$")
    return cells.with_columns(
        value=pl.when(STORED != CellType.DATE).then(digits.cast(pl.Int32)), change=_DECIMALS_CUT
    )


DATE = KindReader(_plain, _read)
BIRTH_DATE = KindReader(_plain, _read_birth)
YEAR = KindReader(_plain_year, _read_year)
