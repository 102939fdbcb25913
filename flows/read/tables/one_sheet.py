"""Reads one sheet: its heading blocks, the tables below them, and a role for every row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from flows.read.problems import make_problem
from flows.read.recode import Originals, to_unicode
from flows.read.sheet import Mask, Sheet, index_of, letter_of
from flows.read.table import ROLES, ROWS_SCHEMA, Problem, ReadTable
from flows.read.tables.body import CODE, Body, Codes, Columns, classify
from flows.read.tables.extract import extract_cells, extract_totals
from flows.read.tables.heading import Vocabulary, has_unit, key_of, strip_parentheses, tidy
from flows.read.tables.layout import Block, find_blocks, find_numbering_letter
from flows.read.tables.repairs import repair
from flows.read.tables.routing import (
    Fit,
    choose,
    describe_unclear,
    find_heading_problems,
    find_missing_columns,
    list_fits,
    list_source_columns,
)
from flows.read.tables.row_words import is_tail, is_total, says_nil
from flows.read.tables.uneven import find_uneven_rows

_ROLES = pl.Series("role", list(ROLES), ROWS_SCHEMA["role"])
_UNIT_LINE = re.compile(r"(?i)(?:đơn vị tính|đvt|đơn vị)\s*[:：]\s*([^()]+?)\s*\)?\s*$")
_MONEY = {
    key_of(word) for word in ("đồng", "đ", "nghìn", "ngàn", "triệu", "tỷ", "tỉ", "trđ", "1000đ", "vnđ", "tr")
}


@dataclass(slots=True)
class SheetRead:
    """What one sheet gave."""

    sheet: Sheet
    originals: Originals
    codes: Codes
    tables: list[ReadTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    recognised: bool = False

    def rows(self) -> pl.DataFrame:
        """One line a sheet row (`ROWS_SCHEMA`)."""
        numbers = self.sheet.numbers()
        hidden = np.full(len(self.codes), self.sheet.hidden, np.bool_)
        if self.sheet.hidden_rows:
            hidden |= np.isin(numbers.to_numpy(), list(self.sheet.hidden_rows))
        names = pl.Series("sheet", [self.sheet.name], pl.String)
        return pl.DataFrame(
            [
                names.new_from_index(0, len(self.codes)) if len(self.codes) else names.clear(),
                numbers.alias("row"),
                _ROLES[self.codes].alias("role"),
                pl.Series("hidden", hidden),
            ]
        )


def read_sheet(sheet: Sheet, vocabulary: Vocabulary) -> SheetRead:
    """The tables of a sheet; rows of what is no table are accounted for as `ngoai_bang`."""
    sheet, originals = to_unicode(sheet)
    height = sheet.height
    read = SheetRead(sheet, originals, np.full(height, CODE["ngoai_bang"], np.uint8))
    blocks = find_blocks(sheet, vocabulary) if height else []
    tops = [
        _title_top(sheet, block, after)
        for block, after in zip(blocks, [-1, *(b.body for b in blocks)], strict=False)
    ]
    for block, top, stop in zip(blocks, tops, [*tops, height][1:], strict=False):
        _read_table(read, block, top, stop, vocabulary)
    if not blocks and height:
        read.codes[_blank(sheet, 0, height)] = CODE["trong"]
    read.tables = _joined(read.tables)
    return read


def _joined(tables: Sequence[ReadTable]) -> list[ReadTable]:
    """The tables, those that only continue an earlier one on the sheet joined to it."""
    joined: list[ReadTable] = []
    for table in tables:
        before = joined[-1] if joined else None
        if before and _layout(before) == _layout(table) and before.cells.columns == table.cells.columns:
            joined[-1] = replace(
                before,
                title=before.title + table.title,
                cells=pl.concat([before.cells, table.cells]),
                nil=before.nil and table.nil,
                totals=pl.concat([before.totals, table.totals]),
                changes=pl.concat([before.changes, table.changes]),
            )
        else:
            joined.append(table)
    return joined


def _layout(table: ReadTable) -> tuple[object, ...]:
    return table.dataset, table.letters, table.units


def _title_top(sheet: Sheet, block: Block, floor: int) -> int:
    """First title row of a table: everything above the first one, what stands right above the others."""
    if floor < 0:
        return 0
    top = block.top
    for row in range(block.top - 1, max(floor, block.top - 8) - 1, -1):
        texts = [cell for cell in sheet.row(row) if cell]
        if len(texts) > 2 or any(is_total(cell) or is_tail(cell) for cell in texts):
            break
        if not texts and top < block.top:
            break
        top = row if texts else top
    return top


def _blank(sheet: Sheet, start: int, stop: int) -> Mask:
    """Rows that hold nothing."""
    return np.asarray(sheet.filled(range(sheet.width), start, stop) == 0)


def _read_table(read: SheetRead, block: Block, top: int, stop: int, vocabulary: Vocabulary) -> None:
    sheet = read.sheet
    line = sheet.number(block.bottom)
    chosen = choose(list_fits(block, vocabulary))
    if len(chosen) != 1:
        read.problems.append(describe_unclear(sheet.name, line, chosen))
        _blame(read, block, top, stop)
        return
    fit = chosen[0]
    read.recognised = True
    body = classify(sheet, block.body, stop, _columns(fit, block))
    title = _title(sheet, top, block.top)
    taken = extract_cells(sheet, body, fit, list_source_columns(fit))
    table, changes = repair(sheet, taken, fit.dataset, read.originals)
    found = frozenset(table.letters)
    place = (sheet.name, line)
    problems = find_heading_problems(fit, block, place, vocabulary)
    problems += find_missing_columns(fit, block, place, found, vocabulary)
    problems += _unheaded(sheet, block, body)
    problems += find_uneven_rows(sheet, body, 1 + max(index_of(path.letter) for path in block.paths))
    read.problems += problems
    _paint(read, block, top, body)
    if any(found.severity == "chan" for found in problems):
        read.codes[body.start : stop][body.records] = CODE["ngoai_bang"]
        return
    nil = (body.nil or any(map(says_nil, title))) and not body.records.any()
    read.tables.append(
        ReadTable(
            fit.dataset.name,
            sheet.name,
            title,
            table.cells,
            table.letters,
            _units(fit, title),
            nil,
            extract_totals(sheet, body, table) if fit.dataset.totals else pl.DataFrame(),
            changes,
        )
    )


def _unheaded(sheet: Sheet, block: Block, body: Body) -> list[Problem]:
    """One warning for each column that has data beside the records but no heading."""
    headed = {index_of(path.letter) for path in block.paths}
    found = []
    for index in range(sheet.width):
        if index in headed:
            continue
        filled = (
            sheet.filled([index], body.start, body.start + len(body.codes)).astype(np.bool_) & body.records
        )
        if filled.any():
            line = sheet.number(body.start + int(np.flatnonzero(filled)[0]))
            name = letter_of(index)
            message = f"Cột {name} không có tiêu đề nhưng có dữ liệu từ dòng {line}: cột này không được đọc."
            found.append(make_problem("tep.cot_la", message, sheet=sheet.name, row=line, column=name))
    return found


def _columns(fit: Fit, block: Block) -> Columns:
    headed = sorted(index_of(path.letter) for path in block.paths)
    number = find_numbering_letter(block)
    return Columns(
        tuple(sorted(map(index_of, fit.letters))),
        None if number is None else index_of(number),
        tuple(headed[:3]),
        _places(fit),
    )


def _places(fit: Fit) -> tuple[int, ...]:
    """Columns that the contract has for thôn."""
    kinds = {column.name: column.kind.name for column in fit.dataset.columns}
    return tuple(
        index_of(path.letter)
        for name, pairs in fit.columns.items()
        if kinds[name] == "thon"
        for _, path in pairs
    )


def _paint(read: SheetRead, block: Block, top: int, body: Body) -> None:
    read.codes[top : block.top] = CODE["tieu_de"]
    read.codes[block.top : block.bottom + 1] = CODE["dau_cot"]
    if block.numbering is not None:
        read.codes[block.numbering] = CODE["so_cot"]
    read.codes[body.start : body.start + len(body.codes)] = body.codes
    read.codes[top : block.body][_blank(read.sheet, top, block.body)] = CODE["trong"]


def _blame(read: SheetRead, block: Block, top: int, stop: int) -> None:
    """Accounts for the rows of a table that can't be read."""
    read.codes[top : block.top] = CODE["tieu_de"]
    read.codes[block.top : block.bottom + 1] = CODE["dau_cot"]
    read.codes[top:stop][_blank(read.sheet, top, stop)] = CODE["trong"]


def _title(sheet: Sheet, top: int, stop: int) -> tuple[str, ...]:
    return tuple(tidy(cell) for row in sheet.rows(top, stop) for cell in row if cell)


def _units(fit: Fit, title: Sequence[str]) -> Mapping[str, str]:
    """The unit of measure that the file states for each measured column, in the heading or above it."""
    of_sheet = _unit_of_sheet(title)
    units: dict[str, str] = {}
    for name, pairs in fit.columns.items():
        column, path = fit.dataset[name], pairs[0][1]
        if not has_unit(column):
            continue
        stated = path.unit or next((u for u in (strip_parentheses(v)[1] for v in path.levels) if u), None)
        if stated is None and (column.unit or column.kind.name == "so_tien"):
            stated = of_sheet
        if stated is not None:
            units[name] = stated
    return units


def _unit_of_sheet(title: Sequence[str]) -> str | None:
    """The unit of money of a line such as `Đơn vị tính: triệu đồng, %`."""
    for text in title:
        if line := _UNIT_LINE.search(text):
            parts = re.split(r"[,;/]", line[1])
            for part in parts:
                if _MONEY & set(key_of(part).split()):
                    return tidy(part)
    return None
