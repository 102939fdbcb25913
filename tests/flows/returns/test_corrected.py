"""Cells typed anew on the page: the copy holds just these changes, and says who made them and when."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256

import openpyxl
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from flows.read.reader import read_file, read_sheets
from flows.read.sheet import letter_of
from flows.read.tables.heading import vocabulary_of
from flows.returns.corrected import CORRECTED, Correction, Original, correct_workbook
from flows.returns.xlsx.type_in import type_in
from flows.returns.xlsx.xml import UnfitError
from schemas.datasets import load
from tests.flows.returns.books import rich

DATASETS = load()
WHEN = "2026-12-01T09:00:00+07:00"
ROWS = (("Mã hộ", "Chủ hộ", "Số"), ("H00001", "An", "2"), ("H00002", None, "3"), (None, "Bình", "4"))


def as_xlsx() -> bytes:
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("a")
        for row, cells in enumerate(ROWS):
            for column, text in enumerate(cells):
                if text is not None:
                    page.write(row, column, text)
    return buffer.getvalue()


def as_xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for row, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            if text is not None:
                page.write(row, column, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv() -> bytes:
    return "\n".join(";".join(cell or "" for cell in row) for row in ROWS).encode()


BOOKS = {"a.xlsx": as_xlsx(), "a.xls": as_xls(), "a.csv": as_csv()}


def grid(data: bytes, name: str) -> dict[tuple[str, str], str]:
    """Every text of a file by sheet and address."""
    return {
        (sheet.name, f"{letter_of(column)}{number}"): text
        for sheet in read_sheets(data, name, vocabulary_of(DATASETS))
        for number, row in zip(sheet.numbers(), sheet.rows(0, sheet.height), strict=True)
        for column, text in enumerate(row)
        if text is not None
    }


def correct(data: bytes, name: str, texts: Mapping[tuple[str, str], str]) -> bytes:
    changes = [Correction(sheet, cell, None, text, "lan", WHEN) for (sheet, cell), text in texts.items()]
    return correct_workbook(Original(data, name, sha256(data).hexdigest(), "T01"), changes, DATASETS)


@pytest.mark.parametrize("name", sorted(BOOKS))
@settings(max_examples=12)
@given(
    texts=st.dictionaries(
        st.tuples(st.just("a"), st.sampled_from(["A1", "B3", "C2", "A4", "B9", "F2", "F12"])),
        st.sampled_from(["", "x", "=1+1", "<a href='b'>&", "007", "31/12/2026", "Nguyễn Văn Ạ", "1.234,5"]),
        min_size=1,
    )
)
def test_just_these_cells_read_otherwise(name: str, texts: dict[tuple[str, str], str]) -> None:
    before, after = grid(BOOKS[name], name), grid(correct(BOOKS[name], name, texts), "b.xlsx")
    expected = {place: text for place, text in (before | texts).items() if text}
    assert after == expected


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_formats_formulas_and_other_sheets_stay() -> None:
    data = rich()
    first = openpyxl.load_workbook(io.BytesIO(data)).sheetnames[0]
    copy = correct(data, "a.xlsx", {(first, "C8"): "Trần Văn Mẫu"})
    before, after = (openpyxl.load_workbook(io.BytesIO(each)) for each in (data, copy))
    assert after.sheetnames == [*before.sheetnames, CORRECTED]
    for sheet in before.sheetnames:
        for row in before[sheet].iter_rows():
            for cell in row:
                now = after[sheet][cell.coordinate]
                assert now.number_format == cell.number_format
                if (sheet, cell.coordinate) != (first, "C8"):
                    assert now.value == cell.value
    assert after[first]["C8"].value == "Trần Văn Mẫu"
    assert before[first].merged_cells.ranges == after[first].merged_cells.ranges


def test_who_and_when_stand_on_a_sheet_that_is_no_data() -> None:
    changes = [
        Correction("a", "B3", None, "Bùi", "lan", WHEN),
        Correction("a", "B3", "Bùi", "Bùi Văn Mẫu", "binh", WHEN),
    ]
    data = BOOKS["a.xlsx"]
    one = Original(data, "a.xlsx", sha256(data).hexdigest(), "T01")
    copy = correct_workbook(one, changes, DATASETS)
    assert copy == correct_workbook(one, changes, DATASETS)
    page = openpyxl.load_workbook(io.BytesIO(copy))[CORRECTED]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=5)]
    assert rows == [
        ["B3", "a", None, "Bùi", "lan", WHEN],
        ["B3", "a", "Bùi", "Bùi Văn Mẫu", "binh", WHEN],
    ]
    assert grid(copy, "a.xlsx")["a", "B3"] == "Bùi Văn Mẫu"
    tables = read_file(copy, "a.xlsx", DATASETS).tables
    assert {table.sheet for table in tables} <= {"a"}
    assert all(table.made_for == ("T01",) for table in tables)


SHEET = (
    b'<worksheet><sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*2</f><v>2</v></c></row>'
    b'<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>'
    b'<row r="3"><c r="A3" s="1"><f>1+1</f><v>6</v></c></row></sheetData></worksheet>'
)


def test_others_keep_the_value_of_a_shared_formula_that_goes() -> None:
    typed = type_in(SHEET, {"A1": "5"})
    assert b"<f" not in typed.split(b'r="3"')[0]
    assert b"<v>4</v>" in typed
    assert b"<f>1+1</f>" in typed
    kept = type_in(SHEET, {"A3": "5"})
    assert kept.count(b"shared") == 2
    assert b's="1"' in kept


def test_cells_without_addresses_are_never_missed() -> None:
    nameless = b'<worksheet><sheetData><row r="1"><c><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(UnfitError):
        type_in(nameless, {"A1": "5"})
    data = BOOKS["a.xlsx"]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                for row in range(1, 5):
                    for letter in "ABC":
                        content = content.replace(f'<c r="{letter}{row}"'.encode(), b"<c")
            new.writestr(entry.filename, content)
    stripped = out.getvalue()
    before = grid(stripped, "a.xlsx")
    copy = correct(stripped, "a.xlsx", {("a", "A2"): "H7"})
    assert grid(copy, "a.xlsx") == before | {("a", "A2"): "H7"}
