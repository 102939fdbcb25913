"""Runs the proof of three years of an office's habits, and tells what each month costs.

Prints a line a month: the month, files so far, processor seconds of its day, most memory so far, disk.

Usage: python benchmarks/three_years.py
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))

from tests.laws import test_three_years as years

_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def main() -> None:
    """Run the proof in a folder of its own, and measure each of its days."""
    run_day = years.run_day

    def measured(root: Any, *given: Any) -> Any:
        before = _cpu_seconds()
        outcome = run_day(root, *given)
        seconds = _cpu_seconds() - before
        disk = {state.st_ino: state.st_blocks * 512 for state in map(Path.lstat, root.path.rglob("*"))}
        most = max(resource.getrusage(who).ru_maxrss for who in _WHO) / 1024
        files = sum(1 for _ in root.archive.rglob("*.json"))
        figures = f"{files} tệp", f"{seconds:.2f} s", f"{most:.0f} MB", f"{sum(disk.values()) / 1e6:.0f} MB"
        print(f"{given[1]:%Y-%m}", *figures, sep="\t", flush=True)
        return outcome

    years.run_day = measured
    with tempfile.TemporaryDirectory() as folder:
        years.test_three_years_of_habits_come_out_as_they_were(Path(folder))
    print("mọi tháng đúng như sổ viết tay")


def _cpu_seconds() -> float:
    spent = (resource.getrusage(who) for who in _WHO)
    return sum(one.ru_utime + one.ru_stime for one in spent)


if __name__ == "__main__":
    main()
