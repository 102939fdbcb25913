"""Writes sheets of any format as an xlsx with the same cells, merged ranges and hidden rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from flows.read.sheet import Sheet, letter_of
from flows.read.table import CellType
from flows.returns.xlsx.listing import to_xml
from flows.returns.xlsx.package import CONTENT_TYPES, OFFICE, Package
from flows.returns.xlsx.xml import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OOXML = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_FONT = '<font><sz val="12"/><name val="Times New Roman"/><family val="1"/></font>'
_SIDES = "<left/><right/><top/><bottom/><diagonal/>"
#: Styles by number: general, text, date, date and time.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy\\ hh:mm:ss"/></numFmts>'
    f'<fonts count="1">{_FONT}</fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
    f'<fill><patternFill patternType="gray125"/></fill></fills>'
    f'<borders count="1"><border>{_SIDES}</border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    + "".join(
        f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for n in (49, 164, 165)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_EXACT = 15  # significant digits that a spreadsheet keeps of a number
_LONGEST_NAME = 31
_ERRORS = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"]


def rebuild_workbook(sheets: Sequence[Sheet]) -> Package:
    """Build a workbook package of `sheets`; a row of a CSV goes to the sheet row of its line number."""
    package = Package(
        {
            CONTENT_TYPES: f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'.encode(),
            "_rels/.rels": (
                f'{_XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
                "</Relationships>"
            ).encode(),
        }
    )
    package.declare("rels", "application/vnd.openxmlformats-package.relationships+xml")
    package.declare("xml", "application/xml")
    names = name_sheets(sheets).values()
    tags = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}"{_hidden(sheet)} r:id="dlx{n}"/>'
        for n, (name, sheet) in enumerate(zip(names, sheets, strict=True), 1)
    )
    book = (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{tags}</sheets></workbook>"
    )
    package.add("xl/workbook.xml", book.encode(), _OOXML + "sheet.main+xml")
    for number, sheet in enumerate(sheets, 1):
        path = f"xl/worksheets/sheet{number}.xml"
        package.add(path, _sheet(sheet), _OOXML + "worksheet+xml")
        package.relate("xl/workbook.xml", "worksheet", path)
    package.add("xl/styles.xml", _STYLES.encode(), _OOXML + "styles+xml")
    package.relate("xl/workbook.xml", "styles", "xl/styles.xml")
    return package


def name_sheets(sheets: Iterable[Sheet]) -> Mapping[str, str]:
    """By sheet name, a name that Excel allows: short, without special characters, unique."""
    names: dict[str, str] = {}
    for sheet in sheets:
        short = re.sub(r"[\[\]:*?/\\]", " ", sheet.name)[:_LONGEST_NAME].strip(" '") or "Trang"
        taken = {name.lower() for name in names.values()}
        tries = (short if n == 1 else f"{short[: _LONGEST_NAME - 4]} {n}" for n in range(1, len(taken) + 2))
        names[sheet.name] = next(name for name in tries if name.lower() not in taken)
    return names


def _hidden(sheet: Sheet) -> str:
    return ' state="hidden"' if sheet.hidden else ""


def _sheet(sheet: Sheet) -> bytes:
    rows = sheet.numbers().cast(pl.String)
    columns = [sheet.column(at) for at in range(sheet.width)]
    cells = [_column(text, kinds, letter_of(at), rows) for at, (text, kinds) in enumerate(columns)]
    hidden = pl.lit(sheet.numbers().is_in(sorted(sheet.hidden_rows)))
    shade = pl.when(hidden).then(pl.lit('" hidden="1">')).otherwise(pl.lit('">'))
    body = pl.select(
        pl.concat_str(pl.lit('<row r="'), pl.lit(rows), shade, *cells, pl.lit("</row>"))
    ).to_series()
    return "".join(
        [
            f'{_XML}<worksheet xmlns="{_MAIN}">{_widths([text for text, _ in columns])}<sheetData>',
            *(body if cells else ()),
            f"</sheetData>{_merges(sheet)}</worksheet>",
        ]
    ).encode()


def _column(text: pl.Series, kinds: pl.Series, name: str, rows: pl.Series) -> pl.Series:
    start = pl.concat_str(pl.lit(f'<c r="{name}'), pl.lit(rows), pl.lit('" s="'))
    # Digits from a CSV stay text: as numbers they would lose leading zeros and digits past the 15th.
    short = pl.lit(text).str.count_matches(r"\d") <= _EXACT
    number = (
        pl.lit(kinds == CellType.NUMBER) & short & pl.lit(text.str.contains(r"^-?(0|[1-9]\d*)(\.\d*[1-9])?$"))
    )
    day = pl.lit(text).str.to_datetime("%d/%m/%Y", strict=False)
    moment = pl.lit(text).str.to_datetime("%d/%m/%Y %H:%M:%S", strict=False)
    is_date = pl.lit(kinds == CellType.DATE)
    return pl.select(
        pl.when(pl.lit(text.is_null()))
        .then(pl.lit(""))
        .when(number)
        .then(pl.concat_str(start, pl.lit('0"><v>'), pl.lit(text), pl.lit("</v></c>")))
        .when(pl.lit(kinds == CellType.BOOL))
        .then(
            pl.concat_str(
                start, pl.lit('0" t="b"><v>'), pl.lit((text == "TRUE").cast(pl.UInt8)), pl.lit("</v></c>")
            )
        )
        .when(pl.lit((kinds == CellType.ERROR) & text.is_in(_ERRORS)))
        .then(pl.concat_str(start, pl.lit('0" t="e"><v>'), pl.lit(text), pl.lit("</v></c>")))
        .when(is_date & (_serial(day) > 60))
        .then(pl.concat_str(start, pl.lit('2"><v>'), _serial(day).cast(pl.Int64), pl.lit("</v></c>")))
        .when(is_date & (_serial(moment) > 60))
        .then(pl.concat_str(start, pl.lit('3"><v>'), _serial(moment), pl.lit("</v></c>")))
        .otherwise(
            pl.concat_str(
                start,
                pl.lit('1" t="inlineStr"><is><t xml:space="preserve">'),
                to_xml(pl.lit(text)),
                pl.lit("</t></is></c>"),
            )
        )
    ).to_series()


def _serial(moment: pl.Expr) -> pl.Expr:
    """A moment as the serial number of a spreadsheet: days since 1899-12-30."""
    return (moment - pl.datetime(1899, 12, 30)).dt.total_seconds() / 86_400


def _widths(columns: Sequence[pl.Series]) -> str:
    """The `<cols>` element; each column fits 90 % of its cells, within 9 to 40 characters."""
    wide = [text.str.len_chars().quantile(0.9) or 0 for text in columns]
    tags = (
        f'<col min="{n}" max="{n}" width="{min(max(int(width) + 2, 9), 40)}" customWidth="1"/>'
        for n, width in enumerate(wide, 1)
    )
    return f"<cols>{''.join(tags)}</cols>" if columns else ""


def _merges(sheet: Sheet) -> str:
    merges = [
        f'<mergeCell ref="{letter_of(left)}{top + 1}:{letter_of(right)}{bottom + 1}"/>'
        for top, left, bottom, right in sheet.merges
    ]
    return f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells>' if merges else ""
