from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

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


def test_prefect_and_a_plain_run_give_the_same_bytes(
    planted: Day, by_prefect: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    root, done = by_prefect
    assert done.returncode == 0, done.stderr
    assert (root / "curated" / "latest").readlink().name == planted.release.name


def test_a_run_under_prefect_shows_no_traceback(
    by_prefect: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = by_prefect
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr == ""


def test_prefect_keeps_a_summary_of_counts(by_prefect: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, _ = by_prefect
    with closing(sqlite3.connect(root / "home" / "prefect.db")) as database:
        found = database.execute("select key, data from artifact where type = 'markdown'").fetchall()
    assert [key for key, _ in found] == ["tom-tat-ngay"]
    assert "Mã lỗi" in json.loads(found[0][1])


@pytest.mark.parametrize("word", ["run", "serve", "sample"])
def test_help_teaches_in_vietnamese(word: str, tmp_path: Path) -> None:
    done = dulieuxa(word, "--help", home=tmp_path)
    assert done.returncode == 0
    assert any(letter in done.stdout for letter in "ạảấầđềệộ")


def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    assert dulieuxa("run", "--nhanh", home=tmp_path).returncode == 2


def test_a_held_root_exits_with_4(tmp_path: Path) -> None:
    with Root(tmp_path).lock():
        done = dulieuxa("run", "--plain", "--root", str(tmp_path), home=tmp_path)
    assert done.returncode == 4
    assert "lượt chạy khác" in done.stderr


@pytest.mark.slow
def test_the_schedule_fires_on_a_server_of_our_own(tmp_path: Path) -> None:
    (tmp_path / "raw" / "inbox" / "T01").mkdir(parents=True)
    (tmp_path / "raw" / "inbox" / "T01" / "a.csv").write_text("x;y\n1;2\n")
    called = f"serve(Path({str(tmp_path)!r}), cron='* * * * *')"
    words = [sys.executable, "-c", f"from pathlib import Path; from flows.daily import serve; {called}"]
    environment = os.environ | {"PREFECT_HOME": str(tmp_path / "home")}
    with subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL) as serving:
        try:
            wait_for((tmp_path / "curated" / "latest").exists, every=1)
        finally:
            serving.send_signal(signal.SIGINT)


STANDING = """
import sys, time
from flows.engine.prefect_server import serve_prefect
with serve_prefect(brief=True) as answered:
    answered()
    from prefect.settings import PREFECT_API_URL
    print(PREFECT_API_URL.value(), flush=True)
    time.sleep(600)
"""


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
