"""Times the first day of a commune, and a day without new submissions.

The first is compared with reading the same sheets with fastexcel and writing them to Parquet; the second is
compared with the first. What the import of Great Expectations adds to the second has a line of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import fastexcel
import polars as pl

from made import DAY, commune, copied
from measuring import a_day, import_ahead, seconds, tell
from schemas.registry import load

TIMES = 3
_WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}


def readable(root: Path) -> list[Path]:
    """The files of the inbox that fastexcel can open; some planted ones cannot be opened at all."""
    files: list[Path] = []
    for path in sorted((root / "raw" / "inbox").rglob("*.*")):
        if path.suffix.lower() == ".csv":
            files.append(path)
        elif path.suffix.lower() in _WORKBOOKS:
            try:
                fastexcel.read_excel(path)
            except fastexcel.FastExcelError:
                continue
            files.append(path)
    return files


def read_plainly(files: Sequence[Path], to: Path) -> None:
    """Read every sheet of `files` as text and write it to Parquet."""
    for at, path in enumerate(files):
        if path.suffix.lower() == ".csv":
            lines = pl.Series("line", path.read_bytes().decode("utf-8", "replace").splitlines())
            lines.to_frame().write_parquet(to / f"{at}.parquet")
            continue
        book = fastexcel.read_excel(path)
        for sheet in range(len(book.sheet_names)):
            cells = book.load_sheet(sheet, header_row=None, dtypes="string")
            cells.to_polars().write_parquet(to / f"{at}-{sheet}.parquet")


def main() -> None:
    """Print three lines with the fastest of several alternating runs: seconds, compared seconds, ratio."""
    source, contracts = commune(), load()
    files = readable(source)
    goes = []
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            floor = seconds(lambda to=folder: read_plainly(files, to))
            root = copied(source, folder / "xa")
            first = seconds(lambda root=root: a_day(root, contracts, DAY))
            with import_ahead() as (audits, imported):
                quiet = seconds(partial(a_day, root, contracts, DAY + timedelta(days=1), audits))
            goes.append((first, floor, quiet, imported))
    first, floor, quiet, imported = (min(each) for each in zip(*goes, strict=True))
    tell(f"xa_{len(files)}_part", first, floor)
    tell("ngay_khong_co_tep", quiet, first)
    tell("nap_great_expectations", imported, first)


if __name__ == "__main__":
    main()
