"""Lays a submission out as a form: title block, headings, records, totals, signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from unicodedata import normalize

from flows.sample.files.cells import Cell, Look, SampleSheet, Sum, Typed
from flows.sample.files.habits import Habits
from flows.sample.files.mishap import NONE, Mishap
from flows.sample.files.spelling import Clerk
from flows.sample.people.person import Row
from flows.sample.submission import SampleSubmission
from flows.sample.world import World
from schemas.contract import Column

MADE_UP = "(Dữ liệu mẫu, người và số đều do máy đặt ra)"
_QUARTERS = ("I", "II", "III", "IV")
_NUMERIC = {"so_luong", "so_thuc", "so_tien"}


@dataclass(frozen=True, slots=True)
class Form:
    """A filled-in form with positions (from 0): `rows` by the record's `id()`, `columns` by name.

    For a duplicated column the position is that of the second; `heading` is the last row of the headings,
    `total` the row of totals.
    """

    sheet: SampleSheet
    rows: Mapping[int, int]
    columns: Mapping[str, int]
    heading: int
    total: int | None


def fill_form(world: World, submission: SampleSubmission, habits: Habits, mishap: Mishap = NONE) -> Form:
    """Fill in the form of `submission` as a clerk with `habits` would."""
    return _Filling(world, submission, habits, mishap).form()


class _Filling:
    def __init__(self, world: World, submission: SampleSubmission, habits: Habits, mishap: Mishap) -> None:
        self._submission = submission
        self._habits = habits
        self._mishap = mishap
        self._world = world
        rng = world.rng("clerk", submission.unit, submission.dataset.name, submission.period.label)
        self._clerk = Clerk(rng, habits, world.commune)
        self._columns: list[Column] = [
            c
            for c in submission.dataset.columns
            if c.name != mishap.without and (c.name != "thon" or habits.thon_column)
        ] + [c for c in submission.dataset.columns if c.name == mishap.twice]
        self._remarks = [mishap.strange] if mishap.strange else ["Ghi chú"] * habits.remarks
        self._left = int(habits.counted)
        self._sheet = SampleSheet("Sheet1", self._left + len(self._columns) + len(self._remarks))
        self._rows: dict[int, int] = {}

    def form(self) -> Form:
        """Fill in the whole form."""
        self._add_title()
        heading = self._add_headings()
        first = len(self._sheet.lines)
        if self._submission.rows:
            self._add_records()
        else:
            self._add_nothing_to_report()
        total = self._add_total(first) if self._submission.dataset.totals else None
        self._add_signatures()
        if self._habits.decomposed:
            self._sheet.lines = [[_decompose(cell) for cell in line] for line in self._sheet.lines]
        columns = {c.name: self._left + at for at, c in enumerate(self._columns)}
        return Form(self._sheet, self._rows, columns, heading, total)

    def _add_title(self) -> None:
        """Add the title block: unit, country, title, period, and the note that all data is invented."""
        unit = self._world.commune.unit(self._submission.unit)
        who = unit.title if unit else self._submission.unit
        self._add_two("unit", "UBND XÃ NGỌC LẶC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        self._add_two("unit", who.upper(), "Độc lập - Tự do - Hạnh phúc")
        if self._habits.letter_number:
            self._add_two("note", f"Số: {self._submission.day.day + 20}/BC-UBND", None)
        self._sheet.add("blank")
        self._add_merged("title", f"BÁO CÁO {self._submission.dataset.title}".upper())
        self._add_merged("title", self._period())
        self._add_merged("note", MADE_UP)
        if unit_of_measure := _one_unit(self._columns):
            at = self._sheet.add("note")
            self._sheet.lines[at][-1] = f"Đơn vị tính: {unit_of_measure}"
        self._sheet.add("blank")

    def _period(self) -> str:
        year, _, part = self._submission.period.label.partition("-")
        if not part:
            return f"Năm {year}"
        if part.startswith("Q"):
            return f"Quý {_QUARTERS[int(part[1]) - 1]} năm {year}"
        return f"Kỳ báo cáo: {part}/{year}" if self._habits.short_period else f"Tháng {part} năm {year}"

    def _add_two(self, look: Look, left: str | None, right: str | None) -> None:
        at = self._sheet.add(look, [left])
        middle = max(1, self._sheet.width // 2)
        self._sheet.lines[at][middle] = right
        self._sheet.merge(at, 0, at, middle - 1)
        self._sheet.merge(at, middle, at, self._sheet.width - 1)

    def _add_merged(self, look: Look, text: str) -> None:
        at = self._sheet.add(look, [text])
        self._sheet.merge(at, 0, at, self._sheet.width - 1)

    def _add_headings(self) -> int:
        """Add the headings and the row of column numbers; returns the last row of the headings."""
        paths = [self._habits.headings[c.name] for c in self._columns]
        paths = [("STT",)] * self._left + paths + [(heading,) for heading in self._remarks]
        if self._habits.shouted:
            paths = [tuple(level.upper() for level in path) for path in paths]
        depth = max(map(len, paths))
        top = len(self._sheet.lines)
        for level in range(depth):
            self._sheet.add("heading", [path[level] if level < len(path) else None for path in paths])
        for name, group in groupby(enumerate(paths), key=lambda p: p[1][0] if len(p[1]) > 1 else p[0]):
            columns = [at for at, _ in group]
            if isinstance(name, int):
                self._sheet.merge(top, name, top + depth - 1, name)
            else:
                self._sheet.lines[top][columns[1] : columns[-1] + 1] = [None] * (len(columns) - 1)
                self._sheet.merge(top, columns[0], top, columns[-1])
        self._number_row()
        return top + depth - 1

    def _number_row(self) -> None:
        count = range(1, self._sheet.width + 1)
        if self._habits.numbers == "(1)":
            self._sheet.add("numbers", [f"({n})" for n in count])
        elif self._habits.numbers == "1":
            self._sheet.add("numbers", [*count])
        elif self._habits.numbers == "A":
            self._sheet.add("numbers", ["A", "B", *range(1, self._sheet.width - 1)])

    def _add_records(self) -> None:
        place: str | None = None
        for number, row in enumerate(self._submission.rows, start=1):
            where = row.get("thon")
            if self._habits.sections and isinstance(where, str) and where != place:
                place = where
                self._add_merged("section", self._clerk.section(place))
            self._rows[id(row)] = self._sheet.add("body", self._record(number, row))

    def _record(self, number: int, row: Row) -> list[Cell]:
        planted = any(isinstance(value, Typed) for value in row.values())
        cells = [self._clerk.types(c, row[c.name], tidily=planted) for c in self._columns]
        remark: list[Cell] = ["Đã rà soát" if number % 7 == 3 else None] if self._remarks else []
        return [*([number] if self._left else []), *cells, *remark]

    def _add_nothing_to_report(self) -> None:
        self._add_merged("body", "Không phát sinh")

    def _add_total(self, first: int) -> int:
        last = len(self._sheet.lines) - 1
        cells: list[Cell] = [None] * self._left
        for column in self._columns:
            values = [row[column.name] for row in self._submission.rows]
            total = _sum(values, first, last) if column.kind.name in _NUMERIC else None
            wrong = total is not None and column.name == self._mishap.wrong_total
            cells.append(total.value + 7 if total and wrong else total)
        label = next(at for at, cell in enumerate(cells) if cell is None)
        cells[label] = "Tổng cộng"
        return self._sheet.add("total", cells)

    def _add_signatures(self) -> None:
        day = self._submission.day
        self._sheet.add("blank")
        self._add_two("sign", None, f"Ngọc Lặc, ngày {day.day:02} tháng {day.month:02} năm {day.year}")
        self._add_two("sign", "Người lập biểu", "THỦ TRƯỞNG ĐƠN VỊ")
        self._add_two("sign", "(Ký, ghi rõ họ tên)", "(Ký tên, đóng dấu)")


def _sum(values: list[object], first: int, last: int) -> Sum:
    """The result of Excel's SUM, which ignores text."""
    cells = [value.cell if isinstance(value, Typed) else value for value in values]
    total = round(sum(v for v in cells if isinstance(v, int | float)), 1)
    return Sum(int(total) if total == int(total) else total, first, last)


def _one_unit(columns: list[Column]) -> str | None:
    """The unit of measure of all money columns, if they share one."""
    units = {column.unit for column in columns if column.unit}
    return units.pop() if len(units) == 1 else None


def _decompose(cell: Cell) -> Cell:
    return normalize("NFD", cell) if isinstance(cell, str) else cell
