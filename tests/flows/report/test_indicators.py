"""An indicator in words: never a bare figure, never a green light that was not earned."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from flows.report import indicators
from flows.report.names import Names
from schemas.tables import INDICATORS
from schemas.units import ngoc_lac

BLANK: dict[str, Any] = dict.fromkeys(INDICATORS.fields)
MISSED = BLANK | {
    "tu_so": 8123.0,
    "mau_so": 9412.0,
    "value": 8123 / 9412,
    "muc_tieu": 1.0,
    "san": 0.9,
    "status": "chua_dat",
}


def test_a_figure_comes_with_its_numerator_denominator_target_and_lack() -> None:
    assert indicators.describe_figures(MISSED) == [
        "8.123 trên 9.412.",
        "Mục tiêu 100%, mức sàn 90%.",
        "Còn thiếu 348 để đạt mức sàn, 1.289 để đạt mục tiêu.",
    ]


@pytest.mark.parametrize(
    ("known", "doubts"),
    [
        ({}, []),
        ({"low": 0.8, "high": 0.9}, ["Có thể từ 80% đến 90%."]),
        ({"low": 0.8, "high": 0.8}, []),
        ({"completeness": 0.875}, ["Mới có 87,5% số báo cáo phải nộp."]),
        ({"quarantined_share": 0.02}, ["2% số dòng còn lỗi nên chưa tính."]),
        ({"reason": "Phố 3 chưa nộp"}, ["Phố 3 chưa nộp."]),
        ({"reason": "2 dòng bị chặn, chưa tính", "quarantined_share": 0.02}, ["2 dòng bị chặn, chưa tính."]),
    ],
)
def test_what_is_unsure_is_said(known: dict[str, Any], doubts: list[str]) -> None:
    assert indicators.describe_doubts(MISSED | known) == doubts


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (MISSED, "86,3%"),
        (BLANK, "Chưa có"),
        (BLANK | {"tu_so": 1234.0, "value": 1234.0}, "1.234"),
        (MISSED | {"value": None}, "Chưa có"),
    ],
)
def test_results_in_words(row: dict[str, Any], shown: str) -> None:
    assert indicators.show_value(row) == shown


def test_the_latest_period_is_shown_with_the_history_before_it() -> None:
    rows = [
        MISSED | {"indicator": "la", "by": "xa", "period": period, "value": value}
        for period, value in (("2026-10", 0.5), ("2026-Q2", 0.25), ("2026-11", None))
    ]
    frame = INDICATORS.conform(pl.DataFrame(rows, infer_schema_length=None))
    (found,) = indicators.select_latest(frame, Names({}, ngoc_lac(), {}))
    assert [row["period"] for row in found["history"]] == ["2026-Q2", "2026-10", "2026-11"]
    assert (found["title"], found["shown"]) == ("la", "Chưa có")
    assert found["trend"] == "Từ 25% (quý II/2026) đến 50% (tháng 10/2026)."


def test_numbers_say_what_they_count() -> None:
    assert indicators.describe_figures(MISSED, " hộ")[0] == "8.123 trên 9.412 hộ."
    assert indicators.describe_figures(MISSED, " hộ")[-1].endswith("1.289 hộ để đạt mục tiêu.")


@pytest.mark.parametrize(
    ("values", "change"),
    [
        ((0.5, 0.624), "Tăng 12,4 điểm % so với tháng 10/2026"),
        ((0.5, 0.49), "Giảm 1 điểm % so với tháng 10/2026"),
        ((0.5, 0.5), "Không đổi so với tháng 10/2026"),
        ((0.5, None), ""),
        ((0.5,), ""),
    ],
)
def test_a_result_is_held_against_the_one_before_it(values: tuple[float | None, ...], change: str) -> None:
    rows = [MISSED | {"period": f"2026-{10 + at}", "value": value} for at, value in enumerate(values)]
    assert indicators.describe_change(rows) == change
