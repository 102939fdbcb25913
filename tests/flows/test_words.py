"""Numbers, days and periods as people in Vietnam write them."""

from __future__ import annotations

from datetime import date

import pytest

from flows import words


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567, 0, "1.234.567"),
        (1234.5, 1, "1.234,5"),
        (12.0, 2, "12"),
        (0.25, 2, "0,25"),
        (-1500.0, 0, "-1.500"),
        (-0.01, 1, "0"),
        (None, 0, "–"),
    ],
)
def test_numbers_group_by_dots_and_part_by_a_comma(value: float | None, decimals: int, text: str) -> None:
    assert words.number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.853, "85,3%"),
        (1.0, "100%"),
        (0.99999, "99,9%"),
        (0.00001, "0,1%"),
        (0.0, "0%"),
        (1.25, "125%"),
        (None, "–"),
    ],
)
def test_a_share_that_is_not_all_is_never_shown_as_all(value: float | None, text: str) -> None:
    assert words.share(value) == text


@pytest.mark.parametrize(
    ("label", "long", "short"),
    [
        ("2026-11", "tháng 11/2026", "11/2026"),
        ("2026-Q4", "quý IV/2026", "IV/2026"),
        ("2026", "năm 2026", "2026"),
    ],
)
def test_periods_in_words(label: str, long: str, short: str) -> None:
    assert (words.period(label), words.short_period(label)) == (long, short)


def test_periods_of_any_cadence_sort_by_their_last_month() -> None:
    labels = ["2026", "2026-02", "2025", "2026-Q1", "2025-11", "2026-Q3"]
    assert sorted(labels, key=words.period_order) == [
        "2025-11",
        "2025",
        "2026-02",
        "2026-Q1",
        "2026-Q3",
        "2026",
    ]


def test_days_and_moments() -> None:
    assert words.day(date(2026, 1, 5)) == "05/01/2026"
    assert words.moment("2026-11-24T08:05:00") == "24/11/2026 08:05"


@pytest.mark.parametrize(
    ("target", "numerator", "denominator", "lacking"),
    [
        (0.8, 75.0, 100.0, 5),
        (0.85, 84.0, 99.0, 1),
        (1.0, 100.0, 100.0, None),
        (0.8, 10.0, 0.0, None),
        (None, 1.0, 2.0, None),
        (0.1, 1.0, 10.0, None),
    ],
)
def test_what_is_missing_to_a_target(
    target: float | None, numerator: float, denominator: float, lacking: int | None
) -> None:
    assert words.missing_to(target, numerator, denominator) == lacking
