"""Finds the units of measure that a sheet states for a table, and tells where they are unknown or at odds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from flows.read.problems import make_problem
from flows.read.sheet import Sheet, index_of
from flows.read.table import Problem
from flows.read.tables.body import Body
from flows.read.tables.heading import Path, key_of, split_unit, strip_parentheses, tidy
from flows.read.tables.layout import Block
from flows.read.tables.routing import Fit
from flows.read.units_of_measure import (
    UnitLine,
    UnitOfMeasure,
    counts_in_multiples,
    find_unit_lines,
    names_things,
    parse_unit,
    unit_of,
)
from schemas.contract import Column

_UNIT_HEADINGS = frozenset(map(key_of, ("Đơn vị tính", "ĐVT", "Đơn vị đo", "Don vi tinh", "DVT")))
_MOST_ROWS = 50
# What follows is about some of the records or columns; below a table the name of a thôn or row says so, too.
_APART = re.compile(r"(?i)\b(?:riêng|rieng|trừ|ngoại trừ|ngoai tru)\b")
_OF_SOME = re.compile(
    rf"{_APART.pattern}|\b(?:một số|mot so|một vài|mot vai)\b"
    r"|\b(?:thôn|thon|phố|pho|khu|xóm|xom|bản|làng|lang|tổ|stt|dòng|dong|hàng|hang|mục|muc|cột|cot)\s+[\d\w]"
)


@dataclass(slots=True)
class StatedUnits:
    """The unit of measure of each column that has one, as it is typed, and what is wrong with the units."""

    units: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class UnitLines:
    """The lines around a table that state units; those of a table further up are only `inherited`.

    `partial` are the units that they state for some of the records or columns only.
    """

    lines: tuple[UnitLine, ...] = ()
    inherited: bool = False
    partial: tuple[str, ...] = ()

    @property
    def parts(self) -> list[tuple[str, UnitOfMeasure | None, bool]]:
        """Each unit as typed, which it is, and whether its line surely speaks of units."""
        return [(part, unit, line.sure) for line in self.lines for part, unit in line.units.items()]


def read_unit_lines(sheet: Sheet, title: Sequence[str], body: Body, before: UnitLines) -> UnitLines:
    """The lines with units above a table and below its records, and the name of its sheet; else `before`."""
    notes = _list_texts(sheet, body, "cuoi")
    above, below = (
        [_split_partial(text, mark) for text in texts] for texts, mark in ((title, _APART), (notes, _OF_SOME))
    )
    lines = (
        *find_unit_lines([*(whole for whole, _ in above), sheet.name]),
        *_find_marked([whole for whole, _ in below]),
    )
    partial = tuple(
        part for line in _find_marked([rest for _, rest in (*above, *below)]) for part in line.units
    )
    return (
        UnitLines(lines, partial=partial)
        if lines
        else UnitLines(before.lines, inherited=True, partial=partial)
    )


def _split_partial(text: str, mark: re.Pattern[str]) -> tuple[str, str]:
    """What a text says of all records, and what it says of some: "kg; riêng Phố 3 tính bằng tấn"."""
    text = unicodedata.normalize("NFC", text)
    found = mark.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def _list_texts(sheet: Sheet, body: Body, role: str) -> list[str]:
    rows = np.flatnonzero(body.having(role))[:_MOST_ROWS].tolist()
    return [tidy(cell) for row in rows for cell in sheet.row(body.start + row) if cell]


def _find_marked(texts: Sequence[str]) -> Iterator[UnitLine]:
    """The lines that say themselves that they speak of units."""
    return (line for line in find_unit_lines(texts) if line.marked)


def read_units(sheet: Sheet, fit: Fit, block: Block, body: Body, lines: UnitLines) -> StatedUnits:
    """The units that the heading, the row of units below it and the lines around a table state.

    The heading or its row of units decides; a line counts for columns without one of their own. What
    contradicts itself, or scales a count, holds the table: nobody knows by what to multiply.
    """
    place = _Place(sheet, fit, block)
    found = StatedUnits()
    row = _read_unit_row(sheet, block)
    own = {name: _list_own(fit.dataset[name], pairs[0][1], row) for name, pairs in fit.columns.items()}
    lines = replace(lines, lines=(*lines.lines, *_find_beside(sheet, fit, block)))
    for name, stated in own.items():
        column = fit.dataset[name]
        if unit_of(column) is None:
            found.problems += _refuse_scaled_count(place, column, stated)
        elif stated:
            found.units[name] = stated[-1]
            found.problems += _refuse_contradiction(place, column, stated)
    found.problems += _read_lines(place, own, found.units, lines)
    inside = [*_list_unit_column(place, body), *_list_units_of_sections(place, body), *lines.partial]
    found.problems += _refuse_others(place, inside, found.units)
    return found


def _find_beside(sheet: Sheet, fit: Fit, block: Block) -> Iterator[UnitLine]:
    """The lines among the headings, or in the row of units below them."""
    yield from _find_marked([] if block.units is None else [cell for cell in sheet.row(block.units) if cell])
    for path in block.paths:
        if path.letter not in fit.letters:
            yield from (line for level in path.levels for line in _find_marked([level]) if line.sure)


@dataclass(frozen=True, slots=True)
class _Place:
    sheet: Sheet
    fit: Fit
    block: Block

    def problem(self, message: str, value: str, column: Column | None = None) -> Problem:
        path = self.fit.columns[column.name][0][1] if column else None
        return make_problem(
            "tep.don_vi_la",
            message,
            dataset=self.fit.dataset.name,
            sheet=self.sheet.name,
            row=self.sheet.number(self.block.bottom),
            column=path.letter if path else None,
            value=value,
            proposal=unit_of(column) if column else None,
        )

    @property
    def measured(self) -> Mapping[str, str]:
        """The family of each column that the contract gives a unit."""
        units = {name: unit_of(self.fit.dataset[name]) for name in self.fit.columns}
        known = {name: parse_unit(unit) for name, unit in units.items() if unit}
        return {name: unit.family for name, unit in known.items() if unit}

    @property
    def counts(self) -> list[Column]:
        columns = (self.fit.dataset[name] for name in self.fit.columns)
        return [column for column in columns if column.kind.name == "so_luong" and unit_of(column) is None]


def _read_unit_row(sheet: Sheet, block: Block) -> Mapping[str, str]:
    """The unit that the row of units states for each column, by letter; a merged cell counts for all."""
    if block.units is None:
        return {}
    cells = sheet.row(block.units)
    across = {
        column: left
        for top, left, _, right in sheet.merges
        if top == block.units
        for column in range(left, right + 1)
    }
    found: dict[str, str] = {}
    for path in block.paths:
        at = index_of(path.letter)
        if cell := cells[across.get(at, at)]:
            found[path.letter] = tidy(cell).strip("()[] ")
    return found


def _list_own(column: Column, path: Path, row: Mapping[str, str]) -> list[str]:
    """The units that the levels of a heading state, from the top, and the row of units."""
    stated = [unit for level in path.levels if (unit := split_unit(level)[1])]
    if not stated and unit_of(column) is not None:
        last = [unit for level in path.levels if (unit := strip_parentheses(level)[1])]
        stated = last[:1]
    return [*stated, *([row[path.letter]] if path.letter in row else [])]


def _refuse_scaled_count(place: _Place, column: Column, stated: Sequence[str]) -> Iterator[Problem]:
    """A count can't be in thousands, nor in a unit of measure."""
    odd = next((unit for unit in stated if counts_in_multiples(unit) or parse_unit(unit)), None)
    if odd is not None and column.kind.name == "so_luong":
        yield _refuse_count(place, column, odd)


def _refuse_count(place: _Place, column: Column, unit: str) -> Problem:
    return place.problem(
        f"Cột “{column.label}” là số đếm, nhưng bảng ghi đơn vị tính “{unit}”. "
        "Ghi đủ con số, bỏ đơn vị tính đó rồi nộp lại.",
        unit,
        column,
    )


def _refuse_contradiction(place: _Place, column: Column, stated: Sequence[str]) -> Iterator[Problem]:
    """A column whose heading, or heading and row of units, state two units."""
    if len(set(map(parse_unit, stated))) > 1:
        yield place.problem(
            f"Đầu cột “{column.label}” ghi hai đơn vị tính: {' và '.join(dict.fromkeys(stated))}. "
            "Giữ đơn vị đúng, bỏ đơn vị kia rồi nộp lại.",
            ", ".join(stated),
            column,
        )


def _read_lines(
    place: _Place, own: Mapping[str, Sequence[str]], units: dict[str, str], lines: UnitLines
) -> Iterator[Problem]:
    """Give columns without a unit of their own that of the lines, and tell what can't be."""
    measured, parts = place.measured, lines.parts
    for family in dict.fromkeys(measured.values()):
        named = {unit.size: part for part, unit, _ in parts if unit and unit.family == family}
        columns = [name for name, each in measured.items() if each == family]
        without = [name for name in columns if not own[name]]
        if len(named) == 1:
            units.update(dict.fromkeys(without, next(iter(named.values()))))
        elif named and without:
            yield _refuse_line(place, place.fit.dataset[without[0]], list(named.values()))
        elif without:
            yield from _refuse_beside(place, without[0], columns, units)
        if named and not without and not lines.inherited:
            yield from _compare(place, columns, units, named)
    yield from _find_unexplained(place, own, lines)


def _refuse_beside(
    place: _Place, without: str, columns: Sequence[str], units: Mapping[str, str]
) -> Iterator[Problem]:
    """Tell if a column has no unit, while one of the same family is in another unit than on the form."""
    column = place.fit.dataset[without]
    for name in columns:
        stated = parse_unit(units.get(name, ""))
        if stated and stated != parse_unit(str(unit_of(column))):
            yield place.problem(
                f"Đầu cột “{place.fit.dataset[name].label}” ghi “{units[name]}”, đầu cột “{column.label}” "
                "không ghi đơn vị tính. Ghi đơn vị tính ở cả hai rồi nộp lại.",
                units[name],
                column,
            )
            return


def _compare(
    place: _Place, columns: Sequence[str], units: Mapping[str, str], named: Mapping[int, str]
) -> Iterator[Problem]:
    """Tell if every heading states a unit and none of them is that of the lines."""
    sizes = [unit.size for name in columns if (unit := parse_unit(units[name]))]
    if sizes and not named.keys() & {*sizes}:
        column, line = place.fit.dataset[columns[0]], next(iter(named.values()))
        yield place.problem(
            f"Dòng đơn vị tính của bảng ghi “{line}”, nhưng đầu cột “{column.label}” ghi "
            f"“{units[column.name]}”. Sửa cho giống nhau rồi nộp lại.",
            line,
            column,
        )


def _find_unexplained(place: _Place, own: Mapping[str, Sequence[str]], lines: UnitLines) -> Iterator[Problem]:
    """Tell of units in the lines that no column can have, where they may be meant for one."""
    measured, counts = place.measured, place.counts
    families, told = {*measured.values()}, {unit.family for _, unit, _ in lines.parts if unit}
    open_ = [name for name, family in measured.items() if not own[name] and family not in told]
    for part, unit, sure in lines.parts:
        if unit and unit.family in families:
            continue
        if counts_in_multiples(part) and counts:
            yield _refuse_count(place, counts[0], part)
        elif open_ and not lines.inherited and not names_things(part) and (unit or sure):
            yield _refuse_line(place, place.fit.dataset[open_[0]], [part])


def _refuse_line(place: _Place, column: Column, named: Sequence[str]) -> Problem:
    return place.problem(
        f"Dòng đơn vị tính của bảng ghi “{', '.join(named)}”: không rõ đơn vị tính của cột “{column.label}”. "
        f"Đổi số liệu sang {unit_of(column)} và ghi đơn vị đó ở đầu cột, rồi nộp lại.",
        ", ".join(named),
        column,
    )


def _list_unit_column(place: _Place, body: Body) -> Iterator[str]:
    """The units in a column of the table that is for them."""
    for path in place.block.paths:
        if path.keys[0] in _UNIT_HEADINGS and path.letter not in place.fit.letters:
            typed = place.sheet.take(index_of(path.letter), body.start, body.records)[0]
            yield from typed.drop_nulls().unique().sort()


def _list_units_of_sections(place: _Place, body: Body) -> Iterator[str]:
    """The units that the rows above groups of records state: `I. Bán lẻ (ĐVT: nghìn đồng)`."""
    for line in _find_marked(_list_texts(place.sheet, body, "nhom")):
        yield from line.units


def _refuse_others(place: _Place, inside: Sequence[str], units: Mapping[str, str]) -> Iterator[Problem]:
    """Tell if some records are in another unit than their columns, by a unit that stands among them."""
    measured, counts = place.measured, place.counts
    for text in inside:
        unit = parse_unit(text)
        columns = [name for name, family in measured.items() if unit and family == unit.family]
        own = {parse_unit(units.get(name) or str(unit_of(place.fit.dataset[name]))) for name in columns}
        if columns and unit not in own:
            yield _refuse_line(place, place.fit.dataset[columns[0]], [text])
        elif counts and not columns and counts_in_multiples(text):
            yield _refuse_count(place, counts[0], text)
