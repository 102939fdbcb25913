"""Periods: first and last days, deadlines over holidays, and the words that name a period."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from schemas import datasets
from schemas.periods import (
    before,
    due,
    ended,
    in_words,
    is_working,
    latest_ended,
    open_windows,
    period,
    read_numbers,
    read_period,
)

D = date.fromisoformat


@pytest.mark.parametrize(
    ("cadence", "basis", "label", "start", "end"),
    [
        ("thang", "nd09", "2026-11", "2026-10-15", "2026-11-14"),
        ("thang", "nd09", "2027-01", "2026-12-15", "2027-01-14"),
        ("thang", "nd09", "2027-03", "2027-02-15", "2027-03-14"),
        ("thang", "nd09", "2026-12", "2026-11-15", "2026-12-14"),
        ("quy", "nd09", "2026-Q1", "2025-12-15", "2026-03-14"),
        ("quy", "nd09", "2026-Q4", "2026-09-15", "2026-12-14"),
        ("nam", "nd09", "2026", "2025-12-15", "2026-12-14"),
        ("thang", "calendar", "2026-12", "2026-12-01", "2026-12-31"),
        ("thang", "point_in_time", "2027-02", "2027-02-01", "2027-02-28"),
        ("thang", "point_in_time", "2028-02", "2028-02-01", "2028-02-29"),
        ("quy", "calendar", "2026-Q3", "2026-07-01", "2026-09-30"),
        ("quy", "point_in_time", "2026-Q4", "2026-10-01", "2026-12-31"),
        ("nam", "calendar", "2025", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_label_names_its_first_and_last_day(cadence, basis, label, start, end):
    found = period((cadence, basis), label)
    assert (found.label, found.cadence, found.start, found.end) == (label, cadence, D(start), D(end))


@pytest.mark.parametrize(
    ("cadence", "label"),
    [("thang", "2026"), ("thang", "2026-13"), ("thang", "2026-Q1"), ("quy", "2026-Q5"), ("nam", "2026-01")],
)
def test_a_label_of_another_cadence_is_refused(cadence, label):
    with pytest.raises(ValueError, match="cadence"):
        period((cadence, "nd09"), label)


def test_a_dataset_brings_its_own_cadence_and_basis():
    dan_cu = datasets.load()["dan_cu"]
    assert period(dan_cu, "2026-10").end == D("2026-10-31")


@pytest.mark.parametrize("basis", ["nd09", "calendar", "point_in_time"])
@pytest.mark.parametrize("cadence", ["thang", "quy", "nam"])
def test_periods_follow_each_other_without_gap(cadence, basis):
    run = ended(cadence, basis, D("2024-01-01"), D("2028-12-31"))
    gaps = [(later.start - earlier.end).days for earlier, later in pairwise(run)]
    assert set(gaps) == {1}


@pytest.mark.parametrize(
    ("cadence", "basis", "labels"),
    [
        ("thang", "nd09", ["2026-10", "2026-11"]),
        ("thang", "point_in_time", ["2026-09", "2026-10"]),
        ("quy", "nd09", []),
        ("quy", "point_in_time", ["2026-Q3"]),
        ("nam", "calendar", []),
    ],
)
def test_the_sample_commune_has_these_periods_behind_it(cadence, basis, labels):
    assert [each.label for each in ended(cadence, basis, D("2026-09-15"), D("2026-11-24"))] == labels


def test_both_ends_of_the_span_count():
    assert [p.label for p in ended("thang", "nd09", D("2026-10-14"), D("2026-11-14"))] == [
        "2026-10",
        "2026-11",
    ]


@pytest.mark.parametrize(
    ("cadence", "basis", "day", "label"),
    [
        ("thang", "nd09", "2026-11-13", "2026-10"),
        ("thang", "nd09", "2026-11-14", "2026-11"),
        ("thang", "nd09", "2027-01-02", "2026-12"),
        ("thang", "point_in_time", "2026-11-24", "2026-10"),
        ("quy", "nd09", "2026-11-24", "2026-Q3"),
        ("nam", "calendar", "2026-11-24", "2025"),
        ("nam", "nd09", "2026-12-14", "2026"),
    ],
)
def test_the_latest_period_that_had_ended(cadence, basis, day, label):
    assert latest_ended(cadence, basis, D(day)).label == label


@pytest.mark.parametrize(
    ("name", "day", "labels"),
    [
        ("phan_anh_ha_tang", "2026-11-10", []),
        ("phan_anh_ha_tang", "2026-11-14", ["2026-11"]),
        ("phan_anh_ha_tang", "2026-11-18", ["2026-11"]),
        ("phan_anh_ha_tang", "2026-11-19", []),
        ("dan_cu", "2026-11-04", ["2026-10"]),
        ("dan_cu", "2027-01-06", ["2026-12"]),  # 1/1, then a weekend
        ("kinh_te_so", "2027-01-02", ["2026"]),
    ],
)
def test_windows_are_open_from_the_end_of_a_period_to_its_deadline(name, day, labels):
    assert [each.label for each in open_windows(datasets.load()[name], D(day), {})] == labels


def test_several_windows_may_be_open_at_once():
    slow = replace(datasets.load()["phan_anh_ha_tang"], due=40)
    assert [each.label for each in open_windows(slow, D("2026-11-20"), {})] == ["2026-10", "2026-11"]


@pytest.mark.parametrize(
    ("cadence", "label", "earlier"),
    [("thang", "2027-01", "2026-12"), ("quy", "2027-Q1", "2026-Q4"), ("nam", "2026", "2025")],
)
def test_the_period_before(cadence, label, earlier):
    assert before((cadence, "nd09"), label).label == earlier


@pytest.mark.parametrize(
    ("label", "basis", "last"),
    [
        ("2026-11", "nd09", "2026-11-18"),  # ends on a Saturday
        ("2026-10", "point_in_time", "2026-11-04"),  # ends on a Saturday
        ("2026-12", "point_in_time", "2027-01-06"),  # 1/1, then a weekend
        ("2027-01", "point_in_time", "2027-02-03"),  # the last day before Tết 2027
        ("2027-04", "point_in_time", "2027-05-06"),  # 30/4 itself, 1/5 on a Saturday, 3/5 in lieu
        ("2026-04", "point_in_time", "2026-05-06"),  # 1/5 is a Friday
        ("2026-08", "point_in_time", "2026-09-07"),  # 1/9 and 2/9
        ("2027-08", "point_in_time", "2027-09-07"),  # 2/9 and 3/9
    ],
)
def test_three_working_days_skip_weekends_and_holidays(label, basis, last):
    assert due(period(("thang", basis), label), 3, {}) == D(last)


def test_a_deadline_goes_over_the_whole_of_tet():
    assert due(period(("thang", "point_in_time"), "2027-01"), 4, {}) == D("2027-02-11")


@pytest.mark.parametrize(
    ("moved", "last"),
    [
        ({D("2026-11-15"): True}, "2026-11-17"),
        ({D("2026-11-16"): False}, "2026-11-19"),
        ({D("2026-11-15"): True, D("2026-11-16"): False}, "2026-11-18"),
    ],
)
def test_days_swapped_by_the_commune_move_the_deadline(moved, last):
    assert due(period(("thang", "nd09"), "2026-11"), 3, moved) == D(last)


@pytest.mark.parametrize("day", ["2026-09-02", "2027-02-06", "2027-04-16", "2027-05-03", "2026-11-21"])
def test_days_off(day):
    assert not is_working(D(day), {})


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Tháng 11 năm 2026", {"2026-11"}),
        ("BÁO CÁO DÂN CƯ THÁNG 9 NĂM 2026", {"2026-09"}),
        ("Kỳ báo cáo: 11/2026", {"2026-11"}),
        ("Kỳ báo cáo: tháng 11/2026", {"2026-11"}),
        ("tháng 11/2026", {"2026-11"}),
        ("(Tháng 01-2027)", {"2027-01"}),
        ("thang_10_2026", {"2026-10"}),
        ("Bieu so 2 thon Ha Son thang 10 2026 (sua).xlsx", {"2026-10"}),
        ("dan_cu_2026-10.xlsx", {"2026-10"}),
        ("Báo cáo T11/2026", {"2026-11"}),
        ("bc 11-2026.xls", {"2026-11"}),
        ("Tháng 10 năm 2026, so với tháng 9 năm 2026", {"2026-10", "2026-09"}),
        ("Tháng 10 và tháng 11 năm 2026", {"2026-10", "2026-11"}),
        ("Tháng 9, 10/2026", {"2026-09", "2026-10"}),
        ("từ tháng 1 đến tháng 10 năm 2026", {"2026-01", "2026-10"}),
        ("Tháng 12 năm 1979", {"1979-12"}),
        ("Ngọc Lặc, ngày 17 tháng 11 năm 2026", set()),
        ("Ngọc Lặc, ngày    tháng 5 năm 2026", set()),
        ("Ngọc Lặc, ngày … tháng … năm 2026", set()),
        ("Kèm theo Công văn số 11/2026/CV-UBND ngày 20/4/2026", set()),
        ("Thực hiện Nghị định 09/2019/NĐ-CP và Luật 91/2025/QH15", set()),
        ("giai đoạn 2026 - 2030", set()),
        ("Quý IV/2026", set()),
        ("Năm 2025", set()),
        ("6 tháng đầu năm 2026", set()),
        ("Tháng 13 năm 2026", set()),
        ("T11_2026 ho gia dinh.xlsx", set()),  # T11 is also the code of a thôn
        ("2026-11-17 dan cu.xlsx", set()),
        ("HSCV-2026-00012", set()),
    ],
)
def test_the_month_that_words_name(text, labels):
    assert read_period([text], "thang") == labels


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Quý IV/2026", {"2026-Q4"}),
        ("QUÝ III NĂM 2026", {"2026-Q3"}),
        ("quý 4 năm 2026", {"2026-Q4"}),
        ("Quý I - 2027", {"2027-Q1"}),
        ("he_thong_quy_3_2026.xlsx", {"2026-Q3"}),
        ("sang_kien_2026-Q3.xlsx", {"2026-Q3"}),
        ("Q2/2026", {"2026-Q2"}),
        ("Tháng 11 năm 2026", set()),
        ("theo quy định năm 2026", set()),
        ("Quý V/2026", set()),
        ("Quý III, IV/2026", {"2026-Q3", "2026-Q4"}),
    ],
)
def test_the_quarter_that_words_name(text, labels):
    assert read_period([text], "quy") == labels


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Năm 2025", {"2025"}),
        ("QUY MÔ KINH TẾ SỐ NĂM 2025", {"2025"}),
        ("Kỳ báo cáo: 2025", {"2025"}),
        ("kinh_te_so_2025.xlsx", {"2025"}),
        ("kinh_te_so_2025", {"2025"}),
        ("nam_2025", {"2025"}),
        ("Tháng 11 năm 2026", set()),
        ("Quý IV năm 2026", set()),
        ("Kỳ báo cáo: 11/2026", set()),
        ("Ngọc Lặc, ngày 17 tháng 11 năm 2026", set()),
        ("Luật 91/2025/QH15", set()),
        ("dan_cu_thang_10_2026.xlsx", set()),
        ("giai đoạn năm 2026 - 2030", set()),
        ("giai đoạn 2026 - 2030", set()),
        ("Thực hiện từ 2021 đến 2025", set()),
        ("Biểu số 12/2025", set()),
    ],
)
def test_the_year_that_words_name(text, labels):
    assert read_period([text], "nam") == labels


@pytest.mark.parametrize(
    ("text", "cadence", "numbers"),
    [
        ("BÁO CÁO THÁNG 10", "thang", {10}),
        ("bc_thang_09", "thang", {9}),
        ("Tháng 9, 10", "thang", {9, 10}),
        ("Tháng 9 và tháng 10", "thang", {9, 10}),
        ("Tháng 10-26", "thang", {10}),
        ("Tháng 13", "thang", set()),
        ("6 tháng đầu năm", "thang", set()),
        ("Thôn Cao Thắng 2", "thang", set()),
        ("Từ ngày 15 tháng 10 đến ngày 14 tháng 11", "thang", set()),
        ("Ngày 17 tháng 11 năm 2026", "thang", set()),
        ("Quý III", "quy", {3}),
        ("quy 4", "quy", {4}),
        ("theo quy định", "quy", set()),
        ("Tháng 10", "quy", set()),
        ("Năm 2026", "nam", set()),
    ],
)
def test_months_and_quarters_named_without_a_year(text, cadence, numbers):
    assert read_numbers([text], cadence) == numbers


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
@pytest.mark.parametrize("text", ["Tháng 11 năm 2026", "KỲ BÁO CÁO: 11/2026", "thang_11_nam_2026"])
def test_unicode_form_and_tones_do_not_matter(form, text):
    assert read_period([unicodedata.normalize(form, text)], "thang") == {"2026-11"}


def test_all_texts_are_read():
    assert read_period(["Tháng 10 năm 2026", "dan_cu_thang_11_2026.xlsx"], "thang") == {"2026-10", "2026-11"}


@pytest.mark.parametrize(
    ("label", "words"),
    [("2026-11", "tháng 11/2026"), ("2026-Q4", "quý IV/2026"), ("2025", "năm 2025")],
)
def test_a_period_in_words(label, words):
    assert in_words(label) == words


def test_the_period_in_brackets_that_figures_are_compared_with_is_not_theirs() -> None:
    for compared in ("so với tháng 10", "So với tháng 10 năm 2026", "SO VỚI THÁNG 10/2026"):
        text = f"Báo cáo tháng 11 năm 2026 ({compared})"
        assert (read_period([text], "thang"), read_numbers([text], "thang")) == ({"2026-11"}, {11}), text
    assert read_period(["Quý III/2026 (so với quý II/2026)"], "quy") == {"2026-Q3"}
    assert read_period(["Năm 2026 (so với cùng kỳ năm 2025)"], "nam") == {"2026"}
    assert read_period(["(So với tháng 10/2026, tháng 9/2026)"], "thang") == {"2026-09", "2026-10"}
