"""What stands in the cells of a form, as another program reads it."""

import io
from datetime import date

import openpyxl
import pytest

from flows.sample.commune import plan_all_submissions
from flows.sample.files.dropped import make_file
from flows.sample.files.form import fill_form
from flows.sample.files.habits import pick_habits
from flows.sample.world import World
from schemas import registry


@pytest.mark.parametrize(("name", "column"), [("to_cong_nghe_so", "luot_nguoi"), ("thanh_toan", "giao_dich")])
def test_another_program_reads_the_numbers_and_their_total(name: str, column: str) -> None:
    contracts = registry.load()
    world = World(7, 400, date(2026, 11, 24), contracts.commune, contracts.datasets)
    submission = next(h for h in plan_all_submissions(world) if h.dataset.name == name and h.latest)
    filled = fill_form(world, submission, pick_habits(world, submission))
    book = openpyxl.load_workbook(io.BytesIO(make_file(world, submission).data), data_only=True)
    page, at = book.worksheets[0], filled.columns[column] + 1
    read = [page.cell(filled.rows[id(row)] + 1, at).value for row in submission.rows]
    assert [int(str(value).replace(".", "")) for value in read] == [row[column] for row in submission.rows]
    assert filled.total is not None
    assert page.cell(filled.total + 1, at).value == sum(row[column] for row in submission.rows)
