"""One file on its way into the inbox, made from a submission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize

from flows.sample.files.cells import SampleSheet, letter
from flows.sample.files.filing import file_name
from flows.sample.files.flat import flat
from flows.sample.files.form import Form, form
from flows.sample.files.habits import Habits, habits_of
from flows.sample.files.mishap import NONE, Mishap
from flows.sample.files.ods import ods
from flows.sample.files.xlsx import xlsx
from flows.sample.planted.truth import Planted, located, sheet_name
from flows.sample.submission import SampleSubmission
from flows.sample.world import World


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file to be dropped into a unit's folder, when, and the faults planted in it."""

    unit: str
    name: str
    received: datetime
    data: bytes
    planted: tuple[Planted, ...] = ()

    def bears(self, *codes: str) -> Dropped:
        """This file, with faults of the whole file."""
        whole = tuple(Planted(self.unit, code, file=normalize("NFC", self.name)) for code in codes)
        return Dropped(self.unit, self.name, self.received, self.data, (*self.planted, *whole))


def file_of(
    world: World, submission: SampleSubmission, mishap: Mishap = NONE, *, name: str | None = None
) -> Dropped:
    """The file of `submission`, under its usual name unless another is given."""
    habits = habits_of(world, submission)
    filled = form(world, submission, habits, mishap)
    name = name or file_name(world, submission, habits)
    above = int(habits.format == "csv" and habits.declared)
    planted = located(submission, name, filled, above=above)
    if mishap.strange or mishap.twice:
        planted = (*planted, _odd_column(submission, name, filled, mishap, above))
    if mishap.wrong_total and filled.total is not None:
        planted = (*planted, _wrong_total(submission, name, filled, mishap.wrong_total, above))
    return Dropped(submission.unit, name, submission.received, _written(filled.sheet, habits), planted)


def _odd_column(submission: SampleSubmission, name: str, filled: Form, mishap: Mishap, above: int) -> Planted:
    """The fault at the heading of the column that is one too many."""
    row = filled.heading + above + 1
    if mishap.twice:
        place = row, mishap.twice, filled.columns[mishap.twice]
        return _planted(submission, name, filled, "tep.trung_cot", place)
    return _planted(submission, name, filled, "tep.cot_la", (row, "", filled.sheet.width - 1))


def _wrong_total(submission: SampleSubmission, name: str, filled: Form, column: str, above: int) -> Planted:
    row = (filled.total or 0) + above + 1
    return _planted(submission, name, filled, "tep.dong_tong_sai", (row, column, filled.columns[column]))


def _planted(
    submission: SampleSubmission, name: str, filled: Form, code: str, place: tuple[int, str, int]
) -> Planted:
    """A fault at a `place` outside the records: its row, the column's name, the column from 0."""
    row, column, at = place
    return Planted(
        submission.unit,
        code,
        submission.dataset.name,
        submission.period.label,
        normalize("NFC", name),
        sheet_name(name, filled),
        row,
        column,
        f"{letter(at)}{row}",
    )


def _written(sheet: SampleSheet, habits: Habits) -> bytes:
    if habits.format == "csv":
        return flat(sheet, declared=habits.declared)
    return ods(sheet) if habits.format == "ods" else xlsx(sheet, spare_sheets=habits.spare_sheets)
