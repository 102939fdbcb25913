"""Defines the kinds of identifiers: personal numbers, phones, tax codes, codes with a pattern, thôn."""

from __future__ import annotations

import polars as pl
from stdnum.vn import mst

from schemas.contract import Column
from schemas.kinds.base import NOT_IN_LIST, Flaw, Kind, naming_look_alikes, unread_as, value_is
from schemas.reference import birth_provinces

# Births registered abroad carry a country code (Thông tư 07/2016/TT-BCA, annex II).
COUNTRIES = range(101, 296)

# Mobile prefixes in use and 02x landlines (Bộ TTTT, from 15/9/2018).
PHONE = r"^(0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}|02\d{8,9})$"


def _unknown_province(number: pl.Expr) -> pl.Expr:
    known = [*birth_provinces(), *(str(code) for code in COUNTRIES)]
    return ~number.str.slice(0, 3).is_in(known)


def _wrong_check_digit(column: Column) -> pl.Expr:
    """Fails for 10-digit tax codes with a wrong check digit; 12-digit personal numbers have none."""

    def judge(codes: pl.Series) -> pl.Series:
        return pl.Series(
            [None if code is None else len(code) != 12 and not mst.is_valid(code) for code in codes]
        )

    return pl.col(column.name).map_batches(judge, return_dtype=pl.Boolean)


SO_DINH_DANH = Kind(
    "so_dinh_danh",
    "Số định danh cá nhân",
    pl.String,
    "Ghi đủ 12 chữ số, định dạng ô là văn bản",
    "038090000001",
    (
        Flaw(
            "mat_so_0",
            "dung",
            "chan",
            "“{label}” bị mất số 0 ở đầu. Định dạng ô là văn bản rồi gõ lại đủ 12 chữ số.",
            unread_as("mat_so_0"),
            "1085012345",
        ),
        Flaw(
            "la_cmnd",
            "dung",
            "chan",
            "“{label}” là số chứng minh nhân dân cũ, hết giá trị từ 01/01/2025. Ghi số định danh 12 chữ số.",
            unread_as("la_cmnd"),
            "172345678",
        ),
        Flaw(
            "sai_ma_tinh",
            "dung",
            "chan",
            "Ba chữ số đầu của “{label}” không phải mã tỉnh hoặc mã nước nào.",
            value_is(_unknown_province),
            "099090000001",
        ),
        Flaw(
            "sai_the_ky",
            "dung",
            "chan",
            "Chữ số thứ tư của “{label}” phải là 0, 1, 2 hoặc 3.",
            value_is(lambda number: ~number.str.slice(3, 1).is_in(["0", "1", "2", "3"])),
            "038490000001",
        ),
    ),
    source="Nghị định 137/2015/NĐ-CP điều 13; Thông tư 07/2016/TT-BCA.",
    headings=(
        *(
            "Số định danh cá nhân",
            "Số định danh",
            "Mã số định danh",
            "Mã định danh cá nhân",
            "Số ĐDCN",
            "ĐDCN",
        ),
        *("CCCD", "Số CCCD", "CCCD/CMND", "CMND/CCCD", "Số CCCD/CMND", "Số CMND/CCCD", "Số thẻ CCCD"),
        *("Căn cước", "Số căn cước", "Số thẻ căn cước", "CCCD/ĐDCN", "Số CCCD/ĐDCN", "Số ĐDCN/CCCD"),
        *("Số CCCD hoặc CMND", "Số CMND hoặc CCCD", "Số CC/CCCD", "Số CCCD/CC"),
    ),
)
DIEN_THOAI = Kind(
    "dien_thoai",
    "Số điện thoại",
    pl.String,
    "Ghi 10 chữ số, bắt đầu bằng số 0, mỗi ô một số",
    "0912345678",
    (
        Flaw(
            "sai_dau_so",
            "dung",
            "canh_bao",
            "“{label}” không bắt đầu bằng đầu số nào đang dùng.",
            value_is(lambda phone: ~phone.str.contains(PHONE)),
            "0312345678",
        ),
        Flaw(
            "hai_so",
            "sach",
            "canh_bao",
            "Ô “{label}” có hai số; chỉ số thứ nhất được dùng.",
            unread_as("hai_so"),
            "0987654321, 0912345678",
        ),
    ),
    source="Đầu số di động từ ngày 15/9/2018 (Bộ Thông tin và Truyền thông).",
    headings=(
        *("Số điện thoại", "Điện thoại", "SĐT", "Số ĐT", "ĐT", "ĐTDĐ", "Điện thoại di động", "Số di động"),
        *("Điện thoại liên hệ", "Số điện thoại liên hệ", "SĐT liên hệ"),
    ),
)
MST = Kind(
    "mst",
    "Mã số thuế",
    pl.String,
    "Ghi 10 chữ số, có thể thêm -001 cho chi nhánh; hộ kinh doanh ghi số định danh 12 chữ số",
    "0100109106",
    (
        Flaw(
            "sai_so_kiem_tra",
            "dung",
            "chan",
            "“{label}” có chữ số kiểm tra không khớp.",
            _wrong_check_digit,
            "0100109107",
        ),
    ),
)
MA = Kind(
    "ma",
    "Mã",
    pl.String,
    "Ghi đúng mẫu, ví dụ {example}",
    "",
    (
        Flaw(
            "sai_mau",
            "dung",
            "chan",
            "“{label}” không đúng mẫu, ví dụ {example}.",
            unread_as("sai_mau"),
            "A1",
            note=naming_look_alikes,
        ),
    ),
    reads_all=True,
)
THON = Kind(
    "thon",
    "Thôn, phố",
    pl.String,
    "Ghi tên thôn như trong danh sách của xã; tên trùng thì ghi thêm xã cũ trong ngoặc",
    "Thôn Thanh Sơn",
    (
        Flaw(
            "khong_ro",
            "dung",
            "chan",
            "Tên ở “{label}” có ở nhiều xã cũ. Ghi thêm tên xã cũ trong ngoặc.",
            unread_as("khong_ro"),
            "Thôn Trung Tâm",
        ),
        NOT_IN_LIST,
    ),
    reads_all=True,
    headings=(
        *("Thôn", "Thôn, phố", "Thôn, khu phố", "Thôn, bản, phố", "Thôn, bản", "Thôn, làng, phố", "Tên thôn"),
        *("Tên thôn, phố", "Thôn (phố)"),
    ),
)
