"""The words of totals, closing lines, notes and signatures in all spellings, and words that are none."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from flows.read.tables.row_words import is_closing, is_note, is_signature, is_sure_total, is_tail, is_total

TOTALS = [
    *("Tổng", "TỔNG", "Tổng số", "Tổng cộng", "Tổng cộng:", "TỔNG CỘNG", "Cộng", "CỘNG", "Cộng:", "Tông số"),
    *("Tông cộng", "Tổng sô", "Tổng công", "T.C", "TC", "T.C:", "T. Cộng", "Tong so", "TONG CONG", "Cong"),
    *("Total", "TOTAL", "Total:", "Grand total", "Sub-total", "Subtotal", "Sum", "Tổng số (I+II)", "I. Cộng"),
    *("Cộng thôn Mẫu", "Tổng toàn xã", "Toàn xã", "Lũy kế", "Cộng dồn", "Cộng trang", "Cộng mang sang"),
    *("Tổng số: 05 hộ (năm hộ)./.", "Tổng số hộ nghèo", "Tổng cộng 12 người", "Cộng tháng 11", "Tổng (1)"),
]
NAMES = [
    *(
        "Cộng Văn Mẫu",
        "Cộng Thị Mẫu",
        "Tổng Thị Nhóm",
        "Tống Văn Cộng",
        "Công Văn Minh",
        "Cộng Hòa",
        "Tô Mẫu",
    ),
    *("Tổng công ty Mẫu", "Tổng hợp", "Total Energies", "Toàn Văn Mẫu", "Cong Van Minh", "Summer", "TCVN"),
    *("Toàn xã ra quân dọn vệ sinh", "Lũy Tre", "Công", "Tống"),
]
CLOSINGS = [
    *("Danh sách gồm 05 hộ./.", "Danh sách này có 5 người", "Danh sach gom 05 ho", "DANH SÁCH GỒM CÓ 05 HỘ"),
    *("(Danh sách trên có 12 người)", "Ấn định danh sách có 05 người", "Bảng kê gồm 03 mục", "Bằng chữ: Năm"),
    *(
        "Số tiền bằng chữ: Năm triệu đồng",
        "Trang 1/2",
        "Trang số 3",
        "Page 1 of 2",
        "- 3 -",
        "Hết",
        "Nộp đủ./.",
    ),
]
SIGNATURES = [
    *("Ngọc Lặc, ngày 05 tháng 11 năm 2026", "Ngày … tháng … năm …", "Ngoc Lac, ngay 5 thang 11 nam 2026"),
    *("Người lập biểu", "NGUOI LAP BIEU", "KT. CHỦ TỊCH", "(Ký, ghi rõ họ tên)", "(Đã ký)", "Trưởng thôn"),
]
NOTES = [
    "* Ghi chú: không",
    "(*) Số ước tính",
    "** Tạm trú",
    "(1) Tính đến 14/11",
    "Ghi chú: Số ước",
    "Lưu ý",
]
OTHERS = [
    *("Danh mục hồ sơ", "Danh Văn Mẫu", "Trang Thị Mẫu", "Bảng điện hỏng", "Biểu diễn văn nghệ", "Hết sóng"),
    *("Nguyễn Văn Ký", "Thôn Trang", "Năm 2026", "* Thôn Mẫu"),
]


@pytest.mark.parametrize("text", TOTALS)
def test_knows_a_label_of_a_total(text: str) -> None:
    assert is_total(text)
    assert is_total(normalize("NFD", text))


@pytest.mark.parametrize("text", NAMES)
def test_takes_no_name_for_a_total(text: str) -> None:
    assert not is_total(text)
    assert not is_total(normalize("NFD", text))


@pytest.mark.parametrize("text", ["Cộng", "Tổng", "TC", "Total", "Sum"])
def test_a_label_that_may_be_a_name_is_not_sure(text: str) -> None:
    assert not is_sure_total(text)
    assert is_sure_total(f"{text} (1)")


@pytest.mark.parametrize("text", CLOSINGS)
def test_knows_a_line_that_closes_a_list(text: str) -> None:
    assert is_closing(text)
    assert is_tail(normalize("NFD", text))


@pytest.mark.parametrize("text", SIGNATURES)
def test_knows_who_signs_and_when(text: str) -> None:
    assert is_signature(text)


@pytest.mark.parametrize("text", NOTES)
def test_knows_a_note(text: str) -> None:
    assert is_note(text)


@pytest.mark.parametrize("text", [*OTHERS, *NAMES])
def test_takes_nothing_else_for_the_end_of_a_table(text: str) -> None:
    assert not is_tail(text)
