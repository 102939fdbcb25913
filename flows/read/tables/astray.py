"""Finds rows outside the records of a table that look like records, holds them, and tells of them.

They stand above the heading (a list sorted together with it), in a single cell, beside the table, or on
another sheet that has no heading.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flows.read.problems import make_problem
from flows.read.sheet import Mask, Row, Sheet
from flows.read.table import Problem
from flows.read.tables.body import CODE, Body, Columns
from flows.read.tables.marked import list_rows
from flows.read.tables.plausible import measure_likeness
from flows.read.tables.row_words import is_example, is_example_number, is_tail, is_total
from schemas.contract import Dataset, Severity

# What may stand between the values of a record that somebody put into one cell.
_BETWEEN = (",", ";", "\t", "|")
_LOOSE = (re.compile(r" {2,}"), re.compile(r" [-–/] "))
# Longer text is no record; csv refuses a field of more than 131,072 characters.
_LONGEST = 20_000
# A row with fewer values may be anything.
_FEWEST = 3
# So many rows of several cells are hardly a letterhead or signatures.
_SEVERAL = 3
_COUNTED = re.compile(r"\s*\d+\s*")
# Kinds whose values look like any other words.
_WORDS = frozenset({"van_ban", "ho_ten", "thon"})
# If so many rows above a heading or in one cell were looked at, the others are judged by them.
_LOOKED_AT = 500
# A quick test for what may begin or end like the words that label an example. It must be false for most
# cells, since each row with such a cell is looked at. Only the first rows of a very long table are tested.
_EXAMPLE = (
    r"(?i:\W*(?:v[íi]?.{0,2}\s*d|m[ẫa].{0,2}u|d[òo].?ng m|b[ảa].?n m|l[àa].?m m|minh|ex))"
    r"|[\s\S]*\((?i:v|minh)"
)
_LONG = 50_000
# A number or a date alone, such as the rest of a line that was broken.
_VALUE = re.compile(r"[^\w]*\d[\W\d]*")
_FIGURE = re.compile(r"-?\d{1,9}(?:[.,]\d*)*%?")
_REST = "Chưa nhận các dòng này."
_LOOSE_REST = "Chúng không được đọc. Nếu là phần còn lại của dòng trên thì ghép lại rồi nộp lại."


@dataclass(frozen=True, slots=True)
class RecordShape:
    """What a record of a table looks like: its columns, and all with a heading, from left to right."""

    columns: Columns
    headed: Sequence[int]

    def is_like(self, cells: Row) -> bool:
        """Whether the cells of a row, each in its column, look like a record.

        Most values must suit their columns, half of the required ones must be there, and a number or a value
        that is no mere word.
        """
        return self._fits(dict(enumerate(cells)))

    def is_packed(self, cells: Row, separator: str | None) -> bool:
        """Whether the few cells of a row hold the values of a record side by side, or of several in lines.

        Args:
            cells: The row.
            separator: What stands between the cells of a text file, which may be within one of its values.
        """
        number = self.columns.number
        texts = [
            cell for at, cell in enumerate(cells) if cell and not (at == number and _COUNTED.fullmatch(cell))
        ]
        if not texts or len(texts) > max(1, len(self.columns.contract) // 2):
            return False
        if separator is None and len(texts) > 1:
            return False
        lines = (separator or "").join(texts)[:_LONGEST].splitlines()
        parts = (values for line in lines for values in _split(line))
        return self._fits_in_order(lines) or any(map(self._fits_in_order, parts))

    def is_beside(self, cells: Row) -> bool:
        """Whether the cells of a row look like a record that begins in another column."""
        filled = [at for at, cell in enumerate(cells) if cell]
        return len(filled) >= _FEWEST and self._fits_in_order(cells[filled[0] : filled[-1] + 1])

    def _fits_in_order(self, values: Sequence[str | None]) -> bool:
        """Whether values look like a record from the first heading on, the first one read, or column A on."""
        if sum(bool(value) for value in values) < _FEWEST:
            return False
        read = [at for at in self.headed if at != self.columns.number]
        starts = (self.headed, read, range(self.headed[-1] + 1))
        return any(self._fits(dict(zip(start, values, strict=False))) for start in starts)

    def _fits(self, cells: Mapping[int, str | None]) -> bool:
        contract, number = self.columns.contract, self.columns.number
        filled = {at: cell.strip() for at in contract if (cell := cells.get(at)) and cell.strip()}
        if len(filled) < _FEWEST or any(is_total(cell) or is_tail(cell) for cell in filled.values()):
            return False
        # A blank tick means no.
        required = [at for at, each in contract.items() if each.required and each.kind.name != "co_khong"]
        like = [at for at, cell in filled.items() if measure_likeness(contract[at])(cell)]
        numbered = number is not None and _COUNTED.fullmatch(cells.get(number) or "")
        return (
            3 * len(like) >= 2 * len(filled)
            and 2 * sum(at in filled for at in required) >= len(required)
            and (bool(numbered) or any(contract[at].kind.name not in _WORDS for at in like))
        )


def _split(text: str) -> Iterator[Sequence[str]]:
    """The values of a line by each thing that may stand between them."""
    plain = text.strip().strip('"')
    for between in _BETWEEN:
        if plain.count(between) >= _FEWEST - 1:
            yield [value.strip() for value in next(csv.reader([plain], delimiter=between), [])]
    yield from (loose.split(plain) for loose in _LOOSE)


def find_above(sheet: Sheet, top: int, stop: int, shape: RecordShape) -> Mask:
    """A mask of the rows from `top` to `stop` (exclusive), above a heading, that look like records."""

    def is_record(cells: Row) -> bool:
        return shape.is_like(cells) or shape.is_packed(cells, sheet.separator)

    return _find_like(sheet, top, stop, shape, is_record)


def find_without_heading(sheet: Sheet, shapes: Iterable[tuple[RecordShape, Dataset]]) -> list[Problem]:
    """One problem that names the rows of a sheet without a heading that look like records of another sheet.

    Args:
        sheet: The sheet, in which no heading was found.
        shapes: What the records of the tables on the other sheets look like, with their datasets.
    """
    most: Mask = np.zeros(sheet.height, np.bool_)
    dataset = None
    for shape, each in shapes:

        def is_record(cells: Row, shape: RecordShape = shape) -> bool:
            # Nothing but figures may be the data of a chart.
            return any(cell and not _FIGURE.fullmatch(cell) for cell in cells) and (
                shape.is_like(cells) or shape.is_packed(cells, sheet.separator) or shape.is_beside(cells)
            )

        found = _find_like(sheet, 0, sheet.height, shape, is_record)
        if found.sum() > most.sum():
            most, dataset = found, each
    if dataset is None:
        return []
    rows = [sheet.number(row) for row in np.flatnonzero(most).tolist()]
    hidden = " (đang ẩn)" if sheet.hidden else ""
    says = (
        f"{len(rows)} dòng của trang tính “{sheet.name}”{hidden} giống bản ghi của “{dataset.title}” "
        f"({list_rows(rows)}), nhưng phía trên không có dòng đầu cột. {_REST} Chép các dòng này xuống dưới "
        "bảng ở trang tính kia, hoặc chép dòng đầu cột vào trang tính này, rồi nộp lại."
    )
    return [_make(says, dataset, sheet, rows)]


def describe_full(sheet: Sheet) -> list[Problem]:
    """A warning if several rows of a sheet without a heading have so many cells that they may be records."""
    full = np.flatnonzero(sheet.filled(range(sheet.width), 0, sheet.height) >= _FEWEST)
    if len(full) < _SEVERAL:
        return []
    rows = [sheet.number(row) for row in full.tolist()]
    says = (
        f"Trang tính “{sheet.name}” không có dòng đầu cột nên {len(rows)} dòng không được đọc "
        f"({list_rows(rows)}). Nếu là số liệu thì thêm dòng đầu cột như biểu mẫu rồi nộp lại."
    )
    return [make_problem("tep.khong_ro_bo_du_lieu", says, severity="canh_bao", sheet=sheet.name, row=rows[0])]


def _find_like(
    sheet: Sheet, top: int, stop: int, shape: RecordShape, is_record: Callable[[Row], bool]
) -> Mask:
    """A mask of the rows from `top` to `stop` (exclusive) that are records and no labelled examples."""
    found = np.zeros(max(stop - top, 0), np.bool_)
    if not found.size:
        return found
    read = [at for at in shape.columns.read if at < sheet.width]
    full = sheet.filled(read, top, stop) >= _FEWEST
    rows = np.flatnonzero(sheet.filled(range(sheet.width), top, stop) > 0)[:_LOOKED_AT]
    for row in rows.tolist():
        cells = sheet.row(top + row)
        found[row] = not _is_labelled_example(cells, shape.columns) and is_record(cells)
    if len(rows) == _LOOKED_AT and found.any():
        found[rows[-1] + 1 :] = full[rows[-1] + 1 :]
    return found


def _is_labelled_example(cells: Row, columns: Columns) -> bool:
    """Whether the number or one of the first cells of a row says that it is an example."""
    seen = dict(enumerate(cells))
    number = None if columns.number is None else seen.get(columns.number)
    return bool(number and is_example_number(number)) or any(
        is_example(cell) for at in columns.first if (cell := seen.get(at))
    )


def leave_out_examples(sheet: Sheet, body: Body, columns: Columns, dataset: Dataset) -> list[Problem]:
    """Take the rows that say they are examples out of the records; a warning names them."""
    among = body.records
    among[_LONG:] = False
    marked = np.flatnonzero(sheet.matching(_EXAMPLE, columns.first, body.start, among)).tolist()
    rows = [row for row in marked if _is_labelled_example(sheet.row(body.start + row), columns)]
    if not rows:
        return []
    body.codes[rows] = CODE["ngoai_bang"]
    numbers = [sheet.number(body.start + row) for row in rows]
    says = (
        f"{len(rows)} dòng ghi là ví dụ hoặc mẫu ({list_rows(numbers)}): không được tính. "
        "Nếu là bản ghi thì ghi số thứ tự thay cho chữ đó; nếu không thì xóa dòng."
    )
    name, sheet_name = dataset.name, sheet.name
    return [make_problem("tep.dong_vi_du", says, dataset=name, sheet=sheet_name, row=numbers[0])]


def describe_above(sheet: Sheet, top: int, found: Mask, dataset: Dataset) -> list[Problem]:
    """One problem that names the records above a heading."""
    rows = [sheet.number(top + row) for row in np.flatnonzero(found).tolist()]
    says = (
        f"{len(rows)} dòng giống bản ghi nằm trên dòng đầu cột ({list_rows(rows)}): có thể đã sắp xếp cả dòng"
        f" đầu cột. {_REST} Đưa dòng đầu cột lên trên mọi bản ghi rồi nộp lại."
    )
    return [_make(says, dataset, sheet, rows)] if rows else []


def hold_astray(sheet: Sheet, body: Body, shape: RecordShape, dataset: Dataset) -> list[Problem]:
    """Hold the rows below a heading that were left out but have the values of a record in one cell or beside.

    Returns:
        One problem per kind of row, which names the rows.
    """
    packed: list[int] = []
    beside, loose = [], []
    last = int(np.flatnonzero(body.records)[-1]) if body.records.any() else -1
    # A record beside the table that begins with a thôn looks like a section.
    for row in np.flatnonzero(body.having("cuoi") | body.having("nhom")).tolist():
        cells = sheet.row(body.start + row)
        left_out = body.codes[row] == CODE["cuoi"]
        within = left_out or not any(cells[at] for at in shape.columns.read)
        # After many such lines another one with few cells is one too; to look at each would be slow.
        known = left_out and len(packed) >= _LOOKED_AT and sum(map(bool, cells)) <= _FEWEST
        if known or shape.is_packed(cells, sheet.separator):
            packed.append(row)
        elif (within and shape.is_beside(cells)) or (left_out and shape.is_like(cells)):
            beside.append(row)
        elif left_out and row < last and all(_VALUE.fullmatch(cell) for cell in cells if cell):
            loose.append(row)
    held = [*packed, *beside]
    body.codes[held] = CODE["ngoai_bang"]
    body.sections = [each for each in body.sections if each.row - body.start not in held]
    how = "trong một ô" if sheet.separator is None else "trong một ô hoặc ngăn bằng dấu khác"
    told = (
        (packed, f"có các giá trị của bản ghi dồn {how}", f"{_REST} Ghi mỗi giá trị vào một ô rồi nộp lại."),
        (beside, "giống bản ghi nhưng lệch khỏi các cột của bảng", f"{_REST} Chép vào đúng cột rồi nộp lại."),
        (loose, "giữa các bản ghi chỉ có số hoặc ngày ở ngoài các cột của bảng", _LOOSE_REST),
    )
    problems = []
    for rows, what, rest in told:
        if rows:
            numbers = [sheet.number(body.start + row) for row in rows]
            says = f"{len(rows)} dòng {what} ({list_rows(numbers)}). {rest}"
            problems.append(_make(says, dataset, sheet, numbers, "canh_bao" if rows is loose else "chan"))
    return problems


def _make(
    says: str, dataset: Dataset, sheet: Sheet, rows: Sequence[int], severity: Severity = "chan"
) -> Problem:
    return make_problem(
        "tep.dong_sot", says, severity=severity, dataset=dataset.name, sheet=sheet.name, row=rows[0]
    )
