"""Files of other formats come back as an xlsx of the same layout that reads the same."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
import xlwt

from flows.read import read_file
from flows.returns.lists import TO_FIX
from flows.returns.xlsx.styles import COLOURS
from schemas.contract import typed_column
from schemas.datasets import load
from tests.flows.returns.books import mark_workbook, marks, rich

HEADINGS = (
    "STT",
    "Mã hộ",
    "Họ và tên chủ hộ",
    "Số nhân khẩu",
    "DVC trực tuyến",
    "TT không tiền mặt",
    "Internet",
    "Phân loại rác",
    "Năng lượng sạch",
)
RECORDS = (
    (1, "H00001", "Bùi Văn Mẫu", 4, "x", None, "Cáp quang", "x", None),
    (2, "H2", "=Nguyễn & <Mẫu>", "+4", "x", "x", "Di động", None, "x"),
    (3, "H00003", "-Trần Thị Mẫu", "1.50", "x", "x", "Không", "x", "x"),
)


def csv(lines_before: str = "") -> bytes:
    rows = (HEADINGS, *RECORDS)
    body = "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in rows)
    return ("\ufeff" + lines_before + body + "\n").encode()


def multiline_csv() -> bytes:
    return csv('"BÁO CÁO\nHộ gia đình";;;;;;;;\n')


def xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("Thôn [1]".replace("[", "(").replace("]", ")"))
    page.write_merge(0, 0, 0, 8, "BÁO CÁO HỘ GIA ĐÌNH")
    for at, row in enumerate((HEADINGS, *RECORDS), 2):
        for column, cell in enumerate(row):
            if cell is not None:
                page.write(at, column, cell)
    page.write(9, 1, date(2026, 10, 5), xlwt.easyxf(num_format_str="DD/MM/YYYY"))
    page.write(9, 2, True)
    page.row(9).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("ho_gia_dinh_thon_co_ten_rat_dai_1.csv", csv())
        box.writestr("ho_gia_dinh_thon_co_ten_rat_dai_2.csv", csv())
    return out.getvalue()


def html() -> bytes:
    lines = [["" if cell is None else str(cell).replace("<", "&lt;") for cell in row] for row in RECORDS]
    rows = "".join(f"<tr><td>{'</td><td>'.join(line)}</td></tr>" for line in (HEADINGS, *lines))
    return f"<html><meta charset='utf-8'><table>{rows}</table></html>".encode()


MADE: dict[str, Callable[[], bytes]] = {
    "bang.csv": csv,
    "nhieu_dong.csv": multiline_csv,
    "Một tên tệp dài hơn ba mươi mốt ký tự, có [ngoặc] và dấu: *?.csv": csv,
    "bang.xls": xls,
    "bang.zip": archive,
    "trang.xls": html,
}


def opened(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("name", MADE)
def test_another_format_reads_the_same_once_marked(name: str) -> None:
    data, datasets = MADE[name](), load()
    before = read_file(data, name, datasets)
    assert before.tables, name
    table = before.tables[-1]
    row = table.cells["_row"][1]
    cell = f"{table.letters['ma_ho']}{row}"
    book = mark_workbook(data, name, marks({"cell": cell, "sheet": table.sheet}))
    after = read_file(book, "tra_bai.xlsx", datasets)
    assert len(after.tables) == len(before.tables)
    names = ["_row", *(typed_column(column.name) for column in datasets["ho_gia_dinh"].columns)]
    for one, other in zip(before.tables, after.tables, strict=True):
        assert other.letters == one.letters
        assert other.cells.select(names).equals(one.cells.select(names))


@pytest.mark.parametrize("name", MADE)
def test_another_format_bears_its_marks_under_a_name_that_excel_takes(name: str) -> None:
    data = MADE[name]()
    table = read_file(data, name, load()).tables[-1]
    cell = f"{table.letters['ma_ho']}{table.cells['_row'][1]}"
    book = opened(mark_workbook(data, name, marks({"cell": cell, "sheet": table.sheet})))
    page = book[book.sheetnames[-1]]
    assert page[cell].value == "H2"
    assert page[cell].fill.fgColor.rgb == COLOURS["chan"]
    assert page[cell].comment
    (link,) = [c.hyperlink.location for r in book[TO_FIX].iter_rows() for c in r if c.hyperlink]
    assert link == f"'{page.title}'!{cell}"
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in book.sheetnames)
    assert not any(c.data_type == "f" for sheet in book for r in sheet.iter_rows() for c in r)


def test_merges_hidden_rows_days_and_ticks_of_an_xls_stay() -> None:
    data = xls()
    book = opened(mark_workbook(data, "bang.xls", marks({"cell": "B4", "sheet": "Thôn (1)"})))
    page = book["Thôn (1)"]
    assert [str(merge) for merge in page.merged_cells.ranges] == ["A1:I1"]
    assert page["B10"].value.date() == date(2026, 10, 5)
    assert page["B10"].number_format == "dd/mm/yyyy"
    assert page["C10"].value is True


def test_a_workbook_whose_tags_have_a_prefix_is_marked_in_place() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(rich())) as one, zipfile.ZipFile(data, "w") as other:
        for name in one.namelist():
            xml = one.read(name)
            if name in ("xl/workbook.xml", "xl/styles.xml") or name.startswith("xl/worksheets/sheet2.xml"):
                xml = prefixed(xml)
            other.writestr(name, xml)
    before = read_file(data.getvalue(), "a.xlsx", load())
    book = mark_workbook(data.getvalue(), "a.xlsx", marks({"cell": "B8"}))
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<x:styleSheet" in archive.read("xl/styles.xml")
        assert b"<x:sheet " in archive.read("xl/workbook.xml")
    assert opened(book)["Danh sách"]["B8"].fill.fgColor.rgb == COLOURS["chan"]
    assert read_file(book, "a.xlsx", load()).rows.equals(before.rows)


def prefixed(xml: bytes) -> bytes:
    """`xml` as some programs write it, every tag of the main namespace with a prefix."""
    main = b'="http://schemas.openxmlformats.org/spreadsheetml'
    return re.sub(rb"<(/?)(?=[a-zA-Z]+[\s>/])", rb"<\1x:", xml.replace(b"xmlns" + main, b"xmlns:x" + main))
