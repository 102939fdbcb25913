"""What is not told of a small group can't be got by subtraction either."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.measure.bounds import suppress
from schemas.privacy import SMALLEST_GROUP


def figures(people: list[int], *, of_persons: bool = True, by: str = "thon") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "indicator": "ty_le",
            "period": "2026-11",
            "by": by,
            "key": [f"T{at:02}" for at in range(len(people))],
            "of_persons": of_persons,
            "usable": True,
            "tu_so": [float(count) for count in people],
            "mau_so": [float(count) for count in people],
            "value": 1.0,
            "low": 1.0,
            "high": 1.0,
            "quarantined_share": 0.0,
            "status": "dat",
        }
    )


def hidden(people: list[int], **said: object) -> list[int]:
    made = suppress(figures(people, **said))  # type: ignore[arg-type]
    return [count for count, told in zip(people, made["mau_so"], strict=True) if told is None]


@pytest.mark.parametrize(
    ("people", "away"),
    [
        ([20, 30, 40], []),
        ([3, 30, 20], [3, 20]),
        ([3, 4, 30, 20], [3, 4]),
        ([1, 2, 30, 20], [1, 2, 20]),
        ([0, 30, 20], [0]),
        ([0, 2, 30, 20], [0, 2, 20]),
        ([3], [3]),
        ([3, 20, 20], [3, 20]),
    ],
)
def test_the_smallest_thon_told_goes_with_a_small_one(people: list[int], away: list[int]) -> None:
    assert hidden(people) == away


def test_groups_of_no_people_and_the_commune_are_told() -> None:
    assert hidden([3, 30], of_persons=False) == []
    assert hidden([3, 30], by="xa") == []


def test_no_verdict_is_told_of_a_group_that_is_not_told() -> None:
    assert suppress(figures([3, 30, 40]))["status"].to_list() == ["chua_du_can_cu", "chua_du_can_cu", "dat"]


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12))
def test_what_is_left_after_subtraction_is_no_small_group(people: list[int]) -> None:
    away = hidden(people)
    assert set(away) >= {count for count in people if count < SMALLEST_GROUP}
    if sum(away) and len(away) < len(people):
        assert sum(count > 0 for count in away) >= 2
        assert sum(away) >= SMALLEST_GROUP
