"""What reading costs grows with the size of the file, whatever its shape."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from flows.engine.workers import Guard, map_in_order
from flows.intake.cache import START, limits_of
from flows.read import read_file
from flows.read.formats.html import read_html
from flows.read.formats.xlsx_marks import find_filtered
from flows.read.sheet import FrameSheet, letter_of
from flows.read.table import ReadFile
from schemas.datasets import load
from tests.cost import cost
from tests.flows.read.hostile import package, sheet

DATASETS = load()
RECORDS = b"STT,a,b,c\n" + b"1,x,y,z\n" * 100
FORM = (
    "Tháng 11 năm 2026\nNgày phản ánh;Nhà mạng;Nội dung;Trạng thái;Ngày giải quyết\n"
    "01/11/2026;VNPT;Mất sóng;Mới;\n"
).encode()
_SHEET = "xl/worksheets/sheet1.xml"
_FILTER = '<autoFilter ref="A1:B{0}"><filterColumn colId="0"/></autoFilter>'


def _hidden_rows_and_filters(size: int) -> bytes:
    rows = "".join(
        f'<row r="{row}" hidden="1"><c r="A{row}"><v>1</v></c></row>' for row in range(1, size // 80)
    )
    filters = _FILTER.format(2) * (size // 80)
    return package({_SHEET: sheet(rows).replace(b"</worksheet>", f"{filters}</worksheet>".encode())})


def _page(piece: bytes, size: int) -> bytes:
    return b"<table><tr><td>a<td>b</tr><tr><td>" + piece * (size // len(piece))


SHAPES: dict[str, Callable[[int], bytes]] = {
    "quotes in a line.csv": lambda size: RECORDS + b'"' * size,
    "open quotes.csv": lambda size: RECORDS + b'1,"x\n' * (size // 16),
    "blank lines.csv": lambda size: RECORDS + b"\n" * size,
    "lines longer and longer.csv": lambda size: (
        RECORDS + b"".join(b"1," * number + b"\n" for number in range(int(size**0.5)))
    ),
    "a late line of many cells below a form.csv": lambda size: FORM + b"1;x;" * (size // 32),
    "tables in tables.html": lambda size: _page(b"<table><tr><td>a", size),
    "open tags.html": lambda size: _page(b"<", size // 4),
    "open attributes.html": lambda size: _page(b"<a b='", size),
    "line breaks.html": lambda size: _page(b"<br>", size),
    "hidden rows and filters.xlsx": _hidden_rows_and_filters,
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.slow
def test_four_times_the_size_costs_about_four_times_as_much(name: str) -> None:
    small, large = map(SHAPES[name], (10_000, 40_000))
    assert cost(lambda: read_file(large, name, DATASETS), goes=2) < 9 * cost(
        lambda: read_file(small, name, DATASETS)
    )


def _raise(_: bytes, error: Exception) -> ReadFile:
    raise error


def test_a_long_late_line_is_read_within_the_limits_of_a_small_file() -> None:
    data = RECORDS + b"x," * 6_000 + b"x\n" + RECORDS[10:]
    guard: Guard[bytes, ReadFile] = Guard(lambda one: limits_of(one[:START], len(one)), _raise)
    (found,) = map_in_order(partial(read_file, name="a.csv", datasets=DATASETS), [data], guard=guard)
    assert found.rows.height == 202


def test_rows_are_found_by_spellings_in_any_column() -> None:
    rows = ["x", "M"] + ["x"] * 698, ["x"] * 300 + ["M", "M"] + ["x"] * 398, ["M"] + ["x"] * 698 + ["M"]
    text = pl.DataFrame({letter_of(at): cells for at, cells in enumerate(zip(*rows, strict=True))})
    assert list(FrameSheet("a", text=text).holding(frozenset({"M"}), 0)) == [1, 2]


def test_the_end_of_a_torn_page_is_kept() -> None:
    (found,) = read_html(b"<table><tr><td>a</td><td>x < y <b", "a")
    assert list(found.rows(0, 1)) == [("a", "x < y <b")]


def test_hidden_rows_within_any_filter_are_filtered() -> None:
    random = Random(1)
    none: Any = SimpleNamespace(related=lambda _: {})
    for _ in range(200):
        hidden = frozenset(random.sample(range(1, 60), random.randint(1, 30)))
        ends = [sorted(random.choices(range(1, 60), k=2)) for _ in range(random.randint(0, 5))]
        xml = "".join(
            f'<autoFilter ref="A{first}:B{last}"><filterColumn colId="0"/></autoFilter>'
            for first, last in ends
        ).encode()
        inside = {row for row in hidden if any(first < row <= last for first, last in ends)}
        assert find_filtered(none, "", xml, hidden) == inside


def test_a_broken_declaration_of_a_page_is_told() -> None:
    found = read_file(b"<html><table><tr><td>a<![x<![x</table>", "a.html", DATASETS)
    assert [problem.code for problem in found.problems] == ["tep.khong_mo_duoc"]
