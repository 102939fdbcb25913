"""A file in the wrong folder is held until somebody says whose it is, or its sender takes it back."""

from __future__ import annotations

import os
from datetime import datetime, tzinfo
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows.check import check
from flows.cli.main import build_app
from flows.day import DayOutcome
from flows.root import HERE, Root
from schemas.registry import load
from tests.conftest import TODAY, lines, run_plainly
from tests.flows.settle.households import ONE, homes, register

_MINUTES = count()


def form(thon: str, rows: int = 2, month: int = 10) -> bytes:
    head = [
        [thon],
        [f"Tháng {month} năm 2026"],
        ["Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"],
    ]
    records = [[f"0{at + 1}/{month}/2026", "Viettel", f"Mất sóng {at}", "Mới", None] for at in range(rows)]
    return lines([*head, *records]).encode()


def drop(root: Path, unit: str, name: str, data: bytes) -> Path:
    path = root / "raw" / "inbox" / unit / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    moment = datetime(2026, 11, 20, 8, next(_MINUTES) % 60, tzinfo=HERE).timestamp()
    os.utime(path, (moment, moment))
    return path


def accept(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["accept", *arguments, "--root", str(root)])


def codes(outcome: DayOutcome, unit: str) -> list[str]:
    faults = outcome.faults.filter(pl.col("code").str.starts_with("tep."), unit=unit)
    return faults["code"].to_list()


def counted(outcome: DayOutcome, unit: str) -> int:
    live = outcome.submissions.filter(pl.col("state").is_in(["chap_nhan", "mot_phan"]), unit=unit)
    return int(live["rows_accepted"].sum())


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """T07 handed in its own form; then that of T47 came into its folder."""
    drop(tmp_path, "T07", "a.csv", form("Phố Trung Tâm", rows=1))
    run_plainly(tmp_path)
    drop(tmp_path, "T07", "b.csv", form("Thôn Tiến Thành", rows=3))
    return tmp_path


def test_the_form_of_another_unit_replaces_nothing(held: Path) -> None:
    outcome = run_plainly(held)
    assert (counted(outcome, "T07"), codes(outcome, "T07")) == (1, ["tep.khac_don_vi"])


@pytest.mark.parametrize(
    ("unit", "rows"),
    [
        ("T07", {"T07": 3, "T47": 0}),
        pytest.param("T47", {"T07": 1, "T47": 3}, marks=pytest.mark.slow),
    ],
)
def test_who_is_right_is_said_once(held: Path, unit: str, rows: dict[str, int]) -> None:
    sha256 = run_plainly(held).faults.filter(code="tep.khac_don_vi")["submission"][0]
    assert accept(held, sha256[:10], "--unit", unit, "--reason", "Trưởng thôn xác nhận").exit_code == 0
    outcome = run_plainly(held)
    # What was given on a later day is not known to an earlier one.
    if unit == "T47":
        outcome = run_plainly(held, as_of=datetime.now(HERE).date())
    assert {name: counted(outcome, name) for name in rows} == rows
    assert codes(outcome, "T07") == []


def test_nothing_is_said_while_our_clock_shows_an_earlier_day_than_the_archive(
    held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is given to another unit would count as older than all that this one has."""
    sha256 = run_plainly(held).faults.filter(code="tep.khac_don_vi")["submission"][0]
    receipts = sorted((held / "raw" / "archive").glob("*/*.json"))
    before = [path.read_bytes() for path in receipts]
    monkeypatch.setattr("flows.collect.answers.datetime", _Earlier)
    said = accept(held, sha256[:10], "--unit", "T47", "--reason", "Trưởng thôn xác nhận")
    assert said.exit_code == 2
    assert "dulieuxa doctor --fix --trust-clock" in " ".join(said.output.replace("│", " ").split())
    assert [path.read_bytes() for path in receipts] == before


class _Earlier(datetime):
    """A clock that is years behind."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2020, 1, 1, tzinfo=tz)


@pytest.mark.parametrize("period", ["2026-09", "2026-10"])
def test_for_which_period_a_file_is_can_be_said_once(tmp_path: Path, period: str) -> None:
    """Its title says October, its name September; its dates lie in October."""
    drop(tmp_path, "T07", "phan anh thang 9.csv", form("Phố Trung Tâm", rows=3))
    outcome = run_plainly(tmp_path)
    assert (counted(outcome, "T07"), codes(outcome, "T07")) == (0, ["tep.khac_ky"])
    sha256 = outcome.faults.filter(code="tep.khac_ky")["submission"][0]
    assert accept(tmp_path, sha256[:10], "--period", period, "--reason", "Đã hỏi trưởng thôn").exit_code == 0
    outcome = run_plainly(tmp_path)
    assert (counted(outcome, "T07"), codes(outcome, "T07")) == (3, [])
    assert outcome.submissions["period"].to_list() == [period]
    (receipt,) = (tmp_path / "raw" / "archive").glob("*/*.json")
    assert "Đã hỏi trưởng thôn" in receipt.read_text()


@pytest.mark.slow
def test_the_form_of_another_unit_is_known_by_its_records(tmp_path: Path) -> None:
    """Neither its title nor its name says whose it is; last month's register and list were judged before."""
    drop(tmp_path, "cong_an", "dan cu.csv", lines(register(9)).encode())
    drop(tmp_path, "T01", "a.csv", lines(homes(ONE, 9)).encode())
    run_plainly(tmp_path)
    wrong = drop(tmp_path, "T02", "b.csv", lines(homes(ONE)).encode())
    checked = check(wrong, "T02", TODAY, load(), Root(tmp_path))
    assert "tep.khac_don_vi" in checked.faults.filter(severity="chan")["code"].to_list()
    outcome = run_plainly(tmp_path)
    assert (counted(outcome, "T02"), codes(outcome, "T02")) == (0, ["tep.khac_don_vi"])
    sha256 = outcome.faults.filter(code="tep.khac_don_vi")["submission"][0]
    assert accept(tmp_path, sha256[:10], "--unit", "T02", "--reason", "Hai thôn đã đổi sổ").exit_code == 0
    outcome = run_plainly(tmp_path)
    assert (counted(outcome, "T02"), codes(outcome, "T02")) == (len(ONE), [])


@pytest.mark.slow
def test_what_a_short_list_is_can_be_said_once(tmp_path: Path) -> None:
    drop(tmp_path, "T07", "a.csv", form("Phố Trung Tâm", rows=6))
    run_plainly(tmp_path)
    short = drop(
        tmp_path,
        "T07",
        "b.csv",
        form("Phố Trung Tâm", rows=2).replace("Mới".encode(), "Đã giải quyết".encode()),
    )
    checked = check(short, "T07", TODAY, load(), Root(tmp_path))
    assert "tep.thieu_nhieu_dong" in checked.faults["code"].to_list()
    outcome = run_plainly(tmp_path)
    assert (counted(outcome, "T07"), codes(outcome, "T07")) == (2, ["tep.thieu_nhieu_dong"])
    sha256 = outcome.faults.filter(code="tep.thieu_nhieu_dong")["submission"][0]
    assert accept(tmp_path, sha256[:10], "--corrections", "--reason", "Trưởng thôn nói").exit_code == 0
    outcome = run_plainly(tmp_path)
    assert (counted(outcome, "T07"), codes(outcome, "T07")) == (6, [])
    assert accept(tmp_path, sha256[:10], "--whole", "--reason", "Xem lại").exit_code == 0
    outcome = run_plainly(tmp_path)
    assert (counted(outcome, "T07"), codes(outcome, "T07")) == (2, [])


def test_wrong_answers_are_refused(held: Path) -> None:
    sha256 = run_plainly(held).submissions["submission"][0]
    wrong = (("ffffffffff", "--unit", "T07"), ("", "--unit", "T07"), ("0", "--unit", "T99"), (sha256,))
    for arguments in (*wrong, *((sha256, "--period", each) for each in ("2026", "tháng 10", "2026-13"))):
        assert accept(held, *arguments, "--reason", "x").exit_code == 2


@pytest.mark.parametrize("folder", ["t07", pytest.param("kinh_te", marks=pytest.mark.slow)])
def test_a_file_in_a_wrong_folder_is_told_of_until_its_sender_takes_it_away(
    tmp_path: Path, folder: str
) -> None:
    stray = drop(tmp_path, folder, "a.csv", form("Phố Trung Tâm"))
    run_plainly(tmp_path)
    drop(tmp_path, "T01", "b.csv", form("Phố 1"))
    drop(tmp_path, folder, "c.csv", form("Phố Trung Tâm", month=9))
    outcome = run_plainly(tmp_path)
    assert codes(outcome, folder) == ["tep.sai_don_vi"] * 2
    # Put into the right folder it counts; the other one is told of until it is taken away.
    drop(tmp_path, "T07", "a.csv", stray.read_bytes())
    stray.unlink()
    outcome = run_plainly(tmp_path)
    assert (codes(outcome, folder), counted(outcome, "T07")) == (["tep.sai_don_vi"], 2)
    (tmp_path / "raw" / "inbox" / folder / "c.csv").unlink()
    assert codes(run_plainly(tmp_path, as_of=datetime.now(HERE).date()), folder) == []


def test_a_refused_file_is_told_of_until_that_period_is_replaced(tmp_path: Path) -> None:
    bad = form("Phố 1").replace("Nội dung".encode(), "Ghi chép".encode())
    drop(tmp_path, "T01", "thang 10 2026.csv", bad)
    run_plainly(tmp_path)
    drop(tmp_path, "T01", "thang 9 2026.csv", form("Phố 1", month=9))
    drop(tmp_path, "T02", "thang 10 2026.csv", form("Phố 2"))
    assert "tep.thieu_cot" in codes(run_plainly(tmp_path), "T01")
    drop(tmp_path, "T01", "sua 10 2026.csv", form("Phố 1"))
    assert "tep.thieu_cot" not in codes(run_plainly(tmp_path), "T01")


def test_a_refused_file_that_is_mended_under_its_own_name_is_told_of_no_more(tmp_path: Path) -> None:
    """Neither its name nor the day on which it came says for which period it was."""
    bad = "\n".join(form("Phố 1").decode().replace("Nội dung", "Ghi chép").splitlines()[2:])
    drop(tmp_path, "T01", "phan anh.csv", bad.encode())
    assert "tep.thieu_cot" in codes(run_plainly(tmp_path), "T01")
    drop(tmp_path, "T01", "phan anh.csv", form("Phố 1"))
    assert "tep.thieu_cot" not in codes(run_plainly(tmp_path), "T01")
