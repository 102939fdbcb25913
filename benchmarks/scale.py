"""Days of many communes of 300 people on Dask: seconds a commune, those of one among ten, their ratio.

One line for each number of communes and of worker processes; the first day of every commune, with the
release of the province, on workers that have run a commune before. The line of two workers tells how
much of the time of one they take for fifty communes.

Usage: python benchmarks/scale.py [COMMUNES...]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from distributed import LocalCluster

from flows.rollup.flow import local, roll_up, watched
from flows.sample import write_province
from made import DAY, copied, once
from measuring import seconds, tell

COMMUNES = (1, 10, 50, 200)
WORKERS = (1, 2)
PERSONS = 300
FLOOR = 10


def a_province(sources: Sequence[Path], scheduler: str) -> float:
    """Seconds of the day of communes that have run nothing yet, and of their province."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        roots = [str(copied(source, folder / source.name)) for source in sources]
        return seconds(lambda: roll_up(roots, str(folder / "tinh"), DAY, scheduler))


def main() -> None:
    """Print a line for each measurement, in all numbers of communes asked for."""
    asked = tuple(map(int, sys.argv[1:])) or COMMUNES
    made = once(f"province-{max(asked)}", lambda folder: write_province(folder, max(asked), persons=PERSONS))
    sources = sorted(path for path in made.iterdir() if path.is_dir())
    taken: dict[tuple[int, int], float] = {}
    for workers in WORKERS:
        with LocalCluster(**local(workers)) as cluster, watched():
            address = cluster.scheduler_address
            a_province(sources[:workers], address)
            for communes in asked:
                taken[communes, workers] = a_province(sources[:communes], address) / communes
                floor = taken.get((FLOOR, workers), taken[communes, workers])
                tell(f"{communes}_xa_{workers}_tien_trinh", taken[communes, workers], floor)
    for communes in asked:
        one, two = (taken[communes, workers] for workers in WORKERS)
        tell(f"hai_tien_trinh_{communes}_xa", two, one)


if __name__ == "__main__":
    main()
