"""Work that crashes, hangs or swells in a worker process costs its item and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.engine.workers import Guard, Limits, LostError, count_cores, map_ahead, map_in_order
from tests.flows.engine.work import work
from tests.waiting import wait_for

_LINUX = Path("/proc/self/status").exists()


def lost(item: str, why: Exception) -> str:
    return f"{item} lost{' late' if isinstance(why, LostError) and why.late else ''}"


GUARD: Guard[str, str] = Guard(lambda item: Limits(1.0 if item == "hang" else 300.0, 200 << 20), lost)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("crash", "crash lost"),
        ("raise", "raise lost"),
        ("hang", "hang lost late"),
        pytest.param(
            "swell", "swell lost", marks=pytest.mark.skipif(not _LINUX, reason="asks Linux what it holds")
        ),
    ],
)
def test_a_bad_item_is_lost_alone(bad: str, said: str) -> None:
    done = map_in_order(work, ["a", bad, "b", "c"], guard=GUARD)
    assert done[1] == said
    assert [result.split()[0] for result in done[::2]] == ["a", "b"]
    assert done[3].startswith("c ")


def test_work_is_done_elsewhere_unless_it_has_no_limits() -> None:
    def pids(limits: Callable[[str], Limits | None]) -> set[int]:
        return {int(said.split()[1]) for said in map_in_order(work, ["a", "b"], guard=Guard(limits, lost))}

    assert os.getpid() not in pids(lambda _: Limits(300.0, 200 << 20))
    assert pids(lambda _: None) == {os.getpid()}


def test_an_error_comes_back_with_where_it_was_raised() -> None:
    with pytest.raises(KeyError, match="no such sheet") as raised:
        map_in_order(work, ["a", "raise"])
    assert "engine/work.py" in "".join(raised.value.__notes__)


def test_without_a_guard_a_crash_is_an_error() -> None:
    with pytest.raises(LostError):
        map_in_order(work, ["crash"])


def test_ticks_once_an_item() -> None:
    ticks: list[int] = []
    map_in_order(work, ["a", "b", "c"], tick=lambda: ticks.append(1))
    assert len(ticks) == 3


_HOLD = """
import time
from flows.engine.workers import start_workers
from tests.flows.engine.work import work
from tests.waiting import wait_for
with start_workers(work) as run:
    print(run("a"), flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(not _LINUX, reason="asks Linux which processes there are")
def test_workers_end_with_the_process_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD], cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = Path("/proc") / parent.stdout.readline().split()[1]
        assert worker.exists()
        parent.kill()
    wait_for(lambda: not worker.exists())


_PROGRAM = """
from flows.engine.workers import map_in_order
print("nạp")
if __name__ == "__main__":
    print(map_in_order(abs, [-1, -2]))
"""


def test_a_worker_does_not_import_the_program_that_was_called(tmp_path: Path) -> None:
    program = tmp_path / "chuong_trinh.py"
    program.write_text(_PROGRAM)
    said = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert said.stdout == "nạp\n[1, 2]\n"


def test_what_is_done_ahead_comes_in_order_and_no_more_is_taken_than_is_held() -> None:
    taken: list[int] = []

    def items() -> Iterator[tuple[int]]:
        for number in range(20):
            taken.append(number)
            yield (number,)

    most = 0
    for place, done in enumerate(map_ahead(lambda number: number * number, items())):
        assert done == place * place
        most = max(most, len(taken) - place)
    assert len(taken) == 20
    assert most <= count_cores() + 1
