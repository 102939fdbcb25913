"""The version tells two states of the code apart, and is the same for the same code wherever it lies."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli.main import main
from flows.release.manifest import read_manifest
from flows.system import code
from flows.system.code import SHIPPED, code_version
from tests.conftest import Day

PROJECT = Path(__file__).parents[3]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
PACKAGES = ("flows", "schemas")


@pytest.fixture
def version_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], str]:
    """The version that the code in a folder has."""

    def ask(folder: Path) -> str:
        monkeypatch.setattr(code, "HERE", folder / "flows")
        return code_version.__wrapped__()

    return ask


def test_what_is_no_code_changes_no_version_and_any_code_does(
    tmp_path: Path, version_in: Callable[[Path], str]
) -> None:
    for name in PACKAGES:
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    assert version_in(tmp_path) == code_version()
    for stray in ("flows/__pycache__/day.cpython-311.pyc", "flows/.day.py.swp", "schemas/notes.txt"):
        (tmp_path / stray).parent.mkdir(exist_ok=True)
        (tmp_path / stray).write_text("x")
    assert version_in(tmp_path) == code_version()
    seen = {code_version()}
    for path in ("flows/day.py", "schemas/datasets/dan_cu.py", "schemas/reference/thon.csv"):
        with (tmp_path / path).open("a") as file:
            file.write("\n")
        seen.add(version_in(tmp_path))
    assert len(seen) == 4


def test_a_wheel_takes_along_what_the_version_is_made_of() -> None:
    declared = {Path(each).suffix for each in DECLARED["tool"]["setuptools"]["package-data"]["*"]}
    assert {*SHIPPED} == declared | {".py"}
    files = [path for name in PACKAGES for path in (PROJECT / name).rglob("*") if path.is_file()]
    assert {path.suffix for path in files if "__pycache__" not in path.parts} == {*SHIPPED}


@pytest.mark.slow
def test_a_wheel_has_the_version_of_its_checkout(tmp_path: Path, version_in: Callable[[Path], str]) -> None:
    for name in (*PACKAGES, "pyproject.toml", "README.md", "LICENSE"):
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, tmp_path / name)
    build = "import setuptools.build_meta as b; b.build_wheel('dist')"
    (tmp_path / "dist").mkdir()
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, check=True, capture_output=True)
    with zipfile.ZipFile(next((tmp_path / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "installed")
    assert version_in(tmp_path / "installed") == code_version()


def test_manifests_and_people_are_told_the_version(
    planted: Day, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{12}", code_version())
    assert read_manifest(planted.release)["code"] == code_version()
    monkeypatch.setattr(sys, "argv", ["dulieuxa", "--version"])
    with pytest.raises(SystemExit) as left:
        main()
    assert not left.value.code
    assert capsys.readouterr().out == f"dulieuxa {code_version()}\n"


def test_the_changelog_tells_of_this_version() -> None:
    told = re.findall(r"^## (\S+)", (PROJECT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert told[0] == DECLARED["project"]["version"]
    assert len({*told}) == len(told)
