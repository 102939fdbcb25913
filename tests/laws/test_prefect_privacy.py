"""What Prefect keeps and prints of a day, and of a refused one: counts, and of nobody in the files."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from flows.release.publish import read_published
from flows.release.refusal import read_refusal
from flows.release.verify import find_damage
from flows.root import Root
from schemas.datasets import load
from tests.arrived import receive
from tests.command import dulieuxa
from tests.conftest import lines

pytestmark = pytest.mark.slow

Days = tuple[Path, list[subprocess.CompletedProcess[str]]]

LETTERS = "ABCDEGHIKLMNOPQRSTUVXYABCDEGHIKLMNOPQRSTUVXY"
NAMES = [f"Lãng Quên {letter}{at}" for at, letter in enumerate(LETTERS)]
NUMBERS = [f"0381900077{at:02}" for at in range(len(NAMES))]
PHONES = [f"09712349{at:02}" for at in range(len(NAMES))]
CANARIES = ["Lãng Quên", "LÃNG QUÊN", "03819000", "3819000", "09712349", "17/08/1990", "1990-08-17"]


def register(root: Path, name: str, count: int) -> None:
    """A list of people who are not there: every one of them is a canary."""
    labels = [column.label for column in load()["dan_cu"].columns]
    lives = ["Chủ hộ", "Thôn Thanh Sơn", "Thường trú", "Đang sống", None]
    rows = [
        [number, person, "17/08/1990", "Nữ", "Dao", f"H001{at:02}", *lives, phone, "05/06/2026"]
        for at, (number, person, phone) in enumerate(zip(NUMBERS, NAMES, PHONES, strict=True))
    ]
    path = root / "raw" / "inbox" / "cong_an" / f"{name} {NUMBERS[0]}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lines([["Tháng 10 năm 2026"], labels, *rows[:count]]), encoding="utf-8")


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    """A day that is published and one that is refused, both under Prefect."""
    root = tmp_path_factory.mktemp("prefect")
    done = []
    for day, count in ((23, len(NAMES)), (24, 12)):
        register(root, f"dan cu {day}", count)
        receive(Root(root), date(2026, 11, day))
        done.append(dulieuxa("run", "--root", str(root), "--date", f"2026-11-{day}", home=root / "home"))
    return root, done


def kept(home: Path) -> Iterator[tuple[str, str]]:
    """Everything in Prefect's database, and every other file that it keeps, also as JSON escapes it."""
    with closing(sqlite3.connect(home / "prefect.db")) as database:
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            for row in database.execute(f'select * from "{name}"'):
                text = "\n".join(str(cell) for cell in row)
                yield name, text + text.encode().decode("unicode_escape", "ignore")
    for path in home.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes().decode(errors="ignore")


def test_prefect_keeps_nobody(days: Days) -> None:
    told = [
        (place, canary) for place, text in kept(days[0] / "home") for canary in CANARIES if canary in text
    ]
    assert told == []


def test_nobody_is_printed_and_no_traceback(
    days: Days,
) -> None:
    said = "".join(done.stdout + done.stderr for done in days[1])
    assert [canary for canary in [*CANARIES, "Traceback"] if canary in said] == []


def test_a_refused_day_exits_with_3_and_readers_keep_the_day_before(
    days: Days,
) -> None:
    root, (published_day, refused_day) = Root(days[0]), days[1]
    assert (published_day.returncode, refused_day.returncode) == (0, 3), refused_day.stderr
    assert "Không công bố" in refused_day.stderr
    assert "“Dân cư” kỳ 2026-10: số bản ghi từ 44 còn 12" in refused_day.stderr
    shown = read_published(root)
    assert shown is not None
    assert shown.startswith("20261123-")
    assert find_damage(root.releases / shown) == []
    assert read_refusal(root)


def test_prefect_is_told_why_a_day_was_refused(
    days: Days,
) -> None:
    with closing(sqlite3.connect(days[0] / "home" / "prefect.db")) as database:
        found = database.execute("select key, data from artifact where type = 'markdown' order by created")
        told = dict(found.fetchall())
        states = [state for (state,) in database.execute("select state_type from flow_run order by created")]
    assert set(told) == {"tom-tat-ngay", "khong-cong-bo"}
    assert "số bản ghi từ 44 còn 12" in told["khong-cong-bo"].encode().decode("unicode_escape")
    assert states == ["COMPLETED", "FAILED"]


def test_why_a_day_was_refused_names_nobody(
    days: Days,
) -> None:
    files = [path for path in Root(days[0]).refused.rglob("*") if path.is_file()]
    assert files
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert [canary for canary in CANARIES for text in texts if canary in text] == []
