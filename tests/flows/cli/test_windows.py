"""Clerks' commands work where Linux' modules are missing; the others say that they need Linux."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.cli.main import ANYWHERE
from tests.conftest import Day
from tests.windows import run_blocked

#: Runs several commands in one process: each is a list of words; prints how each left, and what it said.
COMMANDS = """
import contextlib, io, json, sys
from flows.cli.main import main
left = []
for words in json.loads(sys.argv[1]):
    said = io.StringIO()
    sys.argv = ["dulieuxa", *words]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as end:
            left.append([end.code or 0, said.getvalue()])
print(json.dumps(left))
"""


def run_commands(folder: Path, *commands: tuple[str, ...]) -> list[tuple[int, str]]:
    done = run_blocked(folder, COMMANDS, json.dumps(commands))
    assert done.returncode == 0, done.stderr
    return [(code, said) for code, said in json.loads(done.stdout)]


def test_what_needs_no_data_works_and_servers_say_what_they_need(tmp_path: Path) -> None:
    helped, explained, refused, taught = run_commands(
        tmp_path, ("--help",), ("explain", "ngay_sinh.tuong_lai"), ("run",), ("serve", "--help")
    )
    assert helped[0] == explained[0] == taught[0] == 0
    assert "Cách sửa" in explained[1]
    assert refused[0] == 2
    assert "cần Linux" in refused[1]
    assert all(name in refused[1] for name in ANYWHERE)


def test_what_is_said_into_a_pipe_is_utf_8(tmp_path: Path) -> None:
    done = run_blocked(tmp_path, "from flows.cli.main import main; main()", "explain", "ngay_sinh.tuong_lai")
    assert done.returncode == 0, done.stderr
    assert "Cách sửa" in done.stdout


SHOWN = """
from pathlib import Path
from flows.release.publish import read_published
from flows.root import Root
print(read_published(Root(Path("xa"))))
"""


def test_the_release_on_show_is_known_on_a_share_that_follows_links(tmp_path: Path) -> None:
    assert run_blocked(tmp_path, SHOWN).stdout.split() == ["None"]
    (tmp_path / "xa" / "curated" / "latest").mkdir(parents=True)
    (tmp_path / "xa" / "curated" / "latest.json").write_text('{"release": "20261124-3f9a1c7d"}')
    assert run_blocked(tmp_path, SHOWN).stdout.split() == ["20261124-3f9a1c7d"]


@pytest.mark.slow
def test_every_command_of_clerks_works(planted: Day, tmp_path: Path) -> None:
    root = str(planted.root.path)
    file = min(planted.root.inbox.glob("T*/*.xlsx"))
    commands = {
        "check": (
            "check",
            str(file),
            "--unit",
            file.parent.name,
            "--date",
            "2026-11-24",
            "--marked",
            "sua.xlsx",
        ),
        "explain": ("explain", "ngay_sinh.tuong_lai"),
        "sample": ("sample", "xa_mau", "--persons", "100"),
        "sql": ("sql", "select count(*) from faults", "--root", root, "--csv"),
        "status": ("status", "--root", root),
        "template": ("template", "ho_gia_dinh", "--unit", "T01", "-o", "mau.xlsx", "--root", root),
    }
    assert sorted(commands) == sorted(ANYWHERE)
    beside = ("check", str(file), "--unit", file.parent.name, "--date", "2026-11-25", "--root", root)
    left = run_commands(tmp_path, *commands.values(), beside)
    assert [code for code, _ in left] == [left[0][0], *[0] * 5, left[6][0]], left
    assert {left[0][0], left[6][0]} <= {0, 1}
    assert "bản ghi dùng được" in left[6][1]
    assert planted.release.name in left[4][1]
    assert int(left[3][1].split()[-1]) == planted.table("faults").height
    assert (tmp_path / "mau.xlsx").exists()
    assert list((tmp_path / "xa_mau" / "raw" / "archive").glob("*/*.json"))
