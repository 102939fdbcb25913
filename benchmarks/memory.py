"""Memory of a day with a register of a million people: peak megabytes, those of its frame, their ratio.

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


def peak(words: list[str]) -> float:
    """Megabytes that a command and all its children held at most; a page that several share counts once."""
    run = psutil.Popen(words)
    highest = 0
    while run.poll() is None:
        highest = max(highest, sum(map(_held, (run, *_children(run)))))
        time.sleep(EVERY_SECONDS)
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, words)
    return highest / _MEGABYTE


def _children(run: psutil.Process) -> list[psutil.Process]:
    try:
        return run.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _held(process: psutil.Process) -> int:
    """Bytes that a process holds; what it gave back, and the system has not yet taken, is not held."""
    try:
        said = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        # It ended between the look at who is there and the look at what it holds.
        return 0
    of = {name: int(size.split()[0]) for name, _, size in (line.partition(":") for line in said[1:])}
    return (of["Pss"] - of["LazyFree"]) << 10


def main() -> None:
    """Print one line; with a folder after the millions, be the run that is measured."""
    millions = sys.argv[1] if len(sys.argv) > 1 else "1"
    if len(sys.argv) > 2:
        a_day(Path(sys.argv[2]), register_contracts(), DAY)
        return
    source = register(round(float(millions) * 1_000_000))
    # polars counts the letters of texts alone, Arrow also where each begins.
    text = pl.read_csv(register_file(source), infer_schema=False)
    frame = text.to_arrow(compat_level=pl.CompatLevel.newest()).nbytes / _MEGABYTE
    with tempfile.TemporaryDirectory() as folder:
        root = copied(source, Path(folder) / "xa")
        tell(f"bo_nho_{millions}_trieu_nguoi", peak([sys.executable, __file__, millions, str(root)]), frame)


if __name__ == "__main__":
    main()
