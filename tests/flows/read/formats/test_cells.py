"""Cells of workbooks: numbers digit for digit, dates, errors, formulas, hidden rows."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import xlsxwriter
import xlwt

from flows.read import read_file
from flows.read.formats import xlsb
from flows.read.table import CellType, ReadTable
from schemas.datasets import load
from tests.flows.read.forms import heading_grid, records, write_headings

DATASETS = load()


def read(write: Any, **options: Any) -> ReadTable:
    """A form of one record with its cell of the second column (C2) written by `write`."""
    dataset = DATASETS["nguoi_dung_dau"]
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, options)
    sheet = book.add_worksheet("Biểu")
    top = write_headings(sheet, dataset, 0, 0)
    sheet.write_row(top, 0, [1, *records(dataset, 1)[0]])
    write(sheet, book)
    book.close()
    doc = read_file(target.getvalue(), "a.xlsx", DATASETS)
    assert doc.problems == ()
    return doc.tables[0]


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        (38085012345, "38085012345", CellType.NUMBER),
        (12.5, "12.5", CellType.NUMBER),
        (3.0000000000000004, "3", CellType.NUMBER),
        (3.9999999999999996, "4", CellType.NUMBER),
        (0.1 + 0.2, "0.3", CellType.NUMBER),
        (1234567.1 * 3, "3703701.3", CellType.NUMBER),
        (0.000012, "0.000012", CellType.NUMBER),
        (1e15, "1000000000000000", CellType.NUMBER),
        ("038085012345", "038085012345", CellType.TEXT),
        ("3.80850E+10", "3.80850E+10", CellType.TEXT),
        (" hai\ndòng ", " hai\ndòng ", CellType.TEXT),
        ("   ", None, CellType.TEXT),
        (True, "TRUE", CellType.BOOL),
    ],
)
def test_text_of_a_cell(value: object, text: str | None, kind: CellType) -> None:
    def write(sheet: Any, _: Any) -> None:
        if isinstance(value, str):
            sheet.write_string(1, 2, value)
        else:
            sheet.write(1, 2, value)

    cells = read(write).cells
    assert (cells["ho_ten.typed"][0], cells["ho_ten.stored"][0]) == (text, kind)


@pytest.mark.parametrize("date_1904", [False, True])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(1990, 6, 5), "05/06/1990"),
        (dt.datetime(2026, 11, 24, 13, 5, 9), "24/11/2026 13:05:09"),
        (dt.datetime(1905, 1, 1), "01/01/1905"),
    ],
)
def test_dates_of_both_systems(value: dt.datetime, text: str, date_1904: bool) -> None:
    def write(sheet: Any, book: Any) -> None:
        look = "dd/mm/yyyy" if value.time() == dt.time() else "dd/mm/yyyy hh:mm:ss"
        sheet.write_datetime(1, 2, value, book.add_format({"num_format": look}))

    cells = read(write, date_1904=date_1904).cells
    assert (cells["ho_ten.typed"][0], cells["ho_ten.stored"][0]) == (text, CellType.DATE)


@pytest.mark.parametrize(
    ("serial", "look", "text"),
    [
        (46330 - 1e-7, "dd/mm/yyyy", "04/11/2026"),
        (46330 - 1e-8, "dd/mm/yyyy", "04/11/2026"),
        (46330 + 1e-8, "dd/mm/yyyy", "04/11/2026"),
        (46330 - 1e-4, "dd/mm/yyyy", "03/11/2026 23:59:51"),
        (46330.5 - 1e-7, "dd/mm/yyyy hh:mm", "04/11/2026 12:00:00"),
        (60 - 1e-8, "dd/mm/yyyy", "28-29/02/1900 23:59:59"),
        (2958466 - 1e-8, "dd/mm/yyyy", "31/12/9999 23:59:59"),
        (46330, "[h]:mm", "1111920:00:00"),
        (0.5, "dd/mm/yyyy", "12:00:00"),
    ],
)
def test_a_day_less_a_hair_is_that_day(serial: float, look: str, text: str) -> None:
    def write(sheet: Any, book: Any) -> None:
        sheet.write_number(1, 2, serial, book.add_format({"num_format": look}))

    cells = read(write).cells
    assert (cells["ho_ten.typed"][0], cells["ho_ten.stored"][0]) == (text, CellType.DATE)


@pytest.mark.parametrize(
    ("formula", "value", "text", "kind"),
    [
        ("=A1/0", "#DIV/0!", "#DIV/0!", CellType.ERROR),
        ("=VLOOKUP(1,A:A,1)", "#N/A", "#N/A", CellType.ERROR),
        ("=1+1", "", "=1+1", CellType.FORMULA),
        ("=1+1", 2, "2", CellType.NUMBER),
        ('="a"&"b"', "ab", "ab", CellType.TEXT),
    ],
)
def test_formulas(formula: str, value: object, text: str, kind: CellType) -> None:
    cells = read(lambda sheet, _: sheet.write_formula(1, 2, formula, None, value)).cells
    assert (cells["ho_ten.typed"][0], cells["ho_ten.stored"][0]) == (text, kind)


def test_rich_text_is_its_words() -> None:
    def write(sheet: Any, book: Any) -> None:
        bold = book.add_format({"bold": True})
        sheet.write_rich_string(1, 2, "Bùi ", bold, "Văn", " Mẫu")

    assert read(write).cells["ho_ten.typed"][0] == "Bùi Văn Mẫu"


def _old_workbook(*, from_1904: bool) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = from_1904
    sheet = book.add_sheet("Biểu")
    dataset = DATASETS["nguoi_dung_dau"]
    for row, cells in enumerate([*heading_grid(dataset), [1, *records(dataset, 1)[0]]]):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("from_1904", [False, True])
def test_a_table_says_from_which_day_its_workbook_counts(from_1904: bool) -> None:
    assert read(lambda *_: None, date_1904=from_1904).from_1904 is from_1904
    (table,) = read_file(_old_workbook(from_1904=from_1904), "a.xls", DATASETS).tables
    assert table.from_1904 is from_1904
    # Two records of a binary workbook: its version, its properties.
    properties = b"\x80\x01\x01\x00" + b"\x99\x01\x04" + bytes([from_1904, 0, 0, 0])
    assert xlsb.counts_from_1904(properties) is from_1904


def test_formulas_that_are_all_nought_in_a_workbook_that_asks_for_results_were_never_calculated() -> None:
    def write(*results: int) -> ReadTable:
        def formulas(sheet: Any, _: Any) -> None:
            for column, result in enumerate(results, 4):
                sheet.write_formula(1, column, f"=A2+{column}", None, result)

        return read(formulas)

    given = ["nhiem_vu_giao.typed", "nhiem_vu_xong.typed"]
    assert write(0, 0).cells.select(given).row(0) == ("=A2+4", "=A2+5")
    assert write(5, 0).cells.select(given).row(0) == ("5", "0")


@pytest.mark.parametrize(("links", "text"), [(1, "0"), (3, "=Nguon!A2")])
def test_a_link_to_a_blank_cell_is_nought_but_many_were_not_calculated(links: int, text: str) -> None:
    def write(sheet: Any, book: Any) -> None:
        book.add_worksheet("Nguon")
        for column in range(2, 2 + links):
            sheet.write_formula(1, column, "=Nguon!A2", None, 0)

    assert read(write).cells["ho_ten.typed"][0] == text
