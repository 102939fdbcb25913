"""Reads an Excel or OpenDocument workbook as sheets of text, with calamine and what calamine leaves out."""

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

from flows.read.formats import danger, ods, ods_text, xls, xlsx
from flows.read.formats.cells import column_of
from flows.read.formats.container import BROKEN, ZIP_ERRORS, Container, describe_locked
from flows.read.formats.xlsx import SheetExtras
from flows.read.formats.xlsx_parts import PartsPackage
from flows.read.problems import RefusedError
from flows.read.sheet import Merge, Sheet, workbook_sheet
from flows.read.table import Problem


def read_workbook(data: bytes, container: Container) -> tuple[list[Sheet], list[Problem]]:
    """All worksheets in order, including hidden ones, and warnings about active content.

    Raises:
        RefusedError: the workbook is encrypted, broken or harmful, or would fill the memory.
    """
    danger.check_size(len(data), danger.MAX_WORKBOOK)
    try:
        # Check before calamine opens the file: some harmful files make it crash or fill the memory.
        if container is Container.ODS:
            data = _straighten(data)
        extras_of, warnings, data = _read_extras(data, container)
        workbook = load_workbook(io.BytesIO(data))
        metas = workbook.sheets_metadata
        sheets = [
            _build_sheet(workbook, meta, extras_of(number, meta.name))
            for number, meta in enumerate(metas)
            if meta.typ is SheetTypeEnum.WorkSheet
        ]
    except PasswordError as error:
        raise describe_locked() from error
    except (CalamineError, OSError, ValueError, KeyError) as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error
    return sheets, warnings


def _straighten(data: bytes) -> bytes:
    """An ods whose content calamine reads."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            danger.check_package(archive, len(data))
            danger.refuse_declarations(archive.read(ods_text.CONTENT)[:2048])
            return ods_text.straighten(archive) or data
    except (KeyError, *ZIP_ERRORS) as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error


#: What calamine leaves out of a sheet: extra cells and hidden rows, and for an ods the merged cells.
_Extras = tuple[SheetExtras, tuple[Merge, ...]]
_ExtrasOf = Callable[[int, str], _Extras]


def _read_extras(data: bytes, container: Container) -> tuple[_ExtrasOf, list[Problem], bytes]:
    """A function from place and name of a sheet to what calamine leaves out of it; and warnings.

    The third value is the file for calamine to read: `data`, or the same without many empty rows.
    """
    if container is Container.XLS:
        by_place = xls.read_xls_extras(data)
        warnings = danger.warn_of_xls_macros(data)
        return lambda number, _: (by_place.get(number, SheetExtras()), ()), warnings, data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            warnings = danger.check_package(archive, len(data))
            if container is Container.ODS:
                by_name = ods.read_ods_extras(archive)
                return lambda _, name: by_name.get(name, (SheetExtras(), ())), warnings, data
            package = PartsPackage(archive)
            look_up = _make_lookup(xlsx.read_xlsx_extras(package), xlsx.read_xlsb_extras(package))
            return look_up, warnings, package.repack() or data
    except (KeyError, ExpatError, *ZIP_ERRORS) as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error


def _make_lookup(sheets: Sequence[SheetExtras], binary: Sequence[SheetExtras]) -> _ExtrasOf:
    """The extras of a sheet of an xlsx or xlsb by its place."""

    def look_up(number: int, _: str) -> _Extras:
        if sheets and number >= len(sheets):
            raise RefusedError("tep.khong_mo_duoc", BROKEN)
        if sheets:
            return sheets[number], ()
        return binary[number] if number < len(binary) else SheetExtras(), ()

    return look_up


def _build_sheet(workbook: CalamineWorkbook, meta: SheetMetadata, extras: _Extras) -> Sheet:
    sheet, (extra, merges) = workbook.get_sheet_by_name(meta.name), extras
    rows = sheet.to_python(skip_empty_area=False)
    height, width = _measure(rows, extra)
    values = _pad([list(column) for column in zip(*rows, strict=True)], height, width)
    pairs = [column_of(column) for column in values]
    columns, kinds = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for row, column, kind, content in extra.cells:
        columns[column][row] = content
        kinds[column] = stored = kinds[column] or [0] * height
        stored[row] = int(kind)
    built = workbook_sheet(
        meta.name,
        merges or tuple(_list_merges(sheet)),
        meta.visible is not SheetVisibleEnum.Visible,
        extra.hidden_rows,
        columns,
        kinds,
        extra.marks,
    )
    built.from_1904 = extra.from_1904
    built.formats = extra.formats
    return built


def _measure(rows: Sequence[Sequence[Any]], extra: SheetExtras) -> tuple[int, int]:
    height = max([len(rows), *(row + 1 for row, *_ in extra.cells)])
    width = max([len(rows[0]) if rows else 0, *(column + 1 for _, column, *_ in extra.cells)])
    return height, width


def _pad(columns: list[list[Any]], height: int, width: int) -> list[list[Any]]:
    """Extend the columns to cells that calamine left out at the end of the sheet."""
    columns += [[] for _ in range(width - len(columns))]
    for values in columns:
        values.extend([""] * (height - len(values)))
    return columns


def _list_merges(sheet: CalamineSheet) -> Iterator[Merge]:
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        yield top, left, bottom, right
