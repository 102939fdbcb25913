from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from base64 import b64encode
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from flows.engine import prefect_server
from flows.errors import OpenLineError
from flows.root import Root
from tests.command import dulieuxa
from tests.conftest import Day
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def by_prefect(
    planted: Day, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The planted commune's day once more, under Prefect with an empty home."""
    root = tmp_path_factory.mktemp("prefect")
    shutil.copytree(planted.root.path / "raw", root / "raw")
    (root / "var").mkdir()
    shutil.copy(planted.root.path / "var" / "key", root / "var" / "key")
    done = dulieuxa("run", "--root", str(root), "--date", "2026-11-24", home=root / "home")
    return root, done


@pytest.mark.slow
def test_prefect_and_a_plain_run_give_the_same_bytes(
    planted: Day, by_prefect: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    root, done = by_prefect
    assert done.returncode == 0, done.stderr
    assert (root / "curated" / "latest").readlink().name == planted.release.name


@pytest.mark.slow
def test_a_run_under_prefect_shows_no_traceback(
    by_prefect: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = by_prefect
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr == ""


@pytest.mark.slow
def test_prefect_keeps_a_summary_of_counts(by_prefect: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, _ = by_prefect
    with closing(sqlite3.connect(root / "home" / "prefect.db")) as database:
        found = database.execute("select key, data from artifact where type = 'markdown'").fetchall()
        units = database.execute("select data from artifact where key = 'don-vi'").fetchall()
        said = [
            text for (text,) in database.execute("select message from log where message like '%tệp mới%'")
        ]
        tasks = {name.rpartition("-")[0] for (name,) in database.execute("select name from task_run")}
        events = database.execute("select resource_id from events where event = 'dulieuxa.published'")
        assert events.fetchall() == [("dulieuxa.xa.15061",)]
    assert [key for key, _ in found] == ["tom-tat-ngay"]
    assert "Mã lỗi" in json.loads(found[0][1])
    assert "Chặn" in json.loads(json.loads(units[0][0]))[0]
    assert said == ["Thu tệp: 0 tệp mới, 0 không nhận được"]
    assert {"thu-tep", "doc-tep", "cong-bo"} < tasks


@pytest.mark.parametrize("word", ["run", "serve", "sample"])
def test_help_teaches_in_vietnamese(word: str, tmp_path: Path) -> None:
    done = dulieuxa(word, "--help", home=tmp_path)
    assert done.returncode == 0
    assert any(letter in done.stdout for letter in "ạảấầđềệộ")


def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    assert dulieuxa("run", "--nhanh", home=tmp_path).returncode == 2


@pytest.mark.parametrize("words", [("serve",), ("roll-up", "xa", "--out", "tinh")])
def test_a_schedule_that_is_none_is_wrong_usage(words: tuple[str, ...], tmp_path: Path) -> None:
    done = dulieuxa(*words, "--cron", "0 6 * *", home=tmp_path)
    assert done.returncode == 2
    assert "không phải lịch chạy" in done.stdout + done.stderr


def test_a_held_root_exits_with_4(tmp_path: Path) -> None:
    with Root(tmp_path).lock():
        done = dulieuxa("run", "--plain", "--root", str(tmp_path), home=tmp_path)
    assert done.returncode == 4
    assert "lượt chạy khác" in done.stderr


@pytest.mark.slow
def test_the_schedule_fires_on_a_server_of_our_own_which_asks_for_its_secret(tmp_path: Path) -> None:
    (tmp_path / "raw" / "inbox" / "T01").mkdir(parents=True)
    (tmp_path / "raw" / "inbox" / "T01" / "a.csv").write_text("x;y\n1;2\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    called = f"serve(Path({str(tmp_path)!r}), cron='* * * * *', look='* * * * *', port={port})"
    words = [sys.executable, "-c", f"from pathlib import Path; from flows.daily import serve; {called}"]
    environment = os.environ | {"PREFECT_HOME": str(tmp_path / "home")}
    quiet, password = subprocess.DEVNULL, tmp_path / "var" / "mat_khau_prefect"
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=quiet, text=True) as serving:
        try:
            assert serving.stdout is not None
            api = next(line.split()[-1] for line in serving.stdout if line.startswith("Theo dõi:")) + "/api"
            secret = password.read_bytes()
            assert stat.S_IMODE(password.stat().st_mode) == 0o600
            wait_for(lambda: len(served_by(api, secret)) == 2, every=1)
            assert api == f"http://127.0.0.1:{port}/api"
            place = sha256(str(tmp_path).encode()).hexdigest()[:6]
            assert served_by(api, secret) == {
                f"hang-ngay-xa-ngoc-lac-15061-{place}": {"as_of", "acknowledged"},
                f"hang-tuan-xa-ngoc-lac-15061-{place}": set(),
            }
            for wrong in (None, b"dulieuxa:", secret[:-1]):
                with pytest.raises(HTTPError, match="401"):
                    served_by(api, wrong)
            wait_for((tmp_path / "curated" / "latest").exists, every=1)
            wait_for(Root(tmp_path).last_look.exists, every=1)
        finally:
            serving.send_signal(signal.SIGINT)
    assert not password.exists()


def served_by(api: str, secret: bytes | None) -> dict[str, set[str]]:
    """The names of what a server of Prefect runs on schedules, each with the parameters that it takes."""
    asked = Request(f"{api}/deployments/filter", b"{}", {"Content-Type": "application/json"})
    if secret is not None:
        asked.add_header("Authorization", f"Basic {b64encode(secret).decode()}")
    with urlopen(asked, timeout=60) as answer:
        found = json.load(answer)
    return {
        one["name"]: {*one["parameter_openapi_schema"]["properties"], *one["parameters"]} for one in found
    }


STANDING = """
import sys, time
from flows.engine.prefect_server import serve_prefect
with serve_prefect(brief=True) as answered:
    answered()
    from prefect.settings import PREFECT_API_URL
    print(PREFECT_API_URL.value(), flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize(
    "address",
    [
        "http://prefect.tinh.example/api",
        "HTTP://10.0.0.5:4200/api",
        "http://localhost.tinh.example/api",
        "ftp://a/",
    ],
)
def test_a_server_elsewhere_is_not_told_its_secret_on_an_open_line(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", address)
    with pytest.raises(OpenLineError, match="https"), prefect_server.serve_prefect():
        pytest.fail("It was told.")


def test_who_names_such_a_server_is_told_what_to_do(tmp_path: Path) -> None:
    done = dulieuxa(
        "run", "--root", str(tmp_path), home=tmp_path / "home", PREFECT_API_URL="http://10.0.0.5/api"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "10.0.0.5" in done.stderr
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize(
    "address",
    [
        "https://prefect.tinh.example/api",
        "http://127.0.0.1:4200/api",
        "http://[::1]:4200/api",
        "http://localhost/api",
    ],
)
def test_other_servers_are_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", address)
    with prefect_server.serve_prefect() as answered:
        answered()


def test_a_port_of_somebody_else_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert prefect_server._is_ours(port)
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
        assert not prefect_server._is_ours(port)


GONE = """
import time
from flows.engine import prefect_server
from subprocess import Popen
started = []
prefect_server.subprocess.Popen = lambda *a, **b: started.append(Popen(*a, **b)) or started[0]
with prefect_server.serve_prefect(brief=True) as answered:
    answered()
    started[0].kill()
    time.sleep(600)
"""


@pytest.mark.slow
def test_who_relies_on_a_server_stops_with_it(tmp_path: Path) -> None:
    environment = os.environ | {"PREFECT_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", GONE], env=environment, timeout=300, check=False)
    assert done.returncode == -signal.SIGTERM


@pytest.mark.slow
def test_the_server_goes_with_a_run_that_is_killed(tmp_path: Path) -> None:
    words = [sys.executable, "-c", STANDING]
    environment = os.environ | {"PREFECT_HOME": str(tmp_path)}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        api = run.stdout.readline().strip()
        assert answers(api)
        run.kill()
    wait_for(lambda: not answers(api))


def answers(api: str) -> bool:
    try:
        urlopen(f"{api}/health", timeout=60).close()
    except OSError:
        return False
    return True
