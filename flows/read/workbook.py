"""Turns an Excel or OpenDocument workbook into sheets of text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from flows.read import ooxml
from flows.read.cells import column_of
from flows.read.container import BROKEN, Container
from flows.read.faults import RefusedError
from flows.read.grid import Merge, Sheet, letter
from flows.read.ooxml import Extra


def sheets_of(data: bytes, container: Container) -> list[Sheet]:
    """Every worksheet, hidden ones too, in the workbook's order.

    Raises:
        RefusedError: the workbook is encrypted or broken.
    """
    try:
        workbook = load_workbook(io.BytesIO(data))
        extras = ooxml.extras(data) if container is Container.WORKBOOK else {}
        return list(_sheets(workbook, extras))
    except PasswordError as error:
        raise RefusedError("tep.mat_khau", "Tệp đặt mật khẩu. Bỏ mật khẩu rồi gửi lại.") from error
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error


def _sheets(workbook: CalamineWorkbook, extras: Mapping[str, Extra]) -> Iterator[Sheet]:
    for meta in workbook.sheets_metadata:
        if meta.typ is SheetTypeEnum.WorkSheet:
            hidden = meta.visible is not SheetVisibleEnum.Visible
            sheet = workbook.get_sheet_by_name(meta.name)
            yield _sheet(sheet, extras.get(meta.name, Extra()), hidden=hidden)


def _sheet(sheet: CalamineSheet, extra: Extra, *, hidden: bool) -> Sheet:
    rows = sheet.to_python(skip_empty_area=False)
    height, width = _size(rows, extra)
    columns = _padded([list(column) for column in zip(*rows, strict=True)], height, width)
    pairs = [column_of(values, letter(i)) for i, values in enumerate(columns)]
    text = [pair[0] for pair in pairs]
    kinds = [pair[1] for pair in pairs]
    for row, column, kind, content in extra.cells:
        text[column][row] = content
        kinds[column][row] = int(kind)
    return Sheet(
        sheet.name,
        pl.DataFrame(text),
        {letter(i): kind for i, kind in enumerate(kinds)},
        tuple(_merges(sheet)),
        hidden,
        extra.hidden_rows,
    )


def _size(rows: Sequence[Sequence[Any]], extra: Extra) -> tuple[int, int]:
    height = max([len(rows), *(row + 1 for row, *_ in extra.cells)])
    width = max([len(rows[0]) if rows else 0, *(column + 1 for _, column, *_ in extra.cells)])
    return height, width


def _padded(columns: list[list[Any]], height: int, width: int) -> list[list[Any]]:
    """Columns made long enough for cells that the library left out at the end of the sheet."""
    columns += [[] for _ in range(width - len(columns))]
    for values in columns:
        values.extend([""] * (height - len(values)))
    return columns


def _merges(sheet: CalamineSheet) -> Iterator[Merge]:
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        yield top, left, bottom, right
