"""Marks one workbook: colours and comments on faulty cells, two added sheets, nothing else changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import islice

import polars as pl

from flows.read.formats.container import Container, detect
from flows.read.reader import read_sheets
from flows.read.sheet import index_of, letter_of
from flows.read.tables.heading import vocabulary_of
from flows.returns.lists import REPAIRED, TO_FIX, Looks, write_faults_sheet, write_repairs_sheet
from flows.returns.marks import ASKS, Marks
from flows.returns.xlsx.comments import add_comments, remove_comments
from flows.returns.xlsx.package import Package
from flows.returns.xlsx.paint import paint
from flows.returns.xlsx.rebuilt import name_sheets, rebuild_workbook
from flows.returns.xlsx.sheets import add_sheet, list_sheets, remove_ours, show_first
from flows.returns.xlsx.styles import Styles
from flows.returns.xlsx.xml import UnfitError, find_child, list_children, read_attributes
from schemas.contract import Dataset, Severity

_STYLES = "xl/styles.xml"
# LibreOffice takes minutes to open a sheet with tens of thousands of comments: more cells get a colour only.
_MOST_NOTES = 5_000


def mark_workbook(data: bytes, name: str, marks: Marks, datasets: Mapping[str, Dataset]) -> bytes:
    """Add `marks` to the workbook `data`, whose file name is `name`; returns the bytes of an xlsx.

    A file of another format becomes an xlsx with the same layout. The same arguments give the same bytes.

    Raises:
        RefusedError: the file can't be opened as a table.
    """
    package, names = open_package(data, name, datasets)
    marks = replace(
        marks, faults=_rename_sheets(marks.faults, names), changes=_rename_sheets(marks.changes, names)
    )
    remove_ours(package)
    styles = Styles(package.parts[_STYLES])
    styles.unpaint()
    sheets = list_sheets(package)
    for sheet in sheets:
        remove_comments(package, sheet.path)
        _mark_sheet(package, sheet.path, marks.faults.filter(pl.col("sheet") == sheet.name), styles)
    _add_lists(package, styles, marks, [sheet.name for sheet in sheets])
    package.parts[_STYLES] = styles.written()
    show_first(package)
    return package.close()


def list_marks(marks: Marks) -> bytes:
    """A workbook with only the two added sheets, for a table that is too large to copy."""
    package = rebuild_workbook([])
    styles = Styles(package.parts[_STYLES])
    _add_lists(package, styles, marks, ())
    package.parts[_STYLES] = styles.written()
    return package.close()


def open_package(
    data: bytes, name: str, datasets: Mapping[str, Dataset]
) -> tuple[Package, Mapping[str, str]]:
    """Open the workbook, or rebuild it as xlsx; returns also the new names of sheets renamed for Excel."""
    if detect(data) is Container.WORKBOOK:
        try:
            package = Package.open(data)
            Styles(package.parts[_STYLES])
        except UnfitError:
            pass
        else:
            return package, {}
    return rebuild_package(data, name, datasets)


def rebuild_package(
    data: bytes, name: str, datasets: Mapping[str, Dataset]
) -> tuple[Package, Mapping[str, str]]:
    """Rebuild a file of any format as xlsx; returns also the new names of sheets renamed for Excel.

    Raises:
        RefusedError: the file can't be opened as a table.
    """
    sheets = read_sheets(data, name, vocabulary_of(datasets))
    return rebuild_workbook(sheets), name_sheets(sheets)


def _rename_sheets(frame: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    return frame.with_columns(pl.col("sheet").replace(names)) if names else frame


def _add_lists(package: Package, styles: Styles, marks: Marks, names: Collection[str]) -> None:
    looks = Looks.made(styles)
    add_sheet(package, TO_FIX, write_faults_sheet(marks, looks, names, apart=not names), first=True)
    if marks.changes.height:
        add_sheet(package, REPAIRED, write_repairs_sheet(marks, looks, names), first=False)


def _mark_sheet(package: Package, path: str, faults: pl.DataFrame, styles: Styles) -> None:
    """Colour and comment the faulty cells of one sheet; of merged cells, the first."""
    at = faults.filter(pl.col("cell").is_not_null())
    if at.is_empty():
        return
    anchors = anchors_of(package.parts[path])
    worst: dict[str, Severity] = {}
    texts: dict[str, list[str]] = {}
    rows = at.select("cell", "severity", "message", "twins", "proposal")
    for cell, severity, message, twins, proposal in rows.iter_rows():
        place = anchors(cell)
        worst[place] = "chan" if "chan" in (severity, worst.get(place)) else "canh_bao"
        text = f"{ASKS[severity]}: {message}"
        text += (f" {twins}" if twins else "") + (f"\nĐề xuất: {proposal}" if proposal else "")
        texts.setdefault(place, []).append(text)
    looks: dict[int, dict[int, Callable[[int], int]]] = {}
    for place, severity in worst.items():
        column = place.rstrip("0123456789")
        looks.setdefault(int(place[len(column) :]), {})[index_of(column)] = _painter(styles, severity)
    package.parts[path] = paint(package.parts[path], looks)
    with_notes = islice(texts.items(), _MOST_NOTES)
    add_comments(package, path, {place: "\n".join(dict.fromkeys(text)) for place, text in with_notes})


def _painter(styles: Styles, severity: Severity) -> Callable[[int], int]:
    return lambda look: styles.painted(look, severity)


def anchors_of(xml: bytes) -> Callable[[str], str]:
    """Return a function from a cell to the one that shows it: the first of a merged range, or itself."""
    merged = find_child(xml, "mergeCells")
    hidden: Mapping[str, str] = {}
    if merged is not None:
        refs = (
            read_attributes(e.attributes).get("ref", "")
            for e in list_children(xml, merged.inside, merged.end)
        )
        hidden = {cell: ref.partition(":")[0] for ref in refs for cell in _cells(ref)}
    return lambda cell: hidden.get(cell, cell)


def _cells(ref: str) -> list[str]:
    first, _, last = ref.partition(":")
    (left, top), (right, bottom) = _place(first), _place(last or first)
    if (right - left + 1) * (bottom - top + 1) > 10_000:
        return []
    return [f"{letter_of(c)}{r}" for r in range(top, bottom + 1) for c in range(left, right + 1)]


def _place(cell: str) -> tuple[int, int]:
    column = cell.rstrip("0123456789")
    return index_of(column), int(cell[len(column) :])
