"""The area of a worksheet is bounded by its bytes; rows without content are left out of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.read import read_file
from flows.read.formats.empty_rows import read_without_empty_rows
from flows.read.formats.sheet_area import bound_area
from flows.read.formats.xml_tags import Extent, extent_of
from flows.read.sheet import letter_of
from schemas.datasets import load
from tests.cost import cost
from tests.flows.read.forms import form, records
from tests.flows.read.hostile import package

DATASETS = load()
_SHEET = "xl/worksheets/sheet1.xml"
_ROOT = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def _sheet(rows: str) -> bytes:
    head = f'{_ROOT}<dimension ref="A1"/><cols><col min="1"/></cols>'
    return f"{head}<sheetData>{rows}</sheetData></worksheet>".encode()


def _cell(random: Random, row: int, column: int) -> str:
    place = f'<c r="{letter_of(column)}{row}"'
    return random.choice(
        [
            f"{place}><v>1</v></c>",
            f'{place} t="s" s="1"><f>A1</f><v>1</v></c>',
            f"{place}><is><t>x</t></is></c>",
        ]
    )


@settings(max_examples=200, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_bounds_are_exact_for_usual_cells_in_any_order(seed: int) -> None:
    random = Random(seed)
    rows, columns = random.choice([(9, 3), (120, 30), (70_000, 800), (1_048_576, 16_384)])
    places = [(random.randint(1, rows), random.randint(0, columns - 1)) for _ in range(random.randint(1, 20))]
    if random.random() < 0.7:
        places.sort()
    xml = _sheet("".join(f'<row r="{row}">{_cell(random, row, column)}</row>' for row, column in places))
    assert bound_area(xml) == extent_of(xml)


def test_bounds_hold_formatted_cells_too() -> None:
    xml = _sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="B9" s="1"/><c r="BA9" s="1"/></row>'
    )
    assert bound_area(xml) == Extent(9, 53, 1)


def test_a_cell_beyond_the_row_of_its_tag_is_found() -> None:
    assert bound_area(_sheet('<row r="1"><c r="B700"><v>1</v></c></row>')) == Extent(700, 2, 1)


def test_the_count_of_cells_cannot_be_more_than_their_tags() -> None:
    ends = "</v></c>" * 1_000
    assert bound_area(_sheet(f'<row r="1"><c r="A1"><v>1{ends}</row>')) == Extent(1, 1, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "<c><v>1</v></c>",
        '<c  r="A1"><v>1</v></c>',
        '<c\tr="A1"><v>1</v></c>',
        "<c r='A1'><v>1</v></c>",
        '<c r = "A1"><v>1</v></c>',
        '<c r="a1"><v>1</v></c>',
        '<c r="&#65;1"><v>1</v></c>',
        '<x:c r="A1"><v>1</v></x:c>',
        '<a-b:c r="A1"><v>1</v></a-b:c>',
        '<c s="1" r="A1"><v>1</v></c>',
        '<c r="A01"><v>1</v></c>',
        '<c r="AAAA1"><v>1</v></c>',
        '<c r="A10000000"><v>1</v></c>',
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_unusual_cells_are_not_bounded(cell: str, place: int) -> None:
    usual = '<c r="B1"><v>1</v></c>'
    cells = "".join((cell, usual) if place == 0 else (usual, cell))
    assert bound_area(_sheet(f'<row r="1">{cells}</row>')) is None


def test_bounding_costs_much_less_than_parsing() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>1</v></c><c r="AB{row}"><v>1</v></c></row>'
        for row in range(1, 20_000)
    )
    xml = _sheet(rows)
    assert cost(lambda: bound_area(xml)) < cost(lambda: extent_of(xml)) / 5


_EMPTY = '<c r="A{0}" s="1"/><c r="B{0}" s="1"></c>'
_NOTHING_IN_ROW = (
    '<row r="{0}">' + _EMPTY + "</row>",
    '<row r="{0}" spans="1:9" ht="15" s="3" customFormat="1" x14ac:dyDescent="0.25">' + _EMPTY + "</row>",
    '<row r="{0}"/>',
)
_SOMETHING_IN_ROW = (
    '<row r="{0}" hidden="1"/>',
    '<row r="{0}" hidden = "1">' + _EMPTY + "</row>",
    f"<row>{_EMPTY}</row>",
    "<row r='{0}'>" + _EMPTY + "</row>",
    '<row s="1" r="{0}"/>',
    '<x:row r="{0}"/>',
    '<row r="{0}"><c r="A{0}"><v >1</v></c></row>',
    '<row r="{0}"><c r="A{0}"><f>B1</f></c></row>',
    '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>x</t></is></c></row>',
    '<row r="{0}"><x:c r="A{0}"/></row>',
    '<row r="{0}"><extLst/></row>',
    '<row r="{0}"><!-- --></row>',
    '<row r="x{0}"/>',
)


def _many(row: str, numbers: Sequence[int]) -> str:
    return "".join(row.format(number) for number in numbers)


@pytest.mark.parametrize("row", _NOTHING_IN_ROW)
def test_rows_without_content_are_left_out(row: str) -> None:
    whole = _sheet(_many(row, range(1, 40_000)))
    kept, left_out = read_without_empty_rows(io.BytesIO(whole))
    assert left_out
    assert len(kept) < 600_000
    assert kept.startswith(whole[:100])
    assert kept.endswith(whole[-40:])


@pytest.mark.parametrize("row", _SOMETHING_IN_ROW)
def test_rows_with_anything_else_are_kept(row: str) -> None:
    whole = _sheet(_many(row, range(1, 40_000)))
    assert read_without_empty_rows(io.BytesIO(whole)) == (whole, False)


@settings(max_examples=8, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_filled_rows_among_empty_ones_keep_their_places(seed: int) -> None:
    random = Random(seed)
    filled = sorted(random.sample(range(1, 30_000), random.randint(0, 4)))
    marks = random.choice(["{0}", "{0}" + "x" * 600_000, "{0}<!-- -->"])
    rows = list(map(random.choice(_NOTHING_IN_ROW).format, range(1, 30_000)))
    for row in filled:
        # The second row follows the first without a number.
        rows[row - 1] = (
            f'<row r="{row}"><c r="A{row}"><v>{marks.format(row)}</v></c></row><row><c><v>1</v></c></row>'
        )
    whole = _sheet("".join(rows))
    kept, _ = read_without_empty_rows(io.BytesIO(whole))
    assert extent_of(kept) == extent_of(whole)
    assert all(rows[row - 1].encode() in kept for row in filled)


def test_xml_without_rows_costs_like_xml_of_rows() -> None:
    row = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    rows, none = row * 500_000, b"x" * 500_000 * len(row)
    assert read_without_empty_rows(io.BytesIO(none)) == (none, False)
    assert cost(lambda: read_without_empty_rows(io.BytesIO(none))) < 6 * cost(
        lambda: read_without_empty_rows(io.BytesIO(rows))
    )


def test_borders_far_down_change_nothing_and_cost_little() -> None:
    plain = form(DATASETS["to_cong_nghe_so"], records(DATASETS["to_cong_nghe_so"], 5))
    doc = read_file(plain, "a.xlsx", DATASETS)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        sheet = archive.read(_SHEET)
    borders = _many('<row r="{0}">' + _EMPTY + "</row>", range(doc.rows.height + 1, 100_000)).encode()
    bordered = package({_SHEET: sheet.replace(b"</sheetData>", borders + b"</sheetData>")}, plain)
    found = read_file(bordered, "a.xlsx", DATASETS)
    assert found.tables[0].cells.equals(doc.tables[0].cells)
    assert found.rows.equals(doc.rows)
    assert found.problems == doc.problems
    register = form(DATASETS["dan_cu"], records(DATASETS["dan_cu"], 2_000))
    assert cost(lambda: read_file(bordered, "a.xlsx", DATASETS)) < cost(
        lambda: read_file(register, "a.xlsx", DATASETS)
    )
