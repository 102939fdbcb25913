"""Compares every cell of real workbooks with what openpyxl, xlrd or odfdo finds there.

Counts the cells that both find, those that only the other library finds, and those with another content.
Workbooks that either refuses are left out and counted. Prints one line per kind of file; `--show` names each
difference.

Usage: python benchmarks/cells.py [--show] FOLDER…
"""

from __future__ import annotations

import datetime as dt
import math
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import odfdo
import openpyxl
import xlrd
from openpyxl.utils.escape import unescape

from flows.read.formats.container import Container, detect
from flows.read.formats.workbook import read_workbook
from flows.read.problems import RefusedError
from flows.read.sheet import Sheet
from flows.read.table import CellType

FOLDER = Path(__file__).parents[2] / "shared" / "corpus"
#: Sheet, row and column (from 0), and the content, for every cell that is not blank.
Cells = Iterator[tuple[str, int, int, Any]]
_EPOCHS = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}


def cells_of_openpyxl(path: Path) -> Cells:
    """The cells of an xlsx or xlsm."""
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, data_only=True)
    for sheet in book.worksheets:
        for (row, column), cell in sheet._cells.items():
            value = cell.value
            yield sheet.title, row - 1, column - 1, unescape(value) if isinstance(value, str) else value


def cells_of_xlrd(path: Path) -> Cells:
    """The cells of an xls."""
    book = xlrd.open_workbook(path, logfile=sys.stderr)
    read: Mapping[int, Callable[[Any], Any]] = {
        xlrd.XL_CELL_TEXT: str,
        xlrd.XL_CELL_NUMBER: float,
        xlrd.XL_CELL_BOOLEAN: bool,
        xlrd.XL_CELL_DATE: lambda days: _EPOCHS[bool(book.datemode)] + dt.timedelta(days=days),
        xlrd.XL_CELL_ERROR: xlrd.error_text_from_code.__getitem__,
    }
    for sheet in book.sheets():
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row)):
                if cell.ctype in read:
                    yield sheet.name, row, column, read[cell.ctype](cell.value)


def cells_of_odfdo(path: Path) -> Cells:
    """The cells of an ods."""
    for table in odfdo.Document(path).body.tables:
        table.rstrip(aggressive=True)  # Formats down to the last row are a million cells.
        for row, cells in enumerate(table.iter_values()):
            for column, value in enumerate(cells):
                yield table.name, row, column, value


READERS: Mapping[Container, Callable[[Path], Cells]] = {
    Container.WORKBOOK: cells_of_openpyxl,
    Container.XLS: cells_of_xlrd,
    Container.ODS: cells_of_odfdo,
}


def says_the_same(text: str, kind: int, value: Any, *, from_1904: bool) -> bool:
    """Whether our text and `CellType` of a cell mean the other library's value."""
    if isinstance(value, bool):
        return text == str(value).upper()
    if isinstance(value, dt.timedelta):
        value = _EPOCHS[from_1904] + value
    if isinstance(value, dt.time):
        value = dt.datetime.combine(_EPOCHS[from_1904], value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if isinstance(value, dt.datetime):
        return _is_moment(text, kind, value.replace(tzinfo=None), _EPOCHS[from_1904])
    if isinstance(value, int | float) or type(value).__name__ == "Decimal":
        return kind == CellType.NUMBER and math.isclose(float(text), float(value), rel_tol=1e-14)
    return text.split() == str(value).split()


def _is_moment(text: str, kind: int, value: dt.datetime, epoch: dt.datetime) -> bool:
    """Whether `text` is that moment, as a date, a time, a number of hours or a number of days."""
    if kind == CellType.NUMBER:
        return abs(float(text) - (value - epoch) / dt.timedelta(days=1)) < 1e-5
    day, _, clock = text.rpartition(" ")
    if ":" in text:
        hours, minutes, seconds = (int(part) for part in clock.split(":"))
        start = dt.datetime.strptime(day, "%d/%m/%Y") if day else epoch
        ours = start + dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    else:
        ours = dt.datetime.strptime(text, "%d/%m/%Y")
    return abs(ours - value) <= dt.timedelta(seconds=1)


def compare(path: Path, container: Container, show: bool) -> Counter[str]:
    """How many cells of one workbook are the same, lost and different."""
    sheets, _ = read_workbook(path.read_bytes(), container)
    grids = {sheet.name: _grid_of(sheet) for sheet in sheets}
    epochs = {sheet.name: sheet.from_1904 for sheet in sheets}
    found: Counter[str] = Counter()
    for name, row, column, value in READERS[container](path):
        if name not in grids or value is None or not str(value).strip():
            continue
        text, kind = grids[name].get((row, column), (None, 0))
        if text is None:
            result = "lost"
        elif says_the_same(text, kind, value, from_1904=epochs[name]):
            result = "same"
        else:
            result = "different"
        found[result] += 1
        if show and result != "same":
            print(f"  {result} {path} {name} R{row + 1}C{column + 1}: {text!r} {value!r}")
    return found


def _grid_of(sheet: Sheet) -> dict[tuple[int, int], tuple[str, int]]:
    grid = {}
    for column in range(sheet.width):
        texts, kinds = sheet.column(column)
        for row, (text, kind) in enumerate(zip(texts, kinds, strict=True)):
            if text is not None:
                grid[row, column] = text, kind
    return grid


def main() -> None:
    """Compare the workbooks of the folders of the command line, or of the corpus."""
    warnings.simplefilter("ignore")
    show, folders = "--show" in sys.argv, [Path(each) for each in sys.argv[1:] if each != "--show"]
    totals: dict[Container, Counter[str]] = {container: Counter() for container in READERS}
    for path in sorted(
        path for folder in folders or [FOLDER] for path in folder.rglob("*") if path.is_file()
    ):
        try:
            container = detect(path.read_bytes())
        except RefusedError:
            continue
        if container not in READERS:
            continue
        try:
            totals[container] += compare(path, container, show) + Counter(files=1)
        except RefusedError:
            totals[container]["refused"] += 1
        except Exception as error:  # The other libraries fail in many ways; none of them is ours to judge.
            totals[container]["unreadable to the other"] += 1
            if show:
                print(f"  {path}: {type(error).__name__}: {error}")
    for container, found in totals.items():
        print(f"cells {container.value}:", ", ".join(f"{count} {what}" for what, count in found.items()))


if __name__ == "__main__":
    main()
