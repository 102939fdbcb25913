"""Remarks beside records and notes around them: told if they change what the records mean, else not."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.comments import Comment

from flows.collect.submission import Submission
from flows.intake.owed import read_submission
from schemas.registry import load
from tests.conftest import lines
from tests.flows.read.forms import records

CONTRACTS = load()
UNITS = {"ho_gia_dinh": "T01", "moi_truong": "kinh_te", "phan_anh_ha_tang": "T01"}
TOLD = (
    *("Đã chuyển đi tháng 10", "Trùng với STT 1", "Bỏ", "chưa xác minh", "Số liệu tháng 10", "đơn vị: kg"),
    *("ước tính", "gồm cả Phố 6", "không tính", "Nhập nhầm", "Sửa lại 22 tấn", "lấy số tháng trước"),
    *("Hộ đã cắt khẩu", "da chuyen di noi khac", "Trung voi ho 3", "Đính chính: 22 tấn", "Phải là 22"),
    *("tính chung với Phố 2", "tạm tính", "Số kỳ trước", "Ngoài xã", "đã ngừng hoạt động", "Tháng 10"),
    *("Hộ đã di cư", "đi khỏi địa phương", "Nhà bỏ hoang", "Hộ trùng mã", "Cần kiểm tra lại", "Số cũ", "?"),
    *("chưa bao gồm chợ", "chưa điều tra", "Lấy theo năm ngoái", "số liệu quý III", "Hộ này của Phố 2"),
    *("lũy kế từ đầu năm", "Đóng cửa", "Không đạt", "báo thiếu 3 tấn", "Sai mã", "Xem STT 2"),
    *("tính bằng kg", "Chưa có số liệu", "ghi sai tên", "Ví dụ", "Không hợp lệ", "bản nháp"),
)
PLAIN = (
    *("Hộ nghèo", "Con ông Trung", "Đi làm ngoài tỉnh", "Trung tâm xã", "Chuyển đi học xa", "Nhà văn hóa"),
    *("Số liệu tháng 11", "đơn vị: tấn", "So với tháng 10 tăng 5 %", "Mới tách hộ tháng 10", "Đã kiểm tra"),
    *("Nhằm nâng cao kỹ năng", "Thẻ trung bình", "Bí thư chi bộ", "Sinh tháng 10", "Đạt", "x", "0912345678"),
    *("Hộ không sử dụng internet", "Nhận ngày 05/11/2026", "Đúng hạn", "Số liệu chính thức"),
    *("Bộ", "Hoạt động của các hộ", "Phần đầu ngõ", "Hộ không đất", "Nhà ở tập thể", "Tạm vắng", "nt", "Huy"),
    *(
        "Hộ không còn nghèo",
        "Đã mất điện thoại",
        "Không thuộc diện nghèo",
        "Gia đình văn hóa",
        "Ba hộ chung tường",
    ),
    *("Theo Quyết định số 12 tháng 10", "Máy phát tính năng mới", "Lắp tháng 10"),
)
BELOW = (
    *("Đính chính: Phố 2 rác phát sinh là 22 tấn", "(*) Số liệu của Phố 3 là số liệu tháng 10/2026"),
    *("Bổ sung: ngày 07/11/2026 VNPT đứt cáp tại chợ", "Ngày 08/11/2026 MobiFone mất sóng khu 2, mới"),
    *("Phố 6: phát sinh 16 tấn, thu gom 11 tấn", "Ghi chú: số liệu chưa chính thức", "Lưu ý: gồm cả Phố 7"),
)
PLAIN_BELOW = (
    *("Ghi chú: số liệu tính đến ngày 30/11/2026", "Nguồn số liệu: sổ của thôn, ngày 20/11/2026"),
    *("Danh sách gồm 02 hộ./.", "Người lập biểu", "Phố 1, ngày 20 tháng 11 năm 2026", "Bùi Văn Mẫu"),
    *("(Kèm theo Báo cáo số 12/BC-UBND ngày 20/11/2026)", "Ghi chú: x là có", "Tổng số: 2 hộ, 9 nhân khẩu"),
    *("Trong đó: nam 10, nữ 12", "Lưu ý: nộp trước ngày 05/12/2026", "Điện thoại: 0912 345 678"),
)


def told(
    name: str, remarks: tuple[str, ...], *below: str, between: str = ""
) -> list[tuple[str | None, str | None]]:
    """The remarks that are told, with their column; the same form twice gives the same."""
    dataset = CONTRACTS.datasets[name]
    rows: list[list[object]] = [["BÁO CÁO THÁNG 11 NĂM 2026"]]
    rows.append(["STT", *(column.label.replace(" > ", " ") for column in dataset.columns), "Ghi chú"])
    every = records(dataset, max(len(remarks), 2))
    for at, row in enumerate(every):
        rows.append([at + 1, *row, remarks[at] if at < len(remarks) else None])
        rows += [[between]] if at == 0 and between else []
    rows += [[], *([text] for text in below)]
    data = lines(rows).encode()
    one = Submission("2026-11-28T08:00:00+07:00", UNITS[name], "a.csv", "00", len(data))
    found = read_submission(one, data, CONTRACTS)
    return [(each.column, each.value) for each in found.problems if each.code == "tep.ghi_chu"]


def is_measured(text: str) -> bool:
    """Whether a text says nothing of households, which have no units and are counted on one day."""
    return "kg" in text or "lũy kế" in text


def test_remarks_that_change_what_a_record_means_are_told() -> None:
    assert told("moi_truong", (*PLAIN, *TOLD)) == [("H", text) for text in TOLD]
    wanted = [text for text in TOLD if not is_measured(text)]
    assert told("ho_gia_dinh", (*TOLD, *PLAIN)) == [("J", text) for text in wanted]


def test_comments_and_columns_of_a_state_are_remarks() -> None:
    dataset = CONTRACTS.datasets["moi_truong"]
    made, out = openpyxl.Workbook(), io.BytesIO()
    page = made.worksheets[0]
    page.append(["BÁO CÁO THÁNG 11 NĂM 2026"])
    page.append([*(column.label.replace(" > ", " ") for column in dataset.columns), "Tình trạng"])
    for row, state in zip(records(dataset, 3), ("", "đủ", "Số liệu tháng 10"), strict=True):
        page.append([*row, state])
    for cell, text in (("B3", "Mẫu: số liệu tháng 10"), ("B4", "đã kiểm tra"), ("A1", "Bỏ")):
        page[cell].comment = Comment(text, "Mẫu")
    made.save(out)
    one = Submission("2026-11-28T08:00:00+07:00", "kinh_te", "a.xlsx", "00", 1)
    found = [
        each
        for each in read_submission(one, out.getvalue(), CONTRACTS).problems
        if each.code == "tep.ghi_chu"
    ]
    assert [(each.column, each.row) for each in found] == [("G", 5), ("B", 3)]


def test_notes_around_the_records_are_told() -> None:
    for text in BELOW:
        assert told("moi_truong", (), text) == [(None, text)], text
    for text in PLAIN_BELOW:
        assert told("moi_truong", (), text) == [], text
    note = "Ghi chú: Phố 3 chưa có số liệu, lấy số tháng 10"
    assert told("moi_truong", (), between=note) == [(None, note)]
    assert told("phan_anh_ha_tang", (), between="Ghi chú: x là có") == []


def test_many_remarks_are_summarised() -> None:
    remarks = tuple(f"Trùng với STT {at}" for at in range(105))
    found = told("ho_gia_dinh", remarks)
    assert len(found) == 101
    plain = tuple(f"Ngõ {at}" for at in range(1100))
    every = [text for text in TOLD if not is_measured(text)]
    assert told("ho_gia_dinh", (*plain, *every)) == [("J", text) for text in every]
