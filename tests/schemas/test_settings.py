"""What a commune says of itself in `xa.toml`: taken as written, refused with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from schemas.declared import DeclarationError
from schemas.indicator import Target
from schemas.notices import NOTICE_TIMES
from schemas.registry import Contracts, load
from schemas.retention import POLICY, Policy
from schemas.settings import read_settings
from schemas.units import THON_COLUMNS

CONTRACTS = load()
THON = f"{','.join(THON_COLUMNS)}\nA1,Thôn Một,Xã Cũ\n".encode()
TEXT = """\
[xa]
ma = "90001"
ten = "Xã Mẫu"
tinh = "Tỉnh Mẫu"
tu_ngay = 2026-09-15

[don_vi]
van_phong = "Văn phòng Mẫu"
mobifone = false
fpt = { ten = "FPT", loai = "vien_thong" }

[lich]
lam_bu = [2027-02-20]
nghi_bu = [
  2027-02-19,  # thứ Sáu
]
[han_nop]
ho_gia_dinh = 5
[muc_tieu.ho_co_ky_nang_so]
2026 = 0.5
2027 = { muc_tieu = 1, san = 0.7 }
[luu_giu]
ngay_ban_cong_bo = 60
[bao_tin]
tu_gio = 07:30:00
thu_hang_tuan = 6
"""


def settle(text: str, thon: bytes = THON) -> Contracts:
    return CONTRACTS.of_settings(read_settings(text.encode()), thon)


def test_a_commune_is_what_its_file_says() -> None:
    told = settle(TEXT)
    commune = told.commune
    assert (commune.code, commune.name, commune.province) == ("90001", "Xã Mẫu", "Tỉnh Mẫu")
    assert commune.since == date(2026, 9, 15)
    titles = {unit.name: unit.title for unit in commune.units}
    assert (titles["van_phong"], titles["kinh_te"]) == ("Văn phòng Mẫu", "Phòng Kinh tế")
    owing = [unit.name for unit in commune.owing(told.datasets["ha_tang_vien_thong"])]
    assert owing == ["viettel", "vnpt", "fpt"]
    assert commune.moved == {date(2027, 2, 19): False, date(2027, 2, 20): True}
    assert (told.datasets["ho_gia_dinh"].due, told.datasets["dan_cu"].due) == (5, 3)
    assert told.indicators["ho_co_ky_nang_so"].targets == {2026: Target(0.5), 2027: Target(1, 0.7)}
    assert told.retention == Policy(60, POLICY.first_of_month, POLICY.archive_days)
    assert read_settings(TEXT.encode()).notices == replace(NOTICE_TIMES, begin=time(7, 30), weekly=4)


def test_where_the_file_is_silent_nothing_changes() -> None:
    told = settle("", b"")
    assert (told.commune, told.datasets, told.indicators) == (
        CONTRACTS.commune,
        CONTRACTS.datasets,
        CONTRACTS.indicators,
    )
    assert told.retention == CONTRACTS.retention


def test_as_notepad_saves_it_it_says_the_same() -> None:
    saved = read_settings(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    assert CONTRACTS.of_settings(saved, THON).hash == settle(TEXT).hash


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        (("ngay_ban_cong_bo = 60", "ngay_ban_cong_bo = 90"), False),
        (("2026 = 0.5", "2026 = 0.6"), False),
        (("= 5", "= 6"), True),
        (("2027-02-20", "2027-02-27"), True),
        (("mobifone = false", ""), True),
        (("# thứ Sáu", "# nghỉ Tết"), None),
    ],
)
def test_hashes_follow_what_is_said_and_rules_what_is_judged_by(
    changed: tuple[str, str], rules: bool | None
) -> None:
    one, other = settle(TEXT), settle(TEXT.replace(*changed))
    assert (one.hash != other.hash) == (rules is not None)
    assert (one.rules_hash != other.rules_hash) == bool(rules)


REFUSED = {
    ('ma = "90001"', "ma = 90001"): "dòng 2: xa.ma phải là chữ",
    ('ten = "Xã Mẫu"', "ten = Xã Mẫu"): "dòng 3: không đúng cách viết TOML",
    ('ten = "Xã Mẫu"', 'ten = " "'): "dòng 3: xa.ten không được để trống",
    ('tinh = "Tỉnh Mẫu"\n', ""): "dòng 1: xa.tinh chưa có",
    ("2026-09-15", '"15/9/2026"'): "dòng 5: xa.tu_ngay phải là ngày viết như 2026-09-15",
    ("mobifone", "mobifon"): "dòng 9: không có đơn vị “mobifon”; ý là “mobifone”?",
    ('"vien_thong"', '"vien"'): "dòng 10: không có loại đơn vị “vien”; có: van_phong",
    ('"vien_thong"', '"thon"'): "dòng 10: không có loại đơn vị “thon”",
    (', loai = "vien_thong"', ""): "dòng 10: đơn vị mới cần cả tên và loại",
    ("fpt =", '"../fpt" ='): "dòng 10: “../fpt” không dùng làm tên thư mục được",
    ("[lich]", "[lịch]"): "dòng 12: không đúng cách viết TOML",
    ("[lich]", "[lic]"): "dòng 12: không có khóa “lic”; ý là “lich”?",
    ("[2027-02-20]", "2027-02-20"): "dòng 13: lich.lam_bu phải là danh sách",
    ("[2027-02-20]", "[2027-02-19]"): "dòng 14: ngày 19/02/2027 vừa làm bù vừa nghỉ bù",
    ("ho_gia_dinh = 5", "ho_gia_din = 5"): "dòng 18: không có bộ dữ liệu “ho_gia_din”; ý là “ho_gia_dinh”?",
    ("= 5", '= "5"'): "dòng 18: han_nop.ho_gia_dinh phải là số nguyên",
    ("= 5", "= 500"): "dòng 18: han_nop.ho_gia_dinh phải là số đến 200",
    ("= 5", "= 0"): "dòng 18: han_nop.ho_gia_dinh phải là số từ 1 trở lên",
    ("[muc_tieu.ho_co_ky_nang_so]", "[muc_tieu.ho_ky_nang_so]"): "dòng 19: không có chỉ tiêu",
    ("2026 = 0.5", "26 = 0.5"): "dòng 20: muc_tieu.ho_co_ky_nang_so.26 phải là năm",
    ("2026 = 0.5", '2026 = "50%"'): "dòng 20: muc_tieu.ho_co_ky_nang_so.2026.muc_tieu phải là số",
    ("2026 = 0.5", "2026 = 85"): "dòng 20: chỉ tiêu này là tỷ lệ, viết từ 0 đến 1",
    ("muc_tieu = 1,", "muc_tieu = 0.6,"): "dòng 21: mức sàn không được cao hơn mục tiêu",
    ("san =", "sn ="): "dòng 21: không có khóa “muc_tieu.ho_co_ky_nang_so.2027.sn”; ý là “san”?",
    ("ngay_ban_cong_bo = 60", "ban_dau_thang = 1"): "dòng 23: luu_giu.ban_dau_thang phải là true hoặc false",
    ("07:30:00", '"7h30"'): "dòng 25: bao_tin.tu_gio phải là giờ viết như 07:00:00",
    ("tu_gio = 07:30:00", "den_gio = 06:00:00"): "dòng 25: den_gio phải sau tu_gio",
    ("= 6\n", "= 8\n"): "dòng 26: bao_tin.thu_hang_tuan phải là số đến 6",
    ("[luu_giu]", "[xa]"): "dòng 22: khóa hoặc bảng này đã có ở trên",
}


@pytest.mark.parametrize(("change", "why"), REFUSED.items(), ids=[f"{new!r}" for _, new in REFUSED])
def test_what_cannot_be_meant_is_refused_with_its_line(change: tuple[str, str], why: str) -> None:
    assert change[0] in TEXT
    with pytest.raises(DeclarationError) as refused:
        settle(TEXT.replace(*change, 1))
    assert str(refused.value).startswith(f"xa.toml, {why}")


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = TEXT.replace('ma = "90001"', "ma = 90001").replace("= 5", "= 500")
    with pytest.raises(DeclarationError, match=r"dòng 2: .*\n.*dòng 18: "):
        settle(text)


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(DeclarationError, match="UTF-8"):
        read_settings(TEXT.encode("utf-16"))


def test_a_list_of_thon_is_told_of_by_its_own_name() -> None:
    with pytest.raises(DeclarationError, match=r"^danh_sach\.csv: chưa có tệp này"):
        settle(TEXT.replace("[don_vi]", 'thon = "danh_sach.csv"\n[don_vi]'), b"")
