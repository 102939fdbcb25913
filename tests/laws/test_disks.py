"""Disks really full or read-only, two runs at once: readers keep a whole release, the next run finishes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.protect import read_key, rotate_key
from flows.release.publish import list_releases
from flows.root import Root
from tests.laws.disturbed import complaints, whole

pytestmark = pytest.mark.slow

MONDAY, TUESDAY = "2026-11-23", "2026-11-24"
DISK = 24 << 20
PROJECT = Path(__file__).parents[2]


def run(root: Path, day: str) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "tests.laws.as_written"]
    words = [*program, "run", "--plain", "--root", str(root), "--date", day]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, cwd=PROJECT)


def done(root: Path, day: str) -> tuple[int, str]:
    process = run(root, day)
    said = process.communicate(timeout=300)
    return process.returncode, said[1]


def monday(root: Path) -> Path:
    """Monday published, with the key that all these roots have, and a new file for Tuesday."""
    Root(root).prepare()
    (root / "var" / "key").write_text("5a" * 32)
    (root / "var" / "key").chmod(0o600)
    complaints(root, "mot.csv", 3)
    assert done(root, MONDAY)[0] == 0
    complaints(root, "hai.csv", 5)
    return root


def mounted(*words: str) -> None:
    found = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(f"không gắn được đĩa thử: {found.stderr.strip()}")


@contextmanager
def disk(place: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place.mkdir()
    mounted("-t", "tmpfs", "-o", f"size={DISK}", "dulieuxa-thu", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A root on a disk of its own, with Monday published and a new file for Tuesday."""
    with disk(place):
        yield monday(place / "xa")


def fill(place: Path, left: int = 0) -> Path:
    """Fill a disk up but for the bytes `left`; returns the file to be removed."""
    free = subprocess.check_output(["stat", "-f", "-c", "%a %S", str(place)], text=True).split()
    ballast = place / "day"
    ballast.write_bytes(b"x" * (int(free[0]) * int(free[1]) - left))
    return ballast


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = monday(tmp_path_factory.mktemp("undisturbed") / "xa")
    assert done(root, TUESDAY)[0] == 0
    return whole(root)


@pytest.mark.parametrize("left", [0, 256 << 10, 2 << 20])
def test_a_full_disk_publishes_nothing_and_the_next_run_does(
    left: int, undisturbed: str, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "dia") as root:
        before = whole(root)
        ballast = fill(root.parent, left)
        code, said = done(root, TUESDAY)
        assert (code, "Đĩa đầy" in said, "Traceback" in said) == (5, True, False), said
        assert whole(root) == before
        ballast.unlink()
        assert done(root, TUESDAY)[0] == 0
        assert whole(root) == undisturbed
        assert list_releases(Root(root)) == [before, undisturbed]


def test_a_full_disk_leaves_no_key_and_keeps_the_one_that_is_there(tmp_path: Path) -> None:
    with disk(tmp_path / "dia") as place:
        root = Root(place / "xa")
        root.prepare()
        ballast = fill(place)
        with pytest.raises(OSError, match="No space left"):
            read_key(root)
        assert list(root.state.iterdir()) == []
        ballast.unlink()
        key = read_key(root)
        fill(place)
        with pytest.raises(OSError, match="No space left"):
            rotate_key(root)
        assert read_key(root) == key
        assert [path.name for path in root.state.iterdir()] == ["key"]


def test_a_read_only_disk_publishes_nothing_and_the_next_run_does(undisturbed: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "dia") as root:
        before = whole(root)
        mounted("-o", "remount,ro", str(root.parent))
        code, said = done(root, TUESDAY)
        assert (code, "chỉ đọc được" in said, "Traceback" in said) == (5, True, False), said
        assert whole(root) == before
        mounted("-o", "remount,rw", str(root.parent))
        assert done(root, TUESDAY)[0] == 0
        assert whole(root) == undisturbed


def test_of_two_runs_at_once_one_publishes_and_one_says_who_holds_the_root(
    undisturbed: str, tmp_path: Path
) -> None:
    root = monday(tmp_path / "xa")
    both = [run(root, TUESDAY) for _ in range(2)]
    said = [process.communicate(timeout=300)[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 4]
    (refused,) = (text for process, text in zip(both, said, strict=True) if process.returncode == 4)
    assert "lượt chạy khác" in refused
    assert "tiến trình" in refused
    assert whole(root) == undisturbed
