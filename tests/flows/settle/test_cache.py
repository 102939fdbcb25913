"""Only periods for which something came in are judged again, and all comes out as if all had been."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from rich.console import Console

from flows.cache import PERIODS_CACHE, RECORDS_CACHE, SUBMISSIONS_CACHE
from flows.collect.submission import Submission
from flows.day import DayOutcome
from flows.engine.plain import PlainRunner
from flows.engine.workers import Limits
from flows.intake import cache as submission_cache
from flows.intake.model import CleanedSubmission
from flows.read import read_file
from flows.rebuild import find_differences
from flows.release.verify import find_damage
from flows.root import HERE, Root
from flows.sample import write
from flows.settle import cache as period_cache
from schemas.registry import load
from tests.conftest import TODAY, Day, day_of, run_plainly

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The day of a commune of which a few units hand in: every dataset of two periods."""
    folder = tmp_path_factory.mktemp("few")
    write(folder / "xa", persons=600, truth=folder / "truth.csv")
    root = Root(folder / "xa")
    for unit in root.inbox.glob("T*"):
        if unit.name not in ("T01", "T02"):
            shutil.rmtree(unit)
    run_plainly(root.path)
    return day_of(folder)


@pytest.fixture
def root(few: Day, tmp_path: Path) -> Root:
    """The root after its day, to be used up."""
    shutil.copytree(few.root.path, tmp_path / "xa", symlinks=True)
    return Root(tmp_path / "xa")


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The periods that are judged from now on, a set each time."""
    told: list[set[str]] = []
    judge = period_cache.judge_periods

    def watched(cleaned: object, labels: set[str], *rest: object) -> object:
        told.append({*labels})
        return judge(cleaned, labels, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(period_cache, "judge_periods", watched)
    return told


def hand_in_again(root: Root, submissions: pl.DataFrame) -> str:
    """A file of the earlier of two periods comes in once more, a row shorter; returns its period."""
    held = submissions.filter(
        pl.col("file").str.ends_with(".xlsx"), dataset="ho_gia_dinh", state="chap_nhan"
    ).sort("period", "unit")
    unit, file, period = held.select("unit", "file", "period").row(0)
    read = read_file((root.inbox / unit / file).read_bytes(), file, load().datasets)
    sheet, row = read.rows.filter(role="ban_ghi").select("sheet", "row").row(0)
    book = openpyxl.load_workbook(root.inbox / unit / file)
    book[sheet].delete_rows(row)
    target = root.inbox / unit / f"{Path(file).stem} sua.xlsx"
    book.save(target)
    moment = datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, 8, tzinfo=HERE).timestamp()
    os.utime(target, (moment, moment))
    return str(period)


def as_if_all_was_read_again(root: Root, outcome: DayOutcome) -> bool:
    return find_differences(root, load(), outcome.release, PlainRunner(Console(quiet=True))) == []


@pytest.mark.slow
def test_what_came_in_for_one_period_has_that_one_judged(
    few: Day, root: Root, judged: list[set[str]]
) -> None:
    period = hand_in_again(root, few.table("submissions"))
    outcome = run_plainly(root.path, TOMORROW)
    months = sorted(few.table("submissions").filter(dataset="ho_gia_dinh")["period"].unique())
    assert len(months) > 1
    # The month after is compared with it.
    assert judged == [{period, *months[months.index(period) + 1 :][:1]}]
    assert "bi_thay_the" in outcome.submissions.filter(period=period)["state"]
    assert as_if_all_was_read_again(root, outcome)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("of_records", [False, True])
def test_a_period_that_was_kept_badly_is_judged_again(
    few: Day, root: Root, judged: list[set[str]], *, of_records: bool
) -> None:
    """Of the periods, one is cut, the next has a bit turned, the next is gone, and so on."""
    harms: tuple[Callable[[Path], None], ...] = (_cut, _flip, Path.unlink)
    kept = [
        path for path in PERIODS_CACHE.path_in(root).iterdir() if path.name.endswith(".ban_ghi") == of_records
    ]
    assert len(kept) >= len(harms)
    for path, harm in zip(sorted(kept), cycle(harms), strict=False):
        harm(path)
    shutil.rmtree(RECORDS_CACHE.path_in(root))  # Records are to be written again.
    outcome = run_plainly(root.path, TOMORROW)
    periods = {*few.table("submissions")["period"].drop_nulls()}
    assert {label for labels in judged for label in labels} == periods
    assert as_if_all_was_read_again(root, outcome)
    judged.clear()
    shutil.rmtree(RECORDS_CACHE.path_in(root))
    after = run_plainly(root.path, TOMORROW + timedelta(days=1))
    assert judged == []
    assert as_if_all_was_read_again(root, after)


@pytest.mark.slow
def test_a_file_that_can_not_be_read_again_is_told_of_and_tried_again(
    few: Day, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = few.table("submissions").filter(pl.col("file").str.ends_with(".xlsx"), state="chap_nhan")
    unit, file, sha256 = good.select("unit", "file", "submission").row(0)
    for path in SUBMISSIONS_CACHE.path_in(root).iterdir():
        found = SUBMISSIONS_CACHE.open_in(root).get(path.name)
        if isinstance(found, CleanedSubmission) and found.submission.sha256 == sha256:
            path.unlink()
    shutil.rmtree(PERIODS_CACHE.path_in(root))
    limits = submission_cache.SubmissionReader.limits

    def tight(reader: submission_cache.SubmissionReader, submission: Submission) -> Limits | None:
        return Limits(0, 1) if submission.sha256 == sha256 else limits(reader, submission)

    monkeypatch.setattr(submission_cache.SubmissionReader, "limits", tight)
    lost = run_plainly(root.path, TOMORROW)
    told = lost.faults.filter(unit=unit, file=file)
    assert "tep.nguy_hiem" in told["code"]
    assert lost.submissions.filter(submission=sha256)["rows_accepted"].sum() == 0
    monkeypatch.undo()
    found = run_plainly(root.path, TOMORROW + timedelta(days=1))
    assert found.submissions.filter(submission=sha256)["rows_accepted"].sum() > 0
    assert as_if_all_was_read_again(root, found)


def test_two_files_of_one_content_and_name_have_receipts_of_their_own(tmp_path: Path) -> None:
    inbox = tmp_path / "raw" / "inbox" / "van_phong"
    inbox.mkdir(parents=True)
    days = [TODAY + timedelta(days=at) for at in range(3)]
    for day, name in zip(days, ("bao cao.csv", "bao cao.txt", "khac.csv"), strict=True):
        (inbox / name).write_text("a;b\n1;2\n" if name.startswith("bao") else "c;d\n")
        moment = datetime(day.year, day.month, day.day, 8, tzinfo=HERE).timestamp()
        os.utime(inbox / name, (moment, moment))
    first = run_plainly(tmp_path, days[0])
    second = run_plainly(tmp_path, days[1])
    third = run_plainly(tmp_path, days[2])
    assert [find_damage(outcome.release) for outcome in (first, second, third)] == [[], [], []]
    assert len([*third.release.glob("reports/don_vi/van_phong/phieu_nhan/*.html")]) == 3
