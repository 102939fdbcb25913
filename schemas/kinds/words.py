"""Defines the kinds of text: names, free text, choices from a list, and ticks."""

from __future__ import annotations

import polars as pl

from schemas.kinds.base import NOT_IN_LIST, Flaw, Kind, value_is

HO_TEN = Kind(
    "ho_ten",
    "Họ và tên",
    pl.String,
    "Ghi họ, chữ đệm và tên có dấu",
    "Bùi Văn Mẫu",
    (
        Flaw(
            "ky_tu_la",
            "sach",
            "canh_bao",
            "“{label}” có ký tự không dùng trong tên người.",
            value_is(lambda name: name.str.contains(r"[^\p{L}\p{M} '.\-]")),
            "Bùi V@n Mẫu",
        ),
        Flaw(
            "mot_tieng",
            "dung",
            "canh_bao",
            "“{label}” chỉ có một tiếng: có thể thiếu họ hoặc tên.",
            value_is(lambda name: ~name.str.contains(" ")),
            "Mẫu",
        ),
    ),
    reads_all=True,
)
VAN_BAN = Kind("van_ban", "Văn bản", pl.String, "Ghi bằng chữ", "", reads_all=True)
LUA_CHON = Kind(
    "lua_chon", "Lựa chọn", pl.String, "Chọn một giá trị trong danh mục", "", (NOT_IN_LIST,), reads_all=True
)
#: Texts for yes and no in a cell, in lower case; a form of ticks has TICKS only.
TICKS = ("x", "✓", "✔", "☑", "√")
YES = (*TICKS, "có", "co", "c", "1", "đúng", "yes", "true")
NO = ("không", "khong", "ko", "k", "0", "no", "false", "☐")

CO_KHONG = Kind(
    "co_khong",
    "Có/Không",
    pl.Boolean,
    "Đánh dấu x nếu có, để trống hoặc ghi Không nếu không",
    "x",
    adds_up=True,
)
