"""One file is damaged, any file, in any way: readers see whole, true releases; it is named, and mended."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest
from rich.console import Console

from flows.cache import CACHE_FOLDERS, clear_all
from flows.collect.archive import list_archived
from flows.day import DayOutcome, run_day
from flows.forget.find import note_access
from flows.forget.tombstones import note_done, note_request
from flows.mend.fix import mend_root
from flows.mend.look import look_over
from flows.release.publish import list_releases
from flows.release.purge import PurgePlan, purge
from flows.root import Root
from schemas.registry import load
from tests.laws.as_written import collect_as_written
from tests.laws.disturbed import (
    MONDAY,
    TUESDAY,
    InThisProcess,
    child,
    complaints,
    day,
    lenient,
    whole,
)

WEDNESDAY, THURSDAY = date(2026, 11, 25), date(2026, 11, 26)
# What a process of the superuser may do beside what its owner may: read and write files whatever their modes.
_OVERRIDES = 1 << 1 | 1 << 2


def cut(path: Path, at: random.Random) -> None:
    data = path.read_bytes()
    path.chmod(0o600) if not os.access(path, os.W_OK) else None
    with path.open("r+b") as file:
        file.truncate(at.randrange(max(len(data), 1)))


def flip(path: Path, at: random.Random) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[at.randrange(len(data))] ^= 1 << at.randrange(8)
        mode = path.stat().st_mode
        path.chmod(0o600)
        with path.open("r+b") as file:
            file.write(data)
        path.chmod(mode)


def rot(path: Path, at: random.Random) -> None:
    """A bit turns on the disk: nothing else tells of it."""
    seen = path.stat()
    flip(path, at)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def delete(path: Path, _: random.Random) -> None:
    path.unlink()


def close(path: Path, _: random.Random) -> None:
    if not path.is_symlink():
        path.chmod(0)


def expose(path: Path, _: random.Random) -> None:
    if not path.is_symlink():
        path.chmod(0o666)


KINDS: Sequence[Callable[[Path, random.Random], None]] = (cut, flip, rot, delete, close, expose)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with two releases, every kind of state, and a new file for Wednesday."""
    root = tmp_path_factory.mktemp("rot") / "xa"
    complaints(root, "mot.csv", 3)
    complaints(root, "sai.csv", 2)
    with (root / "raw" / "inbox" / "T01" / "sai.csv").open("a") as file:
        file.write("\n31/02/2026;VNPT;Việc sai;Mới;")
    os.utime(root / "raw" / "inbox" / "T01" / "sai.csv", (1_795_300_000, 1_795_300_000))
    day(root, MONDAY)
    complaints(root, "hai.csv", 5)
    os.utime(root / "raw" / "inbox" / "T01" / "hai.csv", (1_795_480_000, 1_795_480_000))
    of = Root(root)
    mark = note_request(of, "038190007777", [], "Đơn số 12")
    note_done(of, mark, left=0)
    note_access(of, {"0" * 32}, "Yêu cầu", [])
    purge(of, PurgePlan((), ()))
    day(root, TUESDAY)
    complaints(root, "ba.csv", 7)
    os.utime(root / "raw" / "inbox" / "T01" / "ba.csv", (1_795_570_000, 1_795_570_000))
    return root


@pytest.fixture(scope="module")
def undisturbed(waiting: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The releases of Wednesday and Thursday when nothing is damaged."""
    root = copied(waiting, tmp_path_factory.mktemp("whole"))
    return day(root, WEDNESDAY), day(root, THURSDAY)


def copied(root: Path, to: Path) -> Path:
    return Path(shutil.copytree(root, to / "xa", symlinks=True))


def list_targets(root: Path) -> list[list[Path]]:
    """What may be damaged, in groups that are as likely as each other."""

    def below(*names: str) -> Iterator[Path]:
        for name in names:
            for place, folders, files in os.walk(root / name):
                yield from (Path(place, each) for each in files)
                yield from (Path(place, each) for each in folders if Path(place, each).is_symlink())

    released = [path for path in below("curated/releases") if path.name != "manifest.json"]
    return [
        sorted(path for path in below("var") if path.suffix != ".part"),
        sorted(below("raw/archive")),
        sorted(path for path in below("curated") if "releases" not in path.relative_to(root).parts),
        sorted((root / "curated" / "releases").glob("*/manifest.json")),
        sorted(path for path in released if path.suffix == ".parquet"),
        sorted(path for path in released if path.suffix != ".parquet"),
    ]


def is_harmless(path: Path, kind: Callable[..., None], root: Root) -> bool:
    """What is made again without a trace: a lost cache, and whatever the lock's file holds."""
    kept = any(path.parent == folder.path_in(root) for folder in CACHE_FOLDERS)
    return (kept and kind is delete) or (path.name == "lock" and kind not in (close, expose))


def run(root: Path, as_of: date) -> DayOutcome:
    runner = InThisProcess(Console(quiet=True))
    with patch("flows.day.collect", collect_as_written):
        return run_day(Root(root), load(), as_of, runner, audits=lenient)


def mend(root: Path) -> list[str]:
    return list(mend_root(Root(root), load(), InThisProcess(Console(quiet=True)), lenient))


def survive(root: Path, seed: int, expected: tuple[str, str]) -> None:
    """Damage one file, then run, look and mend in one order or another."""
    give_up_overrides()
    at = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    group = at.choice(list_targets(root))
    path = at.choice(group)
    if path.is_symlink():
        kind = delete
    story = f"{seed}: {kind.__name__} {path.relative_to(root)}"
    print(story, flush=True)
    kind(path, at)
    of = Root(root)
    named = [*map(str, look_over(of))]
    assert is_harmless(path, kind, of) or any(str(path) in said for said in named), (story, named)
    if at.random() < 0.5:
        mended = mend(root)
        assert [*map(str, look_over(of))] == [], (story, mended)
    # Who has a content only in the archive has it no more; the others get what was published.
    wednesday = run(root, WEDNESDAY)
    assert whole(root) == wednesday.release.name == expected[0], (story, wednesday.damaged)
    mended = mend(root)
    assert [*map(str, look_over(of))] == [], (story, mended)
    assert run(root, THURSDAY).release.name == expected[1], story
    assert whole(root) == expected[1], story
    assert [*map(str, look_over(of))] == [], story


def give_up_overrides() -> None:
    """From now on modes count for this process, too, though it may be the superuser's."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        data = (ctypes.c_uint32 * 6)()
        assert libc.capget(header, data) == 0
        data[0] &= ~_OVERRIDES
        data[1] &= ~_OVERRIDES
        assert libc.capset(header, data) == 0


def prove(waiting: Path, undisturbed: tuple[str, str], tmp_path: Path, seeds: Sequence[int]) -> None:
    failed = []
    for seed in seeds:
        root = copied(waiting, tmp_path / str(seed))
        if child(survive, root, seed, undisturbed) != 0:
            failed.append(seed)
        shutil.rmtree(root)
    assert failed == []


def lose_the_only_copy(root: Root) -> Path:
    """Damage a content of Monday that neither inbox nor caches hold any more; returns its path."""
    shutil.rmtree(root.inbox)
    clear_all(root)
    one = min(each for each in list_archived(root, MONDAY) if each.file == "mot.csv")
    flip(one.content(root), random.Random(1))
    return one.content(root)


@pytest.mark.slow
def test_a_content_that_is_lost_for_good_is_named_and_the_others_count(waiting: Path, tmp_path: Path) -> None:
    root = Root(copied(waiting, tmp_path))
    lost = lose_the_only_copy(root)
    assert [*map(str, mend(root.path))] == []
    (said,) = map(str, look_over(root))
    assert str(lost) in said
    assert "xin T01 nộp lại" in said
    outcome = run(root.path, WEDNESDAY)
    assert outcome.faults.filter(code="tep.kho_luu_hong").height == 1
    states = dict(outcome.submissions.select("file", "state").iter_rows())
    assert states["mot.csv"] == "tu_choi"
    assert states["hai.csv"] != "tu_choi"
    assert whole(root.path) == outcome.release.name


@pytest.mark.slow
def test_a_release_that_is_lost_for_good_is_put_aside_and_readers_see_the_one_before(
    waiting: Path, tmp_path: Path
) -> None:
    root = Root(copied(waiting, tmp_path))
    monday, tuesday = list_releases(root)
    lost = lose_the_only_copy(root)
    table = root.releases / tuesday / "issues.parquet"
    delete(table, random.Random(1))
    mended = mend(root.path)
    assert any(str(table) in said and "không dựng lại được" in said for said in mended)
    assert whole(root.path) == monday
    assert (root.damaged / tuesday / "manifest.json").exists()
    named = [*map(str, look_over(root))]
    assert [
        path for path in (lost, root.damaged / tuesday) if not any(str(path) in each for each in named)
    ] == []
    assert run(root.path, WEDNESDAY).release.name == whole(root.path)


@pytest.mark.slow
def test_one_damaged_file_is_named_and_mended(
    waiting: Path, undisturbed: tuple[str, str], tmp_path: Path
) -> None:
    prove(waiting, undisturbed, tmp_path, range(10))


@pytest.mark.proof
def test_any_damaged_file_is_named_and_mended(
    waiting: Path, undisturbed: tuple[str, str], tmp_path: Path
) -> None:
    prove(waiting, undisturbed, tmp_path, range(10, 210))
