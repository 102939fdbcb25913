"""Thirty days with real servers of Prefect and of mail: exactly the right releases and letters."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from contextvars import copy_context
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL

from flows import daily
from flows.engine.prefect_server import serve_prefect
from flows.errors import AuditRefusedError
from flows.notify import tell as tell_module
from flows.notify.settings import PING, SENDER
from flows.release.publish import list_releases
from flows.root import HERE, Root
from tests.conftest import lines
from tests.mailbox import MailServer, serve_mail

FIRST, DAYS = date(2026, 11, 13), 30
#: What must be in no letter: a person in a file and in its name, and the one who is told.
CANARY, TOLD = "Lò Thị Khánh Huyền", "Vừ A Dính"
#: The machine is off; the deadline of 18/11 is found to be over on the 19th, among these days.
OFF = [date(2026, 11, day) for day in range(17, 22)]
REFUSED = date(2026, 12, 5)
#: Each day that ran, and of those on which the machine was off the one that changed something.
EXPECTED = sorted(
    {FIRST + timedelta(days=number) for number in range(DAYS)} - {*OFF, REFUSED} | {date(2026, 11, 19)}
)


class Clock:
    """The day that everybody takes for today."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def show(self, today: date, planned: date | None = None, at: time = time(6, 20)) -> None:
        now = datetime.combine(today, at, HERE)
        self._patch.setattr(daily, "_today", lambda: today)
        self._patch.setattr(daily, "_planned_day", lambda: planned or today)
        self._patch.setattr(tell_module, "now_here", lambda: now)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "xa"
    (place / "schemas").mkdir(parents=True)
    (place / "xa.toml").write_text(
        '[xa]\nma = "90001"\nten = "Xã Mẫu"\ntinh = "Tỉnh Mẫu"\ntu_ngay = 2026-11-01\n', encoding="utf-8"
    )
    (place / "schemas" / "thon.csv").write_text("ma_thon,ten_thon,xa_cu\nA1,Thôn Một,Xã Cũ\n")
    (place / "lien_he.csv").write_text(
        "don_vi,ten,dia_chi,vai_tro,tu_ngay\n"
        f"A1,{TOLD},thon@example.org,nguoi_nop,\n"
        f",{TOLD},kysu@example.org,ky_su,\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("DULIEUXA_ROOT", str(place))
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(PING, raising=False)
    return place


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with serve_mail() as box:
        monkeypatch.setenv(SENDER, box.url)
        yield box


def hand_in(root: Path) -> None:
    folder = root / "raw" / "inbox" / "A1"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        ["Tháng 11 năm 2026"],
        ["Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"],
        ["05/11/2026", "Mạng khác", f"{CANARY} báo mất sóng", "Mới", None],
    ]
    (folder / f"phản ánh {CANARY}.csv").write_text(lines(rows), encoding="utf-8")


def die_at_the_start(root: str, today: date) -> None:
    """A run whose process is killed as soon as it holds the root."""

    def die(*_: object) -> None:
        with Root(Path(root)).lock():
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        Clock(patch).show(today)
        patch.setattr(daily, "run_day", die)
        daily.every_day(return_state=True)


class Month:
    """What happens on each day, on a server of Prefect that is started anew now and then."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch, server: ExitStack) -> None:
        self._root, self._patch, self._server, self._clock = root, patch, server, Clock(patch)

    def restart(self, today: date) -> None:
        self._server.close()
        self._server.enter_context(serve_prefect(brief=True))()
        self.run(today)

    def run(self, today: date, planned: date | None = None) -> Any:
        self._clock.show(today, planned)
        state = daily.every_day(return_state=True)
        assert state.is_completed()
        return state

    def tell_what_had_to_wait(self, today: date) -> None:
        self._clock.show(today, at=time(7, 15))
        tell_module.tell_safely(Root(self._root))

    def hand_in_and_run(self, today: date) -> None:
        hand_in(self._root)
        self.run(today)

    def start_all_late_runs(self, today: date) -> None:
        late = [*OFF, today]
        random.Random(7).shuffle(late)
        for planned in late:
            self.run(today, planned)

    def kill_and_run(self, today: date) -> None:
        killed = multiprocessing.get_context("spawn").Process(
            target=die_at_the_start, args=(str(self._root), today)
        )
        with self._patch.context() as patch:
            patch.setenv("PREFECT_API_URL", PREFECT_API_URL.value())
            patch.setenv("PREFECT_API_AUTH_STRING", str(PREFECT_API_AUTH_STRING.value()))
            killed.start()
        killed.join()
        assert killed.exitcode == -signal.SIGKILL
        self.run(today)

    def run_twice_at_once(self, today: date) -> None:
        self._clock.show(today)
        states: list[Any] = []

        def run() -> None:
            states.append(daily.every_day(return_state=True))

        # A thread does not know our server otherwise, and Prefect would start one for it.
        runs = [threading.Thread(target=copy_context().run, args=(run,)) for _ in range(2)]
        for each in runs:
            each.start()
        for each in runs:
            each.join()
        assert [state.is_completed() for state in states] == [True, True]

    def refuse(self, today: date) -> None:
        def refuse(*_: object) -> None:
            raise AuditRefusedError(["Bảng “Điểm danh” thiếu 3 dòng."], [])

        self._clock.show(today)
        with self._patch.context() as patch:
            patch.setattr(daily, "run_day", refuse)
            assert daily.every_day(return_state=True).name == daily.REFUSED


@pytest.mark.proof
def test_thirty_days_with_all_that_happens(
    root: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "_LOOK_SECONDS", 0.1)
    with ExitStack() as server:
        month = Month(root, monkeypatch, server)
        unusual = {
            FIRST: month.restart,
            OFF[-1] + timedelta(days=1): month.start_all_late_runs,
            date(2026, 11, 23): month.hand_in_and_run,
            date(2026, 11, 25): month.kill_and_run,
            date(2026, 11, 27): month.restart,
            date(2026, 12, 2): month.run_twice_at_once,
            REFUSED: month.refuse,
            date(2026, 12, 8): month.restart,
        }
        for today in (FIRST + timedelta(days=number) for number in range(DAYS)):
            if today not in OFF:
                unusual.get(today, month.run)(today)
                month.tell_what_had_to_wait(today)
    assert days_of(list_releases(Root(root))) == EXPECTED
    check_letters(mail)


def days_of(releases: Sequence[str]) -> list[date]:
    return sorted({datetime.strptime(name[:8], "%Y%m%d").date() for name in releases})


def check_letters(mail: MailServer) -> None:
    assert max(Counter(each.id for each in mail.mails).values()) == 1
    said = "\n".join(f"{each.subject}\n{each.text}" for each in mail.mails)
    assert [word for word in (CANARY, TOLD, "example.org") if word in said] == []
    engineer = [each.subject for each in mail.mails if each.to.startswith("kysu")]
    assert sum("05/12/2026" in subject for subject in engineer) == 1
    assert sum("Đã chạy tốt trở lại" in subject for subject in engineer) >= 1
    assert any(each.to.startswith("thon") for each in mail.mails)
