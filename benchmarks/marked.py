"""Times marking a register of 10,000 rows; prints seconds taken, seconds allowed, ratio."""

from __future__ import annotations

import io
import time
from datetime import date

import polars as pl
from xlsxwriter import Workbook

from flows.returns import make_marks, mark_workbook
from schemas.datasets import load
from schemas.tables import CHANGES, FAULTS

ROWS = 10_000
ALLOWED = 3.0
FAULTY = 7  # one row in seven has a fault


def register() -> bytes:
    """A register like a workbook from Excel: shared strings, borders, dates."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet("Danh sách")
    look = book.add_format({"border": 1})
    day = book.add_format({"border": 1, "num_format": "dd/mm/yyyy"})
    columns = [column.label for column in load()["dan_cu"].columns]
    page.write_row(0, 0, columns, look)
    for row in range(1, ROWS + 1):
        for at in range(len(columns)):
            if at == 2:
                page.write_datetime(row, at, date(1990, 5, 6), day)
            else:
                page.write_string(row, at, f"{columns[at][:6]} {row % 997}", look)
    book.close()
    return buffer.getvalue()


def faults() -> pl.DataFrame:
    """A table of faults, one in every seventh row, as a day's run produces it."""
    rows = pl.int_range(2, ROWS + 2, FAULTY, eager=True)
    return FAULTS.conform(
        pl.select(
            row=rows,
            cell=pl.concat_str(pl.lit("B"), rows.cast(pl.String)),
            unit=pl.lit("cong_an"),
            dataset=pl.lit("dan_cu"),
            sheet=pl.lit("Danh sách"),
            column=pl.lit("ho_ten"),
            code=pl.lit("ho_ten.mot_tieng"),
            severity=pl.lit("chan"),
            value=pl.lit("Mẫu"),
            message=pl.lit("“Họ và tên” chỉ có một tiếng: có thể thiếu họ hoặc tên."),
        )
    )


def main() -> None:
    """Print one line."""
    data, marks = register(), make_marks(faults(), CHANGES.conform(pl.DataFrame()), load())
    start = time.perf_counter()
    mark_workbook(data, "dan_cu.xlsx", marks, load())
    taken = time.perf_counter() - start
    print(f"danh_dau_10000_dong {taken:.2f} {ALLOWED:.2f} {taken / ALLOWED:.2f}")


if __name__ == "__main__":
    main()
