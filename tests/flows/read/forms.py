"""Builds workbooks as units fill them in, from the contracts, with invented records."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from schemas.contract import Dataset

NUMBERS = {"so_luong", "so_tien", "so_thuc", "ty_le"}


def value(dataset: Dataset, name: str, row: int) -> Any:
    """An invented cell of the column for record number `row`."""
    column = dataset[name]
    kind = column.kind.name
    if kind in NUMBERS:
        return 10 * row + 7
    if column.of:
        return column.of[row % len(column.of)]
    texts = {
        "so_dinh_danh": f"038085{row:06}",
        "ho_ten": f"Bùi Văn Mẫu {'ABCDEFGH'[row % 8]}",
        "ngay": f"{row % 27 + 1:02}/10/2026",
        "ngay_sinh": f"{row % 27 + 1:02}/03/1985",
        "thon": f"Thôn Số {row}",
        "co_khong": "x" if row % 2 else None,
        "dien_thoai": f"0912{row:06}",
        "ma": f"H{row:05}",
        "mst": f"28{row:08}",
        "nam": 2000 + row,
    }
    return texts.get(kind, f"Nội dung {row}")


def records(dataset: Dataset, count: int) -> list[list[Any]]:
    """Invented records, cells in the contract's order."""
    return [[value(dataset, column.name, row) for column in dataset.columns] for row in range(1, count + 1)]


def heading_grid(dataset: Dataset) -> list[list[str]]:
    """Heading rows from the top down, cells repeated where they are merged; STT first."""
    paths = [["STT"], *(column.label.split(" > ") for column in dataset.columns)]
    depth = max(map(len, paths))
    return [[path[min(level, len(path) - 1)] for path in paths] for level in range(depth)]


def form(dataset: Dataset, rows: Sequence[Sequence[Any]], **write: Any) -> bytes:
    """An xlsx with a title, merged headings, numbered records."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("Biểu")
    sheet.write(0, 0, "BÁO CÁO THÁNG 10 NĂM 2026")
    top = write_headings(sheet, dataset, 2, 0)
    for number, row in enumerate(rows):
        sheet.write_row(top + number, 0, [number + 1, *row])
    for address, content in write.items():
        sheet.write(address, content)
    book.close()
    return target.getvalue()


def write_headings(sheet: Any, dataset: Dataset, top: int, left: int) -> int:
    """Writes merged headings and gives the row below them."""
    grid = heading_grid(dataset)
    depth = len(grid)
    done: set[tuple[int, int]] = set()
    for level in range(depth):
        for column in range(len(grid[0])):
            if (level, column) in done:
                continue
            text = grid[level][column]
            right, bottom = column, level
            while bottom + 1 < depth and grid[bottom + 1][column] == text:
                bottom += 1
            while (
                bottom == level
                and level + 1 < depth
                and right + 1 < len(grid[0])
                and grid[level][right + 1] == text
            ):
                right += 1
            done |= {(r, c) for r in range(level, bottom + 1) for c in range(column, right + 1)}
            if (right, bottom) == (column, level):
                sheet.write(top + level, left + column, text)
            else:
                sheet.merge_range(top + level, left + column, top + bottom, left + right, text)
    return top + depth
