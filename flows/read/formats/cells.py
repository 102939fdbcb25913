"""Converts the Python values of workbook cells (from calamine) into the text that the clerk sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flows.read.table import CellType

_HALF_A_SECOND = 500_000


def _format_text(value: str) -> str | None:
    return value if value and not value.isspace() else None


def number_text(value: float) -> str:
    """The digits of `value`, without exponent and without `.0` for whole numbers.

    Decimals end at the 15th digit, as in Excel: what follows is noise of binary arithmetic.
    """
    if value != int(value):
        value = float(f"{value:.15g}")
    if value == (whole := int(value)):
        return str(whole)
    shortest = repr(value)
    return format(Decimal(shortest), "f") if "e" in shortest else shortest


def _format_datetime(value: dt.datetime) -> str:
    """The date, and the time to the nearest second if there is any."""
    # Arithmetic in Excel can miss a day by a hair: it shows 46329.9999999 as 04/11/2026, not 03/11/2026.
    if value.microsecond >= _HALF_A_SECOND and value.year < dt.MAXYEAR and not _is_doubled(value):
        value += dt.timedelta(microseconds=_HALF_A_SECOND)
    if value.hour == value.minute == value.second == 0:
        return _format_date(value)
    return f"{_format_date(value)} {value:%H:%M:%S}"


def _is_doubled(value: dt.date) -> bool:
    """Whether calamine gives this date for two serials: 59, and 60 (29/02/1900, which is only in Excel)."""
    return (value.year, value.month, value.day) == (1900, 2, 28)


def _format_date(value: dt.date) -> str:
    if _is_doubled(value):
        # Naming both makes the cell unreadable instead of wrong.
        return "28-29/02/1900"
    iso = value.isoformat()
    return f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"


def _format_duration(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_WRITERS: Mapping[type, tuple[CellType, Callable[[Any], str | None]]] = {
    str: (CellType.TEXT, _format_text),
    float: (CellType.NUMBER, number_text),
    int: (CellType.NUMBER, str),
    bool: (CellType.BOOL, {True: "TRUE", False: "FALSE"}.__getitem__),
    dt.datetime: (CellType.DATE, _format_datetime),
    dt.date: (CellType.DATE, _format_date),
    dt.time: (CellType.DATE, lambda value: value.isoformat("seconds")),
    dt.timedelta: (CellType.DATE, _format_duration),
}
_NUMBER = int(CellType.NUMBER)
_CELL_TYPE = {kind: int(cell) for kind, (cell, _) in _WRITERS.items()}
_WRITE = {kind: write for kind, (_, write) in _WRITERS.items()}


def column_of(values: Sequence[Any]) -> tuple[list[str | None], list[int] | None]:
    """Text and `CellType` of the cells of one column; blank cells are None, and the types if all are TEXT.

    The first three cases are short cuts: they are most columns, and several times as fast.
    """
    types = set(map(type, values))
    if types == {str}:
        return [v if v and not v.isspace() else None for v in values], None
    if types == {float}:
        return [str(i) if (i := int(v)) == v else number_text(v) for v in values], [_NUMBER] * len(values)
    if types == {str, float}:
        texts = [
            (v if v and not v.isspace() else None)
            if v.__class__ is str
            else str(i)
            if (i := int(v)) == v
            else number_text(v)
            for v in values
        ]
        return texts, [0 if v.__class__ is str else _NUMBER for v in values]
    return [_WRITE[type(v)](v) for v in values], [_CELL_TYPE[type(v)] for v in values]
