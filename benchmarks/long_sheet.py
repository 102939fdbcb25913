"""Times the safety checks of a long workbook, and reading one with borders down to the last row.

Processor seconds. The floor of the first is calamine reading all cells; of the second, unpacking the sheet.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import xlsxwriter
from python_calamine import load_workbook

from flows.read.formats.container import Container
from flows.read.formats.workbook import read_workbook
from flows.read.formats.xlsx import read_xlsx_extras
from flows.read.formats.xlsx_parts import PartsPackage
from measuring import tell

TIMES = 3
ROWS, COLUMNS, LAST = 100_000, 12, 1_048_576
_SHEET = "xl/worksheets/sheet1.xml"


def cpu(work: Callable[[], object]) -> float:
    """The fewest processor seconds that one call of `work` takes."""
    goes = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        goes.append(time.process_time() - start)
    return min(goes)


def make_long() -> bytes:
    """A workbook of many rows of words and numbers."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    for row in range(ROWS):
        sheet.write_row(row, 0, [row, *(f"ô {(row * column) % 977}" for column in range(1, COLUMNS))])
    book.close()
    return target.getvalue()


def make_bordered() -> bytes:
    """A workbook of one row of words above formatted, empty cells down to the last row."""
    source, target = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(source)
    book.add_worksheet().write_row(0, 0, ["a"] * COLUMNS)
    book.close()
    cells = "".join(f'<c r="{chr(65 + column)}%d" s="0"/>' for column in range(COLUMNS))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == _SHEET:
                rows = (f'<row r="{row}">{cells}</row>' % ((row,) * COLUMNS) for row in range(2, LAST + 1))
                content = content.replace(b"</sheetData>", "".join(rows).encode() + b"</sheetData>")
            new.writestr(name, content)
    return target.getvalue()


def check(data: bytes) -> None:
    """Check a workbook and find what calamine leaves out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        read_xlsx_extras(PartsPackage(archive))


def unpack(data: bytes) -> None:
    """Unpack the worksheet of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.read(_SHEET)


def main() -> None:
    """Print two lines: processor seconds, those of the floor, ratio."""
    data, bordered = make_long(), make_bordered()
    read = cpu(lambda: load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python())
    tell(f"kiem_{ROWS}_dong", cpu(lambda: check(data)), read)
    tell(
        "doc_vien_den_dong_cuoi",
        cpu(lambda: read_workbook(bordered, Container.WORKBOOK)),
        cpu(lambda: unpack(bordered)),
    )


if __name__ == "__main__":
    main()
