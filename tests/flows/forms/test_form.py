"""Every form, filled in or not, reads back without a fault of structure."""

from __future__ import annotations

import io

import openpyxl
import polars as pl
import pytest

from flows.collect.submission import Submission
from flows.forms.inputs import hint_of, list_choices
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from flows.read import read_file
from schemas.contract import Dataset, unread_column
from schemas.kinds import CO_KHONG
from tests.flows.forms.made import CONTRACTS, DAY, asked, blank, filled

EVERY = pytest.mark.parametrize("dataset", CONTRACTS.datasets.values(), ids=lambda dataset: dataset.name)


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
def test_a_question_is_checked_as_the_form_says_to_answer_it(dataset):
    questions = [column for column in dataset.columns if column.kind is CO_KHONG]
    for column in questions:
        assert hint_of(column) == "Chọn Có hoặc Không ở mọi dòng. Bắt buộc."
        assert list_choices(column, CONTRACTS.commune) == ("Có", "Không")
    said = ("Có", "Không", None)
    data = filled(dataset, *(dict.fromkeys((c.name for c in questions), each) for each in said))
    (part,) = digested(dataset, data).parts
    for column in questions:
        assert part.frame[column.name].to_list() == [True, False, None]
        assert part.frame[unread_column(column.name)].to_list() == [None, None, "thieu"]


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
    stamp = f"dulieuxa:bieu_mau:{dataset.name}:{CONTRACTS.hash[:12]}:{asked(dataset).unit.name}"
    assert lists["A1"].value == stamp
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
