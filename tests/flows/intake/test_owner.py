"""Whose a table is: folder, title and file name are weighed together."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from flows.collect.submission import Submission
from flows.intake.owed import read_submission
from flows.intake.owner import find_named, find_near
from flows.intake.records import clean_submission
from flows.read import read_file
from flows.read.our_sheets import CHOICE
from flows.returns.lists import TO_FIX
from schemas.registry import load
from tests.conftest import lines
from tests.flows.forms.made import filled
from tests.flows.returns.books import mark_workbook, marks

CONTRACTS = load()
COMMUNE = CONTRACTS.commune
THON = COMMUNE.owing(CONTRACTS.datasets["ho_gia_dinh"])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("THÔN TIẾN THÀNH", ["T47"]),
        ("Ho_gia_dinh_Thon_Tien_Thanh_T47_thang_10_2026", ["T47"]),
        ("Danh sách hộ thôn Chả Hạ", ["T20"]),
        ("Thôn Hạ", ["T22"]),
        ("Thôn Trung Tâm", ["T28", "T40"]),
        ("PHỐ 1", ["T01"]),
        ("Phố 10", []),
        ("Khu phố Hưng Sơn", ["T10"]),
        ("Thôn Quí Hoà", []),
        ("Thôn Quý Hoà", ["T33"]),
        ("bao cao T11.2026", []),
        ("BÁO CÁO HỘ GIA ĐÌNH: KỸ NĂNG SỐ VÀ LỐI SỐNG XANH", []),
        ("UBND XÃ NGỌC LẶC", []),
    ],
)
def test_a_text_names_a_thon_by_its_whole_name_or_code(text: str, codes: list[str]) -> None:
    assert [unit.name for unit in find_named([text], THON)] == codes


@pytest.mark.parametrize(
    ("folder", "unit"),
    [
        ("t06", "T06"),
        ("T06 ", "T06"),
        ("T 06", "T06"),
        ("Công an", "cong_an"),
        ("Công an xã", "cong_an"),
        ("cong an", "cong_an"),
        ("phố lê lai", "T06"),
        ("kinh te", "kinh_te"),
        ("Thôn Trung Tâm", None),
        ("lịch trực", None),
    ],
)
def test_the_folder_of_a_unit_that_is_nearly_named_is_proposed(folder: str, unit: str | None) -> None:
    near = find_near(folder, COMMUNE)
    assert (near.name if near else None) == unit


def form(thon: str) -> bytes:
    return lines(
        [
            [thon],
            ["Tháng 10 năm 2026"],
            ["Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"],
            ["05/10/2026", "Viettel", "Mất sóng", "Mới", None],
        ]
    ).encode()


def submission(unit: str, file: str) -> Submission:
    return Submission("2026-11-05T10:00:00+07:00", unit, file, "0" * 64, 3)


@pytest.mark.parametrize(
    ("unit", "title", "file", "code"),
    [
        ("T47", "THÔN TIẾN THÀNH", "phan anh.csv", None),
        ("T47", "", "phan anh.csv", None),
        ("T07", "THÔN TIẾN THÀNH", "phan anh.csv", "tep.khac_don_vi"),
        ("T07", "", "phan_anh_thon_tien_thanh.csv", "tep.khac_don_vi"),
        ("T07", "", "phan_anh_T47.csv", "tep.khac_don_vi"),
        ("T07", "THÔN TIẾN THÀNH", "phan anh pho trung tam.csv", "tep.khac_don_vi"),
        ("T28", "Thôn Trung Tâm", "phan anh.csv", None),
        ("t47", "THÔN TIẾN THÀNH", "phan anh.csv", "tep.sai_don_vi"),
        ("kinh_te", "THÔN TIẾN THÀNH", "phan anh.csv", "tep.sai_don_vi"),
    ],
)
def test_a_table_that_names_another_unit_is_held(unit: str, title: str, file: str, code: str | None) -> None:
    read = read_submission(submission(unit, file), form(title), CONTRACTS)
    codes = [problem.code for problem in read.problems if problem.severity == "chan"]
    assert codes == [code] * (code is not None)
    assert len(read.taken) == (code is None)
    for problem in read.problems:
        assert problem.periods == ("2026-10",)


@pytest.mark.parametrize(
    ("unit", "title", "file", "told"),
    [
        ("T01", "PHỐ 1 VÀ PHỐ 2", "phan anh.csv", True),
        ("T01", "Phản ánh của Phố 1, Phố 2, Phố 3", "phan anh.csv", True),
        ("T01", "", "phan_anh_pho_1_pho_2.csv", True),
        ("T01", "PHỐ 1", "phan_anh_pho_1.csv", False),
        # Two thôn have this name.
        ("T28", "Thôn Trung Tâm", "phan anh thon trung tam.csv", False),
    ],
)
def test_a_table_that_names_its_unit_and_another_one_is_told(
    unit: str, title: str, file: str, *, told: bool
) -> None:
    read = read_submission(submission(unit, file), form(title), CONTRACTS)
    found = [(problem.code, problem.severity) for problem in read.problems]
    assert found == [("tep.khac_don_vi", "canh_bao")] * told
    assert len(read.taken) == 1


@pytest.mark.parametrize(("sheet", "taken"), [("Phố 1", 1), ("Phố 2", 0), ("T10", 1), ("Sheet1", 1)])
def test_a_sheet_that_names_another_unit_is_held(sheet: str, taken: int) -> None:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in (
        ["Tháng 10 năm 2026"],
        ["Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"],
        ["05/10/2026", "Viettel", "Mất sóng", "Mới", None],
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    read = read_submission(submission("T01", "phan anh.xlsx"), out.getvalue(), CONTRACTS)
    assert len(read.taken) == taken
    assert [problem.code for problem in read.problems] == ["tep.khac_don_vi"] * (1 - taken)


def without_title(data: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    for merged in [*page.merged_cells.ranges]:
        if merged.max_row < 4:
            page.unmerge_cells(str(merged))
    for row in page["A1:Z3"]:
        for cell in row:
            cell.value = None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_stamp_of_our_form_says_whose_it_is() -> None:
    data = without_title(filled(CONTRACTS.datasets["ho_gia_dinh"]))
    for unit, codes in (("T01", []), ("T02", ["tep.khac_don_vi"])):
        read = read_submission(submission(unit, "ho gia dinh.xlsx"), data, CONTRACTS)
        assert [problem.code for problem in read.problems] == codes
        assert all("mẫu được xã in cho Phố 1 (T01)" in problem.message for problem in read.problems)


def test_a_marked_workbook_is_stamped_with_its_unit_unless_that_is_in_doubt() -> None:
    for code, made_for in (("x.thieu", ("T07",)), ("tep.khac_don_vi", ())):
        told = marks({"cell": None, "sheet": None, "code": code}, unit="T07")
        book = mark_workbook(form("Phố Trung Tâm"), "phan anh.csv", told)
        (table,) = read_file(book, "phan anh.xlsx", CONTRACTS.datasets).tables
        assert table.made_for == made_for


@pytest.mark.parametrize(
    ("said", "meant"),
    [(None, None), ("x", "sua"), (" X ", "sua"), ("Cả bảng", "ca_bang"), ("không", "ca_bang")],
)
def test_a_clerk_says_in_the_marked_workbook_what_comes_back(said: str | None, meant: str | None) -> None:
    told = marks({"cell": None, "sheet": None}, unit="T07")
    book = openpyxl.load_workbook(io.BytesIO(mark_workbook(form("Phố Trung Tâm"), "phan anh.csv", told)))
    (cell,) = (row[1] for row in book[TO_FIX].iter_rows() if row[0].value == CHOICE)
    cell.value = said
    out = io.BytesIO()
    book.save(out)
    (part,) = clean_submission(submission("T07", "phan anh.xlsx"), out.getvalue(), CONTRACTS).parts
    assert part.meant == meant


def test_what_somebody_vouched_for_counts() -> None:
    one = replace(submission("T07", "phan anh.csv"), vouched="Trưởng thôn xác nhận")
    assert len(read_submission(one, form("THÔN TIẾN THÀNH"), CONTRACTS).taken) == 1
