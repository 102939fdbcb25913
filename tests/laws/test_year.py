"""A year of roll calls, Tết included: clean, it has no fault; silence, copies and freezing show at once."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest

from flows.roll_call import call_roll, find_roll_call_faults
from flows.settle.unusual import find_unusual, take_prints
from schemas.periods import due, ended, is_working
from schemas.registry import load
from schemas.units import Commune

CONTRACTS = load()
COMMUNE, DATASETS = CONTRACTS.commune, CONTRACTS.datasets
YEAR = (date(2026, 12, 1), date(2027, 12, 31))
TET = [date(2027, 2, 5) + timedelta(days=at) for at in range(5)]  # 29 tháng Chạp to mồng 4
SUBMISSION = {
    "unit": pl.String,
    "dataset": pl.String,
    "period": pl.String,
    "received": pl.Date,
    "nil": pl.Boolean,
}


def commune() -> Commune:
    return Commune(
        COMMUNE.code, COMMUNE.name, COMMUNE.province, YEAR[0], COMMUNE.units, COMMUNE.thon, COMMUNE.moved
    )


@cache
def on_time() -> pl.DataFrame:
    """Every unit hands in everything on the last day on which it may."""
    rows = [
        (unit.name, dataset.name, period.label, due(period, dataset.due, COMMUNE.moved), False)
        for dataset in DATASETS.values()
        for period in ended(dataset.cadence, dataset.basis, *YEAR)
        for unit in COMMUNE.owing(dataset)
    ]
    return pl.DataFrame(rows, schema=SUBMISSION, orient="row")


def faults_on(day: date, handed_in: pl.DataFrame) -> pl.DataFrame:
    return find_roll_call_faults(call_roll(commune(), DATASETS, handed_in, day), commune(), DATASETS)


def days() -> list[date]:
    return [YEAR[0] + timedelta(days=at) for at in range((YEAR[1] - YEAR[0]).days + 1)]


def test_a_year_in_which_all_came_on_time_has_no_fault_on_any_day() -> None:
    assert on_time().height > 1000
    assert [day for day in days() if faults_on(day, on_time()).height] == []


def test_no_day_of_tet_is_worked_and_what_falls_due_then_may_wait() -> None:
    assert [day for day in TET if is_working(day, COMMUNE.moved)] == []
    months = [p for p in ended("thang", "point_in_time", *YEAR) if p.label == "2027-01"]
    assert due(months[0], 3, COMMUNE.moved) == date(2027, 2, 3)
    held = on_time().filter(period="2027-01", dataset="ho_gia_dinh")
    late = held.with_columns(received=pl.lit(TET[-1] + timedelta(days=1)))
    assert (
        faults_on(date(2027, 2, 20), late).filter(code="giao_nop.tre_han", period="2027-01").height
        == held.height
    )


@pytest.mark.parametrize("label", ["2027-01", "2027-04", "2027-08"])
def test_a_silent_thon_is_found_on_the_day_after_it_was_due_and_not_before(label: str) -> None:
    silent = (pl.col("unit") == "T07") & (pl.col("dataset") == "ho_gia_dinh") & (pl.col("period") == label)
    handed_in = on_time().filter(~silent)
    last = on_time().filter(silent)["received"].item()
    assert faults_on(last, handed_in).is_empty()
    told = faults_on(last + timedelta(days=1), handed_in).select("unit", "dataset", "period", "code").rows()
    assert told == [("T07", "ho_gia_dinh", label, "giao_nop.chua_co")]


def register(label: str, reviewed: date, *, moved: int = 0) -> pl.DataFrame:
    """A register of twenty people, the first `moved` of whom moved away since."""
    dataset = DATASETS["dan_cu"]
    columns = {column.name: pl.Series([None] * 20, dtype=column.kind.dtype) for column in dataset.columns} | {
        "_unit": pl.Series(["cong_an"] * 20),
        "_period": pl.Series([label] * 20),
        "so_dinh_danh": pl.Series([f"0380900000{at:02}" for at in range(20)]),
        "tinh_trang": pl.Series(["Đã chuyển đi" if at < moved else "Đang sống" for at in range(20)]),
        "ngay_cap_nhat": pl.Series([reviewed] * 20),
    }
    return pl.DataFrame(columns)


def unusual_codes(*submissions: pl.DataFrame) -> list[tuple[str, str]]:
    looks = take_prints({"dan_cu": pl.concat(submissions)}, DATASETS)
    return find_unusual(looks, DATASETS).select("period", "code").rows()


def test_a_frozen_register_is_found_on_the_day_it_comes_whatever_its_dates() -> None:
    was = register("2026-12", date(2026, 12, 20))
    assert unusual_codes(was) == []
    assert unusual_codes(was, register("2027-01", date(2027, 1, 20))) == [("2027-01", "giao_nop.sao_chep")]


def test_a_register_that_lives_is_no_copy() -> None:
    months = [register(f"2027-{month:02}", date(2027, month, 20), moved=month) for month in range(1, 13)]
    assert unusual_codes(*months) == []


def test_a_copied_month_is_told_once_for_each_month_copied() -> None:
    moved = [1, 2, 2, 2, 3]
    months = [register(f"2027-{at:02}", date(2027, at, 20), moved=gone) for at, gone in enumerate(moved, 1)]
    assert unusual_codes(*months) == [("2027-03", "giao_nop.sao_chep"), ("2027-04", "giao_nop.sao_chep")]
