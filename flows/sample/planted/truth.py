"""Locates each planted fault in the written file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from unicodedata import normalize

from flows.sample.files.cells import letter_of
from flows.sample.files.form import Form
from flows.sample.submission import RowFault, SampleSubmission

COLUMNS = ("unit", "dataset", "period", "file", "sheet", "row", "column", "cell", "code")


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault that a run must find; `row` is the sheet's row or the line of a CSV, 0 for a whole file."""

    unit: str
    code: str
    dataset: str = ""
    period: str = ""
    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    cell: str = ""

    def line(self) -> tuple[str, ...]:
        """The fault as a CSV row in the order of `COLUMNS`; a row of 0 becomes blank."""
        return tuple(str(getattr(self, name) or "") for name in COLUMNS)


def locate(submission: SampleSubmission, name: str, form: Form, *, above: int) -> tuple[Planted, ...]:
    """The faults planted in `submission`, located in the file `name` with `above` lines before the form."""
    return tuple(
        Planted(
            submission.unit,
            fault.code,
            submission.dataset.name,
            submission.period.label,
            normalize("NFC", name),
            name_sheet(name, form),
            *_place(fault, form, above),
        )
        for fault in submission.faults
    )


def _place(fault: RowFault, form: Form, above: int) -> tuple[int, str, str]:
    """Row, column and cell of a fault; a fault of the whole submission has no row."""
    if fault.row is None:
        return 0, fault.column, ""
    row = form.rows[id(fault.row)] + above + 1
    return row, fault.column, f"{letter_of(form.columns[fault.column])}{row}"


def name_sheet(name: str, form: Form) -> str:
    """The name of the sheet; for a CSV, the name of the file."""
    return normalize("NFC", PurePath(name).stem) if name.endswith(".csv") else form.sheet.name
