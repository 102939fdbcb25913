"""The ranking of the thôn."""

from __future__ import annotations

import polars as pl
import pytest

from flows.measure import compute_ranking
from flows.measure.ranking import COLUMNS
from tests.flows.measure.commune import COMMUNE, INDICATORS

ID, HOME, PAY = "dinh_danh_muc_2_kich_hoat", "ho_co_ky_nang_so", "thanh_toan_khong_tien_mat"
SCHEMA = {
    "indicator": pl.String,
    "period": pl.String,
    "by": pl.String,
    "key": pl.String,
    "value": pl.Float64,
    "muc_tieu": pl.Float64,
    "status": pl.String,
}


def told(
    indicator: str,
    key: str,
    value: float | None,
    *,
    status: str = "chua_dat",
    period: str = "2026-10",
    by="thon",
):
    return (indicator, period, by, key, value, 0.8 if indicator == PAY else 1.0, status)


def ranked(*rows: tuple[object, ...]) -> list[tuple[object, ...]]:
    table = compute_ranking(pl.DataFrame(rows, schema=SCHEMA, orient="row"), INDICATORS, COMMUNE)
    assert dict(table.schema) == COLUMNS
    return table.rows()


def test_the_score_is_the_mean_by_weight_of_what_is_reached_of_each_target():
    first = ranked(told(ID, "T01", 0.5), told(PAY, "T01", 0.4), told(HOME, "T01", 0.9))[0]
    score = round((3 * 0.5 + 2 * 0.5 + 3 * 0.9) / 8, 9)
    assert first == ("2026-10", "T01", score, 1, f"{ID}, {HOME}, {PAY}")


def test_more_than_the_target_counts_as_the_target():
    assert ranked(told(PAY, "T01", 0.95))[0][2] == 1.0


def test_equal_scores_share_a_rank_and_the_next_one_is_skipped():
    rows = ranked(told(ID, "T01", 0.5), told(ID, "T02", 0.9), told(HOME, "T03", 0.9))
    assert [(thon, rank) for _, thon, _, rank, _ in rows] == [("T02", 1), ("T03", 1), ("T01", 3)]


def test_sums_that_differ_only_in_the_last_digit_are_equal():
    rows = ranked(told(ID, "T01", 0.1), told(HOME, "T01", 0.2), told(ID, "T02", 0.2), told(HOME, "T02", 0.1))
    assert [rank for _, _, _, rank, _ in rows] == [1, 1, None]


@pytest.mark.parametrize(
    "left_out",
    [
        told(HOME, "T01", 0.1, status="chua_du_can_cu"),
        told(HOME, "T01", None, status="chua_du_can_cu"),
        told("ho_internet", "T01", 0.1),
        told(HOME, "00001", 0.1, by="xa"),
    ],
)
def test_what_cannot_be_told_or_is_not_of_the_contest_does_not_count(left_out):
    assert ranked(told(ID, "T01", 0.5), left_out)[0] == ("2026-10", "T01", 0.5, 1, ID)


def test_a_thon_of_which_nothing_can_be_told_is_there_without_rank():
    assert ranked(told(ID, "T01", 0.5))[1:] == [
        ("2026-10", "T02", None, None, ""),
        ("2026-10", "T03", None, None, ""),
    ]


def test_months_are_ranked_apart_and_other_periods_not_at_all():
    rows = ranked(
        told(ID, "T01", 0.5),
        told(PAY, "T02", 0.5, period="2026-11"),
        told("bao_cao_dung_han", "T03", 0.5, period="2026-Q3"),
    )
    assert [(period, thon, rank) for period, thon, _, rank, _ in rows if rank] == [
        ("2026-10", "T01", 1),
        ("2026-11", "T02", 1),
    ]
