"""Makes the file of a submission, ready for the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize

from flows.sample.files.cells import SampleSheet, letter_of
from flows.sample.files.filing import name_file
from flows.sample.files.flat import write_flat
from flows.sample.files.form import Form, fill_form
from flows.sample.files.habits import Habits, pick_habits
from flows.sample.files.mishap import NONE, Mishap
from flows.sample.files.ods import write_ods
from flows.sample.files.xlsx import write_xlsx
from flows.sample.planted.truth import Planted, locate, name_sheet
from flows.sample.submission import SampleSubmission
from flows.sample.world import World


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file for a unit's folder: name, time, content, and the faults planted in it."""

    unit: str
    name: str
    received: datetime
    data: bytes
    planted: tuple[Planted, ...] = ()

    def bears(self, *codes: str) -> Dropped:
        """A copy of this file with additional faults of the whole file."""
        whole = tuple(Planted(self.unit, code, file=normalize("NFC", self.name)) for code in codes)
        return Dropped(self.unit, self.name, self.received, self.data, (*self.planted, *whole))


def make_file(
    world: World, submission: SampleSubmission, mishap: Mishap = NONE, *, name: str | None = None
) -> Dropped:
    """Make the file of `submission`, named as the office would name it unless `name` is given."""
    habits = pick_habits(world, submission)
    filled = fill_form(world, submission, habits, mishap)
    name = name or name_file(world, submission, habits)
    above = int(habits.format == "csv" and habits.declared)
    planted = locate(submission, name, filled, above=above)
    if mishap.strange or mishap.twice:
        planted = (*planted, _odd_column(submission, name, filled, mishap, above))
    if mishap.wrong_total and filled.total is not None:
        planted = (*planted, _wrong_total(submission, name, filled, mishap.wrong_total, above))
    return Dropped(submission.unit, name, submission.received, _write(filled.sheet, habits), planted)


def _odd_column(submission: SampleSubmission, name: str, filled: Form, mishap: Mishap, above: int) -> Planted:
    """The fault at the heading of the extra column."""
    row = filled.heading + above + 1
    if mishap.twice:
        place = row, mishap.twice, filled.columns[mishap.twice]
        return _make_planted(submission, name, filled, "tep.trung_cot", place)
    return _make_planted(submission, name, filled, "tep.cot_la", (row, "", filled.sheet.width - 1))


def _wrong_total(submission: SampleSubmission, name: str, filled: Form, column: str, above: int) -> Planted:
    row = (filled.total or 0) + above + 1
    return _make_planted(submission, name, filled, "tep.dong_tong_sai", (row, column, filled.columns[column]))


def _make_planted(
    submission: SampleSubmission, name: str, filled: Form, code: str, place: tuple[int, str, int]
) -> Planted:
    """A fault outside the records, at the `place`: row, name of the column, index of the column (from 0)."""
    row, column, at = place
    return Planted(
        submission.unit,
        code,
        submission.dataset.name,
        submission.period.label,
        normalize("NFC", name),
        name_sheet(name, filled),
        row,
        column,
        f"{letter_of(at)}{row}",
    )


def _write(sheet: SampleSheet, habits: Habits) -> bytes:
    if habits.format == "csv":
        return write_flat(sheet, declared=habits.declared)
    return write_ods(sheet) if habits.format == "ods" else write_xlsx(sheet, spare_sheets=habits.spare_sheets)
