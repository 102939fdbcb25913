"""Forms as they are handed out, and as a clerk fills them in."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date

import openpyxl
import polars as pl

from flows.forms.form import FormRequest, build_form
from flows.forms.inputs import example_of
from schemas import registry
from schemas.contract import Dataset
from schemas.periods import latest_ended

CONTRACTS = registry.load()
DAY = date(2026, 11, 24)


def asked(dataset: Dataset) -> FormRequest:
    unit = CONTRACTS.commune.owing(dataset)[0]
    return FormRequest(dataset, unit, latest_ended(dataset.cadence, dataset.basis, DAY))


def blank(dataset: Dataset) -> bytes:
    rows = pl.DataFrame(schema={c.name: c.kind.dtype for c in dataset.columns})
    return build_form(asked(dataset), CONTRACTS.commune, CONTRACTS.hash[:12], rows)


def filled(dataset: Dataset, *rows: Mapping[str, str | None]) -> bytes:
    """The form with its own example typed into the first row, as a clerk would; or so often, with changes."""
    book = openpyxl.load_workbook(io.BytesIO(blank(dataset)))
    page = book["Biểu mẫu"]
    first = int(page.freeze_panes.strip("A"))
    for row, changes in enumerate(rows or ({},), first):
        for at, column in enumerate(dataset.columns, 2):
            text = example_of(column, asked(dataset).period, CONTRACTS.commune)
            number = page.cell(row, at).number_format == "General"
            value = float(text.replace(".", "").replace(",", ".")) if number else text
            page.cell(row, at).value = changes.get(column.name, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
