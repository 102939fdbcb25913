"""The power goes, the disk fills up: readers see whole releases, the next run gives the undisturbed bytes."""

from __future__ import annotations

import errno
import multiprocessing
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from random import Random

import pytest

from flows.release.publish import list_releases, read_published
from flows.root import Root
from tests.laws.disturbed import (
    MONDAY,
    TUESDAY,
    by_prefect,
    child,
    complaints,
    counted,
    day,
    failing_from,
    killed_after,
    killed_at,
    plainly,
    prefect_answering,
    seconds_of,
    whole,
)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with Monday published and a new file for Tuesday."""
    root = tmp_path_factory.mktemp("crash") / "xa"
    complaints(root, "mot.csv", 3)
    day(root, MONDAY)
    complaints(root, "hai.csv", 5)
    return root


@pytest.fixture(scope="module")
def undisturbed(waiting: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int]:
    """The release that Tuesday comes to when nothing happens, and how many operations that takes."""
    root = copied(waiting, tmp_path_factory.mktemp("undisturbed"))
    ours, theirs = multiprocessing.Pipe()
    assert child(counted, root, theirs) == 0
    return str(read_published(Root(root))), int(ours.recv())


def copied(root: Path, to: Path) -> Path:
    return Path(shutil.copytree(root, to / "xa", symlinks=True))


def recovers(root: Path, expected: str) -> None:
    assert whole(root)[:8] in ("20261123", "20261124")
    assert day(root, TUESDAY) == expected
    assert whole(root) == expected
    assert list_releases(Root(root)) == sorted(
        path.name for path in (root / "curated" / "releases").iterdir()
    )
    assert len(list_releases(Root(root))) == 2


def proven(waiting: Path, undisturbed: tuple[str, int], tmp_path: Path, numbers: Sequence[int]) -> None:
    for at in numbers:
        root = copied(waiting, tmp_path / str(at))
        assert child(killed_at, root, at) == -signal.SIGKILL, at
        recovers(root, undisturbed[0])
        shutil.rmtree(root)


@pytest.mark.slow
def test_a_run_killed_now_and_then_leaves_whole_releases(
    waiting: Path, undisturbed: tuple[str, int], tmp_path: Path
) -> None:
    """The last dozen are those of publishing: every other of them, and some of those before."""
    count = undisturbed[1]
    proven(waiting, undisturbed, tmp_path, [*range(1, count - 12, 40), *range(count - 12, count + 1, 2)])


@pytest.mark.slow
@pytest.mark.parametrize("first", [1, 2], ids=["odd ones", "even ones"])
def test_a_run_killed_at_every_file_operation_leaves_whole_releases(
    first: int, waiting: Path, undisturbed: tuple[str, int], tmp_path: Path
) -> None:
    proven(waiting, undisturbed, tmp_path, range(first, undisturbed[1] + 1, 2))


@pytest.mark.proof
@pytest.mark.parametrize(("work", "count"), [(plainly, 260), (by_prefect, 40)])
def test_a_run_killed_at_any_moment_leaves_whole_releases(
    work: Callable[[Path], None], count: int, waiting: Path, undisturbed: tuple[str, int], tmp_path: Path
) -> None:
    """Moments are drawn up to a tenth beyond the end of a run that nobody disturbs."""
    draw, monday = Random(count), whole(waiting)
    at_work = 0
    with prefect_answering(tmp_path / "home") if work is by_prefect else nullcontext({}) as settings:
        long = seconds_of(work, copied(waiting, tmp_path / "measured"), settings)
        for number in range(count):
            root = copied(waiting, tmp_path / str(number))
            seconds = draw.uniform(0, 1.1 * long)
            print(f"{work.__name__} {number}: after {seconds:.3f} seconds", flush=True)
            at_work += killed_after(work, root, seconds, settings)
            assert whole(root) in (monday, undisturbed[0])
            recovers(root, undisturbed[0])
            shutil.rmtree(root)
    print(f"{work.__name__}: {at_work} of {count} were killed at work, within {long:.1f} seconds")
    assert at_work > count / 4


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS], ids=["disk full", "read-only"])
@pytest.mark.parametrize(
    "share",
    [0.0, pytest.param(0.3, marks=pytest.mark.slow), pytest.param(0.8, marks=pytest.mark.slow), 0.97],
)
def test_a_disk_that_fails_publishes_nothing_and_the_next_run_does(
    number: int, share: float, waiting: Path, undisturbed: tuple[str, int], tmp_path: Path
) -> None:
    root = copied(waiting, tmp_path)
    assert child(failing_from, root, 1 + int(undisturbed[1] * share), number) == 7
    recovers(root, undisturbed[0])


def test_a_clock_set_back_publishes_no_older_day(waiting: Path, tmp_path: Path) -> None:
    root = copied(waiting, tmp_path)
    shown = day(root, TUESDAY)
    day(root, MONDAY)
    assert whole(root) == shown
