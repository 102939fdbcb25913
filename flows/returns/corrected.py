"""Writes the corrected copy of a workbook: some cells typed anew, and a sheet that says which, by whom, when.

The file that was handed in stays as it came; the copy is handed in after it and counts in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.read.our_sheets import Stamp
from flows.returns.book import anchors_of, open_package, rebuild_package
from flows.returns.lists import Looks
from flows.returns.xlsx.listing import ListSheet
from flows.returns.xlsx.package import Package
from flows.returns.xlsx.sheets import add_sheet, list_sheets
from flows.returns.xlsx.styles import COLOURS, Styles
from flows.returns.xlsx.type_in import type_in
from flows.returns.xlsx.xml import UnfitError
from schemas.contract import Dataset

#: The sheet that lists what was corrected.
CORRECTED = "ĐÃ SỬA TRÊN TRANG"
#: The kind of that sheet in its stamp.
CORRECTED_KIND = "da_sua"
_STYLES = "xl/styles.xml"
_CHAIN = "xl/calcChain.xml"
_COLUMNS = ("Ô", "Trang tính", "Trước khi sửa", "Sau khi sửa", "Ai sửa", "Lúc nào")


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell typed anew.

    Attributes:
        sheet: Its sheet, as it is read.
        cell: Its address, such as `C17`.
        before: What stood there; None if nothing.
        after: What stands there now; empty if nothing.
        who: The account of who changed it.
        when: The moment, local time in ISO format.
    """

    sheet: str
    cell: str
    before: str | None
    after: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Original:
    """The file that is corrected: its content, name and SHA-256, and the unit that handed it in."""

    data: bytes
    name: str
    sha256: str
    unit: str


def correct_workbook(
    original: Original, corrections: Sequence[Correction], datasets: Mapping[str, Dataset]
) -> bytes:
    """The workbook with `corrections` typed in, in their order, and listed on a sheet of ours.

    A file of another format becomes an xlsx with the same layout. The same arguments give the same bytes.

    Raises:
        RefusedError: the file can't be opened as a table.
    """
    package, names = open_package(original.data, original.name, datasets)
    try:
        _type_all(package, names, corrections)
    except UnfitError:
        package, names = rebuild_package(original.data, original.name, datasets)
        _type_all(package, names, corrections)
    _forget_order_of_formulas(package)
    styles = Styles(package.parts[_STYLES])
    add_sheet(package, CORRECTED, _write_list(original, corrections, Looks.made(styles)), first=False)
    package.parts[_STYLES] = styles.written()
    return package.close()


def _type_all(package: Package, names: Mapping[str, str], corrections: Sequence[Correction]) -> None:
    """Type each correction into its cell; the last one of a cell counts.

    Raises:
        UnfitError: a cell can't be found in the workbook's XML.
    """
    by_sheet: dict[str, dict[str, str]] = {}
    for one in corrections:
        by_sheet.setdefault(names.get(one.sheet, one.sheet), {})[one.cell] = one.after
    for sheet in list_sheets(package):
        texts = by_sheet.pop(sheet.name, {})
        anchor = anchors_of(package.parts[sheet.path])
        typed = {anchor(cell): text for cell, text in texts.items()}
        package.parts[sheet.path] = type_in(package.parts[sheet.path], typed)
    if by_sheet:
        raise UnfitError("no such sheet")


def _forget_order_of_formulas(package: Package) -> None:
    """Excel makes the chain of formulas anew; one that names a cell without a formula is damage to it."""
    if _CHAIN in package.parts:
        package.unrelate("xl/workbook.xml", _CHAIN)
        package.drop(_CHAIN)


def _write_list(original: Original, corrections: Sequence[Correction], looks: Looks) -> bytes:
    about = f"Tệp gốc: {original.name}, mã {original.sha256[:12]}. Tệp gốc được giữ nguyên trong kho lưu."
    top = [
        (looks.title, f"{CORRECTED}: {len(corrections)} lần sửa ô", *("",) * 5),
        (looks.plain, about, *("",) * 5),
        (looks.heading, *_COLUMNS),
    ]
    rows = [
        (looks.cell, one.cell, one.sheet, one.before, one.after, one.who, one.when) for one in corrections
    ]
    names = ("look", "a", "b", "c", "d", "e", "f")
    schema = {name: pl.UInt32 if name == "look" else pl.String for name in names}
    lines = pl.DataFrame([*top, *rows], schema, orient="row").select(
        "look",
        pl.col("look").alias("first"),
        pl.lit(0, pl.UInt32).alias("level"),
        pl.lit(None, pl.String).alias("link"),
        *(pl.col(name).replace("", None) for name in names[1:]),
    )
    wide = lines["look"].is_in([looks.title, looks.plain])
    stamp = Stamp(CORRECTED_KIND, "1", original.sha256[:12], original.unit)
    sheet = ListSheet(stamp, lines, (9, 24, 32, 32, 18, 28), 3, 0, looks.cell, wide, COLOURS["canh_bao"])
    return sheet.xml()
