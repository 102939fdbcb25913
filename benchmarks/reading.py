"""Times reading all workbooks of a commune, in one process and in parallel like a day, against fastexcel.

Our reading includes the safety checks, finding tables, classifying every row, and each cell's text and type.
fastexcel only gives the text of the same sheets.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import fastexcel

from commune import readable
from flows.collect.inbox import collect
from flows.intake.cache import SubmissionReader, read_side_by_side
from flows.root import Root
from made import commune, copied
from measuring import seconds, tell
from schemas.registry import load

TIMES = 5


def read_plainly(files: Sequence[Path]) -> None:
    """Read every sheet of `files` as a frame of text."""
    for path in files:
        book = fastexcel.read_excel(path)
        for sheet in range(len(book.sheet_names)):
            book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()


def main() -> None:
    """Print two lines with the fastest of several alternating runs: seconds, seconds of fastexcel, ratio."""
    with tempfile.TemporaryDirectory() as name:
        root = Root(copied(commune(), Path(name) / "xa"))
        root.prepare()
        files = [path for path in readable(root.path) if path.suffix.lower() != ".csv"]
        submissions = [one for one in collect(root).new if root.inbox / one.unit / one.file in files]
        reader = SubmissionReader(root, load())
        goes = [
            (
                seconds(lambda: read_plainly(files)),
                seconds(lambda: list(map(reader, submissions))),
                seconds(lambda: read_side_by_side(reader, submissions, reader.guard())),
            )
            for _ in range(TIMES)
        ]
    floor, alone, together = (min(each) for each in zip(*goes, strict=True))
    tell(f"doc_{len(submissions)}_so_mot_tien_trinh", alone, floor)
    tell(f"doc_{len(submissions)}_so", together, floor)


if __name__ == "__main__":
    main()
