"""What clerks do to cells besides typing comes out of every format: struck, filtered, hidden, commented."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment as Balloon
from openpyxl.styles import Font

from flows.read.clerk_marks import Comment, SheetMarks
from flows.read.formats.container import detect
from flows.read.formats.workbook import read_workbook
from flows.read.formats.xls_marks import MarkedFonts, MarksScan
from flows.read.our_sheets import HEAD
from flows.read.problems import RefusedError
from tests.flows.read.hostile import archive, ods, parts


def marks_of(data: bytes) -> SheetMarks:
    """The marks of the only sheet."""
    (sheet,), _ = read_workbook(data, detect(data))
    return sheet.marks


def xlsx(change: Callable[[Any], None]) -> bytes:
    """A workbook with texts in A1:C4."""
    book = openpyxl.Workbook()
    for row in range(1, 5):
        book.active.append([f"a{row}", f"b{row}", f"c{row}"])
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def strike(page: Any) -> None:
    page["B2"].font = Font(strike=True)
    page["A3"].font = Font(strike=True, bold=True)
    page["E9"].font = Font(strike=True)  # an empty cell
    page["C1"] = CellRichText(TextBlock(InlineFont(strike=True), "cũ"), " mới")
    page["C2"] = CellRichText(
        TextBlock(InlineFont(strike=True), "cũ"), TextBlock(InlineFont(strike=True, b=True), "!")
    )
    page["C3"] = CellRichText(TextBlock(InlineFont(b=True), "đậm"), " thường")


STRUCK, WORDS = {(1, 1), (2, 0), (1, 2)}, {(0, 2)}


def as_xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("Biểu")
    struck, plain = xlwt.easyfont("struck_out on"), xlwt.easyfont("bold on")
    style = xlwt.easyxf("font: struck_out on")
    for row in range(4):
        for column in range(3):
            if (row, column) not in STRUCK | WORDS:
                page.write(row, column, f"{'abc'[column]}{row}")
    page.write(1, 1, 17, style)
    page.write(2, 0, "a3", style)
    page.write_rich_text(0, 2, (("cũ", struck), (" mới", plain)))
    page.write_rich_text(1, 2, (("cũ", struck),))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def styled_ods(body: str) -> bytes:
    """An ods with styles that strike through: `ce1` of cells, `ce2` by its parent, `T1` of words."""
    line = '<style:text-properties style:text-line-through-style="{}" style:text-line-through-type="single"/>'
    styles = (
        f'<style:style style:name="ce1" style:family="table-cell">{line.format("solid")}</style:style>'
        '<style:style style:name="ce2" style:family="table-cell" style:parent-style-name="ce1"/>'
        '<style:style style:name="ce3" style:family="table-cell" style:parent-style-name="ce1">'
        f"{line.format('none')}</style:style>"
        f'<style:style style:name="T1" style:family="text">{line.format("solid")}</style:style>'
    )
    found = parts(ods(body))
    whole = found["content.xml"].replace(
        b"<office:body>", f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>".encode()
    )
    return archive(found | {"content.xml": whole})


def cell(text: str, style: str = "") -> str:
    given = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell{given} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, shown: str = "visible") -> str:
    return f'<table:table-row table:visibility="{shown}">{"".join(cells)}</table:table-row>'


def as_ods() -> bytes:
    return styled_ods(
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:default-cell-style-name="ce1"/>'
        + row(cell("a1"), cell("b1"), cell('<text:span text:style-name="T1">cũ</text:span> mới', "ce3"))
        + row(cell("a2"), cell("b2", "ce1"), cell("cũ!"))
        + row(cell("a3", "ce2"), '<table:table-cell table:style-name="ce1"/>', cell("c3", "ce3"))
    )


@pytest.mark.parametrize("data", [xlsx(strike), as_xls(), as_ods()], ids=["xlsx", "xls", "ods"])
def test_what_is_struck_through_is_found(data: bytes) -> None:
    found = marks_of(data)
    assert (found.struck, found.struck_words) == (STRUCK, WORDS)


def test_an_empty_cell_may_have_an_end_tag() -> None:
    found = parts(xlsx(strike))
    sheet = "xl/worksheets/sheet1.xml"
    closed = re.sub(rb'(<c r="E9"[^<>/]*)(?:/>|></c>)', rb"\1></c>", found[sheet])
    assert b'"></c>' in closed
    assert marks_of(archive(found | {sheet: closed})).struck == STRUCK


def test_inline_strings_may_be_struck_too() -> None:
    found = parts(xlsx(strike))
    sheet = found["xl/worksheets/sheet1.xml"]
    text = b'<is><r><rPr><strike val="1"/></rPr><t>x</t></r><r><rPr><strike val="0"/></rPr><t>y</t></r></is>'
    inline = sheet.replace(b'<c r="A1"', b'<c r="D1" t="inlineStr">' + text + b'</c><c r="A1"', 1)
    assert (0, 3) in marks_of(archive(found | {"xl/worksheets/sheet1.xml": inline})).struck_words


def test_a_font_of_rules_for_colouring_strikes_no_cell() -> None:
    def colour(page: Any) -> None:
        rule = openpyxl.formatting.rule.CellIsRule("equal", ['"b2"'], font=Font(strike=True))
        page.conditional_formatting.add("A1:C4", rule)

    assert marks_of(xlsx(colour)).struck == frozenset()


def comment(page: Any) -> None:
    page["B2"].comment = Balloon("Hỏi lại <anh Tư> & chị Năm\nsáng mai", "Cán bộ")
    page["A1"].comment = Balloon("Mới", "Cán bộ")
    page["C3"].comment = Balloon(f"{HEAD}\nÔ này để trống.", HEAD)
    page["C4"].comment = Balloon(f"Đã sửa\n\n{HEAD}\nÔ này sai.", "Cán bộ")


COMMENTS = (
    Comment("A1", "Mới"),
    Comment("B2", "Hỏi lại <anh Tư> & chị Năm\nsáng mai"),
    Comment("C4", "Đã sửa"),
)


def test_comments_are_as_typed_and_ours_are_left_out() -> None:
    assert marks_of(xlsx(comment)).comments == COMMENTS


def test_a_thread_is_told_message_by_message_and_not_again_by_its_copy() -> None:
    found = parts(xlsx(comment))
    said = "".join(
        f'<threadedComment ref="B2" id="{{{n}}}"><text>{text}</text></threadedComment>'
        for n, text in enumerate(("Đúng chưa?", "Đúng rồi"))
    )
    main = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    part = "xl/threadedComments/threadedComment1.xml"
    found[part] = f'<ThreadedComments xmlns="{main}">{said}</ThreadedComments>'.encode()
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    link = f'<Relationship Id="t1" Type="{kind}" Target="/{part}"/>'
    found[rels] = found[rels].replace(b"</Relationships>", f"{link}</Relationships>".encode())
    told = marks_of(archive(found)).comments
    assert told == (COMMENTS[0], Comment("B2", "Đúng chưa?"), Comment("B2", "Đúng rồi"), COMMENTS[2])


def test_comments_of_an_ods_are_told_and_are_no_part_of_the_cell() -> None:
    note = (
        '<table:table-cell office:value-type="string"><office:annotation><dc:creator>Tư</dc:creator>'
        "<text:p>Hỏi <text:span>lại</text:span> &lt;anh Tư&gt;</text:p><text:p>sáng<text:s/>mai</text:p>"
        "</office:annotation><text:p>b2</text:p></table:table-cell>"
    )
    data = ods(row(cell("a1")) + row(cell("a2"), note))
    (sheet,), _ = read_workbook(data, detect(data))
    assert sheet.marks.comments == (Comment("B2", "Hỏi lại <anh Tư>\nsáng mai"),)
    assert sheet.row(1) == ("a2", "b2")


def test_comments_of_an_xls_are_put_together_from_their_records() -> None:
    scan = MarksScan(MarkedFonts())
    said = "Hỏi lại anh Tư"
    first, rest = said[:5].encode("utf-16-le"), said[5:].encode("utf-16-le")
    for kind, body in (
        (0x5D, struct.pack("<HHHH", 0x15, 18, 0x19, 7)),
        (0x1B6, struct.pack("<10xHH4x", len(said), 16)),
        (0x3C, b"\1" + first),
        (0x3C, b"\1" + rest),
        (0x3C, b"\0" * 16),
        (0x1C, struct.pack("<HHHH", 4, 2, 0, 7)),
        (0x1C, struct.pack("<HHHH", 5, 2, 0, 8)),  # its text is lost
    ):
        scan.see(kind, body)
    assert scan.marks(frozenset({3})) == SheetMarks(comments=(Comment("C5", said),))
    scan.see(0x9B, b"")
    assert scan.marks(frozenset({3})).filtered == {3}


def test_rows_that_a_filter_hides_are_told_apart() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for number in range(6):
        page.write_row(number, 0, ["a", number])
    page.autofilter(0, 0, 3, 1)
    page.filter_column(0, "x == a")
    for number in (2, 5):
        page.set_row(number, None, None, {"hidden": True})
    book.close()
    (sheet,), _ = read_workbook(out.getvalue(), detect(out.getvalue()))
    assert (sheet.hidden_rows, sheet.marks.filtered) == ({3, 6}, {3})
    data = ods(row(cell("a1")) + row(cell("a2"), shown="filter") + row(cell("a3"), shown="collapse"))
    (sheet,), _ = read_workbook(data, detect(data))
    assert (sheet.hidden_rows, sheet.marks.filtered) == ({2, 3}, {2})


def test_a_filter_of_a_table_on_the_sheet_counts_too() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.add_table(
        0, 0, 3, 1, {"data": [["a", 1], ["b", 2], ["a", 3]], "columns": [{"header": "x"}, {"header": "y"}]}
    )
    page.set_row(2, None, None, {"hidden": True})
    book.close()
    found = parts(out.getvalue())
    table = found["xl/tables/table1.xml"]
    column = b'<filterColumn colId="0"><filters><filter val="a"/></filters></filterColumn>'
    found["xl/tables/table1.xml"] = table.replace(
        b'<autoFilter ref="A1:B4"/>', b'<autoFilter ref="A1:B4">' + column + b"</autoFilter>"
    )
    assert marks_of(archive(found)).filtered == {3}
    assert marks_of(out.getvalue()).filtered == frozenset()


def test_of_an_ordinary_workbook_no_cell_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("the cells were searched although nothing is struck")

    data = xlsx(lambda _: None)
    for name in ("_SHARED", "_INLINE", "_ENTRY", "walk"):
        monkeypatch.setattr(f"flows.read.formats.xlsx_marks.{name}", refuse)
    assert marks_of(data) == SheetMarks()


def test_comments_that_are_damaged_cost_no_cell() -> None:
    found = parts(xlsx(comment))
    part = "xl/comments/comment1.xml"
    at = found[part].index(b"</commentList>")
    data = archive(found | {part: found[part][:at]})
    told = marks_of(data).comments
    assert told[1:] == COMMENTS
    assert (told[0].cell, "hỏng" in told[0].text) == ("?", True)
    hostile = archive(found | {part: b'<!DOCTYPE x [<!ENTITY a "b">]>' + found[part]})
    with pytest.raises(RefusedError, match=r"tep[.]nguy_hiem"):
        marks_of(hostile)


def test_a_part_that_names_no_other_part_is_no_comment() -> None:
    found = parts(xlsx(comment))
    with zipfile.ZipFile(io.BytesIO(xlsx(comment))) as package:
        rels = package.read("xl/worksheets/_rels/sheet1.xml.rels")
    found["xl/worksheets/_rels/sheet1.xml.rels"] = rels.replace(b"comment1.xml", b"comment9.xml")
    assert marks_of(archive(found)).comments == ()


def hide_in_xlsx() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.write_row(0, 0, ["a", "b", "c", "d"])
    page.set_column(1, 2, 8, None, {"hidden": True})
    book.close()
    return out.getvalue()


def hide_in_xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for column in range(4):
        page.write(0, column, "a")
        page.col(column).hidden = column in (1, 2)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hide_in_ods() -> bytes:
    columns = (
        "<table:table-column/>"
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
        "<table:table-column/>"
    )
    return ods(columns + row("".join(cell(text) for text in "abcd")))


@pytest.mark.parametrize("make", [hide_in_xlsx, hide_in_xls, hide_in_ods])
def test_hidden_columns_are_found(make: Callable[[], bytes]) -> None:
    assert marks_of(make()).hidden_columns == {1, 2}
