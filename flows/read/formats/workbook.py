"""Turns an Excel or OpenDocument workbook into sheets of text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from xml.parsers.expat import ExpatError

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from flows.read.formats import danger, ods, xls, xlsx
from flows.read.formats.cells import column_of
from flows.read.formats.container import BROKEN, ZIP_ERRORS, Container, describe_locked
from flows.read.formats.xlsx import SheetExtras
from flows.read.formats.xlsx_parts import PartsPackage
from flows.read.problems import RefusedError
from flows.read.sheet import Merge, Sheet, workbook_sheet
from flows.read.table import Problem


def read_workbook(data: bytes, container: Container) -> tuple[list[Sheet], list[Problem]]:
    """Every worksheet, hidden ones too, in the workbook's order; warnings of what it carries besides.

    Raises:
        RefusedError: the workbook is encrypted, broken, made to harm, or would fill the memory.
    """
    danger.check_size(len(data), danger.MAX_WORKBOOK)
    try:
        # Before the library opens it: some of what is looked for here is there to harm the library.
        aside, carried = _aside(data, container)
        workbook = load_workbook(io.BytesIO(data))
        metas = workbook.sheets_metadata
        sheets = [
            _sheet(workbook, meta, aside(number, meta.name))
            for number, meta in enumerate(metas)
            if meta.typ is SheetTypeEnum.WorkSheet
        ]
    except PasswordError as error:
        raise describe_locked() from error
    except (CalamineError, OSError, ValueError, KeyError) as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error
    return sheets, carried


Aside = tuple[SheetExtras, tuple[Merge, ...]]
AsideOf = Callable[[int, str], Aside]


def _aside(data: bytes, container: Container) -> tuple[AsideOf, list[Problem]]:
    """What the library leaves out, to be asked by a sheet's place and name; what the file carries besides."""
    if container is Container.XLS:
        by_place = xls.read_xls_extras(data)
        return lambda number, _: (by_place.get(number, SheetExtras()), ()), danger.warn_of_xls_macros(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            carried = danger.check_package(archive, len(data))
            if container is Container.ODS:
                by_name = ods.read_ods_extras(archive)
                return lambda _, name: by_name.get(name, (SheetExtras(), ())), carried
            package = PartsPackage(archive)
            return _aside_of(xlsx.read_xlsx_extras(package), xlsx.read_xlsb_extras(package)), carried
    except (KeyError, ExpatError, *ZIP_ERRORS) as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error


def _aside_of(sheets: Sequence[SheetExtras], binary: Sequence[SheetExtras]) -> AsideOf:
    """By place in an xlsx. In an xlsb nobody tells which part is which sheet, where there are several."""

    def of(number: int, _: str) -> Aside:
        if sheets:
            if number >= len(sheets):
                raise RefusedError("tep.khong_mo_duoc", BROKEN)
            return sheets[number], ()
        return binary[0] if len(binary) == 1 else SheetExtras(), ()

    return of


def _sheet(workbook: CalamineWorkbook, meta: SheetMetadata, aside: Aside) -> Sheet:
    sheet, (extra, merges) = workbook.get_sheet_by_name(meta.name), aside
    rows = sheet.to_python(skip_empty_area=False)
    height, width = _size(rows, extra)
    values = _padded([list(column) for column in zip(*rows, strict=True)], height, width)
    pairs = [column_of(column) for column in values]
    columns, kinds = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for row, column, kind, content in extra.cells:
        columns[column][row] = content
        kinds[column] = stored = kinds[column] or [0] * height
        stored[row] = int(kind)
    return workbook_sheet(
        meta.name,
        merges or tuple(_merges(sheet)),
        meta.visible is not SheetVisibleEnum.Visible,
        extra.hidden_rows,
        columns,
        kinds,
    )


def _size(rows: Sequence[Sequence[Any]], extra: SheetExtras) -> tuple[int, int]:
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
