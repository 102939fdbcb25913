"""A marked workbook is the clerk's own: nothing but marks differs, and these come off again."""

from __future__ import annotations

import io
import re
import warnings
import zipfile

import openpyxl
import pytest

from flows.read import read_file
from flows.returns import book as book_module
from flows.returns.book import list_marks
from flows.returns.lists import REPAIRED, TO_FIX
from flows.returns.xlsx.comments import HEAD
from flows.returns.xlsx.styles import COLOURS
from schemas.datasets import load
from tests.flows.returns.books import mark_workbook, marks, rich

RICH = rich()
FAULTS = (
    {"cell": "B8", "proposal": "H00008"},
    {"cell": "B9"},
    {"cell": "C9", "code": "chu_ho.mot_tieng", "severity": "canh_bao", "message": "Chỉ có một tiếng."},
    {"cell": "B7"},  # the clerk's own comment stands here
    {"cell": "F10", "code": "x.thieu", "message": "Ô để trống.", "value": None},  # no such cell in the file
    {"cell": "D9"},  # a formula
    {"cell": "E4"},  # among merged cells: shown by A3
    {"cell": "B40"},  # a row that the file does not have
    {"cell": None, "sheet": None, "code": "tep.khac_ky", "message": "Sai kỳ.", "value": None},
)
REPAIRS = ({"cell": "C8", "change": "khoang_trang", "before": " Bùi", "after": "Bùi"},)
UNWRITTEN = {"F10", "B40"}
MARKED_CELLS = {"B7", "B8", "B9", "C9", "F10", "D9", "A3", "B40"}


@pytest.fixture(scope="module")
def book() -> bytes:
    return mark_workbook(RICH, "mau.xlsx", marks(*FAULTS, changes=REPAIRS))


def opened(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        # openpyxl drops sparklines and other extensions: it only looks here, and never writes.
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(data), rich_text=True)


def links_of(page: openpyxl.worksheet.worksheet.Worksheet) -> dict[str, str]:
    cells = (cell for row in page.iter_rows() for cell in row)
    return {cell.coordinate: cell.hyperlink.location for cell in cells if cell.hyperlink}


def looks(cell: openpyxl.cell.Cell) -> tuple[object, ...]:
    parts = (cell.font, cell.border, cell.alignment, cell.protection)
    return (cell.number_format, *map(repr, parts))


def test_values_formulas_and_styles_of_all_cells_stay(book: bytes) -> None:
    before, after = opened(RICH), opened(book)
    for sheet in before.sheetnames:
        for row in before[sheet].iter_rows():
            for cell in row:
                now = after[sheet][cell.coordinate]
                assert now.value == cell.value
                if cell.coordinate not in UNWRITTEN:
                    assert looks(now) == looks(cell)
                if sheet != "Danh sách" or cell.coordinate not in MARKED_CELLS:
                    assert repr(now.fill) == repr(cell.fill)


def test_layout_of_all_sheets_stays(book: bytes) -> None:
    before, after = opened(RICH), opened(book)
    assert after.sheetnames == [TO_FIX, *before.sheetnames, REPAIRED]
    for name in before.sheetnames:
        one, other = before[name], after[name]
        assert {k: (d.width, d.hidden) for k, d in other.column_dimensions.items()} == {
            k: (d.width, d.hidden) for k, d in one.column_dimensions.items()
        }
        assert {k: d.height for k, d in other.row_dimensions.items() if d.height} == {
            k: d.height for k, d in one.row_dimensions.items() if d.height
        }
        assert other.merged_cells == one.merged_cells
        assert other.freeze_panes == one.freeze_panes
        assert other.auto_filter.ref == one.auto_filter.ref
        assert other.print_area == one.print_area
        assert other.print_title_rows == one.print_title_rows
        assert other.data_validations.count == one.data_validations.count
        assert len(other.conditional_formatting) == len(one.conditional_formatting)
        assert other.sheet_state == one.sheet_state
        assert other.protection.sheet == one.protection.sheet


def test_all_other_parts_stay_byte_for_byte(book: bytes) -> None:
    changed = re.compile(
        r"\[Content_Types\]|xl/workbook\.xml|_rels/(workbook|sheet1)\.xml\.rels|styles|worksheets/sheet[12]\.xml"
        r"|comments1|vmlDrawing1"
    )
    with zipfile.ZipFile(io.BytesIO(RICH)) as one, zipfile.ZipFile(io.BytesIO(book)) as other:
        assert set(one.namelist()) <= set(other.namelist())
        for name in one.namelist():
            if not changed.search(name):
                assert other.read(name) == one.read(name), name


def test_but_for_styles_the_sheet_itself_stays_byte_for_byte(book: bytes) -> None:
    def plain(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read("xl/worksheets/sheet1.xml")
        xml = re.sub(rb'<row r="40"><c r="B40" s="\d+"/></row>', b"", xml)  # made for the mark
        xml = re.sub(rb'<c r="F10" s="\d+"/>', b"", xml)
        return re.sub(rb' s="\d+"| spans="[\d:]+"', b"", xml)

    assert plain(book) == plain(RICH)


def test_names_of_one_sheet_still_belong_to_it(book: bytes) -> None:
    after = opened(book)
    assert "TongSo" in after.defined_names
    assert "Rieng" in after["An"].defined_names


def test_our_first_sheet_is_shown_alone(book: bytes) -> None:
    after = opened(book)
    assert after.active.title == TO_FIX
    assert [sheet.title for sheet in after if sheet.sheet_view.tabSelected] == [TO_FIX]


def test_wrong_cells_are_coloured_by_severity(book: bytes) -> None:
    page = opened(book)["Danh sách"]
    red = {"B7", "B8", "B9", "F10", "D9", "A3", "B40"}
    assert {cell: page[cell].fill.fgColor.rgb for cell in red} == dict.fromkeys(red, COLOURS["chan"])
    assert page["C9"].fill.fgColor.rgb == COLOURS["canh_bao"]


def test_a_cell_that_was_not_written_gets_the_look_of_its_column(book: bytes) -> None:
    page = opened(book)["Danh sách"]
    assert page["F10"].font.i
    assert page["F10"].border.left.style == "medium"


def test_comments_say_what_is_wrong_below_what_the_clerk_wrote(book: bytes) -> None:
    page = opened(book)["Danh sách"]
    assert (
        page["B8"].comment.text == f"{HEAD}\nPhải sửa: “Mã hộ” không đúng mẫu, ví dụ H00012.\nĐề xuất: H00008"
    )
    assert page["B7"].comment.text.startswith("Chị Mẫu: đã hỏi lại")
    assert HEAD in page["B7"].comment.text
    assert page["C9"].comment.text == f"{HEAD}\nXem lại: Chỉ có một tiếng."
    assert page["C12"].comment.text == "Không liên quan"


def test_every_fault_is_listed_with_a_link_to_its_cell(book: bytes) -> None:
    page = opened(book)[TO_FIX]
    links = links_of(page)
    lines = {page.cell(row, 2).value: row for row in range(1, page.max_row + 1) if page.cell(row, 2).value}
    for fault in FAULTS[:-1]:
        row = lines[fault["cell"]]
        assert links[f"B{row}"] == f"'Danh sách'!{fault['cell']}"
    assert lines["cả tệp"]
    assert f"B{lines['cả tệp']}" not in links


def test_rows_with_one_key_stand_together_and_name_each_other() -> None:
    said = {"code": "khoa.trung", "message": "Trùng “Mã hộ” với dòng khác."}
    pairs = (("B8", "a"), ("B9", "b"), ("B10", "a"), ("B11", "b"))
    page = opened(mark_workbook(RICH, "mau.xlsx", marks(*({"cell": c, "issue": i} | said for c, i in pairs))))
    lines = [(row[1].value, row[5].value) for row in page[TO_FIX].iter_rows() if row[1].hyperlink]
    a, b = (f"{said['message']} Các dòng trùng nhau: {rows}." for rows in ("8, 10", "9, 11"))
    assert lines == [("B8", a), ("B10", a), ("B9", b), ("B11", b)]
    assert page["Danh sách"]["B9"].comment.text == f"{HEAD}\nPhải sửa: {b}"


def test_an_empty_cell_is_said_to_be_empty(book: bytes) -> None:
    page = opened(book)[TO_FIX]
    assert {row[4].value for row in page.iter_rows() if row[1].value == "F10"} == {"(để trống)"}


def test_a_new_relations_part_has_a_type_where_each_is_named_by_itself() -> None:
    box = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(RICH)) as one, zipfile.ZipFile(box, "w") as other:
        for name in one.namelist():
            xml = one.read(name)
            if name == "[Content_Types].xml":
                xml = re.sub(rb'<Default Extension="rels"[^>]*/>', b"", xml)
            other.writestr(name, xml)
    with zipfile.ZipFile(
        io.BytesIO(mark_workbook(box.getvalue(), "a.xlsx", marks({"cell": "B8"})))
    ) as archive:
        assert b'Extension="rels"' in archive.read("[Content_Types].xml")


def test_comments_stop_where_they_would_hold_up_whoever_opens_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(book_module, "_MOST_NOTES", 1)
    page = opened(mark_workbook(RICH, "mau.xlsx", marks({"cell": "B8"}, {"cell": "B9"})))["Danh sách"]
    assert page["B8"].comment
    assert page["B9"].comment is None
    assert page["B9"].fill.fgColor.rgb == COLOURS["chan"]


def test_a_table_too_large_to_be_copied_comes_back_as_lists_alone() -> None:
    made = opened(list_marks(marks(*FAULTS, changes=REPAIRS)))
    assert made.sheetnames == [TO_FIX, REPAIRED]


def test_repairs_are_listed(book: bytes) -> None:
    page = opened(book)[REPAIRED]
    said = [tuple(cell.value for cell in row) for row in page.iter_rows()][-1]
    assert said == ("C8", "Danh sách", "Mã hộ", "bỏ khoảng trắng, ký tự ẩn thừa", " Bùi", "Bùi")


def test_the_same_file_and_marks_give_the_same_bytes(book: bytes) -> None:
    assert mark_workbook(RICH, "mau.xlsx", marks(*FAULTS, changes=REPAIRS)) == book


def test_a_quoted_sheet_is_linked() -> None:
    sheet = "Sổ 'cũ' & mới"
    book = opened(mark_workbook(RICH, "mau.xlsx", marks({"cell": "A1", "sheet": sheet})))
    assert [*links_of(book[TO_FIX]).values()] == ["'Sổ ''cũ'' & mới'!A1"]


@pytest.mark.parametrize(
    "typed", ["=1+1", "+84912", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "a\x01b<&>\"'"]
)
def test_nothing_that_was_typed_becomes_a_formula(typed: str) -> None:
    fault = {"cell": "B8", "value": typed, "proposal": typed, "message": typed}
    change = {"cell": "B8", "change": "viet_hoa", "before": typed, "after": typed}
    book = mark_workbook(RICH, "mau.xlsx", marks(fault, changes=[change]))
    after = opened(book)
    for name in (TO_FIX, REPAIRED):
        for row in after[name].iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "-", "@", "\t"))


def test_marks_come_off_when_the_workbook_is_marked_again(book: bytes) -> None:
    again = opened(mark_workbook(book, "mau (trả bài).xlsx", marks({"cell": "B9"})))
    before = opened(RICH)
    assert again.sheetnames == [TO_FIX, *before.sheetnames]
    page = again["Danh sách"]
    coloured = {
        cell.coordinate
        for row in page.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb in COLOURS.values()
    }
    assert coloured == {"B9"}
    for cell in MARKED_CELLS - {"B9", "F10", "B40"}:
        was = before["Danh sách"][cell].fill
        assert (page[cell].fill.fill_type, page[cell].fill.fgColor.rgb) == (was.fill_type, was.fgColor.rgb)
    commented = {
        cell.coordinate: cell.comment.text for row in page.iter_rows() for cell in row if cell.comment
    }
    assert commented.keys() == {"B7", "B9", "C12"}
    assert commented["B7"].strip() == "Chị Mẫu: đã hỏi lại"


def test_our_sheets_are_never_read(book: bytes) -> None:
    one, other = read_file(RICH, "a.xlsx", load()), read_file(book, "a.xlsx", load())
    assert other.rows["sheet"].unique().sort().to_list() == one.rows["sheet"].unique().sort().to_list()
    assert [table.cells.to_dict() for table in other.tables] == [
        table.cells.to_dict() for table in one.tables
    ]
