"""Whose records a submission holds: their keys are looked up in the register and in other submissions."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import polars as pl
import pytest

from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from flows.settle.model import Settled
from flows.settle.periods import Earlier, judge_periods, settle_submissions
from schemas.registry import load
from tests.conftest import lines
from tests.flows.settle.households import ONE, TWO, events, homes, register

CONTRACTS = load()
HELD, WARNED = "chan", "canh_bao"


def came(
    unit: str, day: int, rows: Sequence[Sequence[object]], vouched: str | None = None
) -> CleanedSubmission:
    data = lines(rows).encode()
    received = f"2026-11-{day:02}T08:00:00+07:00"
    one = Submission(received, unit, f"{day}.csv", sha256(data).hexdigest(), len(data), vouched=vouched)
    return clean_submission(one, data, CONTRACTS)


def told(settled: Settled) -> dict[tuple[str, int], str]:
    """By unit and day of arrival, how severe it is that a submission may be another unit's."""
    faults = settled.faults.filter(code="tep.khac_don_vi")
    rows = faults.select("unit", pl.col("file").str.strip_suffix(".csv").cast(pl.Int64), "severity").rows()
    return {(unit, day): severity for unit, day, severity in rows}


POLICE = "cong_an"
MIXED = [*ONE[:5], *TWO[:5]]


#: What came, by unit, day and rows; which of it is held or warned of.
CASES = {
    "each its own": ([(POLICE, 1, register()), ("T01", 2, homes(ONE)), ("T02", 3, homes(TWO))], {}),
    "all of another": ([(POLICE, 1, register()), ("T02", 3, homes(ONE))], {("T02", 3): HELD}),
    "the register comes last": ([("T02", 3, homes(ONE)), (POLICE, 4, register())], {("T02", 3): HELD}),
    "last month's register": ([(POLICE, 1, register(9)), ("T02", 3, homes(ONE))], {("T02", 3): HELD}),
    "only what both handed in last month": (
        [("T01", 1, homes(ONE, 9)), ("T02", 2, homes(TWO, 9)), ("T02", 3, homes(ONE))],
        {("T02", 3): HELD},
    ),
    "after its own good one": (
        [("T01", 1, homes(ONE)), ("T02", 2, homes(TWO)), ("T02", 3, homes(ONE)), ("T02", 4, homes(ONE[1:]))],
        {("T02", 3): HELD, ("T02", 4): HELD},
    ),
    "wrong last month too, when it counted": (
        [
            (POLICE, 1, register()),
            ("T01", 2, homes(ONE, 9)),
            ("T02", 3, homes(ONE, 9)),
            ("T02", 4, homes(ONE)),
        ],
        {("T02", 3): WARNED, ("T01", 2): WARNED, ("T02", 4): HELD},
    ),
    "nobody knows who is right": (
        [("T02", 2, homes(ONE)), ("T01", 3, homes(ONE))],
        {("T02", 2): WARNED, ("T01", 3): WARNED},
    ),
    "the mistake of the other": (
        [(POLICE, 1, register()), ("T02", 2, homes(TWO)), ("T01", 3, homes(TWO))],
        {("T01", 3): HELD},
    ),
    "the mistake of the other, without a register": (
        [
            ("T01", 1, homes(ONE, 9)),
            ("T02", 2, homes(TWO, 9)),
            ("T02", 3, homes(TWO)),
            ("T01", 4, homes(TWO)),
        ],
        {("T01", 4): HELD},
    ),
    "half and half": ([(POLICE, 1, register()), ("T02", 3, homes(MIXED))], {("T02", 3): WARNED}),
    "a few of another": ([(POLICE, 1, register()), ("T02", 3, homes([*TWO, *ONE[:3]]))], {}),
    "the register against all that came before": (
        [(POLICE, 1, register()), ("T02", 2, homes(ONE, 9)), ("T02", 3, homes(ONE))],
        {("T02", 3): WARNED},
    ),
    "too few to tell": ([(POLICE, 1, register()), ("T02", 3, homes(ONE[:2]))], {("T02", 3): WARNED}),
    "new homes": ([(POLICE, 1, register()), ("T02", 3, homes([*TWO, *range(300, 309)]))], {}),
    "events that another unit has handed in too": (
        [("T01", 1, events(range(5))), ("T02", 2, events(range(5))), ("T03", 3, events(range(4, 9)))],
        {("T01", 1): WARNED, ("T02", 2): WARNED},
    ),
    "two events that two units saw": ([("T01", 1, events(range(2))), ("T02", 2, events(range(2)))], {}),
    "nothing is known": ([("T02", 3, homes(ONE))], {}),
}


@pytest.mark.parametrize("what", CASES)
def test_the_keys_say_whose_records_they_are(what: str) -> None:
    submissions, expected = CASES[what]
    every = [came(*each) for each in submissions]
    settled = settle_submissions(every, [], CONTRACTS)
    assert told(settled) == expected
    held = {who for who, severity in expected.items() if severity == HELD}
    states = {
        (unit, day): state
        for unit, day, state in settled.submissions.select(
            "unit", pl.col("file").str.strip_suffix(".csv").cast(pl.Int64), "state"
        ).rows()
    }
    assert {who for who, state in states.items() if state == "tu_choi"} == held
    # What was judged a month ago need not be judged again.
    now = [each for each in every if any(part.period.label == "2026-10" for part in each.parts)]
    before = [each for each in every if each not in now]
    alone = judge_periods(now, ["2026-10"], CONTRACTS, Earlier({}, before))
    both = judge_periods(every, ["2026-09", "2026-10"], CONTRACTS)[-1:]
    assert [each.settled.judged for each in alone] == [each.settled.judged for each in both]
    assert [each.settled.doubts for each in alone] == [each.settled.doubts for each in both]


def test_what_was_vouched_for_counts_and_the_page_says_what_points_where() -> None:
    wrong = [(POLICE, 1, register()), ("T01", 2, homes(ONE)), ("T02", 3, homes(ONE))]
    (message,) = settle_submissions([came(*each) for each in wrong], [], CONTRACTS).faults.filter(
        code="tep.khac_don_vi"
    )["message"]
    for words in ("10 trong 10 “Mã hộ” là của Phố 1 (T01)", "theo “Dân cư”", "theo các tệp đã nộp"):
        assert words in message
    vouched = [came(*each, "Trưởng thôn xác nhận") for each in wrong]
    settled = settle_submissions(vouched, [], CONTRACTS)
    assert told(settled) == {}
    assert ("T02", "ho_gia_dinh", "2026-10") in settled.in_effect


def test_the_good_one_stays_in_effect() -> None:
    came_so = [(POLICE, 1, register()), ("T02", 2, homes(TWO)), ("T02", 3, homes(ONE))]
    settled = settle_submissions([came(*each) for each in came_so], [], CONTRACTS)
    assert settled.in_effect["T02", "ho_gia_dinh", "2026-10"].submission.file == "2.csv"
