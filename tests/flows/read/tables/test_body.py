"""What stands between and beside records: sections, totals, ditto marks, signatures, second tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from random import Random
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.read import read_file
from flows.read.table import ReadFile
from flows.read.tables.row_words import says_nil
from schemas.contract import Dataset
from schemas.datasets import load
from tests.flows.read.forms import heading_grid, records

DATASETS = load()

BIRTHS = [
    ["STT", "Số định danh cá nhân", "Họ và tên", "Năm sinh", "", "Dân tộc", "Mã hộ", "Quan hệ với chủ hộ",
     "Tình trạng cư trú", "Tình trạng", "Ngày cập nhật", "Ngày mất", "Số điện thoại"],
    ["", "", "", "Nam", "Nữ", "", "", "", "", "", "", "", ""],
]  # fmt: skip


def read(rows: Sequence[Sequence[object]]) -> ReadFile:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return read_file(target.getvalue().encode(), "a.csv", DATASETS)


def person(number: int, men: str, women: str, people: str = "Kinh") -> list[object]:
    return [number, f"03808500000{number}", "Bùi Văn Mẫu", men, women, people, "H00001", "Con", "Thường trú",
            "Đang sống", "01/10/2026", "", ""]  # fmt: skip


def test_reads_birth_years_from_columns_for_men_and_for_women() -> None:
    doc = read([*BIRTHS, ["Thôn Mẫu"], person(1, "1985", ""), person(2, "", "1990")])
    assert doc.problems == ()
    cells = doc.tables[0].cells
    assert cells["ngay_sinh.typed"].to_list() == ["1985", "1990"]
    assert cells["ngay_sinh.letter"].to_list() == ["D", "E"]
    assert cells["gioi_tinh.typed"].to_list() == ["Nam", "Nữ"]


TICKED = [
    ["STT", "Số định danh cá nhân", "Họ và tên", "Ngày sinh", "Giới tính", "", "Dân tộc", "Mã hộ",
     "Quan hệ với chủ hộ", "Tình trạng cư trú", "Tình trạng", "Ngày cập nhật", "Ngày mất", "Số điện thoại"],
    ["", "", "", "", "Nam", "Nữ", "", "", "", "", "", "", "", ""],
]  # fmt: skip


def test_reads_the_sex_from_the_column_that_is_ticked() -> None:
    ticks = [("x", ""), ("", "X"), ("1", "0"), ("", "✓"), ("x", "x"), ("", ""), ("", "chưa rõ")]
    rows = [
        [number, f"03808500000{number}", "Bùi Văn Mẫu", "02/03/1985", man, woman, "Kinh", "H00001", "Con",
         "Thường trú", "Đang sống", "01/10/2026", "", ""]
        for number, (man, woman) in enumerate(ticks, 1)
    ]  # fmt: skip
    doc = read([*TICKED, ["Thôn Mẫu"], *rows])
    assert doc.problems == ()
    cells = doc.tables[0].cells
    assert cells["gioi_tinh.typed"].to_list() == ["Nam", "Nữ", "Nam", "Nữ", "Nam / Nữ", None, "chưa rõ"]
    assert cells["gioi_tinh.letter"].to_list() == ["E", "F", "E", "F", "E", "E", "F"]
    assert cells["ngay_sinh.typed"].to_list() == ["02/03/1985"] * len(ticks)


def test_carries_the_thon_of_a_section_down_with_its_row() -> None:
    rows = [
        *BIRTHS,
        ["I. Thôn Mẫu"],
        person(1, "1985", ""),
        person(2, "1986", ""),
        ["II", "Phố 2"],
        person(3, "1987", ""),
    ]
    cells = read(rows).tables[0].cells
    assert cells["thon.typed"].to_list() == ["Thôn Mẫu", "Thôn Mẫu", "Phố 2"]
    assert cells["thon.row"].to_list() == [3, 3, 6]


def test_replaces_ditto_marks_and_says_so() -> None:
    doc = read(
        [
            *BIRTHS,
            ["Thôn Mẫu"],
            person(1, "1985", "", "Mường"),
            person(2, "1986", "", '"'),
            person(3, "1987", "", "nt"),
        ]
    )
    table = doc.tables[0]
    assert table.cells["dan_toc.typed"].to_list() == ["Mường"] * 3
    assert table.changes.rows() == [
        (5, "F", "dan_toc", "nhu_tren", '"', "Mường"),
        (6, "F", "dan_toc", "nhu_tren", "nt", "Mường"),
    ]


def test_joins_a_table_that_continues_and_keeps_another_apart() -> None:
    one, other = DATASETS["ha_tang_vien_thong"], DATASETS["sang_kien"]
    first = [[n, *row] for n, row in enumerate(records(one, 4), 1)]
    second = [[n, *row] for n, row in enumerate(records(other, 1), 1)]
    parts = [*heading_grid(one), *first[:2], [], ["(tiếp theo)"], *heading_grid(one), *first[2:], []]
    doc = read([*parts, ["II. SÁNG KIẾN"], *heading_grid(other), *second])
    assert doc.problems == ()
    assert [(table.dataset, table.cells["_row"].to_list()) for table in doc.tables] == [
        ("ha_tang_vien_thong", [3, 4, 9, 10]),
        ("sang_kien", [14]),
    ]


def test_knows_a_declared_nil() -> None:
    doc = read([["BÁO CÁO"], *heading_grid(DATASETS["sang_kien"]), ["", "Không phát sinh"]])
    assert doc.problems == ()
    assert doc.tables[0].nil
    assert doc.tables[0].cells.is_empty()


def test_a_table_without_records_and_without_a_word_is_no_nil() -> None:
    doc = read(heading_grid(DATASETS["sang_kien"]))
    assert not doc.tables[0].nil
    assert doc.tables[0].cells.is_empty()


def test_takes_an_office_of_totals_for_a_record() -> None:
    dataset = DATASETS["doanh_nghiep"]
    rows = records(dataset, 2)
    rows[1][1] = "Tổng công ty Mẫu"
    doc = read(
        [
            *heading_grid(dataset),
            *([n, *row] for n, row in enumerate(rows, 1)),
            ["", "Tổng cộng", "", "", "", 34, 34],
        ]
    )
    assert doc.tables[0].cells["ten.typed"].to_list()[1] == "Tổng công ty Mẫu"
    assert doc.rows["role"].to_list()[-1] == "tong"
    assert doc.tables[0].totals["_row"].to_list() == [5]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_knows_a_total_that_fills_every_column(form: Literal["NFC", "NFD"]) -> None:
    dataset = DATASETS["to_cong_nghe_so"]
    doc = read([heading_grid(dataset)[0][1:], *records(dataset, 2), [normalize(form, "Tổng cộng"), 9, 9, 9]])
    assert doc.rows["role"].to_list()[-1] == "tong"


@pytest.mark.parametrize(
    ("row", "role"),
    [
        (["", "Tổng cộng", "Khác", "Phố 1", 57, 57, 57, 57], "tong"),
        (["", "TỔNG SỐ (I+II)", "Khác", "Phố 1", 57, 57, 57, 57], "tong"),
        ([4, "Tổng cộng", "Khác", "Phố 1", 57, 57, 57, 57], "ban_ghi"),
        (["", "Cộng", "Khác", "Phố 1", 57, 57, 57, 57], "ban_ghi"),
        (["", "Tổng công ty Mẫu", "Khác", "Phố 1", 57, 57, 57, 57], "ban_ghi"),
        (["", "Tổng cộng", "Khác", "Phố 1"], "ban_ghi"),
    ],
)
def test_a_total_whose_words_are_filled_in_is_one_if_it_says_so(row: Sequence[object], role: str) -> None:
    assert roles(row, dataset="thanh_toan") == [role]


def test_keeps_a_record_that_is_mostly_blank() -> None:
    dataset = DATASETS["dan_cu"]
    doc = read([*heading_grid(dataset), [1, *records(dataset, 1)[0]], [2, "", "Bùi Thị Mẫu"], [3]])
    assert doc.tables[0].cells["_row"].to_list() == [2, 3]
    assert doc.rows["role"].to_list() == ["dau_cot", "ban_ghi", "ban_ghi", "trong"]


def roles(*rows: Sequence[object], dataset: str = "ho_gia_dinh", numbered: bool = True) -> list[str]:
    """The roles of `rows` under three good records of `dataset`."""
    contract = DATASETS[dataset]
    good = [[n, *row] for n, row in enumerate(records(contract, 3), 1)]
    grid = [*heading_grid(contract), *good, *rows]
    doc = read(grid if numbered else [row[1:] for row in grid])
    return [str(role) for role in doc.rows["role"].to_list()[-len(rows) :]]


@pytest.mark.parametrize(
    ("row", "role"),
    [
        (["", "Danh sách gồm 03 hộ./."], "cuoi"),
        (["Tổng số: 03 hộ (ba hộ)./."], "tong"),
        (["", "", "Trang 1/2"], "cuoi"),
        (["", "", "", "", "Ngọc Lặc, ngày 05 tháng 11 năm 2026"], "cuoi"),
        (["* Hộ nghèo"], "cuoi"),
        (["", "(*) Hộ mới tách"], "cuoi"),
        (["", "Xem thêm phụ lục"], "cuoi"),
        (["Total", "", "", 10], "tong"),
        (["", "T.C", "", 10], "tong"),
        (["", "Cộng", "", 10, 2, 1, "", 3], "tong"),
        (["", "", "Cộng", 10], "tong"),
    ],
)
def test_knows_how_a_table_ends(row: Sequence[object], role: str) -> None:
    assert roles(row) == [role]


@pytest.mark.parametrize(
    "row",
    [
        ["", "H00009", "Cộng", 3, "x", "x", "Cáp quang", "x", "x"],
        ["", "H00009", "Tổng", 3, "", "", "Di động"],
        ["", "H00009", "Total"],
        ["", "", "Cộng", "", "", "", "Cáp quang", "x"],
        ["", "H00009", "Trưởng Thôn", ""],
        ["", "", "Bùi Thị Mẫu", "", "", "", "Di động"],
        ["9", "", "Bùi Thị Mẫu"],
    ],
)
def test_leaves_no_record_out(row: Sequence[object]) -> None:
    assert roles(row) == ["ban_ghi"]
    assert roles(["", "* Chú ý"], row)[1:] == ["ban_ghi"]


def test_keeps_an_officer_whose_row_names_a_post_that_signs() -> None:
    row = ["", "UBND xã", "Bùi Văn Mẫu", "Chủ tịch"]
    assert roles(row, dataset="nguoi_dung_dau") == ["ban_ghi"]


def test_names_under_a_signature_are_no_records() -> None:
    below = [["", "Người lập biểu", "", "", "TRƯỞNG THÔN"], ["", "Bùi Văn Mẫu", "Phạm Thị Ví Dụ"]]
    assert roles(*below) == ["cuoi", "cuoi"]


def test_lines_that_wait_for_data_are_no_records() -> None:
    waiting = [["", "", "", "", "", "", "#N/A"], [4, "#N/A", 0], ["", "", "", 0], ["", "", "", 0]]
    assert roles(*waiting, ["", "Người lập"]) == [*["cho_san"] * 4, "cuoi"]


def test_what_may_have_been_typed_is_no_line_that_waits() -> None:
    assert roles(["", "", "", 0]) == ["ban_ghi"]
    assert roles([4, "#N/A"], [5, *records(DATASETS["ho_gia_dinh"], 4)[3]]) == ["ban_ghi", "ban_ghi"]
    assert roles(["", "#REF!", "#REF!"], ["", "#N/A", "Bùi Thị Mẫu"]) == ["ban_ghi", "ban_ghi"]


def telling(dataset: Dataset) -> list[int]:
    """The places of the columns that no row but a record fills."""
    return [at for at, c in enumerate(dataset.columns) if not c.kind.adds_up and c.kind.name != "ho_ten"]


TELLING = [name for name, dataset in DATASETS.items() if len(telling(dataset)) > 1]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(TELLING), numbered=st.booleans())
def test_a_record_with_two_cells_of_its_own_is_never_left_out(seed: int, name: str, numbered: bool) -> None:
    random, dataset = Random(seed), DATASETS[name]
    row = records(dataset, random.randint(4, 9))[-1]
    for at, column in enumerate(dataset.columns):
        if column.kind.name == "ho_ten":
            row[at] = random.choice(["Cộng Văn Mẫu", "Tổng Thị Mẫu", "Cong Van Mau", "Cộng", "Sum"])
    kept = {*random.sample(telling(dataset), 2), *random.sample(range(len(row)), random.randint(0, len(row)))}
    row = [cell if at in kept else None for at, cell in enumerate(row)]
    end = random.choice([["", "* Ghi chú"], ["Tổng cộng"], ["", "Danh sách gồm 04 mục./."], ["", "Cộng"]])
    assert roles(["", *row], end, dataset=name, numbered=numbered)[0] == "ban_ghi"
    assert roles(end, ["", *row], dataset=name, numbered=numbered)[1] == "ban_ghi"


def test_an_unknown_table_below_is_told_and_gives_no_records() -> None:
    dataset = DATASETS["to_cong_nghe_so"]
    known = [[n, *row] for n, row in enumerate(records(dataset, 2), 1)]
    below = [["S T T", "Màu", "Cỡ", "Kho"], [1, "đỏ", 2, "a"], [2, "xanh", 3, "b"]]
    doc = read([*heading_grid(dataset), *known, [], ["BIỂU 2"], *below])
    assert [table.cells["_row"].to_list() for table in doc.tables] == [[2, 3]]
    assert [(problem.code, problem.row) for problem in doc.problems] == [("tep.khong_ro_bo_du_lieu", 6)]
    assert doc.rows["role"].to_list()[3:] == ["trong", "tieu_de", "dau_cot", "ngoai_bang", "ngoai_bang"]


def test_so_is_one_whose_heading_has_no_number() -> None:
    dataset = DATASETS["moi_truong"]
    grid = heading_grid(dataset)
    below = [["Thôn", "Số hộ", "Số khẩu", "Trẻ em"], ["Phố 4", 100, 50, 20], ["Phố 5", 120, 60, 20]]
    for numbered in (False, True):
        known = [[n, *row][not numbered :] for n, row in enumerate(records(dataset, 3), 1)]
        heading = [row[not numbered :] for row in grid]
        for gap in ([[]], [[], ["DÂN SỐ CÁC THÔN"]], [["II. DÂN SỐ"]]):
            doc = read([*heading, *known, *gap, *below])
            first = len(heading) + 1
            rows = [table.cells["_row"].to_list() for table in doc.tables]
            assert rows == [[first, first + 1, first + 2]], (numbered, gap)
            assert "tep.khong_ro_bo_du_lieu" in {problem.code for problem in doc.problems}
        # Words in place of figures are no heading.
        odd = ["Phố 9", "chưa có", "chưa có", None]
        doc = read([*heading, *known, [], [*([9] if numbered else []), *odd], *known])
        assert sum(table.cells.height for table in doc.tables) == 7


def test_reads_headings_in_two_rows_that_were_never_merged() -> None:
    dataset = DATASETS["moi_truong"]
    upper = [
        "STT",
        "Thôn",
        "Rác thải sinh hoạt (tấn)",
        "",
        "",
        "Số mô hình kinh tế tuần hoàn",
        "Điện mặt trời (kWp)",
    ]
    lower = ["", "", "Phát sinh", "Thu gom, xử lý", "Tái chế", "", ""]
    doc = read([upper, lower, *([n, *row] for n, row in enumerate(records(dataset, 2), 1))])
    assert doc.problems == ()
    assert doc.tables[0].cells["_row"].to_list() == [3, 4]


@pytest.mark.parametrize(
    ("text", "nil"),
    [
        ("Không phát sinh", True),
        ("Tháng 11/2026 không phát sinh phản ánh mới.", True),
        ("Phố 1: trong kỳ (từ 15/10/2026 đến 14/11/2026) không phát sinh", True),
        ("Số phản ánh: 0 (không phát sinh)", True),
        ("Biểu số 5: KHÔNG PHÁT SINH quý IV năm 2026", True),
        ("Đính kèm danh sách 3 phản ánh (tệp Word), không phát sinh vụ việc phức tạp", False),
        ("Ngoài ra không phát sinh", False),
        ("Đã xử lý 12 vụ, không phát sinh vụ mới", False),
    ],
)
def test_only_a_sentence_about_nothing_else_says_that_there_is_nothing(text: str, nil: bool) -> None:
    assert says_nil(text) == nil
