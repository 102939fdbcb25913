"""Collects the kinds of column that contracts use."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.kinds.base import COMMON, Flaw, Kind
from schemas.kinds.dates import NAM, NGAY, NGAY_SINH
from schemas.kinds.identifiers import DIEN_THOAI, MA, MST, SO_DINH_DANH, THON
from schemas.kinds.numbers import SO_LUONG, SO_THUC, SO_TIEN, TY_LE
from schemas.kinds.words import CO_KHONG, HO_TEN, LUA_CHON, VAN_BAN

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        SO_DINH_DANH,
        HO_TEN,
        NGAY,
        NGAY_SINH,
        SO_LUONG,
        SO_THUC,
        SO_TIEN,
        TY_LE,
        LUA_CHON,
        CO_KHONG,
        THON,
        DIEN_THOAI,
        MST,
        MA,
        VAN_BAN,
        NAM,
    )
}

__all__ = [
    "COMMON",
    "CO_KHONG",
    "DIEN_THOAI",
    "HO_TEN",
    "KINDS",
    "LUA_CHON",
    "MA",
    "MST",
    "NAM",
    "NGAY",
    "NGAY_SINH",
    "SO_DINH_DANH",
    "SO_LUONG",
    "SO_THUC",
    "SO_TIEN",
    "THON",
    "TY_LE",
    "VAN_BAN",
    "Flaw",
    "Kind",
]
