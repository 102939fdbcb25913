"""Text of cells as their clerk sees it, from the Python values that the workbook library gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flows.read.table import CellType


def _text(value: str) -> str | None:
    return value if value and not value.isspace() else None


def number_text(value: float) -> str:
    """Shortest digits of `value`, without exponent and without a needless `.0`."""
    if value == (whole := int(value)):
        return str(whole)
    shortest = repr(value)
    return format(Decimal(shortest), "f") if "e" in shortest else shortest


def _moment(value: dt.datetime) -> str:
    if value.time() == dt.time():
        return _day(value)
    return f"{_day(value)} {value:%H:%M:%S}"


def _day(value: dt.date) -> str:
    if value.year == 1900 and (value.month, value.day) == (2, 28):
        # The library gives this for serial 59 and for 60, a day that only spreadsheets have.
        return "28-29/02/1900"
    said = value.isoformat()
    return f"{said[8:10]}/{said[5:7]}/{said[:4]}"


def _span(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


_WRITERS: Mapping[type, tuple[CellType, Callable[[Any], str | None]]] = {
    str: (CellType.TEXT, _text),
    float: (CellType.NUMBER, number_text),
    int: (CellType.NUMBER, str),
    bool: (CellType.BOOL, {True: "TRUE", False: "FALSE"}.__getitem__),
    dt.datetime: (CellType.DATE, _moment),
    dt.date: (CellType.DATE, _day),
    dt.time: (CellType.DATE, lambda value: value.isoformat("seconds")),
    dt.timedelta: (CellType.DATE, _span),
}
_NUMBER = int(CellType.NUMBER)
_KIND = {kind: int(cell) for kind, (cell, _) in _WRITERS.items()}
_WRITE = {kind: write for kind, (_, write) in _WRITERS.items()}


def column_of(values: Sequence[Any]) -> tuple[list[str | None], list[int] | None]:
    """Text and `CellType` of one column's cells, no types where all are TEXT; blank cells are None."""
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
    return [_WRITE[type(v)](v) for v in values], [_KIND[type(v)] for v in values]
