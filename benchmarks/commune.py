"""The first day of a commune, and a day on which nothing came in: seconds, their floors, their ratios.

The floor of the first is reading the same sheets with fastexcel and writing them to Parquet; that of the
second is the first.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import fastexcel
import polars as pl

from made import DAY, commune, copied
from measuring import a_day, seconds, tell
from schemas.registry import load

TIMES = 3
_WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}


def readable(root: Path) -> list[Path]:
    """The files of the inbox that a plain reader can open: some are planted that none can."""
    found: list[Path] = []
    for path in sorted((root / "raw" / "inbox").rglob("*.*")):
        if path.suffix.lower() == ".csv":
            found.append(path)
        elif path.suffix.lower() in _WORKBOOKS:
            try:
                fastexcel.read_excel(path)
            except fastexcel.FastExcelError:
                continue
            found.append(path)
    return found


def read_plainly(files: Sequence[Path], to: Path) -> None:
    """Every sheet of `files` as text, written to Parquet."""
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
    """Print two lines, of the quickest of several goes turn by turn."""
    source, contracts = commune(), load()
    files = readable(source)
    goes = []
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            floor = seconds(lambda to=folder: read_plainly(files, to))
            root = copied(source, folder / "xa")
            first = seconds(lambda root=root: a_day(root, contracts, DAY))
            quiet = seconds(lambda root=root: a_day(root, contracts, DAY + timedelta(days=1)))
            goes.append((first, floor, quiet))
    first, floor, quiet = (min(each) for each in zip(*goes, strict=True))
    tell(f"xa_{len(files)}_part", first, floor)
    tell("ngay_khong_co_tep", quiet, first)


if __name__ == "__main__":
    main()
