"""Scheduled runs on a real server of Prefect: their parameters, their states, what they wait for."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from errno import ENOSPC
from pathlib import Path

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ParameterTypeError
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL
from prefect.states import Running

from flows import daily
from flows.engine.prefect_runs import mark_crashed
from flows.engine.prefect_server import serve_prefect
from flows.errors import AuditRefusedError, LockedError
from flows.notify import tell
from flows.notify.settings import SENDER
from flows.release.publish import list_releases
from flows.root import HERE, Root
from tests.conftest import run_plainly
from tests.laws.sources import PROJECT
from tests.mailbox import serve_mail
from tests.waiting import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("home")))
        with serve_prefect(brief=True) as answered:
            answered()
            yield


@pytest.fixture
def served(other_commune: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root that is served, on 16/11/2026."""
    monkeypatch.setenv("DULIEUXA_ROOT", str(other_commune))
    monkeypatch.setattr(daily, "_today", lambda: date(2026, 11, 23))
    run_plainly(other_commune, date(2026, 11, 16))
    return other_commune


def days(root: Path) -> list[str]:
    return [name[:8] for name in list_releases(Root(root))]


def test_a_day_given_as_text_is_checked_and_run(served: Path) -> None:
    done = daily.every_day(as_of="2026-11-17", return_state=True)
    assert done.is_completed()
    assert days(served) == ["20261116", "20261117"]


def test_what_is_no_day_fails_before_anything_is_tried(served: Path) -> None:
    with pytest.raises(ParameterTypeError):
        daily.every_day(as_of="hôm qua")
    assert days(served) == ["20261116"]


def test_a_day_to_come_is_refused_in_words(served: Path) -> None:
    done = daily.every_day(as_of="2027-11-24", return_state=True)
    assert (done.name, done.is_failed()) == ("Sai ngày", True)
    assert "24/11/2027 chưa tới" in str(done.message)
    assert days(served) == ["20261116"]


def test_missed_days_are_run_first_and_once(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "_planned_day", lambda: date(2026, 11, 23))
    assert daily.every_day(return_state=True).is_completed()
    assert days(served) == ["20261116", "20261119", "20261123"]
    monkeypatch.setattr(daily, "_planned_day", lambda: date(2026, 11, 20))
    late = daily.every_day(return_state=True)
    assert (late.name, late.is_completed()) == (daily.NOT_NEEDED, True)
    assert days(served) == ["20261116", "20261119", "20261123"]


def test_a_refusal_has_a_state_of_its_own_and_the_days_after_it_are_run(
    served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_day = daily.run_day

    def refuse(*given: object) -> object:
        if given[2] == date(2026, 11, 19):
            raise AuditRefusedError(["không khớp"], [])
        return run_day(*given)

    monkeypatch.setattr(daily, "run_day", refuse)
    refused = daily.every_day(as_of="2026-11-19", return_state=True)
    assert (refused.name, refused.is_failed()) == (daily.REFUSED, True)
    with pytest.raises(AuditRefusedError):
        daily.daily(served, date(2026, 11, 19))
    monkeypatch.setattr(daily, "_planned_day", lambda: date(2026, 11, 23))
    assert daily.every_day(return_state=True).is_completed()
    assert days(served) == ["20261116", "20261123"]


def test_people_are_told_after_a_scheduled_day_however_it_ends(
    served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (served / "lien_he.csv").write_text("don_vi,ten,dia_chi,vai_tro,tu_ngay\n,,k@example.org,ky_su,\n")
    monkeypatch.setattr(tell, "now_here", lambda: datetime(2026, 11, 23, 6, 30, tzinfo=HERE))
    run_day = daily.run_day

    def go_wrong(*given: object) -> object:
        if given[2] == date(2026, 11, 19):
            raise AuditRefusedError(["Bảng “Điểm danh” thiếu 3 dòng."], [])
        raise OSError(ENOSPC, "")

    with serve_mail() as box:
        monkeypatch.setenv(SENDER, box.url)
        monkeypatch.setattr(daily, "run_day", go_wrong)
        assert daily.every_day(as_of="2026-11-19", return_state=True).name == daily.REFUSED
        assert "19/11/2026 không công bố được: Bảng “Điểm danh” thiếu 3 dòng." in box.mails[-1].text
        assert daily.every_day(as_of="2026-11-23", return_state=True).is_failed()
        assert "23/11/2026 hỏng: Đĩa đầy." in box.mails[-1].text
        monkeypatch.setattr(daily, "run_day", run_day)
        box.away, before = True, len(box.mails)
        assert daily.every_day(as_of="2026-11-23", return_state=True).is_completed()
        box.away = False
        daily.notices(return_state=True)
        assert [mail.subject for mail in box.mails[before:]] == ["[Xã Mẫu] Đã chạy tốt trở lại"]


def test_a_run_waits_for_another_one_on_its_root(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "_LOOK_SECONDS", 0.1)
    held, asked = threading.Event(), threading.Event()

    def hold() -> None:
        with Root(served).lock():
            held.set()
            asked.wait(60)

    def refused_once(*given: object) -> object:
        try:
            return run_day(*given)
        except LockedError:
            asked.set()
            raise

    run_day = daily.run_day
    monkeypatch.setattr(daily, "run_day", refused_once)
    other = threading.Thread(target=hold)
    other.start()
    held.wait(60)
    done = daily.every_day(as_of="2026-11-17", return_state=True)
    other.join()
    assert asked.is_set()
    assert done.is_completed()


def test_runs_whose_process_is_gone_are_marked_as_crashed() -> None:
    @flow(name="x")
    def work() -> None:
        pass

    with get_client(sync_client=True) as client:
        of = client.create_deployment(client.create_flow(work), "hang-ngay-mau")
        other = client.create_deployment(client.create_flow(work), "cua-nguoi-khac")
        runs = [client.create_flow_run_from_deployment(each, name="ngay") for each in (of, of, other)]
        for each in (runs[0], runs[2]):
            client.set_flow_run_state(each.id, Running(), force=True)
        assert mark_crashed(["hang-ngay-mau"]) == ["ngay"]
        states = [client.read_flow_run(each.id).state_type for each in runs]
    assert states == [StateType.CRASHED, StateType.SCHEDULED, StateType.RUNNING]


def prefect(*words: str, root: Path) -> str:
    """What Prefect's own command says, to the server of these tests, of a commune `xa-mau`."""
    told = {
        "PREFECT_API_URL": PREFECT_API_URL.value(),
        "PREFECT_API_AUTH_STRING": str(PREFECT_API_AUTH_STRING.value()),
        "DULIEUXA_ROOT": str(root),
        "DULIEUXA_XA": "xa-mau",
    }
    words = (str(Path(sys.executable).with_name("prefect")), "--no-prompt", *words)
    done = subprocess.run(
        words, cwd=PROJECT, env=os.environ | told, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_who_has_workers_deploys_by_prefects_own_file(served: Path) -> None:
    prefect("work-pool", "create", "--type", "process", "xa-mau", root=served)
    prefect("deploy", "--all", root=served)
    with get_client(sync_client=True) as client:
        found = {
            name: client.read_deployment_by_name(f"{name}/{prefix}-xa-mau")
            for name, prefix in (("dulieuxa-hang-ngay", "hang-ngay"), ("dulieuxa-soat", "hang-tuan"))
        }
        for each in found.values():
            assert str(served) in (each.description or "")
            assert {"dulieuxa", "xa-mau"} <= {*each.tags}
            assert each.schedules[0].schedule.timezone == "Asia/Ho_Chi_Minh"
        given = {"as_of": "2026-11-17"}
        run = client.create_flow_run_from_deployment(found["dulieuxa-hang-ngay"].id, parameters=given)
        prefect("worker", "start", "--pool", "xa-mau", "--run-once", root=served)

        def has_ended() -> bool:
            return (client.read_flow_run(run.id).state or Running()).is_final()

        wait_for(has_ended, every=1)
    assert days(served) == ["20261116", "20261117"]


def test_a_late_run_is_for_the_day_that_it_was_planned_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Runtime:
        # In Vietnam it is the 19th, six o'clock.
        scheduled_start_time = datetime(2026, 11, 18, 23, tzinfo=UTC)

    monkeypatch.setattr(daily, "flow_run", Runtime)
    assert daily._planned_day() == date(2026, 11, 19)
