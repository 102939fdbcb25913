"""The roll call of a small commune: states, lateness, faults, thin and copied submissions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from flows.roll_call import COLUMNS, FAULTS, call_roll, find_roll_call_faults
from flows.settle.unusual import find_unusual, take_prints
from schemas import datasets as declared
from schemas.units import Commune, Thon, Unit

D = date.fromisoformat
DATASETS = declared.load()
COMMUNE = Commune(
    code="00001",
    name="Xã Mẫu",
    province="Tỉnh Mẫu",
    since=D("2026-10-01"),
    units=(
        Unit("cong_an", "cong_an", "Công an xã"),
        Unit("T01", "thon", "Thôn Hạ"),
        Unit("T02", "thon", "Bản Chu"),
    ),
    thon=(Thon("T01", "Thôn Hạ", "Xã Cũ"), Thon("T02", "Bản Chu", "Xã Cũ")),
    moved={},
)
AS_OF = D("2026-11-24")
HANDED_IN = {
    "unit": pl.String,
    "dataset": pl.String,
    "period": pl.String,
    "received": pl.Date,
    "rows": pl.Int64,
    "nil": pl.Boolean,
}


def handed_in(*rows: tuple[str, str, str, str, bool]) -> pl.DataFrame:
    filled = [
        (unit, dataset, period, D(day), 0 if nil else 9, nil) for unit, dataset, period, day, nil in rows
    ]
    return pl.DataFrame(filled, schema=HANDED_IN, orient="row")


def called(*rows, as_of=AS_OF, commune=COMMUNE):
    return call_roll(commune, DATASETS, handed_in(*rows), as_of)


def state(frame, unit, dataset, period):
    mine = frame.filter(unit=unit, dataset=dataset, period=period)
    return mine.select("due", "received", "days_late", "state").row(0)


def test_all_that_is_owed_stands_in_it_once_even_if_nothing_came():
    frame = called()
    assert dict(frame.schema) == COLUMNS
    assert frame.select("unit", "dataset", "period").rows() == [
        ("T01", "ho_gia_dinh", "2026-10"),
        ("T01", "phan_anh_ha_tang", "2026-10"),
        ("T01", "phan_anh_ha_tang", "2026-11"),
        ("T02", "ho_gia_dinh", "2026-10"),
        ("T02", "phan_anh_ha_tang", "2026-10"),
        ("T02", "phan_anh_ha_tang", "2026-11"),
        ("cong_an", "dan_cu", "2026-10"),
        ("cong_an", "dinh_danh", "2026-10"),
    ]


@pytest.mark.parametrize(
    ("received", "nil", "expected"),
    [
        ("2026-11-16", False, (D("2026-11-16"), 0, "dung_han")),
        ("2026-11-18", False, (D("2026-11-18"), 0, "dung_han")),
        ("2026-11-20", False, (D("2026-11-20"), 2, "tre_han")),
        ("2026-11-17", True, (D("2026-11-17"), 0, "khong_phat_sinh")),
        ("2026-11-20", True, (D("2026-11-20"), 2, "tre_han")),
        ("2026-11-13", False, (D("2026-11-13"), 0, "dung_han")),  # before the period was over
    ],
)
def test_punctuality(received, nil, expected):
    frame = called(("T01", "phan_anh_ha_tang", "2026-11", received, nil))
    assert state(frame, "T01", "phan_anh_ha_tang", "2026-11") == (D("2026-11-18"), *expected)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2026-11-18", (None, 0, "chua_den_han")), ("2026-11-19", (None, 1, "chua_co"))],
)
def test_nothing_came(as_of, expected):
    frame = called(as_of=D(as_of))
    assert state(frame, "T01", "phan_anh_ha_tang", "2026-11") == (D("2026-11-18"), *expected)


def test_the_first_hand_in_decides_whether_it_was_late_and_the_last_whether_there_was_nothing():
    frame = called(
        ("T01", "phan_anh_ha_tang", "2026-11", "2026-11-22", True),
        ("T01", "phan_anh_ha_tang", "2026-11", "2026-11-17", False),
    )
    assert state(frame, "T01", "phan_anh_ha_tang", "2026-11")[1:] == (D("2026-11-17"), 0, "khong_phat_sinh")


def test_what_came_after_the_day_in_question_is_not_known_yet():
    frame = called(("T01", "phan_anh_ha_tang", "2026-11", "2026-11-20", False), as_of=D("2026-11-19"))
    assert state(frame, "T01", "phan_anh_ha_tang", "2026-11")[3] == "chua_co"


def test_nothing_to_report_counts_only_where_the_contract_allows_it():
    frame = called(("T01", "ho_gia_dinh", "2026-10", "2026-11-02", True))
    assert state(frame, "T01", "ho_gia_dinh", "2026-10")[3] == "dung_han"


def test_a_hand_in_that_nobody_owed_is_not_in_it():
    frame = called(
        ("T01", "dan_cu", "2026-10", "2026-11-02", False),
        ("cong_an", "dan_cu", "2026-09", "2026-10-02", False),
    )
    assert frame.equals(called())


def test_missing_and_late_hand_ins_are_faults_with_dates_and_days():
    frame = called(
        ("cong_an", "dan_cu", "2026-10", "2026-11-09", False),
        ("cong_an", "dinh_danh", "2026-10", "2026-11-03", False),
    ).filter(pl.col("unit") == "cong_an")
    nothing = called().filter(unit="T01", dataset="ho_gia_dinh")
    faults = find_roll_call_faults(pl.concat([frame, nothing]), COMMUNE, DATASETS)
    assert dict(faults.schema) == FAULTS
    assert faults.rows() == [
        (
            "T01",
            "ho_gia_dinh",
            "2026-10",
            "giao_nop.chua_co",
            "du",
            "canh_bao",
            "Thôn Hạ chưa nộp “Hộ gia đình: kỹ năng số và lối sống xanh” tháng 10/2026; "
            "hạn nộp 04/11/2026, đã quá 20 ngày.",
        ),
        (
            "cong_an",
            "dan_cu",
            "2026-10",
            "giao_nop.tre_han",
            "song",
            "canh_bao",
            "Công an xã nộp “Dân cư” tháng 10/2026 ngày 09/11/2026, trễ 5 ngày so với hạn 04/11/2026.",
        ),
    ]


def test_no_hand_ins_owed_gives_no_faults():
    assert find_roll_call_faults(called(as_of=D("2026-10-01")), COMMUNE, DATASETS).is_empty()


def reports(period: str, *texts: str, unit: str = "T01", day: str = "2026-11-01") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "_unit": [unit] * len(texts),
            "_period": [period] * len(texts),
            "ngay": [D(day)] * len(texts),
            "nha_mang": ["Viettel"] * len(texts),
            "noi_dung": list(texts),
            "trang_thai": ["Mới"] * len(texts),
            "ngay_giai_quyet": pl.Series([None] * len(texts), dtype=pl.Date),
        }
    )


#: As if complaints were a list that is kept, not events as they come.
KEPT = {"phan_anh_ha_tang": replace(DATASETS["phan_anh_ha_tang"], nil_allowed=False)}


def found(*frames: pl.DataFrame, datasets=KEPT) -> list[tuple[str, str, str, str]]:
    faults = find_unusual(take_prints({"phan_anh_ha_tang": pl.concat(frames)}, datasets), datasets)
    return faults.select("unit", "period", "code", "message").rows()


def test_the_same_records_again_look_copied_whatever_their_order_and_dates():
    assert found(reports("2026-10", "a", "b", day="2026-10-01"), reports("2026-11", "b", "a")) == [
        (
            "T01",
            "2026-11",
            "giao_nop.sao_chep",
            "“Phản ánh hạ tầng viễn thông” tháng 11/2026 giống hệt tháng 10/2026, trừ các cột ngày. "
            "Đề nghị rà soát lại số liệu.",
        )
    ]


@pytest.mark.parametrize(
    ("earlier", "unit"),
    [(("a", "c"), "T01"), (("a", "b", "b"), "T01"), (("a", "b"), "T02")],
    ids=["other records", "another record more often", "another unit"],
)
def test_other_records_are_no_copy(earlier, unit):
    codes = [
        code for _, _, code, _ in found(reports("2026-10", *earlier, unit=unit), reports("2026-11", "a", "b"))
    ]
    assert "giao_nop.sao_chep" not in codes


def test_only_the_period_just_before_is_compared():
    assert found(reports("2026-09", "a", "b"), reports("2026-11", "a", "b")) == []


def test_rows_that_fell_by_more_than_30_percent_look_thin():
    assert found(reports("2026-10", *"abcdefghij"), reports("2026-11", *"abcdef")) == [
        (
            "T01",
            "2026-11",
            "giao_nop.it_bat_thuong",
            "“Phản ánh hạ tầng viễn thông” tháng 11/2026 có 6 dòng, tháng 10/2026 có 10 dòng: giảm hơn 30 %.",
        )
    ]


def test_events_may_fall_in_number():
    frames = reports("2026-10", *"abcdefghij"), reports("2026-11", "a")
    assert found(*frames, datasets=DATASETS) == []


def test_a_fall_of_just_30_percent_is_usual():
    assert found(reports("2026-10", *"abcdefghij"), reports("2026-11", *"klmnopq")) == []


def test_more_rows_than_the_contract_expects():
    many = [f"{number}" for number in range(501)]
    assert found(reports("2026-11", *many)) == [
        (
            "T01",
            "2026-11",
            "giao_nop.it_bat_thuong",
            "“Phản ánh hạ tầng viễn thông” tháng 11/2026 có 501 dòng, thường phải từ 0 đến 500 dòng.",
        )
    ]


def test_nothing_handed_in_is_nothing_unusual():
    assert dict(find_unusual(take_prints({}, DATASETS), DATASETS).schema) == FAULTS
