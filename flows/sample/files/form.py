"""Lays a submission out as its office's form: title block, heading, records, totals, signatures."""

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
    """A filled-in form, and where everything stands: each record's row by `id`, each column by name.

    Of a column that is there twice it is the second; `heading` is the last row of the headings.
    """

    sheet: SampleSheet
    rows: Mapping[int, int]
    columns: Mapping[str, int]
    heading: int
    total: int | None


def form(world: World, submission: SampleSubmission, habits: Habits, mishap: Mishap = NONE) -> Form:
    """The form of `submission`, filled in by a clerk with `habits`; rows and columns counted from 0."""
    return _Filling(world, submission, habits, mishap).form()


class _Filling:
    def __init__(self, world: World, submission: SampleSubmission, habits: Habits, mishap: Mishap) -> None:
        self._hand_in = submission
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
        """Everything from the first line to the last."""
        self._title()
        heading = self._heading()
        first = len(self._sheet.lines)
        if self._hand_in.rows:
            self._records()
        else:
            self._nothing()
        total = self._total(first) if self._hand_in.dataset.totals else None
        self._signatures()
        if self._habits.decomposed:
            self._sheet.lines = [[_decomposed(cell) for cell in line] for line in self._sheet.lines]
        columns = {c.name: self._left + at for at, c in enumerate(self._columns)}
        return Form(self._sheet, self._rows, columns, heading, total)

    def _title(self) -> None:
        """Unit on the left, country on the right, what, when, and that it is all made up."""
        unit = self._world.commune.unit(self._hand_in.unit)
        who = unit.title if unit else self._hand_in.unit
        self._two("unit", "UBND XÃ NGỌC LẶC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        self._two("unit", who.upper(), "Độc lập - Tự do - Hạnh phúc")
        if self._habits.letter_number:
            self._two("note", f"Số: {self._hand_in.day.day + 20}/BC-UBND", None)
        self._sheet.add("blank")
        self._across("title", f"BÁO CÁO {self._hand_in.dataset.title}".upper())
        self._across("title", self._period())
        self._across("note", MADE_UP)
        if unit_of_measure := _one_unit(self._columns):
            at = self._sheet.add("note")
            self._sheet.lines[at][-1] = f"Đơn vị tính: {unit_of_measure}"
        self._sheet.add("blank")

    def _period(self) -> str:
        year, _, part = self._hand_in.period.label.partition("-")
        if not part:
            return f"Năm {year}"
        if part.startswith("Q"):
            return f"Quý {_QUARTERS[int(part[1]) - 1]} năm {year}"
        return f"Kỳ báo cáo: {part}/{year}" if self._habits.short_period else f"Tháng {part} năm {year}"

    def _two(self, look: Look, left: str | None, right: str | None) -> None:
        at = self._sheet.add(look, [left])
        middle = max(1, self._sheet.width // 2)
        self._sheet.lines[at][middle] = right
        self._sheet.merge(at, 0, at, middle - 1)
        self._sheet.merge(at, middle, at, self._sheet.width - 1)

    def _across(self, look: Look, text: str) -> None:
        at = self._sheet.add(look, [text])
        self._sheet.merge(at, 0, at, self._sheet.width - 1)

    def _heading(self) -> int:
        """Headings and the row of column numbers; the last row of the headings."""
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

    def _records(self) -> None:
        place: str | None = None
        for number, row in enumerate(self._hand_in.rows, start=1):
            where = row.get("thon")
            if self._habits.sections and isinstance(where, str) and where != place:
                place = where
                self._across("section", self._clerk.section(place))
            self._rows[id(row)] = self._sheet.add("body", self._record(number, row))

    def _record(self, number: int, row: Row) -> list[Cell]:
        planted = any(isinstance(value, Typed) for value in row.values())
        cells = [self._clerk.types(c, row[c.name], tidily=planted) for c in self._columns]
        remark: list[Cell] = ["Đã rà soát" if number % 7 == 3 else None] if self._remarks else []
        return [*([number] if self._left else []), *cells, *remark]

    def _nothing(self) -> None:
        self._across("body", "Không phát sinh")

    def _total(self, first: int) -> int:
        last = len(self._sheet.lines) - 1
        cells: list[Cell] = [None] * self._left
        for column in self._columns:
            values = [row[column.name] for row in self._hand_in.rows]
            total = _sum(values, first, last) if column.kind.name in _NUMERIC else None
            wrong = total is not None and column.name == self._mishap.wrong_total
            cells.append(total.value + 7 if total and wrong else total)
        label = next(at for at, cell in enumerate(cells) if cell is None)
        cells[label] = "Tổng cộng"
        return self._sheet.add("total", cells)

    def _signatures(self) -> None:
        day = self._hand_in.day
        self._sheet.add("blank")
        self._two("sign", None, f"Ngọc Lặc, ngày {day.day:02} tháng {day.month:02} năm {day.year}")
        self._two("sign", "Người lập biểu", "THỦ TRƯỞNG ĐƠN VỊ")
        self._two("sign", "(Ký, ghi rõ họ tên)", "(Ký tên, đóng dấu)")


def _sum(values: list[object], first: int, last: int) -> Sum:
    """What Excel's SUM gives: text counts for nothing."""
    said = [value.cell if isinstance(value, Typed) else value for value in values]
    total = round(sum(v for v in said if isinstance(v, int | float)), 1)
    return Sum(int(total) if total == int(total) else total, first, last)


def _one_unit(columns: list[Column]) -> str | None:
    """The unit of measure of all money columns, if they share one."""
    units = {column.unit for column in columns if column.unit}
    return units.pop() if len(units) == 1 else None


def _decomposed(cell: Cell) -> Cell:
    return normalize("NFD", cell) if isinstance(cell, str) else cell
