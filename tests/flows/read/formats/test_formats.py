"""Number formats that show another number than is stored come out of every format of file."""

import io
import struct
from collections.abc import Mapping

import polars as pl
import pytest
import xlsxwriter
import xlwt

from flows.read.formats import xlsb
from flows.read.formats.container import Container, detect
from flows.read.formats.html import read_html
from flows.read.formats.workbook import read_workbook
from flows.read.number_formats import Formats, parse_format
from flows.read.sheet import Sheet
from flows.read.table import CellType
from tests.flows.read.hostile import archive, ods, parts

#: The formats of A1, A2, …; the last ones show the number itself.
CODES = ("#,##0,,", '0.0,"k"', '0" triệu"', "0.00%", '[>=1000]0.0,"K";0', "#,##0", "General")
TELLING = 5


def as_xlsx(codes: tuple[str, ...] = CODES) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet("Biểu")
    for row, code in enumerate(codes):
        page.write_number(row, 0, 1_234_567, book.add_format({"num_format": code}))
        page.write_blank(row, 1, None, book.add_format({"num_format": code}))
    book.close()
    return out.getvalue()


def as_xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("Biểu")
    for row, code in enumerate(CODES):
        style = xlwt.easyxf(num_format_str=code)
        page.write(row, 0, 1_234_567, style)
        # Several numbers beside each other are one record.
        page.write(row, 2, 7, style)
        page.write(row, 3, 8, style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ods() -> bytes:
    number = '<number:number number:decimal-places="{}" number:display-factor="{}"/>'
    bodies = (
        ("number", number.format(0, 1_000_000)),
        ("number", number.format(1, 1000) + "<number:text>k</number:text>"),
        ("number", number.format(0, 1) + "<number:text> triệu</number:text>"),
        ("percentage", number.format(2, 1) + "<number:text>%</number:text>"),
        (
            "number",
            number.format(0, 1)
            + '<style:map style:condition="value()&gt;=1000" style:apply-style-name="P0"/>',
        ),
        ("number", number.format(0, 1)),
    )
    thousands = number.format(1, 1000) + "<number:text>K</number:text>"
    styles = f'<number:number-style style:name="P0">{thousands}</number:number-style>'
    rows = ""
    for at, (kind, body) in enumerate(bodies):
        styles += f'<number:{kind}-style style:name="N{at}">{body}</number:{kind}-style>'
        styles += f'<style:style style:name="p{at}" style:family="table-cell" style:data-style-name="N{at}"/>'
        styles += (
            f'<style:style style:name="c{at}" style:family="table-cell" style:parent-style-name="p{at}"/>'
        )
        rows += (
            f'<table:table-row><table:table-cell table:style-name="c{at}" office:value-type="float" '
            'office:value="1234567"><text:p>1</text:p></table:table-cell></table:table-row>'
        )
    found = parts(ods(rows))
    head = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>".encode()
    return archive(found | {"content.xml": found["content.xml"].replace(b"<office:body>", head)})


def as_xml() -> bytes:
    spreadsheet = "urn:schemas-microsoft-com:office:spreadsheet"
    styles = rows = ""
    for at, code in enumerate(CODES):
        said = code.replace('"', "&quot;").replace(">", "&gt;").replace("0.00%", "Percent")
        styles += f'<Style ss:ID="s{at}"><NumberFormat ss:Format="{said}"/></Style>'
        on_row, on_cell = (f' ss:StyleID="s{at}"', "") if at % 2 else ("", f' ss:StyleID="s{at}"')
        rows += f'<Row{on_row}><Cell{on_cell}><Data ss:Type="Number">1.234567E6</Data></Cell></Row>'
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{spreadsheet}" xmlns:ss="{spreadsheet}">'
        f'<Styles>{styles}</Styles><Worksheet ss:Name="Biểu"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def sheet_of(data: bytes) -> Sheet:
    container = detect(data)
    sheets = read_html(data, "a") if container is Container.MARKUP else read_workbook(data, container)[0]
    return sheets[0]


@pytest.mark.parametrize("data", [as_xlsx(), as_xls(), as_ods(), as_xml()], ids=["xlsx", "xls", "ods", "xml"])
def test_the_formats_that_tell_are_found_at_their_cells(data: bytes) -> None:
    found = sheet_of(data).formats[0]
    assert sorted(found) == [*range(TELLING)]
    for row, code in found.items():
        shown, meant = parse_format(code), parse_format(CODES[row])
        assert [(s.thousands, s.percent, s.words) for s in shown] == [
            (s.thousands, s.percent, s.words) for s in meant
        ]


def test_numbers_beside_each_other_in_an_xls_have_formats_too() -> None:
    assert set(sheet_of(as_xls()).formats) == {0, 2, 3}


def test_a_workbook_with_usual_formats_has_none() -> None:
    assert sheet_of(as_xlsx(("0", "#,##0.00", "dd/mm/yyyy", "General"))).formats == {}


def record(kind: int, body: bytes) -> bytes:
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return number + bytes([len(body)]) + body


def test_the_formats_of_an_xlsb() -> None:
    def declared(number: int, code: str) -> bytes:
        return record(44, struct.pack("<HI", number, len(code)) + code.encode("utf-16-le"))

    def style(number: int) -> bytes:
        return record(47, struct.pack("<HHHHHBBBB", 0, number, 0, 0, 0, 0, 0, 0, 0))

    styles = b"".join(
        [
            declared(164, "#,##0,,"),
            declared(165, "#,##0"),
            style(164),  # not of a cell
            record(617, b"\2\0\0\0"),
            *map(style, (0, 164, 165, 10)),
            record(618, b""),
            style(164),
        ]
    )
    by_style: Mapping[int, str] = xlsb.read_formats(styles)
    assert by_style == {1: "#,##0,,", 3: "0.00%"}
    cells = [
        record(5, struct.pack("<IBBBB", column, number, 0, 0, 0) + struct.pack("<d", 12.5))
        for column, number in enumerate((0, 1, 2, 3))
    ]
    part = record(0, struct.pack("<IIHBB", 6, 0, 0, 0, 0)) + b"".join(cells)
    formats: Formats = xlsb.scan(part, by_style, frozenset(), {})[3]
    assert formats == {1: {6: "#,##0,,"}, 3: {6: "0.00%"}}


@pytest.mark.parametrize("height", [3, 1500])
def test_the_text_of_a_stored_number_names_its_format(height: int) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page, scaled = book.add_worksheet("Biểu"), book.add_format({"num_format": "#,##0,,"})
    for row in range(height):
        page.write_string(row, 0, "x")
        page.write(row, 1, row if row % 2 else "chữ", scaled)
    book.close()
    sheet = sheet_of(out.getvalue())
    keep = pl.Series([row != 1 for row in range(2, height)], dtype=pl.Boolean).to_numpy()
    text, kinds = sheet.take_numbers(1, 2, keep)
    assert text.to_list() == [f"{row} (định dạng #,##0,,)" if row % 2 else "chữ" for row in range(2, height)]
    assert kinds.to_list() == [CellType.NUMBER if row % 2 else CellType.TEXT for row in range(2, height)]
    assert sheet.take(1, 2, keep)[0].to_list() == [str(row) if row % 2 else "chữ" for row in range(2, height)]
