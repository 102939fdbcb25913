"""Sections, titles and sheets that say that their records are none of the report; others say nothing."""

from __future__ import annotations

import io

import openpyxl

from flows.collect.submission import Submission
from flows.intake.model import ReadSubmission
from flows.intake.not_meant import read_not_meant, read_sheet_not_meant, says_estimated
from flows.intake.owed import read_submission
from schemas.registry import load
from tests.conftest import lines
from tests.flows.read.forms import records

CONTRACTS = load()
UNITS = {"thon": "T01", "kinh_te": "kinh_te", "van_hoa_xa_hoi": "van_hoa_xa_hoi", "cong_an": "cong_an"}
NAMES = ("ho_gia_dinh", "thanh_toan", "sang_kien", "moi_truong", "dan_cu")
Rows = list[list[object]]


def form(name: str, *sections: str, numerals: bool = True, title: str = "") -> Rows:
    """A form in which two records stand below each of `sections`."""
    dataset = CONTRACTS.datasets[name]
    period = "QUÝ III NĂM 2026" if dataset.cadence == "quy" else "THÁNG 11 NĂM 2026"
    rows: Rows = [
        [title or f"BÁO CÁO {period}", *([period] if title else [])],
        ["STT", *(column.label.replace(" > ", " ") for column in dataset.columns)],
    ]
    for at, (section, mark) in enumerate(zip(sections, ("I", "II", "III", "IV"), strict=False)):
        rows += [[mark, section] if numerals else [section]] if section else []
        rows += [[2 * at + n + 1, *row] for n, row in enumerate(records(dataset, 8)[2 * at : 2 * at + 2])]
    return rows


def hand_in(name: str, data: bytes, file: str = "a.csv", **said: object) -> ReadSubmission:
    unit = UNITS[CONTRACTS.datasets[name].unit]
    one = Submission("2026-11-28T08:00:00+07:00", unit, file, "00", len(data), **said)  # type: ignore[arg-type]
    return read_submission(one, data, CONTRACTS)


def book(hidden: str = "", **sheets: Rows) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name.replace("_", " "))
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(row)
    made.save(out)
    return out.getvalue()


def outcome(read: ReadSubmission) -> tuple[int, list[str]]:
    """How many records count, and what is told."""
    return sum(table.cells.height for table, _ in read.taken), [
        f"{one.code} {one.severity}"
        for one in read.problems
        if one.code.startswith(("tep.ngoai", "tep.chua"))
    ]


HELD, TOLD, DRAFT = "tep.ngoai_bao_cao chan", "tep.ngoai_bao_cao canh_bao", "tep.chua_chinh_thuc canh_bao"


def test_records_below_such_a_section_are_held_up_to_the_next_one() -> None:
    sections = {
        "ho_gia_dinh": [
            "Hộ đã chuyển đi, cắt khẩu",
            "HỘ XÓA KHẨU TRONG KỲ",
            "Ho da chuyen di noi khac",
            "Biến động giảm",
            "Hộ không còn cư trú",
            "Hộ trùng, đề nghị loại khỏi danh sách",
        ],
        "thanh_toan": [
            "Đã ngừng hoạt động (không tính)",
            "Ngoài xã (xã Mẫu)",
            "Không dùng nữa",
            "Tham khảo",
            "Cửa hàng đã đóng cửa",
            "Giải thể, phá sản",
        ],
        "sang_kien": [
            "Sáng kiến bị từ chối",
            "Không được công nhận",
            "Sáng kiến chưa được công nhận",
            "Đang chờ xét duyệt",
            "Không đạt",
        ],
        "moi_truong": [
            "CHỈ TIÊU GIAO NĂM 2026",
            "Chỉ tiêu được giao",
            "Số liệu để đối chiếu",
            "Ví dụ",
            "Phấn đấu đến cuối năm",
        ],
    }
    for name, each in sections.items():
        for section in each:
            for numerals in (True, False):
                rows = form(name, "Trong xã", section, "Còn lại", numerals=numerals)
                wanted = (4, [HELD]) if numerals else None
                found = outcome(hand_in(name, lines(rows).encode()))
                # Without a numeral the next line may be a part of the section.
                assert found in ([wanted] if wanted else [(2, [HELD]), (4, [HELD])]), (section, numerals)
                accepted = hand_in(name, lines(rows).encode(), meant="ca_bang")
                assert outcome(accepted) == (6, []), section


def test_no_message_repeats_a_line_that_may_name_somebody() -> None:
    for section in (
        "Hộ bà Quàng Thị Mẫu đã chuyển đi",
        "Kế hoạch của bà Quàng Thị Mẫu",
        "Bảng của Quàng Thị Mẫu",
    ):
        for first in ("Trong xã", ""):
            read = hand_in("ho_gia_dinh", lines(form("ho_gia_dinh", first, section)).encode())
            assert all("Quàng" not in one.message for one in read.problems), section
            assert first or [one.row for one in read.problems], section


def test_ordinary_sections_say_nothing() -> None:
    plain = ("Hộ thường trú", "Đang hoạt động", "Hộ không sử dụng internet", "Thanh toán không dùng tiền mặt")
    more = ("Phố 1", "Hộ nghèo", "Đã giải quyết", "Sáng kiến được công nhận", "Tạm vắng", "Hộ mới chuyển đến")
    waste = ("Không phân loại rác tại nguồn", "Thực hiện trong kỳ", "Doanh nghiệp siêu nhỏ", "Chưa phê duyệt")
    toned = (
        "Hoạt động của các tổ",
        "Phần đầu",
        "Bộ",
        "Hộ không đất",
        "Trùng Khánh",
        "Giám trưởng",
        "Hộ không còn nghèo",
    )
    for name in NAMES:
        for text in (*plain, *more, *waste, *toned):
            assert read_not_meant(text, CONTRACTS.datasets[name]) is None, text
    # Where a column has a value for them, such records are meant.
    assert read_not_meant("II. Đã chuyển đi", CONTRACTS.datasets["dan_cu"]) is None
    assert outcome(hand_in("thanh_toan", lines(form("thanh_toan", *plain[:2])).encode())) == (4, [])


def test_a_part_about_something_else_amid_the_records_is_told() -> None:
    for section, told in (
        ("II. SỐ LIỆU DÂN SỐ (hộ, khẩu)", True),
        ("Bảng học sinh các trường", True),
        ("B. Thu ngân sách", True),
        ("II. Rác thải sinh hoạt các thôn còn lại", False),
        ("Danh sách bổ sung", False),
        ("II. Môi trường", False),
        ("Phố 3", False),
        ("Khu trung tâm", False),
    ):
        rows = form("moi_truong", "", section, numerals=False)
        assert outcome(hand_in("moi_truong", lines(rows).encode())) == (4, [TOLD] * told), section
    titled = form("moi_truong", "", "II. Bản xa", numerals=False, title="I. Khu trung tâm")
    assert outcome(hand_in("moi_truong", lines(titled).encode())) == (4, [])
    both = form("moi_truong", "I. Khu trung tâm", "II. Vùng cao", numerals=False)
    assert outcome(hand_in("moi_truong", lines(both).encode())) == (4, [])


def test_a_total_says_it_of_the_records_above() -> None:
    rows = form("thanh_toan", "Đang bán", "")
    rows.append([None, "Cộng các cửa hàng đã ngừng hoạt động", *[None] * 3, 5, 5, 5, 5])
    assert outcome(hand_in("thanh_toan", lines(rows).encode())) == (0, [HELD])


def test_a_sheet_that_says_so_is_held_beside_another_one() -> None:
    for sheet in (
        "Không_dùng",
        "Cũ",
        "Số_liệu_cũ",
        "Nháp",
        "bản_nháp",
        "Ví_dụ",
        "Mẫu",
        "Tham_khảo",
        "old",
        "Sao_lưu",
        "Tháng_trước",
        "test",
    ):
        other = form("moi_truong", "")
        read = hand_in("moi_truong", book(**{"Biểu": form("moi_truong", "", ""), sheet: other}), "a.xlsx")
        assert outcome(read) == (4, [HELD]), sheet
        alone = outcome(hand_in("moi_truong", book(**{sheet: other}), "a.xlsx"))
        assert alone == (2, [TOLD] * (sheet != "Mẫu")), sheet
    for sheet in ("Biểu_mẫu_1", "Mẫu_số_2", "xã_cũ", "Trang_2", "Dân_cư", "nhập", "Nhập_liệu", "Bộ", "Trang"):
        assert read_sheet_not_meant(sheet, CONTRACTS.datasets["moi_truong"]) is None, sheet


def test_what_a_hidden_sheet_has_counts_as_the_contract_says() -> None:
    data = book(hidden="Cũ", Biểu=form("moi_truong", "", ""), Cũ=form("moi_truong", ""))
    assert outcome(hand_in("moi_truong", data, "a.xlsx")) == (6, [TOLD])


def test_titles_are_told_and_count() -> None:
    rows = form("ho_gia_dinh", "", title="DANH SÁCH HỘ ĐÃ CHUYỂN ĐI")
    assert outcome(hand_in("ho_gia_dinh", lines(rows).encode())) == (2, [TOLD])
    # Beside a table that does not say so it is held.
    both = book(A=form("ho_gia_dinh", ""), B=form("ho_gia_dinh", "", title="DANH SÁCH HỘ ĐÃ CHUYỂN ĐI"))
    assert outcome(hand_in("ho_gia_dinh", both, "a.xlsx")) == (2, [HELD])
    for title in ("DỰ THẢO BÁO CÁO", "Số liệu ước tính", "Bản nháp", "(chưa chính thức)", "So lieu tam tinh"):
        rows = form("ho_gia_dinh", "", title=title)
        assert outcome(hand_in("ho_gia_dinh", lines(rows).encode())) == (2, [DRAFT]), title
    plain = form("ho_gia_dinh", "")
    for file in ("ho bản cũ.csv", "nháp/ho.csv", "Hộ đã chuyển đi.csv"):
        assert outcome(hand_in("ho_gia_dinh", lines(plain).encode(), file)) == (2, [TOLD]), file
    assert outcome(hand_in("ho_gia_dinh", lines(plain).encode(), "ho (dự thảo).csv")) == (2, [DRAFT])
    for text in ("Số liệu chính thức", "Nước sạch", "Biểu nhập liệu", "Nước thực hiện", "Thảo luận"):
        assert not says_estimated(text), text
