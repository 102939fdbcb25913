"""Declares the faults to plant in the register of persons."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, timedelta

from flows.sample.files.cells import Broken, Unsaved
from flows.sample.people.person import Row
from flows.sample.planted.plan import Plan, Repeat, SameKey, change, has, spell_date


def _year_off(row: Row) -> str:
    """The person's number with a wrong year of birth."""
    number: str = row["so_dinh_danh"]
    return f"{number[:4]}{(int(number[4:6]) + 7) % 100:02}{number[6:]}"


def _sex_off(row: Row) -> str:
    number: str = row["so_dinh_danh"]
    return f"{number[:3]}{int(number[3]) ^ 1}{number[4:]}"


def _keeps_one_zero(row: Row) -> bool:
    return str(row["so_dinh_danh"][1]) != "0"


def _next_year(row: Row) -> int:
    """A year later than the day of the check, since every row was reviewed within 12 months before it."""
    return int(row["ngay_cap_nhat"].year) + 1


def _born_next_year(row: Row) -> str:
    """The person's number as if born next year."""
    number: str = row["so_dinh_danh"]
    return f"{number[:4]}{_next_year(row) % 100:02}{number[6:]}"


def _young(row: Row) -> bool:
    return int(row["so_dinh_danh"][3]) >= 2


def _man(row: Row) -> bool:
    return bool(row["gioi_tinh"] == "Nam")


def _dead(row: Row) -> bool:
    return bool(row["tinh_trang"] == "Đã chết")


def _alive_with_birthday(row: Row) -> bool:
    return _alive(row) and isinstance(row["ngay_sinh"], date)


def _alive(row: Row) -> bool:
    return bool(row["tinh_trang"] == "Đang sống")


def _number_like(row: Row) -> Hashable:
    """The part of a number for sex and birth year: two persons with the same part can share a number."""
    number: str = row["so_dinh_danh"]
    return number[3:6]


PLAN: Plan = (
    change("so_dinh_danh.thieu", so_dinh_danh=None),
    change("so_dinh_danh.khong_doc_duoc", so_dinh_danh="3,8085E+10"),
    change("so_dinh_danh.loi_cong_thuc", so_dinh_danh=Broken("#N/A")),
    change("so_dinh_danh.cong_thuc_chua_tinh", so_dinh_danh=Unsaved("=A10")),
    change("so_dinh_danh.la_cmnd", so_dinh_danh="171234567"),
    change("so_dinh_danh.mat_so_0", so_dinh_danh=lambda row: int(_year_off(row)), where=_keeps_one_zero),
    change("so_dinh_danh.sai_ma_tinh", so_dinh_danh=lambda row: f"099{row['so_dinh_danh'][3:]}"),
    change(
        "so_dinh_danh.sai_the_ky",
        "so_dinh_danh.sai_nam_sinh",
        so_dinh_danh=lambda row: f"{row['so_dinh_danh'][:3]}8{row['so_dinh_danh'][4:]}",
        where=_man,
    ),
    change("so_dinh_danh.sai_nam_sinh", so_dinh_danh=_year_off),
    change("so_dinh_danh.sai_gioi_tinh", so_dinh_danh=_sex_off),
    change("ho_ten.thieu", ho_ten=None),
    change("ho_ten.ky_tu_la", ho_ten="Bùi Thị H@nh"),
    change("ho_ten.mot_tieng", ho_ten="Hạnh"),
    change("ngay_sinh.thieu", ngay_sinh=None),
    change("ngay_sinh.khong_doc_duoc", ngay_sinh="31/02/1985"),
    change(
        "ngay_sinh.tuong_lai",
        ngay_sinh=lambda row: f"31/12/{_next_year(row)}",
        so_dinh_danh=_born_next_year,
        where=_young,
    ),
    change(
        "ngay_sinh.qua_som",
        "ngay_sinh.qua_120_tuoi",
        "so_dinh_danh.sai_nam_sinh",
        ngay_sinh="05/06/1899",
    ),
    change(
        "ngay_sinh.qua_120_tuoi",
        ngay_sinh="15/03/1903",
        so_dinh_danh=lambda row: (
            f"{row['so_dinh_danh'][:3]}{int(row['so_dinh_danh'][3]) % 2}03{row['so_dinh_danh'][6:]}"
        ),
    ),
    change("gioi_tinh.thieu", gioi_tinh=None),
    change("gioi_tinh.ngoai_danh_muc", gioi_tinh="Nử"),
    change("dan_toc.thieu", dan_toc=None),
    change("dan_toc.ngoai_danh_muc", dan_toc="Mường Ngoài"),
    change("ma_ho.thieu", ma_ho=None),
    change("ma_ho.sai_mau", ma_ho="Hộ 12"),
    change("quan_he.thieu", quan_he=None),
    change("quan_he.ngoai_danh_muc", quan_he="Con dâu"),
    change("quan_he.sai_gioi_tinh", quan_he="Chị", where=lambda row: _man(row) and row["quan_he"] == "Con"),
    change("thon.ngoai_danh_muc", thon="Thôn Bình Minh"),
    change("thon.khong_ro", thon="Thôn Tân Lập"),
    change("cu_tru.thieu", cu_tru=None),
    change("cu_tru.ngoai_danh_muc", cu_tru="Lưu trú"),
    change("tinh_trang.thieu", tinh_trang=None, where=_alive),
    change("tinh_trang.ngoai_danh_muc", tinh_trang="Mất tích", where=_alive),
    change("ngay_mat.khong_doc_duoc", ngay_mat="tháng trước", where=_dead),
    change(
        "ngay_mat.tuong_lai",
        "ngay_mat.khi_con_song",
        ngay_mat=lambda row: f"31/12/{_next_year(row)}",
        where=_alive,
    ),
    change("ngay_mat.thieu_khi_da_chet", ngay_mat=None, where=_dead),
    change(
        "ngay_mat.truoc_ngay_sinh",
        "ngay_mat.khi_con_song",
        ngay_mat=lambda row: spell_date(row["ngay_sinh"] - timedelta(400)),
        where=_alive_with_birthday,
    ),
    change("ngay_mat.khi_con_song", ngay_mat=lambda row: spell_date(row["ngay_cap_nhat"]), where=_alive),
    change("dien_thoai.khong_doc_duoc", dien_thoai="chưa nhớ số"),
    change("dien_thoai.sai_dau_so", dien_thoai="0112345678"),
    change("dien_thoai.hai_so", dien_thoai="0912345678 / 0987654321"),
    change("ngay_cap_nhat.thieu", ngay_cap_nhat=None),
    change("ngay_cap_nhat.khong_doc_duoc", ngay_cap_nhat="30/02/2026"),
    change("ngay_cap_nhat.tuong_lai", ngay_cap_nhat=lambda row: f"31/12/{_next_year(row)}"),
    change("ngay_cap_nhat.qua_som", "ngay_cap_nhat.qua_cu", ngay_cap_nhat="01/01/1890"),
    change(
        "ngay_cap_nhat.qua_cu",
        ngay_cap_nhat=lambda row: spell_date(row["ngay_cap_nhat"] - timedelta(800)),
        where=has("ngay_cap_nhat"),
    ),
    SameKey(alike=_number_like),
    Repeat(),
)
