"""Corrections of rows: each replaces the row with its key, all others stay, and each keeps its own place."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

import polars as pl
import pytest

from flows.collect.submission import Meant, Submission
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from flows.settle.model import Settled, trace_rows
from flows.settle.periods import Earlier, judge_periods, settle_submissions
from schemas.registry import load
from tests.conftest import lines
from tests.flows.settle.households import events, table

CONTRACTS = load()
OWES = "T01", "ho_gia_dinh", "2026-10"

Homes = Mapping[int, object]


def came(day: int, homes: Homes, meant: Meant | None = None, month: int = 10) -> CleanedSubmission:
    """A list of households by number, each with its number of persons."""
    rows = ({"ma_ho": f"H{number:05}", "nhan_khau": count} for number, count in homes.items())
    data = lines(table("ho_gia_dinh", month, rows)).encode()
    received = f"2026-11-{day:02}T08:00:00+07:00"
    one = Submission(received, "T01", f"{day}.csv", sha256(data).hexdigest(), len(data), meant=meant)
    return clean_submission(one, data, CONTRACTS)


def settle(*submissions: CleanedSubmission) -> Settled:
    return settle_submissions(submissions, [], CONTRACTS)


def counted(settled: Settled) -> dict[int, tuple[int, str]]:
    """By number of a household that counts, its persons and the file that says so."""
    (period,) = (each for each in settled.periods if each.settled.label == "2026-10")
    found = {}
    for one, pieces in period.accepted():
        for rows in pieces:
            where = trace_rows(one, rows)
            values = zip(rows["ma_ho"], rows["nhan_khau"], where["_file"], strict=True)
            found |= {int(code[1:]): (count, file) for code, count, file in values}
    return found


def told(settled: Settled, code: str) -> list[tuple[str, str | None, str]]:
    return settled.faults.filter(code=code).select("file", "cell", "severity").rows()


def states(settled: Settled) -> list[tuple[object, ...]]:
    counts = ("file", "state", "rows_seen", "rows_left_out", "rows_accepted", "rows_quarantined")
    return settled.submissions.sort("received").select(counts).rows()


def plain(numbers: Iterable[int], count: object = 4) -> dict[int, object]:
    return dict.fromkeys(numbers, count)


def test_a_correction_replaces_its_rows_and_leaves_the_others() -> None:
    settled = settle(came(1, plain(range(5)) | {7: "??", 8: "??"}), came(2, {1: 6, 7: 3}, "sua"))
    assert counted(settled) == {
        **dict.fromkeys((0, 2, 3, 4), (4, "1.csv")),
        1: (6, "2.csv"),
        7: (3, "2.csv"),
    }
    # What is still wrong is told at its cell in the file in which it stands.
    assert told(settled, "nhan_khau.khong_doc_duoc") == [("1.csv", "C9", "chan")]
    assert states(settled) == [("1.csv", "mot_phan", 9, 4, 4, 1), ("2.csv", "chap_nhan", 4, 2, 2, 0)]
    assert settled.submissions.sort("received")["supersedes"].to_list()[1] is not None


def test_a_correction_of_a_row_that_is_not_there_is_told_and_not_counted() -> None:
    settled = settle(came(1, plain(range(5))), came(2, {1: 6, 9: 3}, "sua"))
    assert set(counted(settled)) == {*range(5)}
    assert told(settled, "tep.sua_dong_khong_co") == [("2.csv", "A4", "chan")]
    alone = settle(came(1, plain(range(2)), "sua"))
    assert counted(alone) == {}
    assert told(alone, "tep.sua_dong_khong_co") == [("1.csv", "A3", "chan"), ("1.csv", "A4", "chan")]


@pytest.mark.parametrize(
    ("second", "meant", "warned"),
    [
        (plain(range(2), 6), None, True),
        (plain(range(2), 6), "ca_bang", False),
        (plain(range(2), 6), "sua", False),
        (plain(range(4), 6), None, False),
        (plain([0, 1, 9]), None, True),
        (plain(range(6, 12)), None, True),
        (plain(range(6, 12)), "ca_bang", False),
        (plain(range(3)), None, True),
        (plain(range(2, 12)), None, False),
    ],
)
def test_a_list_that_lacks_most_of_the_rows_is_warned_of_until_somebody_says_what_it_is(
    second: Homes, meant: Meant | None, warned: bool
) -> None:
    settled = settle(came(1, plain(range(6))), came(2, second, meant))
    assert told(settled, "tep.thieu_nhieu_dong") == [("2.csv", None, "canh_bao")] * warned
    assert set(counted(settled)) == ({*range(6)} if meant == "sua" else {*second})


@pytest.mark.parametrize(
    ("first", "second", "warned"),
    [
        ([1], [2], True),
        ([1, 2], [3, 4], True),
        ([1, 2], [2, 3], False),
        ([1, 2], [1], False),
    ],
)
def test_of_a_short_list_all_must_be_gone(first: list[int], second: list[int], warned: bool) -> None:
    settled = settle(came(1, plain(first)), came(2, plain(second)))
    assert told(settled, "tep.thieu_nhieu_dong") == [("2.csv", None, "canh_bao")] * warned


@pytest.mark.parametrize(
    ("lists", "meant", "warned"),
    [
        (([1], []), None, ["2.csv"]),
        ((range(6), []), None, ["2.csv"]),
        ((range(6), []), "ca_bang", []),
        ((range(6), []), "sua", []),
        (([], [1]), None, []),
        ((range(6), [], range(6, 8)), None, ["3.csv"]),
        ((range(6), [], range(8)), None, []),
    ],
)
def test_nothing_to_report_in_place_of_records_is_warned_of(
    lists: Sequence[Iterable[int]], meant: Meant | None, warned: list[str]
) -> None:
    files = []
    for day, numbers in enumerate(lists, 1):
        rows = events(numbers)
        data = lines(rows if rows[2:] else [*rows, ["Không phát sinh"]]).encode()
        said = meant if day == 2 else None
        one = Submission(f"2026-11-{day:02}T08:00:00+07:00", "T01", f"{day}.csv", sha256(data).hexdigest(), 1)
        files.append(clean_submission(replace(one, meant=said), data, CONTRACTS))
    settled = settle(*files)
    assert [file for file, *_ in told(settled, "tep.thieu_nhieu_dong")] == warned
    assert not settled.faults.filter(code="tep.thieu_nhieu_dong", severity="chan").height


def test_a_record_that_never_counted_may_go() -> None:
    """Its key was wrong, and is right now."""
    wrong = plain(range(100, 106), "??")
    assert told(settle(came(1, plain([0]) | wrong), came(2, plain(range(7)))), "tep.thieu_nhieu_dong") == []


@pytest.mark.parametrize(
    ("later", "warned"),
    [
        ([(plain(range(6, 12), 5), None)], ["3.csv"]),
        ([(plain(range(12)), None)], []),
        ([(plain(range(12, 15)), None)], ["3.csv"]),
        ([({6: 5}, "sua")], ["2.csv"]),
        ([({6: 5}, "sua"), (plain(range(6, 12)), None)], ["4.csv"]),
        ([(plain(range(6, 12), 5), "ca_bang"), (plain(range(6, 12), 6), None)], []),
    ],
)
def test_what_is_lost_is_told_until_it_is_back_or_somebody_says_that_the_list_is_whole(
    later: list[tuple[Homes, Meant | None]], warned: list[str]
) -> None:
    parts = [came(1, plain(range(6))), came(2, plain(range(6, 12)))]
    settled = settle(*parts, *(came(day, homes, meant) for day, (homes, meant) in enumerate(later, 3)))
    assert [file for file, *_ in told(settled, "tep.thieu_nhieu_dong")] == warned


def test_corrections_that_come_after_a_list_of_a_few_correct_what_that_replaced() -> None:
    settled = settle(came(1, plain(range(6))), came(2, plain([0, 1], 5)), came(3, {1: 6}, "sua"))
    persons = {number: count for number, (count, _) in counted(settled).items()}
    assert persons == plain(range(6)) | {0: 5, 1: 6}


@pytest.mark.parametrize(
    ("last", "undone"), [({1: 4, 2: 4}, 1), ({1: 6, 2: 4}, 0), ({1: 7, 2: 4}, 0), ({2: 4, 8: 4}, 0)]
)
def test_a_list_that_undoes_corrections_is_warned_of(last: Homes, undone: int) -> None:
    settled = settle(came(1, plain([1, 2])), came(2, {1: 6}, "sua"), came(3, last))
    assert len(told(settled, "tep.hoan_tac_sua")) == undone


def test_without_one_good_row_a_correction_corrects_nothing() -> None:
    settled = settle(came(1, plain(range(5))), came(2, {1: "??"}, "sua"))
    assert counted(settled) == dict.fromkeys(range(5), (4, "1.csv"))
    assert states(settled)[0][1] == "chap_nhan"


def test_the_next_period_is_compared_with_what_the_corrections_left() -> None:
    before = [came(1, plain(range(5)), month=9), came(2, {1: 6}, "sua", month=9)]
    now = came(3, plain(range(5)))
    both = settle(*before, now)
    september = judge_periods(before, ["2026-09"], CONTRACTS)[0].settled
    earlier = Earlier(september.in_effect, before)
    (alone,) = judge_periods([now], ["2026-10"], CONTRACTS, earlier)
    for compared in (both.compared, alone.settled.compared):
        (comparison,) = compared[now.submission]
        change = comparison.change
        assert (change.added, change.changed, change.removed, change.same) == (0, 1, 0, 4)


def test_random_corrections_leave_what_a_whole_list_would() -> None:
    """However often they come: the records, the counts of rows and the scores."""
    rng = random.Random(5)
    for _ in range(6):
        homes = {number: rng.choice([2, 3, "??"]) for number in rng.sample(range(20), 8)}
        files = [came(1, homes)]
        for day in range(2, 2 + rng.randint(1, 3)):
            changes = {number: rng.randint(5, 9) for number in rng.sample(sorted(homes), rng.randint(1, 4))}
            files.append(came(day, changes, "sua"))
            homes |= changes
        merged, whole = settle(*files), settle(came(1, homes))
        good = {number: count for number, count in homes.items() if count != "??"}
        assert {number: count for number, (count, _) in counted(merged).items()} == good
        live = merged.submissions.filter(pl.col("state").is_in(["chap_nhan", "mot_phan"]))
        assert live["rows_accepted"].sum() == len(good)
        assert live["rows_quarantined"].sum() == len(homes) - len(good)
        by = ["dimension"]
        scores = [each.tallies.select(*by, "judged", "failed").sort(by).rows() for each in (merged, whole)]
        assert scores[0] == scores[1]
