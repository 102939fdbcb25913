"""Decides the cell format, drop-down, hint, validation and example of each column of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.clean.thon_names import gazetteer_of
from schemas.contract import Column
from schemas.kinds import (
    CO_KHONG,
    HO_TEN,
    LUA_CHON,
    MA,
    NAM,
    NGAY,
    SO_DINH_DANH,
    SO_LUONG,
    SO_THUC,
    SO_TIEN,
    THON,
    VAN_BAN,
    Kind,
)
from schemas.periods import Period
from schemas.units import Commune

# Excel's limits for the title and the message shown next to a cell.
_TITLE, _MESSAGE = 32, 255

_WIDTHS = {
    kind.name: width
    for kind, width in ((HO_TEN, 28), (VAN_BAN, 36), (THON, 28), (SO_DINH_DANH, 17), (MA, 16))
}
_NUMBERS = (SO_LUONG, SO_THUC, SO_TIEN, NAM)


def number_format(kind: Kind) -> str:
    """General for numbers; text for all else, to keep leading zeros and stop Excel from reading dates."""
    return "General" if kind in _NUMBERS else "@"


def list_choices(column: Column, commune: Commune) -> tuple[str, ...]:
    """The values of the column's drop-down; empty if it has none."""
    if column.kind is THON:
        places = gazetteer_of(commune)
        return tuple(places.sure_name(thon.code) for thon in commune.thon)
    if column.kind is CO_KHONG:
        return ("Có", "Không")
    return column.of if column.kind is LUA_CHON else ()


def width_of(column: Column) -> int:
    """The width of the column in characters."""
    label = max(map(len, column.label.split(" > ")))
    return max(_WIDTHS.get(column.kind.name, 13), min(label // 2 + 4, 30))


def hint_of(column: Column) -> str:
    """A Vietnamese hint on how to fill in the column."""
    form = column.kind.form.format(example=column.example or column.kind.example)
    need = "Bắt buộc." if column.required else "Không bắt buộc."
    return f"{form}. {need}"


def example_of(column: Column, period: Period, commune: Commune) -> str:
    """The column's cell in the example row."""
    offered = list_choices(column, commune)
    if column.example or offered:
        return column.example or offered[0]
    if column.kind is NGAY:
        return f"{period.end:%d/%m/%Y}"
    if column.kind is NAM:
        return str(period.end.year)
    if column.kind is SO_LUONG and column.range:
        return f"{min(column.range[1], 12):.0f}"
    return "Nội dung ví dụ" if column.kind is VAN_BAN else column.kind.example


def validation_of(column: Column, source: str | None) -> Mapping[str, Any]:
    """Excel's validation rule and messages for the column; `source` is the range of its drop-down values."""
    label = column.label.rpartition(" > ")[2]
    messages: dict[str, Any] = {
        "ignore_blank": True,
        "input_title": label[:_TITLE],
        "input_message": hint_of(column)[:_MESSAGE],
        "error_title": "Chưa đúng",
        "error_message": hint_of(column)[:_MESSAGE],
    }
    if source is not None:
        return messages | {"validate": "list", "source": source}
    low, high = column.range or (0, 1e15)
    if column.kind in (SO_LUONG, NAM):
        low, high = (1900, 2100) if column.kind is NAM else (low, high)
        return messages | {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}
    if column.kind in (SO_THUC, SO_TIEN):
        return messages | {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
    return messages | {"validate": "any"}
