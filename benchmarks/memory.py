"""Measures the peak memory of a day with a register of a million people, against the size of its frame.

Usage: python benchmarks/memory.py [MILLIONS]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import psutil

from made import DAY, copied, register, register_contracts, register_file
from measuring import a_day, tell

EVERY_SECONDS = 0.05
_MEGABYTE = 1 << 20


def peak(command: list[str]) -> float:
    """Peak megabytes of a command with all its child processes; shared pages count once."""
    run = psutil.Popen(command)
    highest = 0
    while run.poll() is None:
        highest = max(highest, sum(map(_memory_of, (run, *_children(run)))))
        time.sleep(EVERY_SECONDS)
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    return highest / _MEGABYTE


def _children(run: psutil.Process) -> list[psutil.Process]:
    try:
        return run.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _memory_of(process: psutil.Process) -> int:
    """Bytes used by a process (PSS), without pages it has freed but the system has not yet reclaimed."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        # The process ended after it was listed.
        return 0
    sizes = {name: int(size.split()[0]) for name, _, size in (line.partition(":") for line in lines[1:])}
    return (sizes["Pss"] - sizes["LazyFree"]) << 10


def main() -> None:
    """Print one line; with a folder as second argument, run the measured day in it."""
    millions = sys.argv[1] if len(sys.argv) > 1 else "1"
    if len(sys.argv) > 2:
        a_day(Path(sys.argv[2]), register_contracts(), DAY)
        return
    source = register(round(float(millions) * 1_000_000))
    # polars' own estimate lacks the offsets of strings; Arrow's includes them.
    text = pl.read_csv(register_file(source), infer_schema=False)
    frame = text.to_arrow(compat_level=pl.CompatLevel.newest()).nbytes / _MEGABYTE
    with tempfile.TemporaryDirectory() as folder:
        root = copied(source, Path(folder) / "xa")
        tell(f"bo_nho_{millions}_trieu_nguoi", peak([sys.executable, __file__, millions, str(root)]), frame)


if __name__ == "__main__":
    main()
