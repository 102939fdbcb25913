"""Measures how the cost of reading one file grows with its size, for every format and for unusual shapes.

Each file is read within limits, in a process of its own, like on a day. Of processor seconds and of megabytes
a line says: the cost of a file, four times the cost of one a quarter as long, ratio. A ratio above one means
that the cost grows faster than the file.

Usage: python benchmarks/growth.py [NAME ...]
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from contents import WRITERS, Table
from costs import Cost, CostOfReading
from flows.collect.submission import Submission
from flows.engine.workers import Guard, map_in_order
from flows.files import write_private
from flows.intake.cache import SubmissionReader, limits_of
from flows.root import Root
from made import register, register_contracts, register_file
from measuring import tell

#: Records of a file; each size is four times the one before.
SIZES = (3_000, 12_000, 48_000)
TIMES = 3


def read_table() -> Table:
    """The heading and all records of a register of the largest size."""
    with register_file(register(max(SIZES))).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def archived(root: Root, name: str, data: bytes) -> Submission:
    """The submission of a file, with its content in the archive of `root`."""
    submission = Submission("2026-11-24T08:00:00+07:00", "cong_an", name, sha256(data).hexdigest(), len(data))
    submission.content(root).parent.mkdir(parents=True, exist_ok=True)
    write_private(submission.content(root), data, durable=False)
    return submission


def _fail(_: Submission, error: Exception) -> Cost:
    raise error


def cost_of(reader: SubmissionReader, submission: Submission) -> Cost:
    """The least of several readings, each in a new process with the limits of a file of that size."""
    guard = Guard(lambda one: limits_of(b"", one.size), _fail)
    costs = [map_in_order(CostOfReading(reader), [submission], guard=guard)[0] for _ in range(TIMES)]
    return Cost(min(cost.seconds for cost in costs), min(cost.megabytes for cost in costs))


def measure(name: str, write: Callable[[Table], bytes], table: Table, reader: SubmissionReader) -> None:
    """Print the lines of one format or shape."""
    before: Cost | None = None
    for size in SIZES:
        data = write(table[: size + 1])
        cost = cost_of(reader, archived(reader.root, f"a.{name.rpartition('_')[2]}", data))
        if before is not None:
            tell(f"{name}_{size}_dong_giay", cost.seconds, 4 * before.seconds)
            tell(f"{name}_{size}_dong_mb", cost.megabytes, 4 * before.megabytes)
        before = cost


def main() -> None:
    """Print four lines for each format and shape, or only for those named."""
    table = read_table()
    with tempfile.TemporaryDirectory() as folder:
        reader = SubmissionReader(Root(Path(folder)), register_contracts())
        for name in sys.argv[1:] or WRITERS:
            measure(name, WRITERS[name], table, reader)


if __name__ == "__main__":
    main()
