"""Writes the sheet of a form that explains how to fill in each column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.forms.inputs import hint_of, list_choices
from flows.read.our_sheets import STAMP
from schemas.contract import Dataset
from schemas.units import Commune

_COLUMNS = (("Cột", 38), ("Cách ghi", 60), ("Chọn một trong", 60))
_SHOWN = 15


def write_guide(
    book: Workbook, page: Worksheet, dataset: Dataset, commune: Commune, font: Mapping[str, object]
) -> None:
    """Fill the sheet `page` of `book`; its hidden first row holds our stamp."""
    page.write_string(0, 0, f"{STAMP}huong_dan")
    page.set_row(0, None, None, {"hidden": True})
    plain = book.add_format({**font, "text_wrap": True, "valign": "top", "border": 1})
    head = book.add_format({**font, "bold": True, "bg_color": "#DDE6EF", "border": 1, "align": "center"})
    title = book.add_format({**font, "bold": True, "font_size": 14})
    page.write_string(1, 0, f"Cách điền: {dataset.title}", title)
    for at, (name, wide) in enumerate(_COLUMNS):
        page.set_column(at, at, wide)
        page.write_string(2, at, name, head)
    for row, texts in enumerate(_explain(dataset, commune), 3):
        page.set_row(row, 17 * (1 + max(len(text) // 58 for text in texts[1:])))
        for at, text in enumerate(texts):
            page.write_string(row, at, text, plain)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.protect("", {"select_locked_cells": True})


def _explain(dataset: Dataset, commune: Commune) -> Iterator[tuple[str, str, str]]:
    for column in dataset.columns:
        values = list_choices(column, commune)
        more = ", … (xem danh sách khi bấm vào ô)" if len(values) > _SHOWN else ""
        yield column.label.replace(" > ", ", "), hint_of(column), ", ".join(values[:_SHOWN]) + more
