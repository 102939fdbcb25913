"""What is installed: two lists of pinned libraries, the shorter one for runs, without any address."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from flows.cli.commands import roll_up
from flows.cli.main import main

PROJECT = Path(__file__).parents[2]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = {name: (PROJECT / f"{name}.lock").read_text("utf-8") for name in ("requirements", "requirements-dev")}
PROVINCE = {"dask", "distributed", "prefect-dask", "s3fs"}


def pinned(text: str) -> set[tuple[str, str]]:
    """Names and versions of what is installed; a few have another version on another Python."""
    return {*re.findall(r"^([\w.-]+)==(\S+)", text, re.M)}


def names(text: str) -> set[str]:
    return {name for name, _ in pinned(text)}


def named(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", each, maxsplit=1)[0].lower() for each in requirements} - {"dulieuxa"}


@pytest.mark.parametrize("text", LOCKS.values(), ids=LOCKS)
def test_every_library_has_one_version_and_its_hashes_and_nothing_else_is_said(text: str) -> None:
    line = r"[\w.-]+==[\w.+!]+(?: ; [^\\/]+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?"
    assert [each for each in text.splitlines() if not re.fullmatch(line, each)] == []
    whole = re.split(r"\n(?=\S)", text.rstrip())
    assert [each for each in whole if "--hash=" not in each] == []


def test_runs_need_a_part_of_what_tests_need() -> None:
    assert pinned(LOCKS["requirements"]) < pinned(LOCKS["requirements-dev"])
    runs, tests = map(names, LOCKS.values())
    extras = DECLARED["optional-dependencies"]
    assert named(DECLARED["dependencies"] + extras["setup"]) <= runs
    assert named(extras["province"] + extras["sources"] + extras["dev"]) <= tests
    assert not (PROVINCE | {"pytest", "mypy", "ruff", "playwright", "moto"}) & runs
    assert {name.replace("_", "-") for name in roll_up._PROVINCE} == named(extras["province"]) | {
        "distributed"
    }


def test_uv_is_installed_by_its_hash() -> None:
    recipe = re.search(r"sed -n '(.*?)' requirements\.lock", (PROJECT / "Makefile").read_text("utf-8"))
    assert recipe
    program = recipe[1].replace("$$", "$")
    done = subprocess.run(
        ["sed", "-n", program, "requirements.lock"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert names(done.stdout) == {"uv"}
    assert done.stdout.count("--hash=") > 1


def test_a_province_without_its_libraries_is_told_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(roll_up, "find_spec", lambda name: None if name == "dask" else find_spec(name))
    monkeypatch.setattr(sys, "argv", ["dulieuxa", "roll-up", "a", "b", "--out", "c"])
    with pytest.raises(SystemExit, match="2"):
        main()
    said = capsys.readouterr().err
    assert "thiếu dask" in said
    assert "make province" in said
