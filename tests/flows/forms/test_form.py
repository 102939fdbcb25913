"""Every form, filled in or not, reads back without a fault of structure."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import polars as pl
import pytest

from flows.collect.submission import Submission
from flows.forms.form import FormRequest, build_form
from flows.forms.inputs import example_of, list_choices
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from flows.read import read_file
from schemas import registry
from schemas.contract import Dataset, unread_column
from schemas.periods import open_window

CONTRACTS = registry.load()
DAY = date(2026, 11, 24)
EVERY = pytest.mark.parametrize("dataset", CONTRACTS.datasets.values(), ids=lambda dataset: dataset.name)


def asked(dataset: Dataset) -> FormRequest:
    unit = CONTRACTS.commune.owing(dataset)[0]
    return FormRequest(dataset, unit, open_window(dataset.cadence, dataset.basis, DAY))


def blank(dataset: Dataset) -> bytes:
    rows = pl.DataFrame(schema={c.name: c.kind.dtype for c in dataset.columns})
    return build_form(asked(dataset), CONTRACTS.commune, CONTRACTS.hash[:12], rows)


def filled(dataset: Dataset) -> bytes:
    """The form with its own example typed into the first row, as a clerk would."""
    book = openpyxl.load_workbook(io.BytesIO(blank(dataset)))
    page = book["Biểu mẫu"]
    row = page.freeze_panes.strip("A")
    for at, column in enumerate(dataset.columns, 2):
        text = example_of(column, asked(dataset).period, CONTRACTS.commune)
        number = page.cell(int(row), at).number_format == "General"
        page.cell(int(row), at).value = float(text.replace(".", "").replace(",", ".")) if number else text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def digested(dataset: Dataset, data: bytes) -> CleanedSubmission:
    submission = Submission(
        f"{DAY}T08:00:00+07:00", asked(dataset).unit.name, "bieu_mau.xlsx", "0" * 64, len(data)
    )
    return clean_submission(submission, data, CONTRACTS)


@EVERY
def test_an_empty_form_is_recognised_and_lacks_nothing_but_rows(dataset):
    found = digested(dataset, blank(dataset))
    assert [problem.code for problem in found.problems] == ["tep.khong_co_dong"]
    assert found.problems[0].dataset == dataset.name


@EVERY
def test_a_filled_in_form_has_one_record_and_no_fault_of_structure(dataset):
    found = digested(dataset, filled(dataset))
    assert found.problems == ()
    (part,) = found.parts
    assert (part.dataset, part.period, part.frame.height) == (dataset.name, asked(dataset).period, 1)
    unread = {c.name: part.frame[unread_column(c.name)][0] for c in dataset.columns}
    assert set(unread.values()) == {None}, unread


@EVERY
def test_the_example_row_and_our_own_sheets_are_no_records(dataset):
    doc_ = read_file(blank(dataset), "bieu_mau.xlsx", CONTRACTS.datasets)
    assert doc_.rows["sheet"].unique().to_list() == ["Biểu mẫu"]
    assert doc_.rows.filter(pl.col("row") == 7)["role"].to_list() == ["tieu_de"]


@EVERY
def test_the_same_form_has_the_same_bytes(dataset):
    assert blank(dataset) == blank(dataset)


@EVERY
def test_headings_are_locked_and_cells_to_fill_are_not(dataset):
    page = openpyxl.load_workbook(io.BytesIO(blank(dataset)))["Biểu mẫu"]
    first = int(page.freeze_panes.strip("A"))
    assert page.protection.sheet
    assert all(page.cell(first - 1, at).protection.locked for at in range(1, len(dataset.columns) + 2))
    assert not any(page.cell(first, at).protection.locked for at in range(1, len(dataset.columns) + 2))


@EVERY
def test_every_choice_has_a_drop_down_with_all_its_values(dataset):
    book = openpyxl.load_workbook(io.BytesIO(blank(dataset)))
    page, lists = book["Biểu mẫu"], book["dulieuxa"]
    assert lists.sheet_state == "veryHidden"
    assert lists["A1"].value == f"dulieuxa:bieu_mau:{dataset.name}:{CONTRACTS.hash[:12]}"
    by_column = {
        str(v.sqref).split(":")[0].rstrip("0123456789"): v for v in page.data_validations.dataValidation
    }
    for at, column in enumerate(dataset.columns, 2):
        offered = list_choices(column, CONTRACTS.commune)
        rule = by_column[openpyxl.utils.get_column_letter(at)]
        assert rule.prompt
        if offered:
            cells = lists[rule.formula1.partition("!")[2].replace("$", "")]
            cells = cells if isinstance(cells, tuple) else ((cells,),)
            assert tuple(cell.value for (cell,) in cells) == offered
