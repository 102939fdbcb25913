"""Every indicator of the plan on a few hand-written rows, values in full."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest

from flows.measure import count_records
from flows.measure.indicators import COLUMNS, STEADY_DECIMALS
from schemas.indicator import ALL, Indicator, Join
from tests.flows.measure.commune import (
    COMMUNE,
    DATASETS,
    INDICATORS,
    PERIOD,
    QUARTER,
    YEAR,
    called,
    figure,
    handed_in,
    measured,
    rows,
)

OUT = "khong_su_dung"
STEADY = 10**-STEADY_DECIMALS
BORN = date(1990, 5, 6)
SOME_DAY = date(2026, 10, 20)


def person(number: int, thon: str = "T01", born: date = BORN, status: str = "Đang sống", lop: str = "dat"):
    return {"so_dinh_danh": f"{number}", "thon": thon, "ngay_sinh": born, "tinh_trang": status, "_class": lop}


def account(number: int, **different: object):
    usual = {
        "so_dinh_danh": f"{number}",
        "muc_do": "2",
        "ngay_kich_hoat": SOME_DAY,
        "giay_to": 1,
        "chu_ky_so": False,
    }
    return {**usual, "_class": "dat", **different}


PERSONS = rows(
    "dan_cu",
    person(1),
    person(2, born=date(2012, 10, 31)),  # 14 on the last day of the period
    person(3, born=date(2012, 11, 1)),  # one day short
    person(4, status="Đã chết"),
    person(5, status="Đã chuyển đi"),
    person(6, lop="can_bo_sung"),
    person(7, lop=OUT),
    person(8),
)
ACCOUNTS = rows(
    "dinh_danh",
    account(1, giay_to=0, chu_ky_so=True),
    account(2, muc_do="1", chu_ky_so=True),
    account(3, chu_ky_so=True),
    account(4, chu_ky_so=True),
    account(5),
    account(6),
    account(7, chu_ky_so=True),
    account(8, ngay_kich_hoat=None),
    account(99),  # of nobody in the register
)
HOUSES = pl.concat(
    [
        rows(
            "ho_gia_dinh",
            {
                "ky_nang_dvc": True,
                "ky_nang_ttkdtm": True,
                "internet": "Cáp quang",
                "phan_loai_rac": True,
                "nang_luong_sach": False,
            },
            {
                "ky_nang_dvc": True,
                "ky_nang_ttkdtm": False,
                "internet": "Di động",
                "phan_loai_rac": False,
                "nang_luong_sach": False,
            },
            {
                "ky_nang_dvc": True,
                "ky_nang_ttkdtm": True,
                "internet": "Cáp quang",
                "phan_loai_rac": True,
                "nang_luong_sach": True,
                "_class": OUT,
            },
            unit="T01",
        ),
        rows(
            "ho_gia_dinh",
            {
                "ky_nang_dvc": False,
                "ky_nang_ttkdtm": True,
                "internet": "Không",
                "phan_loai_rac": True,
                "nang_luong_sach": True,
            },
            {
                "ky_nang_dvc": True,
                "ky_nang_ttkdtm": True,
                "internet": "Không",
                "phan_loai_rac": True,
                "nang_luong_sach": False,
            },
            unit="T02",
        ),
        rows(
            "ho_gia_dinh",
            {
                "ky_nang_dvc": True,
                "ky_nang_ttkdtm": True,
                "internet": "Cáp quang",
                "phan_loai_rac": False,
                "nang_luong_sach": False,
            },
            unit="T03",
        ),
    ]
)
SYSTEMS = rows(
    "he_thong_thong_tin",
    {"trien_khai_du": True, "so_quyet_dinh": "1/QĐ", "ket_noi_tslcd": True},
    {"trien_khai_du": True, "so_quyet_dinh": None, "ket_noi_tslcd": True},
    {"trien_khai_du": False, "so_quyet_dinh": "2/QĐ", "ket_noi_tslcd": True},
    {"trien_khai_du": True, "so_quyet_dinh": "3/QĐ", "ket_noi_tslcd": False},
)
FILES = rows(
    "ho_so_tthc",
    {
        "cung_cap_toan_trinh": True,
        "hinh_thuc": "Toàn trình",
        "ngay_hen_tra": date(2026, 11, 3),
        "ngay_tra": date(2026, 11, 3),
    },
    {
        "cung_cap_toan_trinh": True,
        "hinh_thuc": "Một phần",
        "ngay_hen_tra": date(2026, 11, 3),
        "ngay_tra": date(2026, 11, 4),
    },
    {
        "cung_cap_toan_trinh": False,
        "hinh_thuc": "Toàn trình",
        "ngay_hen_tra": date(2026, 11, 13),
        "ngay_tra": None,
    },
    {
        "cung_cap_toan_trinh": True,
        "hinh_thuc": "Toàn trình",
        "ngay_hen_tra": date(2026, 11, 14),
        "ngay_tra": None,
    },
    {
        "cung_cap_toan_trinh": True,
        "hinh_thuc": "Trực tiếp",
        "ngay_hen_tra": date(2026, 12, 1),
        "ngay_tra": date(2026, 11, 10),
    },
)
WORK = rows(
    "ho_so_cong_viec",
    {"don_vi_xu_ly": "Công an xã", "tren_mang": True, "mat": False},
    {"don_vi_xu_ly": "Công an xã", "tren_mang": False, "mat": False},
    {"don_vi_xu_ly": "Công an xã", "tren_mang": True, "mat": True},
    {"don_vi_xu_ly": "Phòng Kinh tế", "tren_mang": True, "mat": False},
)
PAYMENTS = rows(
    "thanh_toan",
    {"thon": "T01", "giao_dich": 100, "giao_dich_kdtm": 90, "gia_tri": 50.0, "gia_tri_kdtm": 20.0},
    {"thon": "T02", "giao_dich": 300, "giao_dich_kdtm": 150, "gia_tri": 150.0, "gia_tri_kdtm": 120.0},
)
WASTE = rows(
    "moi_truong",
    {"thon": "T01", "rac_phat_sinh": 10.0, "rac_thu_gom": 7.5},
    {"thon": "T02", "rac_phat_sinh": 30.0, "rac_thu_gom": 30.0},
)
COVER = pl.concat(
    [
        rows(
            "ha_tang_vien_thong",
            {"thon": "T01", "phu_4g": True, "phu_5g": False},
            {"thon": "T02", "phu_4g": False, "phu_5g": False},
            unit="viettel",
        ),
        rows(
            "ha_tang_vien_thong",
            {"thon": "T01", "phu_4g": True, "phu_5g": False},
            {"thon": "T03", "phu_4g": True, "phu_5g": True},
            unit="vnpt",
        ),
        rows("ha_tang_vien_thong", {"thon": "T02", "phu_4g": False, "phu_5g": False}, unit="mobifone"),
    ]
)
IDEAS = rows(
    "sang_kien",
    {"ngay_cong_nhan": SOME_DAY, "nhan_rong": True},
    {"ngay_cong_nhan": SOME_DAY, "nhan_rong": False},
    {"ngay_cong_nhan": None, "nhan_rong": True},
)
FIRMS = rows("doanh_nghiep", {"chi_rd": 5.0}, {"chi_rd": 0.0}, {"chi_rd": None})
TALKS = rows(
    "van_dong_giam_sat",
    {"kien_nghi": 5, "kien_nghi_xong": 2},
    {"kien_nghi": None, "kien_nghi_xong": 9},
    {"kien_nghi": 3, "kien_nghi_xong": None},
)
COMPLAINTS = pl.concat(
    [
        rows("phan_anh_ha_tang", {"trang_thai": "Đã giải quyết"}, {"trang_thai": "Mới"}, unit="T01"),
        rows("phan_anh_ha_tang", {"trang_thai": "Đã giải quyết"}, unit="T02"),
    ]
)
TEAMS = rows("to_cong_nghe_so", {"thon": "T01", "luot_nguoi": 40}, {"thon": "T02", "luot_nguoi": 2})
HEADS = rows("nguoi_dung_dau", {"guong_mau": True}, {"guong_mau": True}, {"guong_mau": False})
ECONOMY = rows(
    "kinh_te_so",
    {"nam": 2025, "grdp": 200.0, "kinh_te_so": 50.0},
    {"nam": 2024, "grdp": 900.0, "kinh_te_so": 9.0},
)
NO_COMPLAINTS = ("T03", "phan_anh_ha_tang", PERIOD["nd09"])

JUDGED = {
    "dan_cu": PERSONS,
    "dinh_danh": ACCOUNTS,
    "ho_gia_dinh": HOUSES,
    "he_thong_thong_tin": SYSTEMS,
    "ho_so_tthc": FILES,
    "ho_so_cong_viec": WORK,
    "thanh_toan": PAYMENTS,
    "moi_truong": WASTE,
    "ha_tang_vien_thong": COVER,
    "sang_kien": IDEAS,
    "doanh_nghiep": FIRMS,
    "van_dong_giam_sat": TALKS,
    "phan_anh_ha_tang": COMPLAINTS,
    "to_cong_nghe_so": TEAMS,
    "nguoi_dung_dau": HEADS,
    "kinh_te_so": ECONOMY,
}

#: indicator: tu_so, mau_so, value of the commune from the rows above
COMMUNES = {
    "nguoi_dung_dau_guong_mau": (2.0, 3.0, 2 / 3),
    "httt_an_toan_theo_cap_do": (2.0, 4.0, 0.5),
    "httt_ket_noi_tslcd": (3.0, 4.0, 0.75),
    "dinh_danh_muc_2_kich_hoat": (2.0, 4.0, 0.5),  # persons 1, 6 of 1, 2, 6, 8
    "dinh_danh_tich_hop_giay_to": (6.0, 7.0, 6 / 7),  # all activated but 1's has papers
    "chu_ky_so_ca_nhan": (2.0, 4.0, 0.5),  # persons 1, 2
    "dan_cu_dung_du_sach_song": (6.0, 8.0, 0.75),
    "kinh_te_so_grdp": (50.0, 200.0, 0.25),
    "ho_so_cong_viec_tren_mang": (2.0, 3.0, 2 / 3),
    "thanh_toan_khong_tien_mat": (240.0, 400.0, 0.6),
    "thanh_toan_khong_tien_mat_gia_tri": (140.0, 200.0, 0.7),
    "ho_so_toan_trinh": (2.0, 4.0, 0.5),
    "ho_so_dung_han": (2.0, 4.0, 0.5),  # promised for the period's last day: not yet past
    "ho_co_ky_nang_so": (3.0, 5.0, 0.6),
    "ho_internet": (2.0, 5.0, 0.4),
    "thon_phu_4g": (2.0, 3.0, 2 / 3),
    "thon_phu_5g": (1.0, 3.0, 1 / 3),
    "sang_kien_duoc_cong_nhan": (2.0, None, 2.0),
    "sang_kien_nhan_rong": (1.0, 2.0, 0.5),
    "doanh_nghiep_co_rd": (1.0, 3.0, 1 / 3),
    "rac_thu_gom": (37.5, 40.0, 0.9375),
    "ho_phan_loai_rac": (3.0, 5.0, 0.6),
    "ho_nang_luong_sach": (1.0, 5.0, 0.2),
    "kien_nghi_duoc_giai_quyet": (2.0, 8.0, 0.25),
    "phan_anh_ha_tang_xong": (2.0, 3.0, 2 / 3),
    "nguoi_duoc_huong_dan": (42.0, None, 42.0),
}


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return measured(JUDGED, NO_COMPLAINTS)


def test_the_columns_are_those_of_the_release(table):
    assert dict(table.schema) == COLUMNS


def test_every_indicator_is_tried_here():
    assert set(COMMUNES) | {"bao_cao_dung_han"} == set(INDICATORS)


@pytest.mark.parametrize(("indicator", "expected"), COMMUNES.items(), ids=COMMUNES)
def test_the_commune(table, indicator, expected):
    row = figure(table, indicator)
    assert (row["tu_so"], row["mau_so"], row["value"]) == expected


@pytest.mark.parametrize("indicator", COMMUNES)
def test_nothing_was_missing(table, indicator):
    assert figure(table, indicator)["completeness"] == 1.0


@pytest.mark.parametrize(
    ("indicator", "key", "expected"),
    [
        ("thanh_toan_khong_tien_mat", "T01", (90.0, 100.0, 0.9)),
        ("thanh_toan_khong_tien_mat", "T03", (0.0, 0.0, None)),
        ("thanh_toan_khong_tien_mat_gia_tri", "T02", (120.0, 150.0, 0.8)),
        ("rac_thu_gom", "T01", (7.5, 10.0, 0.75)),
        ("phan_anh_ha_tang_xong", "T01", (1.0, 2.0, 0.5)),
        ("phan_anh_ha_tang_xong", "T03", (0.0, 0.0, None)),
        ("nguoi_duoc_huong_dan", "T01", (40.0, None, 40.0)),
        ("nguoi_duoc_huong_dan", "T03", (0.0, None, None)),
        ("dan_cu_dung_du_sach_song", "T01", (6.0, 8.0, 0.75)),
        ("dinh_danh_tich_hop_giay_to", "T01", (4.0, 5.0, 0.8)),  # only of persons accepted in the register
        ("ho_so_cong_viec_tren_mang", "Công an xã", (1.0, 2.0, 0.5)),
        ("ho_so_cong_viec_tren_mang", "Phòng Kinh tế", (1.0, 1.0, 1.0)),
        ("ho_so_cong_viec_tren_mang", "Văn phòng HĐND và UBND", (0.0, 0.0, None)),
    ],
)
def test_a_thon_or_a_unit(table, indicator, key, expected):
    row = figure(table, indicator, key)
    assert (row["tu_so"], row["mau_so"], row["value"]) == expected


@pytest.mark.parametrize(
    ("indicator", "status"),
    [
        ("nguoi_dung_dau_guong_mau", "chua_dat"),
        ("thanh_toan_khong_tien_mat", "chua_dat"),
        ("kinh_te_so_grdp", "khong_co_muc_tieu"),
        ("ho_internet", "khong_co_muc_tieu"),
    ],
)
def test_the_status_of_the_commune(table, indicator, status):
    assert figure(table, indicator)["status"] == status


def test_a_target_reached_is_dat(table):
    row = figure(table, "thanh_toan_khong_tien_mat_gia_tri", "T02")
    assert (row["value"], row["muc_tieu"], row["status"]) == (0.8, 0.8, "dat")


@pytest.mark.parametrize(
    ("good", "status"), [(16, "chua_dat"), (17, "dat_san"), (19, "dat_san"), (20, "dat")]
)
def test_between_floor_and_target(good, status):
    people = [person(n, lop="dat" if n < good else "can_bo_sung") for n in range(20)]
    row = figure(measured({"dan_cu": rows("dan_cu", *people)}), "dan_cu_dung_du_sach_song")
    assert (row["muc_tieu"], row["san"], row["status"]) == (1.0, 0.85, status)


def test_quarantined_households_widen_the_bounds(table):
    row = figure(table, "ho_co_ky_nang_so")
    assert (row["low"], row["high"], row["quarantined_share"]) == (3 / 6, 4 / 6, 1 / 6)
    assert row["reason"] == "1 dòng bị chặn, chưa tính"


def homes(unit: str, *answers: bool | None) -> pl.DataFrame:
    """Households that all have internet, and what they answer about their waste."""
    said = ({"phan_loai_rac": each, "internet": "Cáp quang", "_class": "can_bo_sung"} for each in answers)
    return rows("ho_gia_dinh", *said, unit=unit)


def test_an_open_question_counts_as_neither_yes_nor_no():
    judged = pl.concat([homes("T01", *[None] * 10), homes("T02", *[True] * 8, *[False] * 2)])
    table = measured({"ho_gia_dinh": judged}, ("T03", "ho_gia_dinh", "2026-10"))
    row = figure(table, "ho_phan_loai_rac")
    assert (row["tu_so"], row["mau_so"], row["value"], row["low"], row["high"]) == (8, 10, 0.8, 0.4, 0.9)
    assert "10 dòng chưa ghi Có hoặc Không, chưa tính" in row["reason"]
    one = figure(table, "ho_phan_loai_rac", "T01")
    assert one["value"] is None
    assert "10 dòng chưa ghi Có hoặc Không, chưa tính" in one["reason"]
    assert figure(table, "ho_internet", "T01")["value"] == 1.0


def test_an_open_question_that_decides_nothing_is_not_asked():
    """Without the one skill, a household lacks both."""
    one, both = {"ky_nang_dvc": False, "ky_nang_ttkdtm": None}, {"ky_nang_dvc": True, "ky_nang_ttkdtm": True}
    none = [(thon, "ho_gia_dinh", "2026-10") for thon in ("T02", "T03")]
    decided = measured({"ho_gia_dinh": rows("ho_gia_dinh", one, both)}, *none)
    assert figure(decided, "ho_co_ky_nang_so")["high"] == 0.5
    open_ = measured({"ho_gia_dinh": rows("ho_gia_dinh", {**one, "ky_nang_dvc": True}, both)}, *none)
    row = figure(open_, "ho_co_ky_nang_so")
    assert (row["value"], row["low"], row["high"]) == (1.0, 0.5, 1.0)


def test_a_thon_of_which_no_operator_says_may_be_covered():
    judged = rows("ha_tang_vien_thong", {"thon": "T01", "phu_5g": None}, {"thon": "T02", "phu_5g": True})
    others = [
        rows("ha_tang_vien_thong", {"thon": "T01", "phu_5g": False}, unit=unit)
        for unit in ("vnpt", "mobifone")
    ]
    row = figure(measured({"ha_tang_vien_thong": pl.concat([judged, *others])}), "thon_phu_5g")
    assert (row["value"], row["low"], row["high"]) == pytest.approx((1 / 3, 1 / 3, 2 / 3), abs=STEADY)


def test_an_open_question_of_a_joined_dataset_is_not_a_no():
    of_home = Join(DATASETS["ho_gia_dinh"], on="ma_ho", columns=("phan_loai_rac",))
    asked = Indicator(
        name="nguoi_o_ho_phan_loai_rac",
        title="Tỷ lệ người ở hộ phân loại rác",
        from_="",
        owner="cong_an",
        by=("xa",),
        over=DATASETS["dan_cu"],
        joined=of_home,
        tu_so=pl.col("phan_loai_rac"),
        mau_so=ALL,
    )
    homes_ = [{"ma_ho": "H1", "phan_loai_rac": True}, {"ma_ho": "H2", "phan_loai_rac": None}]
    judged = {
        "dan_cu": rows("dan_cu", *({**person(n), "ma_ho": f"H{n}"} for n in (1, 2, 3))),
        "ho_gia_dinh": rows("ho_gia_dinh", *homes_),
    }
    counted = count_records(judged, COMMUNE, {asked.name: asked})
    row = counted.row(by_predicate=pl.col("by") == "xa", named=True)
    assert (row["tu_so"], row["mau_so"], row["only_tu_so"]) == (1, 3, 1)


def test_a_quarantined_account_may_only_raise_the_numerator():
    judged = {
        "dan_cu": rows("dan_cu", *(person(n) for n in range(10))),
        "dinh_danh": rows("dinh_danh", *(account(n) for n in range(8)), account(8, _class=OUT)),
    }
    row = figure(measured(judged), "dinh_danh_muc_2_kich_hoat")
    assert (row["value"], row["low"], row["high"]) == (0.8, 0.8, 0.9)
    assert (row["status"], row["quarantined_share"]) == ("chua_du_can_cu", 1 / 19)


def test_a_quarantined_row_in_a_sum_weighs_its_own_amount_or_the_mean():
    paid = {"thon": "T01", "giao_dich": 100, "giao_dich_kdtm": 60}
    judged = {
        "thanh_toan": rows(
            "thanh_toan",
            paid,
            {**paid, "giao_dich": 300},
            {"thon": "T01", "giao_dich": 50, "_class": OUT},
            {"thon": "T01", "giao_dich": None, "_class": OUT},
        )
    }
    row = figure(measured(judged), "thanh_toan_khong_tien_mat", "T01")
    assert (row["value"], row["low"], row["high"]) == (120 / 400, 120 / 650, 370 / 650)


def test_quarantined_rows_of_no_known_thon_weigh_on_all_in_proportion():
    judged = {
        "thanh_toan": rows(
            "thanh_toan",
            *({"thon": "T01", "giao_dich": 10, "giao_dich_kdtm": 5} for _ in range(3)),
            {"thon": "T02", "giao_dich": 10, "giao_dich_kdtm": 5},
            {"thon": None, "giao_dich": 8, "_class": OUT},
        )
    }
    table = measured(judged)
    lows = {key: figure(table, "thanh_toan_khong_tien_mat", key)["low"] for key in ("T01", "T02", "00001")}
    assert lows == {"T01": 15 / 36, "T02": 5 / 12, "00001": 20 / 48}


def test_rows_that_count_as_faulty_anyway_do_not_blur_the_commune(table):
    row = figure(table, "dan_cu_dung_du_sach_song")
    assert (row["low"], row["high"]) == (0.75, 0.75)


def test_a_thon_that_only_a_quarantined_row_covers_might_be_covered():
    judged = {
        "ha_tang_vien_thong": pl.concat(
            [
                rows("ha_tang_vien_thong", {"thon": "T01", "phu_4g": True}, unit="viettel"),
                rows("ha_tang_vien_thong", {"thon": "T02", "phu_4g": True, "_class": OUT}, unit="vnpt"),
                rows("ha_tang_vien_thong", {"thon": "T03", "phu_4g": False}, unit="mobifone"),
            ]
        )
    }
    row = figure(measured(judged), "thon_phu_4g")
    assert (row["tu_so"], row["mau_so"], row["low"], row["high"]) == (1.0, 3.0, 1 / 3, 2 / 3)


def test_an_operator_that_did_not_come_leaves_certain_what_the_others_cover():
    judged = {
        "ha_tang_vien_thong": rows("ha_tang_vien_thong", {"thon": "T01", "phu_4g": True}, unit="viettel")
    }
    row = figure(measured(judged), "thon_phu_4g")
    figures = (row["value"], row["low"], row["high"], row["completeness"])
    assert figures == pytest.approx((1 / 3, 1 / 3, 1.0, 1 / 3), abs=STEADY)
    assert row["reason"] == "Thiếu 2/3 đơn vị: MobiFone, VNPT"


def houses(unit: str, good: int, of: int, ky: str) -> pl.DataFrame:
    skilled = ({"ky_nang_dvc": number < good, "ky_nang_ttkdtm": True} for number in range(of))
    return rows("ho_gia_dinh", *skilled, unit=unit, ky=ky)


def test_a_thon_that_did_not_come_weighs_what_it_had_last_time():
    judged = {
        "ho_gia_dinh": pl.concat(
            [
                *(houses(unit, 10, 10, "2026-09") for unit in ("T01", "T02")),
                houses("T03", 15, 20, "2026-09"),
                *(houses(unit, 9, 10, "2026-10") for unit in ("T01", "T02")),
            ]
        )
    }
    table = measured(judged)
    row = figure(table, "ho_co_ky_nang_so")
    assert (row["value"], row["low"], row["high"]) == (0.9, 18 / 40, 38 / 40)
    assert row["completeness"] == pytest.approx(2 / 3, abs=STEADY)
    assert row["reason"] == "Thiếu 1/3 thôn: Làng Mới"


def test_a_thon_that_never_came_may_have_any_number_of_households():
    row = figure(measured({"ho_gia_dinh": houses("T01", 9, 10, "2026-10")}), "ho_co_ky_nang_so")
    assert (row["value"], row["low"], row["high"], row["status"]) == (0.9, 0.0, 1.0, "chua_du_can_cu")


@pytest.mark.parametrize("indicator", INDICATORS)
def test_an_indicator_without_any_hand_in_is_there_and_says_why(indicator):
    table = measured({}).filter(pl.col("indicator") == indicator)
    assert not table.is_empty()
    if indicator != "bao_cao_dung_han":
        assert set(table["value"]) == {None}
        assert table["reason"].str.starts_with("Chưa có “").all()


def test_figures_of_a_thon_that_did_not_come_are_unknown():
    row = figure(measured({"ho_gia_dinh": houses("T01", 9, 10, "2026-10")}), "ho_co_ky_nang_so", "T02")
    assert (row["value"], row["completeness"], row["status"]) == (None, 0.0, "chua_du_can_cu")
    assert row["reason"] == "Chưa có “Hộ gia đình: kỹ năng số và lối sống xanh” của Bản Chu"


def test_accounts_without_the_register_cannot_be_told_by_thon():
    table = measured({"dinh_danh": rows("dinh_danh", *(account(n) for n in range(9)))})
    assert figure(table, "dinh_danh_tich_hop_giay_to")["value"] == 1.0
    assert figure(table, "dinh_danh_tich_hop_giay_to", "T01")["value"] is None
    assert figure(table, "dinh_danh_muc_2_kich_hoat")["value"] is None


@pytest.mark.parametrize(("households", "shown"), [(4, False), (5, True)])
def test_fewer_than_five_households_are_not_told_by_thon(households, shown):
    table = measured({"ho_gia_dinh": houses("T01", 2, households, "2026-10")})
    row = figure(table, "ho_co_ky_nang_so", "T01")
    told = [row[name] is not None for name in ("value", "tu_so", "mau_so", "low", "high")]
    assert told == [shown] * 5
    assert (row["reason"] is None) is shown


def test_a_small_group_is_told_for_the_commune():
    table = measured({"ho_gia_dinh": houses("T01", 2, 4, "2026-10")})
    assert figure(table, "ho_co_ky_nang_so")["value"] == 0.5


def test_reports_on_time_by_commune_unit_and_thon():
    came = handed_in(("T01", "ho_gia_dinh", "2026-10"), ("cong_an", "dan_cu", "2026-10"))
    late = handed_in(("cong_an", "dinh_danh", "2026-10"), day=date(2026, 11, 9))
    roll = called(came, late)
    table = measured({}, roll=roll)
    owed = Counter(roll.filter(pl.col("period") == "2026-10")["unit"])
    told = {
        key: (row["tu_so"], row["mau_so"], row["value"], row["completeness"])
        for key in ("00001", "cong_an", "viettel", "T01", "T02")
        if (row := figure(table, "bao_cao_dung_han", key, "2026-10"))
    }
    on_time = {"00001": (2, owed.total()), "cong_an": (1, owed["cong_an"]), "viettel": (0, owed["viettel"])}
    on_time |= {"T01": (1, owed["T01"]), "T02": (0, owed["T02"])}
    assert told == {
        key: (some, all_, pytest.approx(some / all_, abs=STEADY), 1) for key, (some, all_) in on_time.items()
    }


def test_a_report_not_due_yet_is_unknown():
    roll = pl.DataFrame(
        {
            "unit": ["T01", "T01"],
            "dataset": ["ho_gia_dinh", "phan_anh_ha_tang"],
            "period": ["2026-11", "2026-11"],
            "due": [date(2026, 11, 18), date(2026, 12, 1)],
            "received": [date(2026, 11, 17), None],
            "days_late": pl.Series([0, 0], dtype=pl.Int32),
            "state": ["dung_han", "chua_den_han"],
        }
    )
    row = figure(measured({}, roll=roll), "bao_cao_dung_han", "T01")
    assert (row["value"], row["low"], row["high"], row["completeness"]) == (1.0, 0.5, 1.0, 0.5)
    assert (row["status"], row["quarantined_share"]) == ("chua_du_can_cu", 0.0)


@pytest.mark.parametrize("period", [QUARTER, YEAR, PERIOD["nd09"], PERIOD["point_in_time"]])
def test_each_kind_of_period_has_figures(table, period):
    assert period in set(table["period"])


def test_rows_stand_in_a_fixed_order(table):
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=7) for name, frame in reversed(JUDGED.items())
    }
    assert table.equals(measured(shuffled, NO_COMPLAINTS))


def test_no_figure_stands_twice(table):
    assert not table.select("indicator", "period", "by", "key").is_duplicated().any()


def test_what_has_no_value_says_why(table):
    assert table.filter(pl.col("value").is_null() & pl.col("reason").is_null()).is_empty()


def test_shares_lie_between_nought_and_one(table):
    shares = table.filter(~pl.col("indicator").is_in(["sang_kien_duoc_cong_nhan", "nguoi_duoc_huong_dan"]))
    for column in ("value", "low", "high", "completeness", "quarantined_share"):
        assert shares[column].drop_nulls().is_between(0, 1).all()


def test_values_lie_between_their_bounds(table):
    assert table.select((pl.col("low") <= pl.col("value")).all()).item()
    assert table.select((pl.col("value") <= pl.col("high")).all()).item()
