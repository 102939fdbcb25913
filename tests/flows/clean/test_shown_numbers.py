"""Numbers that their format shows otherwise: what the clerk sees is taken, or the doubt is told."""

import polars as pl
import pytest

from flows.clean.propose import propose
from flows.read.number_formats import name_format
from schemas.contract import Column
from schemas.units import ngoc_lac
from tests.flows.clean.one_column import (
    COUNT,
    DONG,
    MEASURE,
    MILLIONS,
    NUMBER,
    PERCENT,
    SHARE,
    TONNES,
    Answer,
    Cell,
    cleaned,
    read,
    read_one,
)

SHOWN = "dinh_dang"


def stored(number: str, code: str) -> tuple[str, int]:
    return pl.select(name_format(pl.lit(number), pl.lit(code))).item(), NUMBER


@pytest.mark.parametrize(
    ("column", "number", "code", "answer"),
    [
        # Stored in the smallest unit, shown and headed in a larger one.
        (MILLIONS, "120000000", "#,##0,,", (120, None, SHOWN)),
        (MILLIONS, "120500000", "#,##0,,", (120.5, None, SHOWN)),
        (MILLIONS, "-120000000", "#,##0,,", (-120, None, SHOWN)),
        (TONNES, "2300", "#,##0.0,", (2.3, None, SHOWN)),
        # The words of the format are a unit.
        (DONG, "2", '0" triệu"', (2_000_000, None, SHOWN)),
        (MILLIONS, "2", '0.0" tỷ đồng"', (2000, None, SHOWN)),
        (MILLIONS, "1500000", '0.0,,"tr"', (1.5, None, SHOWN)),
        (MILLIONS, "2300000", '0,"k"', (2.3, None, SHOWN)),
        (TONNES, "500", '0" kg"', (0.5, None, SHOWN)),
        (MILLIONS, "12.5", '0.0" triệu"', (12.5, None, None)),
        (TONNES, "2.3", '0.0" tấn"', (2.3, None, None)),
        (DONG, "12500", "#,##0\\ [$₫-42A]", (12_500, None, None)),
        (DONG, "12500", '0.0,"k"', (12_500, None, None)),
        (COUNT, "12", '0" hộ"', (12, None, None)),
        (COUNT, "12000", '0,"k"', (12_000, None, None)),
        # What is shown contradicts the heading, or nothing says in which unit it is.
        (DONG, "120000000", "#,##0,,", (120_000_000, "mo_ho", None)),
        (MILLIONS, "120000", "#,##0,", (120, "mo_ho", None)),
        # Nobody means what is shown as zero.
        (MILLIONS, "120", "#,##0,,", (120, "mo_ho", None)),
        (MILLIONS, "40000", "0.0,,", (40_000, "mo_ho", None)),
        (MILLIONS, "60000", "0.0,,", (0.06, None, SHOWN)),
        (MILLIONS, "12.5", '#,##0.0\\ "₫"', (12.5, "mo_ho", None)),
        (MILLIONS, "12.5", '"USD" 0.0', (12.5, "mo_ho", None)),
        (MILLIONS, "120000000", '#,##0,,"đ"', (120_000_000, "mo_ho", None)),
        (MEASURE, "12", '0" m"', (12, "mo_ho", None)),
        (MEASURE, "12000", "#,##0,", (12_000, "mo_ho", None)),
        (COUNT, "12000", "#,##0,", (12_000, "mo_ho", None)),
        (COUNT, "12", '0" nghìn"', (12, "mo_ho", None)),
        (COUNT, "12", '0"000"', (12, "mo_ho", None)),
        (COUNT, "12", ";;;", (12, "mo_ho", None)),
        (COUNT, "1", "0%", (1, "mo_ho", None)),
        (TONNES, "0.85", "0%", (0.85, "mo_ho", None)),
        # Shares are stored as parts of one.
        (SHARE, "0.85", "0%", (0.85, None, None)),
        (PERCENT, "0.85", "0%", (0.85, None, None)),
        (PERCENT, "1.2", "0%", (1.2, None, None)),
        (SHARE, "85.3", "0.0\\%", (0.853, None, SHOWN)),
        (SHARE, "0.85", ";;;", (0.85, "mo_ho", None)),
        # Zero is zero; a section that is not for this number does not matter.
        (COUNT, "0", ";;;", (0, None, None)),
        (DONG, "0", "#,##0,,", (0, None, None)),
        (COUNT, "999", '[>=1000]0.0,"K";0', (999, None, None)),
        (MEASURE, "12", "0;#,##0,", (12, None, None)),
        (COUNT, "12.5", '0" hộ"', (None, "khong_doc_duoc", None)),
    ],
)
def test_what_is_shown_is_taken_or_told(column: Column, number: str, code: str, answer: Answer) -> None:
    assert read_one(column, stored(number, code)) == answer


@pytest.mark.parametrize(
    ("column", "unit", "number", "code", "answer"),
    [
        (MILLIONS, "đồng", "120000000", "#,##0,,", (120, "mo_ho", None)),
        (MILLIONS, "đồng", "120000000", "#,##0", (120, None, "doi_don_vi")),
        (MILLIONS, "nghìn đồng", "120000000", "#,##0,", (120, None, SHOWN)),
        (MILLIONS, "tỷ đồng", "2000000000", "0.0,,,", (2000, None, SHOWN)),
        (TONNES, "kg", "2300", '0" kg"', (2.3, None, None)),
    ],
)
def test_the_unit_of_the_heading_is_that_of_what_is_shown(
    column: Column, unit: str, number: str, code: str, answer: Answer
) -> None:
    cell: Cell = (number, NUMBER) if code == "#,##0" else stored(number, code)
    assert read_one(column, cell, unit) == answer


def test_a_heading_with_an_unknown_unit_refuses_the_column() -> None:
    assert read_one(MILLIONS, stored("120", "#,##0,,"), "USD") == (None, "khong_doc_duoc", None)


def test_cells_with_and_without_a_format_stand_in_one_column() -> None:
    cells = [("80", NUMBER), stored("120000000", "#,##0,,"), "1.250,5", None, stored("90", "0.0\\ \\t\\r")]
    assert [value for value, *_ in read(MILLIONS, *cells)] == [80, 120, 1250.5, None, 90]


def test_the_change_names_the_format() -> None:
    log = cleaned((MILLIONS, [stored("120500000", "#,##0,,")])).changes
    assert log.rows() == [(5, "A", "so", SHOWN, "120500000 (định dạng #,##0,,)", "120,5")]


@pytest.mark.parametrize(
    ("column", "number", "code", "proposal"),
    [
        (DONG, "120000000", "#,##0,,", "120000000 hoặc 120"),
        (COUNT, "12000", "#,##0,", "12000 hoặc 12"),
        (COUNT, "1", "0%", "1 hoặc 100 %"),
        (MEASURE, "500.5", '0" kg"', "500,5 hoặc 500,5 kg"),
        (COUNT, "12", ";;;", "12"),
        (COUNT, "12", '0"000"', "12"),
    ],
)
def test_both_meanings_are_proposed(column: Column, number: str, code: str, proposal: str) -> None:
    (told,) = propose(column, pl.Series([stored(number, code)[0]]), "mo_ho", ngoc_lac())
    assert told == proposal
