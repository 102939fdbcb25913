"""The same submissions give the same release and modes wherever, whenever and by however many threads."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flows.release.publish import read_published
from flows.root import Root
from tests.conftest import Day

# Time zones stand for other dates of the wall clock: at any moment two of these are a day apart.
PLACES = {
    "one thread, far east": {"POLARS_MAX_THREADS": "1", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
    "four threads, far west": {"POLARS_MAX_THREADS": "4", "TZ": "Pacific/Niue", "PYTHONHASHSEED": "2"},
    "another language, a strict umask": {"LC_ALL": "C", "PYTHONHASHSEED": "3", "HOME": "/nonexistent"},
}


UMASKS = dict(zip(PLACES, (0o002, 0o000, 0o077), strict=True))


def modes_in(release: Path) -> dict[str, int]:
    made = (release, *release.rglob("*"))
    return {path.relative_to(release).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in made}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
def test_a_release_does_not_depend_on_where_when_and_how(name: str, planted: Day, tmp_path: Path) -> None:
    root = tmp_path / "nơi khác" / "xa"
    shutil.copytree(planted.root.path / "raw", root / "raw")
    (root / "var").mkdir()
    shutil.copy(planted.root.path / "var" / "key", root / "var" / "key")
    program = str(Path(sys.executable).with_name("dulieuxa"))
    words = [program, "run", "--plain", "--root", str(root), "--date", "2026-11-24"]
    done = subprocess.run(
        words,
        env=os.environ | PLACES[name],
        capture_output=True,
        timeout=300,
        check=False,
        cwd=tmp_path,
        umask=UMASKS[name],
    )
    assert done.returncode == 0, done.stderr
    assert read_published(Root(root)) == planted.release.name
    assert modes_in(Root(root).releases / planted.release.name) == modes_in(planted.release)
