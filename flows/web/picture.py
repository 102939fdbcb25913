"""Draws what a clerk sees of his own sheet: the rows around the faults, cell by cell, with what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from flows.check import Checked
from flows.clean.nearest import OR
from flows.read.problems import RefusedError
from flows.read.reader import read_sheets
from flows.read.sheet import Sheet, cell_at, letter_of
from flows.read.tables.heading import vocabulary_of
from schemas.contract import Dataset

#: Most faulty rows and columns drawn at once; when they are mended, the next ones are drawn.
MOST_ROWS, MOST_COLUMNS = 60, 40

_Cells = Mapping[tuple[str, str], list[dict[str, Any]]]


def draw_sheets(
    checked: Checked, data: bytes, name: str, datasets: Mapping[str, Dataset], edited: Iterable[str]
) -> dict[str, Any]:
    """The faulty rows of each sheet with the row before and after.

    Returns:
        `sheets`, each with its `name`, `columns` and `rows`; `inputs`, the cells that can be typed anew
        (`sheet`, `cell`, `text`); `more`, the number of faulty rows that are not drawn.
    """
    placed = checked.marks.faults.filter(pl.col("row").is_not_null() & pl.col("sheet").is_not_null())
    order = placed.select("sheet", "row").unique(maintain_order=True)
    drawn = order.head(MOST_ROWS)
    try:
        sheets = {each.name: each for each in read_sheets(data, name, vocabulary_of(datasets))}
    except RefusedError:
        sheets = {}
    headings = _name_columns(checked, datasets)
    inputs: list[dict[str, Any]] = []
    found = []
    for sheet_name in drawn["sheet"].unique(maintain_order=True):
        sheet = sheets.get(sheet_name)
        if sheet is None:
            continue
        faults = placed.filter(pl.col("sheet") == sheet_name)
        rows = sorted(drawn.filter(pl.col("sheet") == sheet_name)["row"])
        found.append(_draw_one(sheet, faults, rows, headings.get(sheet_name, {}), inputs, {*edited}))
    return {"sheets": found, "inputs": inputs, "more": order.height - drawn.height}


def _name_columns(checked: Checked, datasets: Mapping[str, Dataset]) -> dict[str, dict[str, str]]:
    """By sheet and letter: the heading on the form."""
    named: dict[str, dict[str, str]] = {}
    for part in checked.parts:
        dataset = datasets[part.dataset]
        for sheet, letters in part.tables:
            for column, letter in letters.items():
                if column in dataset:
                    named.setdefault(sheet, {})[letter] = dataset[column].label.replace(" > ", ", ")
    return named


def _draw_one(
    sheet: Sheet,
    faults: pl.DataFrame,
    rows: Sequence[int],
    headings: Mapping[str, str],
    inputs: list[dict[str, Any]],
    edited: set[str],
) -> dict[str, Any]:
    width = min(sheet.width, MOST_COLUMNS)
    index = {number: at for at, number in enumerate(sheet.numbers().to_list())}
    by_row: dict[int, list[dict[str, Any]]] = {}
    for fault in faults.filter(pl.col("row").is_in(rows)).iter_rows(named=True):
        by_row.setdefault(fault["row"], []).append(fault)
    shown = sorted({each for row in rows for each in (row - 1, row, row + 1) if each in index} | {*rows})
    drawn, last = [], None
    for row in shown:
        texts = sheet.row(index[row]) if row in index else ()
        cells = _draw_cells(sheet.name, row, texts, width, by_row.get(row, ()), edited)
        drawn.append(
            {
                "row": row,
                "gap": last is not None and row != last + 1,
                "cells": cells,
                "faults": _gather_faults(sheet.name, row, texts, by_row.get(row, ()), inputs),
            }
        )
        last = row
    letters = [letter_of(at) for at in range(width)]
    columns = [{"letter": letter, "heading": headings.get(letter, "")} for letter in letters]
    return {"name": sheet.name, "columns": columns, "rows": drawn}


def _draw_cells(
    sheet: str,
    row: int,
    texts: Sequence[str | None],
    width: int,
    faults: Sequence[Mapping[str, Any]],
    edited: set[str],
) -> list[dict[str, Any]]:
    worst: dict[str, str] = {}
    for fault in faults:
        if fault["cell"]:
            worst[fault["cell"]] = (
                "chan" if "chan" in (fault["severity"], worst.get(fault["cell"])) else "canh_bao"
            )
    cells = []
    for at in range(width):
        place = f"{letter_of(at)}{row}"
        text = texts[at] if at < len(texts) else None
        cells.append(
            {
                "at": place,
                "text": text or "",
                "severity": worst.get(place),
                "edited": f"{sheet}!{place}" in edited,
            }
        )
    return cells


def _gather_faults(
    sheet: str,
    row: int,
    texts: Sequence[str | None],
    faults: Sequence[Mapping[str, Any]],
    inputs: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """What is wrong in one row, by cell; each faulty cell becomes one more of `inputs`."""
    by_cell: dict[str | None, dict[str, Any]] = {}
    for fault in faults:
        cell = fault["cell"]
        told = by_cell.setdefault(
            cell, {"at": cell, "heading": fault["heading"], "says": [], "proposals": [], "n": None}
        )
        message = fault["message"] + (f" {fault['twins']}" if fault["twins"] else "")
        said = {"severity": fault["severity"], "message": message}
        if said not in told["says"]:
            told["says"].append(said)
        if cell and fault["proposal"]:
            told["proposals"] += [
                each for each in fault["proposal"].split(OR) if each not in told["proposals"]
            ]
        if cell and told["n"] is None:
            column = cell_at(cell)[1]
            text = texts[column] if column < len(texts) else None
            told["n"] = len(inputs)
            told["text"] = text if text is not None else (fault["value"] or "")
            inputs.append({"sheet": sheet, "cell": cell, "text": told["text"]})
    return [*by_cell.values()]


def draw_row(
    data: bytes, name: str, sheet_name: str, row: int, datasets: Mapping[str, Dataset]
) -> list[dict[str, Any]]:
    """Every cell of one row of a sheet: its `cell` and `text`; none if there is no such row."""
    try:
        sheets = read_sheets(data, name, vocabulary_of(datasets))
    except RefusedError:
        return []
    sheet = next((each for each in sheets if each.name == sheet_name), None)
    numbers = [] if sheet is None else sheet.numbers().to_list()
    if sheet is None or row not in numbers:
        return []
    texts = [*sheet.row(numbers.index(row))][:MOST_COLUMNS]
    return [{"cell": f"{letter_of(at)}{row}", "text": text or ""} for at, text in enumerate(texts)]
