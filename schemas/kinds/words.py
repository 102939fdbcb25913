"""Defines the kinds of text: names, free text, choices from a list, and ticks."""

from __future__ import annotations

import polars as pl

from schemas.kinds.base import NOT_IN_LIST, Flaw, Kind, naming_look_alikes, unread_as, value_is
from schemas.look_alikes import LOOK_ALIKES

NOT_WORDS = Flaw(
    "khong_phai_chu",
    "dung",
    None,
    "“{label}” phải ghi bằng chữ, nhưng ô chứa số, ngày hoặc giá trị đúng sai. Gõ lại nội dung; nếu ô lấy từ "
    "công thức thì xem ô gốc có bị trống không.",
    unread_as("khong_phai_chu"),
    "0",
)
ONLY_A_NUMBER = Flaw(
    "chi_co_so",
    "dung",
    "canh_bao",
    "“{label}” chỉ có một con số. Kiểm tra có lệch cột không, rồi ghi bằng chữ.",
    unread_as("chi_co_so"),
    "123",
)
STRANGE_LETTERS = Flaw(
    "chu_la",
    "sach",
    "canh_bao",
    "“{label}” có chữ không phải chữ cái tiếng Việt, chỉ trông giống.",
    unread_as("chu_la"),
    # The first letter is Cyrillic.
    "\u041aiem tra",
    note=naming_look_alikes,
)

HO_TEN = Kind(
    "ho_ten",
    "Họ và tên",
    pl.String,
    "Ghi họ, chữ đệm và tên có dấu",
    "Bùi Văn Mẫu",
    (
        NOT_WORDS,
        STRANGE_LETTERS,
        Flaw(
            "ky_tu_la",
            "sach",
            "canh_bao",
            "“{label}” có ký tự không dùng trong tên người.",
            value_is(lambda name: name.str.contains(rf"[^\p{{Latin}}\p{{M}} '.\-{LOOK_ALIKES}]")),
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
    headings=("Họ và tên", "Họ tên", "Họ, chữ đệm và tên", "Họ, chữ đệm, tên"),
)
VAN_BAN = Kind(
    "van_ban",
    "Văn bản",
    pl.String,
    "Ghi bằng chữ",
    "",
    (NOT_WORDS, ONLY_A_NUMBER, STRANGE_LETTERS),
    reads_all=True,
)
LUA_CHON = Kind(
    "lua_chon", "Lựa chọn", pl.String, "Chọn một giá trị trong danh mục", "", (NOT_IN_LIST,), reads_all=True
)
#: Texts for yes and no in a cell, in lower case; a form of ticks has TICKS only.
TICKS = ("x", "✓", "✔", "☑", "√")
#: Marks that are ticks only where all other cells of the column are blank or ticks.
HAND_TICKS = ("v", "vv", "xx", "xxx", "+", "*", "•", "●", "■", "þ", "ü")
YES = (*TICKS, "có", "co", "c", "1", "đúng", "yes", "true")
NO = ("không", "khong", "ko", "k", "0", "no", "false", "☐")

#: Beside a ticked column, one without any answer may say no everywhere or have been forgotten.
BLANK_COLUMN = Flaw(
    "trong_ca_cot",
    "du",
    "canh_bao",
    "“{label}” trống ở mọi dòng, cột khác lại có dấu x. Ghi Có hoặc Không: chưa ghi thì chưa tính.",
    unread_as("trong_ca_cot"),
)

CO_KHONG = Kind(
    "co_khong",
    "Có/Không",
    pl.Boolean,
    "Chọn Có hoặc Không ở mọi dòng",
    "Có",
    (BLANK_COLUMN,),
    adds_up=True,
)
