"""Times a day with a register of a million people, against a plain copy of the file from CSV to Parquet.

Usage: python benchmarks/bulk.py [MILLIONS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import polars as pl

from flows.collect.inbox import collect
from flows.root import Root
from made import DAY, copied, register, register_contracts, register_file
from measuring import a_day, seconds, tell

TIMES = 3


def main() -> None:
    """Print one line with the fastest of several alternating runs: seconds, seconds of the copy, ratio."""
    millions = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    source, contracts = register(round(millions * 1_000_000)), register_contracts()
    goes = []
    for _ in range(TIMES if millions <= 1 else 1):
        with tempfile.TemporaryDirectory() as folder:
            floor = seconds(
                lambda to=Path(folder): pl.scan_csv(register_file(source)).sink_parquet(to / "copy.parquet")
            )
            root = copied(source, Path(folder) / "xa")
            Root(root).prepare()
            collect(Root(root), DAY)
            goes.append((seconds(lambda root=root: a_day(root, contracts, DAY)), floor))
    taken, floor = (min(each) for each in zip(*goes, strict=True))
    tell(f"danh_sach_{millions:g}_trieu_nguoi", taken, floor)


if __name__ == "__main__":
    main()
