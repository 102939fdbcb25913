"""Random layouts in which an office may lay out a contract's table, and writers for every container."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import xlsxwriter
import xlwt

from schemas.contract import Dataset
from tests.flows.read.forms import heading_grid, records
from tests.flows.read.hostile import ods

Merge = tuple[int, int, int, int]


@dataclass
class Laid:
    """A sheet with cells by (row, column) from 0, and where each record must be found."""

    dataset: Dataset
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    expected: list[tuple[int, dict[str, str | None]]] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return max(r for r, _ in self.cells) + 1, max(c for _, c in self.cells) + 1

    def grid(self) -> list[list[Any]]:
        """All cells, row by row."""
        rows, columns = self.size
        return [[self.cells.get((row, column)) for column in range(columns)] for row in range(rows)]


def lay_out(dataset: Dataset, random: Random) -> Laid:
    """A table of invented records under a random title, with random sections, totals and signatures."""
    laid = Laid(dataset)
    left = random.choice([0, 0, 1, 2])
    grid = heading_grid(dataset)
    if random.random() < 0.2:
        grid = [row[1:] for row in grid]
    numbered = grid[0][0] == "STT"
    row = _title(laid, left, len(grid[0]), random)
    row = _headings(laid, row, left, _varied(grid, random), random)
    if random.random() < 0.4:
        signs = random.choice(
            [[f"({n})" for n in range(1, 99)], list(range(1, 99)), [-n for n in range(1, 99)]]
        )
        laid.cells |= {(row, left + n): signs[n] for n in range(len(grid[0]))}
        row += 1
    row = _body(laid, row, left + numbered, left if numbered else None, random)
    _tail(laid, row, left, len(grid[0]), random)
    laid.hidden = {n for n in range(laid.size[0]) if random.random() < 0.1}
    return laid


def _title(laid: Laid, left: int, width: int, random: Random) -> int:
    row = random.choice([0, 0, 1, 3])
    lines = ["UBND XÃ NGỌC LẶC", "BÁO CÁO THÁNG 11 NĂM 2026", "(Kèm theo Công văn số 12/UBND-VP)", ""]
    for line in random.sample(lines, random.randint(0, 4)):
        if line:
            laid.cells[row, left + random.choice([0, 0, width // 2])] = line
            if random.random() < 0.3:
                laid.cells.pop((row, left + width // 2), None)
                laid.cells[row, left] = line
                laid.merges.append((row, left, row, left + width - 1))
        row += 1
    return row


def _varied(grid: list[list[str]], random: Random) -> list[list[str]]:
    """Headings in the case, with the line breaks, spaces and Unicode form of whoever typed them."""
    import unicodedata  # noqa: PLC0415

    def vary(text: str) -> str:
        text = random.choice([text, text, text.upper(), text.lower()])
        text = text.replace(" ", random.choice([" ", "\n", "  ", "\u00a0"]), 1)
        return unicodedata.normalize(random.choice(["NFC", "NFC", "NFD"]), text)

    names = {name: vary(name) for row in grid for name in row}
    return [[names[name] for name in row] for row in grid]


def _headings(laid: Laid, row: int, left: int, grid: list[list[str]], random: Random) -> int:
    merged = random.random() < 0.7
    depth, width = len(grid), len(grid[0])
    done: set[tuple[int, int]] = set()
    for level in range(depth):
        for column in range(width):
            if (level, column) in done:
                continue
            bottom, right, text = level, column, grid[level][column]
            while bottom + 1 < depth and grid[bottom + 1][column] == text:
                bottom += 1
            while bottom == level < depth - 1 and right + 1 < width and grid[level][right + 1] == text:
                right += 1
            done |= {(r, c) for r in range(level, bottom + 1) for c in range(column, right + 1)}
            laid.cells[row + level, left + column] = text
            if merged and (bottom, right) != (level, column):
                laid.merges.append((row + level, left + column, row + bottom, left + right))
    return row + depth


def _body(laid: Laid, row: int, left: int, number: int | None, random: Random) -> int:
    dataset = laid.dataset
    names = [column.name for column in dataset.columns]
    thon = next((n for n in names if dataset[n].kind.name == "thon" and n not in dataset.key[:1]), None)
    sections = thon is not None and random.random() < 0.5
    totals = random.random() < 0.5
    place = None
    for count, record in enumerate(records(dataset, random.randint(1, 12)), 1):
        if random.random() < 0.1:
            row += 1
        if sections and (place is None or random.random() < 0.3):
            place = f"Thôn Tập {count}"
            laid.cells[row, left] = random.choice(["", "I. ", "II. ", "a) "]) + place
            row += 1
        cells = dict(zip(names, record, strict=True))
        if sections and thon:
            cells[thon] = None
        for column, name in enumerate(names, left):
            if cells[name] is not None:
                laid.cells[row, column] = cells[name]
        if number is not None:
            laid.cells[row, number] = count
        texts = {name: None if value is None else str(value) for name, value in cells.items()}
        laid.expected.append((row + 1, texts | ({thon: place} if sections and thon else {})))
        row += 1
    return _total(laid, row, left, number, random) if totals else row


def _total(laid: Laid, row: int, left: int, number: int | None, random: Random) -> int:
    label = random.choice(["Tổng cộng", "Cộng", "TỔNG SỐ", "Tổng số:", "Tổng cộng (I+II)"])
    laid.cells[row, left if number is None else random.choice([number, left])] = label
    for column, declared in enumerate(laid.dataset.columns, left):
        if declared.kind.name in {"so_luong", "so_tien", "so_thuc"} and (row, column) not in laid.cells:
            laid.cells[row, column] = 1000
    return row + 1


def _tail(laid: Laid, row: int, left: int, width: int, random: Random) -> None:
    if random.random() < 0.3:
        return
    row += random.choice([0, 1, 2])
    right = left + max(width // 2, 1)
    laid.cells[row, right] = random.choice(["Ngọc Lặc, ngày 14 tháng 11 năm 2026", "Ngày … tháng … năm …"])
    laid.cells[row + 1, left] = "Người lập biểu"
    laid.cells[row + 1, right] = random.choice(["KT. CHỦ TỊCH", "TRƯỞNG THÔN"])
    laid.cells[row + 2, left] = "(Ký, ghi rõ họ tên)"
    laid.cells[row + 5, left] = "Bùi Văn Mẫu"
    laid.cells[row + 5, right] = "Phạm Thị Ví Dụ"


def to_xlsx(laid: Laid) -> bytes:
    """As Excel writes it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("Biểu")
    for top, left, bottom, right in laid.merges:
        sheet.merge_range(top, left, bottom, right, "")
    for (row, column), value in laid.cells.items():
        sheet.write(row, column, value)
    for row in laid.hidden:
        sheet.set_row(row, None, None, {"hidden": True})
    book.close()
    return target.getvalue()


def to_xls(laid: Laid) -> bytes:
    """As Excel 97 writes it."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Biểu")
    inside = {(r, c) for t, le, b, ri in laid.merges for r in range(t, b + 1) for c in range(le, ri + 1)}
    for top, left, bottom, right in laid.merges:
        sheet.write_merge(top, bottom, left, right, laid.cells[top, left])
    for (row, column), value in laid.cells.items():
        if (row, column) not in inside:
            sheet.write(row, column, value)
    for row in laid.hidden:
        sheet.row(row).hidden = True
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def to_ods(laid: Laid) -> bytes:
    """As LibreOffice writes it."""
    spans = {(top, left): (b - top + 1, r - left + 1) for top, left, b, r in laid.merges}
    body = []
    for row, cells in enumerate(laid.grid()):
        shown = ' table:visibility="collapse"' if row in laid.hidden else ""
        body.append(f"<table:table-row{shown}>")
        for column, value in enumerate(cells):
            down, across = spans.get((row, column), (1, 1))
            span = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
            kind = f' office:value-type="float" office:value="{value}"'
            if isinstance(value, str):
                kind = ' office:value-type="string"'
            text = html.escape("" if value is None else str(value), quote=False)
            lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))
            given = ("" if value is None else kind) + (span if (down, across) != (1, 1) else "")
            body.append(f"<table:table-cell{given}>{lines}</table:table-cell>")
        body.append("</table:table-row>")
    return ods("".join(body))


def to_html(laid: Laid) -> bytes:
    """As programs write a table that they call .xls."""
    spans = {(top, left): (b - top + 1, r - left + 1) for top, left, b, r in laid.merges}
    covered = {
        (r, c)
        for top, left, b, right in laid.merges
        for r in range(top, b + 1)
        for c in range(left, right + 1)
        if (r, c) != (top, left)
    }
    lines = ["<html><body><table>"]
    for row, cells in enumerate(laid.grid()):
        lines.append("<tr>")
        for column, value in enumerate(cells):
            if (row, column) in covered:
                continue
            down, across = spans.get((row, column), (1, 1))
            text = html.escape("" if value is None else str(value)).replace("\n", "<br>")
            lines.append(f"<td rowspan={down} colspan={across}>{text}</td>")
        lines.append("</tr>")
    return "".join([*lines, "</table></body></html>"]).encode()


def _delimited(separator: str, encoding: str, start: str = "") -> Callable[[Laid], bytes]:
    def write(laid: Laid) -> bytes:
        target = io.StringIO()
        target.write(start)
        csv.writer(target, delimiter=separator).writerows(laid.grid())
        return target.getvalue().encode(encoding)

    return write


#: How to write a layout in each container; what a container can't keep (hidden rows, merges) is lost in it.
CONTAINERS: Mapping[str, Callable[[Laid], bytes]] = {
    "xlsx": to_xlsx,
    "xls": to_xls,
    "ods": to_ods,
    "html": to_html,
    "csv": _delimited(",", "utf-8"),
    "csv, bom, semicolons": _delimited(";", "utf-8-sig"),
    "csv, sep=": _delimited(";", "utf-8", "sep=;\n"),
    "Unicode text": _delimited("\t", "utf-16"),
}
