"""Every row that was read is told of once, or nothing is published."""

from __future__ import annotations

import pytest

from flows.collect.submission import Submission
from flows.errors import ConservationError
from flows.intake.model import SubmissionSummary
from flows.settle.model import JudgedPart, Standing
from flows.settle.submissions import build_submissions
from schemas.periods import Period, period
from schemas.registry import load

DATASET = load().datasets["ho_gia_dinh"]
PERIOD: Period = period(DATASET, "2026-10")
SUBMISSION = Submission("2026-11-02T09:00:00+07:00", "T01", "a.xlsx", "a" * 64, 1)
LATER = Submission("2026-11-03T09:00:00+07:00", "T01", "b.xlsx", "b" * 64, 1)
ROLES = {"ban_ghi": 5, "dau_cot": 2, "tong": 1}


def judged(submission: Submission, accepted: int, quarantined: int, repeated: int) -> JudgedPart:
    records = accepted + quarantined + repeated
    return JudgedPart(
        submission, DATASET.name, PERIOD, False, (), 0, records, accepted, quarantined, repeated
    )


def standing(*some: JudgedPart) -> Standing:
    return Standing(some, {one.owes: one for one in some if one.taken})


def test_rows_are_told_of_by_what_became_of_them() -> None:
    parts = standing(judged(SUBMISSION, 3, 1, 1), judged(LATER, 4, 0, 1))
    told = build_submissions(
        [SubmissionSummary(SUBMISSION, 1, ROLES, ()), SubmissionSummary(LATER, 1, ROLES, ())], [], parts
    )
    counts = ("state", "rows_seen", "rows_left_out", "rows_accepted", "rows_quarantined", "supersedes")
    assert told.sort("file").select(counts).rows() == [
        ("bi_thay_the", 8, 4, 3, 1, None),
        ("chap_nhan", 8, 4, 4, 0, SUBMISSION.sha256),
    ]


def test_what_is_the_same_again_or_refused_as_a_whole_is_told_of_too() -> None:
    told = build_submissions([SubmissionSummary(SUBMISSION, 1, ROLES, ())], [LATER], standing())
    counts = ("file", "state", "rows_seen", "rows_left_out")
    assert told.sort("file").select(counts).rows() == [("a.xlsx", "tu_choi", 8, 8), ("b.xlsx", "trung", 0, 0)]


@pytest.mark.parametrize("records", [4, 6], ids=["one lost", "one told of twice"])
def test_nothing_is_published_where_the_count_is_wrong(records: int) -> None:
    one = judged(SUBMISSION, 3, 2, 0)
    wrong = JudgedPart(
        SUBMISSION, DATASET.name, PERIOD, False, (), 0, records, one.accepted, one.quarantined, 0
    )
    with pytest.raises(ConservationError, match="ở 1 tệp"):
        build_submissions([SubmissionSummary(SUBMISSION, 1, ROLES, ())], [], standing(wrong))


def test_nothing_is_published_where_a_file_would_be_told_of_under_anothers_name() -> None:
    twice = [
        SubmissionSummary(SUBMISSION, 1, ROLES, ()),
        SubmissionSummary(SUBMISSION, 1, {"ban_ghi": 9}, ()),
    ]
    with pytest.raises(ConservationError):
        build_submissions(twice, [], standing())
