"""Defines the kinds of numbers: counts, measures, money and shares."""

from __future__ import annotations

import polars as pl

from schemas.kinds.base import OUT_OF_RANGE, Kind, range_of

SO_LUONG = Kind(
    "so_luong",
    "Số lượng",
    pl.Int64,
    "Ghi một số nguyên không âm, ví dụ 125",
    "125",
    (OUT_OF_RANGE,),
    bounds=range_of,
    adds_up=True,
)
SO_THUC = Kind(
    "so_thuc",
    "Số đo",
    pl.Float64,
    "Ghi một số, ví dụ 12,5",
    "12,5",
    (OUT_OF_RANGE,),
    bounds=range_of,
    adds_up=True,
)
SO_TIEN = Kind(
    "so_tien",
    "Số tiền",
    pl.Float64,
    "Ghi một số tiền, ví dụ 1.250,5",
    "1.250,5",
    (OUT_OF_RANGE,),
    bounds=range_of,
    adds_up=True,
)
TY_LE = Kind(
    "ty_le",
    "Tỷ lệ",
    pl.Float64,
    "Ghi tỷ lệ phần trăm, ví dụ 85,3%",
    "85,3%",
    (OUT_OF_RANGE,),
    bounds=range_of,
)
