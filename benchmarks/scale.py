"""Times the first day of many communes of 300 people on Dask, per commune, against ten communes.

Includes the release of the province; the workers have run a commune before. Lines named `cpu_` give
processor seconds, which do not depend on other load of the machine. The last lines compare two workers with
one: time of one, time of two, speed-up.

Usage: python benchmarks/scale.py [COMMUNES...] [--workers N...]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil
from distributed import LocalCluster

from flows.engine.prefect_server import serve_prefect
from flows.province.flow import roll_up, start_local
from flows.sample import write_province
from made import DAY, copied, once
from measuring import seconds, tell

COMMUNES = (1, 10, 50, 200)
WORKERS = (1, 2)
PERSONS = 300
FLOOR = 10


def a_province(sources: Sequence[Path], cluster: LocalCluster) -> tuple[float, float]:
    """Seconds and processor seconds of the first day of communes, and of their province."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        roots = [str(copied(source, folder / source.name)) for source in sources]
        before = _cpu_seconds(cluster)
        wall = seconds(lambda: roll_up(roots, str(folder / "tinh"), DAY, cluster.scheduler_address))
        return wall, _cpu_seconds(cluster) - before


def _cpu_seconds(cluster: LocalCluster) -> float:
    """Processor seconds used so far by the workers and their child processes."""
    workers = [psutil.Process(nanny.pid) for nanny in cluster.workers.values()]
    everyone = [process for worker in workers for process in (worker, *worker.children(recursive=True))]
    return sum(sum(process.cpu_times()[:4]) for process in everyone)


def main() -> None:
    """Print one line per measurement, for all requested numbers of communes and workers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("communes", nargs="*", type=int, default=COMMUNES)
    parser.add_argument("--workers", nargs="+", type=int, default=WORKERS)
    arguments = parser.parse_args()
    most = max(arguments.communes)
    made = once(f"province-{most}", lambda folder: write_province(folder, most, persons=PERSONS))
    sources = sorted(path for path in made.iterdir() if path.is_dir())
    taken: dict[tuple[int, int], tuple[float, float]] = {}
    for workers in arguments.workers:
        with LocalCluster(**start_local(workers)) as cluster, serve_prefect() as answered:
            answered()
            a_province(sources[:workers], cluster)
            for communes in arguments.communes:
                taken[communes, workers] = a_province(sources[:communes], cluster)
                base = FLOOR if (FLOOR, workers) in taken else communes
                for at, prefix in enumerate(("", "cpu_")):
                    figure, floor = (taken[each, workers][at] / each for each in (communes, base))
                    tell(f"{prefix}{communes}_xa_{workers}_tien_trinh", figure, floor)
    for communes in arguments.communes:
        if {(communes, 1), (communes, 2)} <= taken.keys():
            tell(f"hai_tien_trinh_{communes}_xa", taken[communes, 1][0], taken[communes, 2][0])


if __name__ == "__main__":
    main()
