"""After days on which nothing ran, those that change something are run once, in order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.root import Root, read_contracts
from flows.schedule.missed import list_days_to_run
from schemas.registry import load
from tests.arrived import receive
from tests.conftest import run_plainly

NOVEMBER = date(2026, 11, 1)


def day(number: int) -> date:
    return NOVEMBER.replace(day=number)


def days_to_run(root: Path, planned: int, today: int) -> list[int]:
    place = Root(root)
    found = list_days_to_run(place, read_contracts(place, load()), day(planned), day(today))
    return [each.day for each in found]


@pytest.fixture
def commune(other_commune: Path) -> Path:
    """A commune whose last run was on 16/11/2026, two days before a deadline that nobody met."""
    run_plainly(other_commune, day(16))
    return other_commune


def test_the_first_run_is_for_its_own_day(other_commune: Path) -> None:
    assert days_to_run(other_commune, planned=16, today=16) == [16]
    assert days_to_run(other_commune, planned=15, today=16) == [15]


def test_a_day_that_would_repeat_the_one_before_is_left_out(commune: Path) -> None:
    assert days_to_run(commune, planned=18, today=18) == [18]


def test_a_deadline_that_passed_meanwhile_is_told_of_on_its_day(commune: Path) -> None:
    assert days_to_run(commune, planned=23, today=23) == [19, 23]


def test_today_is_run_again_whenever_it_is_asked_for(commune: Path) -> None:
    assert days_to_run(commune, planned=16, today=16) == [16]


def test_late_runs_do_what_is_left_and_each_day_once(commune: Path) -> None:
    assert days_to_run(commune, planned=18, today=23) == []
    assert days_to_run(commune, planned=20, today=23) == [19]
    run_plainly(commune, day(19))
    assert days_to_run(commune, planned=20, today=23) == []
    assert days_to_run(commune, planned=23, today=23) == [23]


def test_late_runs_may_start_in_any_order(commune: Path) -> None:
    for each in days_to_run(commune, planned=23, today=23):
        run_plainly(commune, day(each))
    assert [days_to_run(commune, planned=each, today=23) for each in (22, 17, 19, 18)] == [[]] * 4


def test_a_day_on_which_something_was_received_is_run(commune: Path) -> None:
    (commune / "raw" / "inbox" / "A1" / "x.csv").write_text("khong;ro\n1;2\n")
    receive(Root(commune), day(17))
    assert days_to_run(commune, planned=23, today=23) == [17, 19, 23]


def test_a_day_after_a_waiver_ended_is_run(commune: Path) -> None:
    (commune / "schemas" / "waivers.csv").write_text(
        "unit,dataset,code,record,reason,until\n,,giao_nop.chua_co,,đang chia lại thôn,2026-11-20\n"
    )
    assert days_to_run(commune, planned=23, today=23) == [19, 21, 23]


def test_a_release_of_a_day_to_come_hides_no_missed_day(commune: Path) -> None:
    run_plainly(commune, date(2027, 11, 24))
    assert days_to_run(commune, planned=23, today=23) == [19, 23]


def test_a_day_that_was_refused_had_its_run(commune: Path) -> None:
    refused = Root(commune).refused
    refused.mkdir()
    (refused / "ly_do.json").write_text('{"as_of": "2026-11-19", "faults": [], "surprises": []}')
    assert days_to_run(commune, planned=23, today=23) == [23]
    (refused / "ly_do.json").write_text("{")
    assert days_to_run(commune, planned=23, today=23) == [19, 23]
