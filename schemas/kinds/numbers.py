"""Defines the kinds of numbers: counts, measures, money and shares."""

from __future__ import annotations

import polars as pl

from schemas.contract import Column, typed_column
from schemas.kinds.base import OUT_OF_RANGE, Flaw, Kind, range_of, unread_as


def _say_reading(column: Column) -> pl.Expr:
    """A sentence with the reading that was taken; the same for all cells of a column that are read alike."""
    typed, taken = pl.col(typed_column(column.name)), pl.col(column.name).cast(pl.Float64).abs()
    stored = typed.str.extract(r"^-?([0-9.]+) \(").cast(pl.Float64, strict=False)
    digits = typed.str.replace_all("[^0-9]", "").cast(pl.Float64, strict=False)
    parts = typed.str.extract_groups("([0-9].*)[.,]([0-9]+)").struct
    whole = parts.field("1").str.replace_all("[^0-9]", "")
    decimal = pl.concat_str(whole, pl.lit("."), parts.field("2")).cast(pl.Float64, strict=False)
    spelt = taken.cast(pl.String).str.strip_suffix(".0").str.replace(".", ",", literal=True)
    return (
        pl.when(taken == stored)
        .then(pl.lit("Đang tính số lưu trong ô."))
        .when(stored.is_null() & (taken == digits))
        .then(pl.lit("Đang tính là số nguyên, dấu chấm hoặc phẩy ngăn cách hàng nghìn."))
        .when(stored.is_null() & (taken == decimal))
        .then(pl.lit("Đang tính là số có phần lẻ."))
        .otherwise(pl.format("Đang tính là {}.", spelt))
    )


def _ambiguous(bad: str, beside: str) -> Flaw:
    return Flaw(
        "mo_ho",
        "dung",
        "canh_bao",
        "Số ở “{label}” có hai cách hiểu. Gõ lại bằng số, không ngăn cách hàng nghìn, phần lẻ sau dấu phẩy.",
        unread_as("mo_ho"),
        bad,
        beside=(beside,),
        note=_say_reading,
    )


#: A count has no decimals, but the other cells of its column may have.
_AMBIGUOUS_COUNT = _ambiguous("1,234", "12,0")
_AMBIGUOUS = _ambiguous("1 234.567", "12,5")


def _is_in_large_units(column: Column) -> bool:
    stated = (column.unit or "", *column.label.replace(")", "(").split("("))
    return any(unit.startswith(("triệu", "tỷ", "tấn", "Mbps", "kWp")) for unit in stated)


def _mistaken_unit(bad: str, *beside: str) -> Flaw:
    return Flaw(
        "nham_don_vi",
        "dung",
        "canh_bao",
        "Số ở “{label}” lớn khác thường: có thể đã gõ bằng đơn vị tính nhỏ hơn. Xem lại đơn vị tính; nếu số "
        "đúng thì ghi cả đơn vị tính trong ô.",
        unread_as("nham_don_vi"),
        bad,
        can_be=_is_in_large_units,
        beside=beside,
    )


#: A measure that is too large is told by the other cells of its column.
MISTAKEN_MEASURE = _mistaken_unit("8500", "8200", "9100", "7600")
_MISTAKEN_MONEY = _mistaken_unit("120000000")

SO_LUONG = Kind(
    "so_luong",
    "Số lượng",
    pl.Int64,
    "Ghi một số nguyên không âm, ví dụ 125",
    "125",
    (OUT_OF_RANGE, _AMBIGUOUS_COUNT),
    bounds=range_of,
    adds_up=True,
)
SO_THUC = Kind(
    "so_thuc",
    "Số đo",
    pl.Float64,
    "Ghi một số, ví dụ 12,5",
    "12,5",
    (OUT_OF_RANGE, _AMBIGUOUS, MISTAKEN_MEASURE),
    bounds=range_of,
    adds_up=True,
)
SO_TIEN = Kind(
    "so_tien",
    "Số tiền",
    pl.Float64,
    "Ghi một số tiền, ví dụ 1.250,5",
    "1.250,5",
    (OUT_OF_RANGE, _AMBIGUOUS, _MISTAKEN_MONEY),
    bounds=range_of,
    adds_up=True,
)
TY_LE = Kind(
    "ty_le",
    "Tỷ lệ",
    pl.Float64,
    "Ghi tỷ lệ phần trăm, ví dụ 85,3%",
    "85,3%",
    (OUT_OF_RANGE, _AMBIGUOUS),
    bounds=range_of,
)

#: The names of the kinds of numbers.
NUMBER_KINDS = frozenset(kind.name for kind in (SO_LUONG, SO_THUC, SO_TIEN, TY_LE))
