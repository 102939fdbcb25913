"""Digits that a font raises, as the mark of a footnote, are never digits of the number before them."""

from __future__ import annotations

import io
import re
import struct

import pytest
import xlsxwriter
import xlwt

from flows.read.formats.container import detect
from flows.read.formats.html import read_html
from flows.read.formats.workbook import read_workbook
from tests.flows.read.hostile import archive, ods, parts

# A word before, the raised part, a word behind.
CELLS = [
    ("12", "1", ""),
    ("34", "20", " hộ"),
    ("Phố 1", "2", ""),
    ("Đ & ", "1)", " < 5"),
    ("a", "b", "7"),
    ("50 m", "2", ""),
    ("9 km", "3", "/h"),
]
SEEN = ["12¹", "34²⁰ hộ", "Phố 1²", "Đ & ¹) < 5", "ab7", "50 m2", "9 km3/h", "121"]


def as_xlsx() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page, plain, up = (
        book.add_worksheet(),
        book.add_format({"bold": True}),
        book.add_format({"font_script": 1}),
    )
    for row, (before, raised, behind) in enumerate(CELLS):
        page.write_rich_string(row, 0, plain, before, up, raised, *([plain, behind] if behind else []))
    page.write_string(len(CELLS), 0, "121")
    book.close()
    return out.getvalue()


def with_inline_strings(prefix: str = "") -> bytes:
    found = parts(as_xlsx())
    texts = re.findall(rb"<si>(.*?)</si>", found["xl/sharedStrings.xml"], re.S)
    sheet = re.sub(
        rb'<c r="(A\d+)" t="s"><v>(\d+)</v></c>',
        lambda cell: b'<c r="%s" t="inlineStr"><is>%s</is></c>' % (cell[1], texts[int(cell[2])]),
        found["xl/worksheets/sheet1.xml"],
    )
    assert b"vertAlign" in sheet
    if prefix:
        sheet = (
            re.sub(rb"<(/?)(\w)", rb"<\1x:\2", sheet).replace(b"xmlns=", b"xmlns:x=").replace(b"<x:?", b"<?")
        )
    return archive(found | {"xl/worksheets/sheet1.xml": sheet})


def as_xls(strings_before: int = 0) -> bytes:
    book = xlwt.Workbook()
    page, plain, up = (
        book.add_sheet("Biểu"),
        xlwt.easyfont("bold on"),
        xlwt.easyfont("escapement superscript"),
    )
    for number in range(strings_before):
        page.write(number, 3, f"chữ số {number} " * 20)
    for row, (before, raised, behind) in enumerate(CELLS):
        page.write_rich_text(row, 0, [(before, plain), (raised, up), *([(behind, plain)] if behind else [])])
    page.write(len(CELLS), 0, "121")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def as_ods(position: str = "super 58%") -> bytes:
    def cell(before: str, raised: str = "", behind: str = "") -> str:
        span = f'<text:span text:style-name="T2">{escaped(raised)}</text:span>' if raised else ""
        inside = f"<text:p>{escaped(before)}{span}{escaped(behind)}</text:p>"
        return f'<table:table-cell office:value-type="string">{inside}</table:table-cell>'

    rows = "".join(f"<table:table-row>{cell(*each)}</table:table-row>" for each in [*CELLS, ("121",)])
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text">'
        f'<style:text-properties style:text-position="{where}"/></style:style>'
        for name, where in (("T1", "sub 58%"), ("T2", position))
    )
    found = parts(ods(rows))
    named = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>".encode()
    return archive(found | {"content.xml": found["content.xml"].replace(b"<office:body>", named)})


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an xlsb: its number and length in seven bits a byte."""

    def seven(number: int) -> bytes:
        return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])

    return seven(kind) + seven(len(body)) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def as_xlsb(*, inline: bool = False) -> bytes:
    """A workbook of two sheets, of which the second has the cells."""
    fonts = [
        record(43, struct.pack("<HHHH", 220, 0, 400, raised) + bytes(13) + wide("Arial")) for raised in (0, 1)
    ]
    rich = [
        b"\1"
        + wide(before + raised + behind)
        + struct.pack("<IHH", 1 + bool(behind), len(before), 1)
        + (struct.pack("<HH", len(before + raised), 0) if behind else b"")
        for before, raised, behind in CELLS
    ]
    rich.append(b"\0" + wide("121"))
    number = 62 if inline else 7
    cells = [
        record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        + record(number, struct.pack("<II", 0, 0) + (each if inline else struct.pack("<I", row)))
        for row, each in enumerate(rich)
    ]
    area = record(148, struct.pack("<IIII", 0, len(rich) - 1, 0, 0))
    sheet = [record(129), area, record(145), *cells, record(146), record(130)]
    listed = [record(156, struct.pack("<II", 0, at) + wide(f"rId{at}") + wide(f"Biểu {at}")) for at in (2, 1)]
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    found = "".join(
        f'<Relationship Id="{name}" Type="{kinds}/{kind}" Target="{target}"/>'
        for name, kind, target in (
            ("rId1", "worksheet", "worksheets/sheet1.bin"),
            ("rId2", "worksheet", "worksheets/sheet2.bin"),
            ("rId3", "sharedStrings", "sharedStrings.bin"),
            ("rId4", "styles", "styles.bin"),
        )
    )
    return archive(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": b"".join([record(131), record(143), *listed, *map(record, (144, 157, 132))]),
            "xl/_rels/workbook.bin.rels": f"<Relationships>{found}</Relationships>".encode(),
            "xl/worksheets/sheet1.bin": b"".join(sheet),
            "xl/worksheets/sheet2.bin": b"".join([record(129), area, *map(record, (145, 146, 130))]),
            "xl/styles.bin": b"".join([*fonts, record(617, b"\1\0\0\0"), record(47, bytes(16)), record(618)]),
            "xl/sharedStrings.bin": b"".join(
                [record(159, struct.pack("<II", len(rich), len(rich))), *(record(19, each) for each in rich)]
            ),
        }
    )


@pytest.mark.parametrize("inline", [False, True])
def test_raised_digits_of_a_binary_workbook_stay_raised(*, inline: bool) -> None:
    data = as_xlsb(inline=inline)
    sheets, _ = read_workbook(data, detect(data))
    assert [sheet.name for sheet in sheets] == ["Biểu 2", "Biểu 1"]
    assert [sheets[1].row(row)[0] for row in range(len(SEEN))] == SEEN


@pytest.mark.parametrize(
    "data",
    [
        as_xlsx(),
        with_inline_strings(),
        with_inline_strings("x"),
        as_xls(),
        as_xls(90),
        as_ods(),
        as_ods("33% 58%"),
    ],
    ids=["shared", "inline", "prefixed", "xls", "xls of many strings", "ods", "ods in per cent"],
)
def test_raised_digits_stay_raised(data: bytes) -> None:
    (sheet,), _ = read_workbook(data, detect(data))
    assert [sheet.row(row)[0] for row in range(len(SEEN))] == SEEN


def test_lowered_digits_stay_digits() -> None:
    data = as_ods("sub 58%")
    (sheet,), _ = read_workbook(data, detect(data))
    assert sheet.row(0)[0] == "121"


def test_raised_digits_of_web_pages() -> None:
    rows = "".join(
        f"<tr><td>{escaped(before)}<sup>{escaped(raised)}</sup>{escaped(behind)}</td></tr>"
        for before, raised, behind in CELLS
    )
    (page,) = read_html(f"<table>{rows}<tr><td>121</td></tr></table>".encode(), "a")
    namespace = "urn:schemas-microsoft-com:office:spreadsheet"
    cells = "".join(
        f'<s:Row><s:Cell><ss:Data xmlns="http://www.w3.org/TR/REC-html40" s:Type="String">{escaped(before)}'
        f"<Sup><Font>{escaped(raised)}</Font></Sup>{escaped(behind)}</ss:Data></s:Cell></s:Row>"
        for before, raised, behind in [*CELLS, ("121", "", "")]
    ).replace("ss:Data", "s:Data")
    table = f"<s:Worksheet><s:Table>{cells}</s:Table></s:Worksheet>"
    book = f'<s:Workbook xmlns:s="{namespace}">{table}</s:Workbook>'
    (saved,) = read_html(book.encode(), "a")
    for sheet in (page, saved):
        assert [sheet.row(row)[0] for row in range(len(SEEN))] == SEEN
