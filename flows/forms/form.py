"""Builds the form of a dataset as a workbook: title, example row, locked headings, drop-downs, hints."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from flows.forms.guide import write_guide
from flows.forms.inputs import example_of, list_choices, number_format, validation_of, width_of
from flows.read.our_sheets import Stamp
from flows.read.sheet import letter_of
from schemas.contract import Dataset
from schemas.periods import Period, in_words
from schemas.units import Commune, Unit

_CREATED = datetime(2026, 1, 1)
_FONT = {"font_name": "Times New Roman", "font_size": 12}
_LISTS = "dulieuxa"
_EMPTY_ROWS = 300
_CHECKED_ROWS = 20_000
_ORDER = "STT"
_REQUIRED, _OPTIONAL = "#DDE6EF", "#F2F2F2"


@dataclass(frozen=True, slots=True)
class FormRequest:
    """The dataset, unit (None for any unit) and period of a form."""

    dataset: Dataset
    unit: Unit | None
    period: Period


def build_form(request: FormRequest, commune: Commune, version: str, rows: pl.DataFrame) -> bytes:
    """Build the workbook; `rows`, with the contract's columns, are already filled in.

    The same arguments give the same bytes. `version` identifies the contracts; it goes into a hidden sheet
    with our stamp.
    """
    buffer = io.BytesIO()
    # Submitted text must never become a formula or a link.
    literal = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(buffer, literal)
    book.set_properties({"created": _CREATED, "author": commune.name, "title": request.dataset.title})
    _Form(book, request, commune).write(rows, version)
    book.close()
    return buffer.getvalue()


class _Form:
    def __init__(self, book: Workbook, request: FormRequest, commune: Commune) -> None:
        self._book, self._request, self._commune = book, request, commune
        self._columns = request.dataset.columns
        self._last = len(self._columns)
        self._page: Worksheet = book.add_worksheet("Biểu mẫu")
        self._guide: Worksheet = book.add_worksheet("Hướng dẫn")
        self._lists: Worksheet = book.add_worksheet(_LISTS)

    def write(self, rows: pl.DataFrame, version: str) -> None:
        """Write the whole workbook."""
        sources = self._write_lists(version)
        below = self._write_title()
        first = self._write_headings(below)
        self._write_body(first, rows, sources)
        self._page.freeze_panes(first, 0)
        self._page.protect("", _ALLOWED)
        self._page.set_landscape()
        self._page.set_paper(9)
        self._page.fit_to_pages(1, 0)
        self._page.repeat_rows(below, first - 1)
        write_guide(self._book, self._guide, self._request.dataset, self._commune, _FONT)

    def _add_format(self, **facts: object) -> Format:
        return self._book.add_format({**_FONT, **facts})

    def _write_title(self) -> int:
        """Write the title block and the example row; returns the row below them (from 0)."""
        unit = self._request.unit
        who = unit.title if unit else "(tên đơn vị)"
        middle = max(1, (self._last + 1) // 2)
        left, title = (
            self._add_format(bold=True, align="center"),
            self._add_format(bold=True, align="center", font_size=14),
        )
        pairs = (
            (f"UBND {self._commune.name}".upper(), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (who.upper(), "Độc lập - Tự do - Hạnh phúc"),
        )
        for row, (one, other) in enumerate(pairs):
            self._write_across(row, 0, middle - 1, one, left)
            self._write_across(row, middle, self._last, other, left)
        self._write_across(3, 0, self._last, f"BÁO CÁO {self._request.dataset.title}".upper(), title)
        period = in_words(self._request.period.label)
        when = self._add_format(italic=True, align="center", locked=False)
        self._write_across(4, 0, self._last, period[0].upper() + period[1:], when)
        note = self._add_format(italic=True, font_color="#555555")
        self._write_across(5, 0, self._last, _NOTE, note)
        grey = self._add_format(italic=True, font_color="#777777", text_wrap=True, valign="top")
        self._page.write_string(6, 0, "Ví dụ", grey)
        for at, column in enumerate(self._columns, 1):
            self._page.write_string(6, at, example_of(column, self._request.period, self._commune), grey)
        return 7

    def _write_across(self, row: int, first: int, last: int, text: str, look: Format) -> None:
        if first < last:
            self._page.merge_range(row, first, row, last, text, look)
        else:
            self._page.write_string(row, first, text, look)

    def _write_headings(self, top: int) -> int:
        """Write the headings, one row per level; returns the row below them."""
        paths = [(_ORDER,), *(tuple(column.label.split(" > ")) for column in self._columns)]
        depth = max(map(len, paths))
        for row in range(depth):
            self._page.set_row(top + row, 36 if row == depth - 1 else 20)
        base = {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
        needed, spare = (
            self._add_format(**base, bg_color=_REQUIRED),
            self._add_format(**base, bg_color=_OPTIONAL),
        )
        looks = [spare, *(needed if column.required else spare for column in self._columns)]
        for name, group in groupby(
            range(len(paths)), key=lambda at: paths[at][0] if len(paths[at]) > 1 else at
        ):
            columns = [*group]
            if isinstance(name, int):
                self._write_merged(top, name, top + depth - 1, name, paths[name][0], looks[name])
                continue
            self._write_merged(top, columns[0], top, columns[-1], name, looks[columns[0]])
            for at in columns:
                self._write_merged(top + 1, at, top + depth - 1, at, paths[at][1], looks[at])
        return top + depth

    def _write_merged(self, top: int, left: int, bottom: int, right: int, text: str, look: Format) -> None:
        if (top, left) == (bottom, right):
            self._page.write_string(top, left, text, look)
        else:
            self._page.merge_range(top, left, bottom, right, text, look)

    def _write_body(self, first: int, rows: pl.DataFrame, sources: Sequence[str | None]) -> None:
        numbers = self._add_format(border=1, locked=False, align="center")
        self._page.set_column(0, 0, 6, self._add_format(locked=False))
        looks = []
        for at, column in enumerate(self._columns, 1):
            kind = number_format(column.kind)
            looks.append(self._add_format(border=1, locked=False, num_format=kind))
            self._page.set_column(at, at, width_of(column), self._add_format(locked=False, num_format=kind))
            rule = validation_of(column, sources[at - 1])
            self._page.data_validation(first, at, first + _CHECKED_ROWS - 1, at, dict(rule))
        filled = [*rows.iter_rows()]
        for at in range(len(filled) + _EMPTY_ROWS):
            known = filled[at] if at < len(filled) else (None,) * len(self._columns)
            self._page.write(first + at, 0, at + 1 if at < len(filled) else None, numbers)
            for place, (value, look) in enumerate(zip(known, looks, strict=True), 1):
                self._write_cell(first + at, place, value, look)

    def _write_cell(self, row: int, column: int, value: object, look: Format) -> None:
        if value is None:
            self._page.write_blank(row, column, None, look)
        elif isinstance(value, bool):
            self._page.write_string(row, column, "Có" if value else "Không", look)
        elif isinstance(value, int | float):
            self._page.write_number(row, column, value, look)
        elif isinstance(value, date):
            self._page.write_string(row, column, f"{value:%d/%m/%Y}", look)
        else:
            self._page.write_string(row, column, str(value), look)

    def _write_lists(self, version: str) -> list[str | None]:
        """Write the hidden sheet of our stamp and drop-down values; returns the range of values by column."""
        unit = self._request.unit
        stamp = Stamp("bieu_mau", self._request.dataset.name, version, unit.name if unit else None)
        self._lists.write_string(0, 0, str(stamp))
        self._lists.very_hidden()
        sources: list[str | None] = []
        for at, column in enumerate(self._columns, 1):
            values = list_choices(column, self._commune)
            self._lists.write_column(0, at, values)
            name = letter_of(at)
            sources.append(f"={_LISTS}!${name}$1:${name}${len(values)}" if values else None)
        return sources


_NOTE = "Điền từ dòng dưới tiêu đề cột. Cột nền xanh là bắt buộc. Bấm vào ô để xem cách ghi, danh sách chọn."
_ALLOWED = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}
