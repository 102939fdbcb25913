"""Writes a sheet as CSV like Excel on a Vietnamese Windows: semicolons, byte order mark, CRLF."""

from __future__ import annotations

import csv
import io
from datetime import date

from flows.sample.files.cells import Broken, Cell, SampleSheet, Sum, Unsaved


def write_flat(sheet: SampleSheet, *, declared: bool) -> bytes:
    """The lines of `sheet` as CSV; if `declared`, the first line names the separator."""
    text = io.StringIO(newline="")
    if declared:
        text.write("sep=;\r\n")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(map(_texts, sheet.lines))
    return text.getvalue().encode("utf-8-sig")


def _texts(line: list[Cell]) -> list[str]:
    return [_text(cell) for cell in line]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Broken):
        return cell.text
    if isinstance(cell, Unsaved):
        return cell.formula
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    value = cell.value if isinstance(cell, Sum) else cell
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)
