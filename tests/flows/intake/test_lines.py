"""Lines between records, and titles: whose the records below are, and of which period."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import openpyxl
import pytest

from flows.collect.submission import Submission
from flows.intake.model import ReadSubmission
from flows.intake.owed import read_submission
from schemas.registry import load
from tests.conftest import lines

CONTRACTS = load()
Rows = Sequence[Sequence[object]]

NOVEMBER = ["BÁO CÁO THÁNG 11 NĂM 2026"]
OF_HOMES = [
    *(
        "STT",
        "Mã hộ",
        "Họ và tên chủ hộ",
        "Số nhân khẩu",
        "Có kỹ năng DVCTT",
        "Có kỹ năng TTKDTM",
        "Internet",
    ),
    *("Phân loại rác tại nguồn", "Dùng năng lượng sạch"),
]
OF_CALLS = ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]
OF_WASTE = [
    *("STT", "Thôn", "Rác phát sinh (tấn)", "Rác thu gom (tấn)", "Rác tái chế (tấn)"),
    *("Số mô hình kinh tế tuần hoàn", "Điện mặt trời (kWp)"),
]
OF_NETWORKS = ["STT", "Thôn", "Số trạm BTS", "Phủ 4G", "Phủ 5G", "Số hộ dùng cáp quang", "Tốc độ (Mbps)"]
OF_IDEAS = [
    *("STT", "Mã sáng kiến", "Tên sáng kiến", "Tác giả", "Đơn vị", "Lĩnh vực", "Ngày công nhận"),
    *("Giá trị làm lợi (triệu đồng)", "Đã nhân rộng"),
]


def home(at: int) -> list[object]:
    return [at, f"H{at:05}", f"Bùi Văn Mẫu {chr(64 + at)}", 3, "x", "x", "Cáp quang", "x", "x"]


def call(at: int, day: str = "") -> list[object]:
    return [at, day or f"{at:02}/11/2026", "Viettel", f"Mất sóng lần {at}", "Mới", None]


def waste(at: int) -> list[object]:
    return [at, f"Phố {at}", 10 + at, 5 + at, 1, 2, 7]


def network(at: int) -> list[object]:
    return [at, f"Phố {at}", 2, "x", "x", 100 + at, 50]


def idea(at: int) -> list[object]:
    work = ["Bùi Văn Mẫu", "Trường mẫu", "Chuyển đổi số", f"{at:02}/09/2026", 12, "Có"]
    return [at, f"SK-2026-{at:03}", f"Số hóa việc {at}", *work]


def in_workbook(rows: Rows, *merged: str) -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Biểu"
    for row in rows:
        book.worksheets[0].append(list(row))
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hand_in(unit: str, rows: Rows, kind: str, *merged: str, **said: object) -> ReadSubmission:
    data = in_workbook(rows, *merged) if kind == "xlsx" else lines(rows).encode()
    one = Submission("2026-11-17T08:00:00+07:00", unit, f"bieu.{kind}", "00", len(data))
    return read_submission(replace(one, **said), data, CONTRACTS)


def counted(read: ReadSubmission) -> dict[str, list[int]]:
    """The sheet rows of the records that count, by period."""
    found: dict[str, list[int]] = {}
    for table, period in read.taken:
        found.setdefault(period.label, []).extend(table.cells["_row"].to_list())
    return found


def told(read: ReadSubmission) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in read.problems]


WHOSE, WHEN = "tep.khac_don_vi", "tep.khac_ky"
CASES: dict[str, tuple[str, Rows, dict[str, list[int]], list[tuple[str, int | None]]]] = {
    "a title of another thôn above a lower table": (
        "T01",
        [["PHỐ 1 - THÁNG 11/2026"], OF_HOMES, home(1), [], ["PHỐ 2 - THÁNG 11/2026"], OF_HOMES, home(2)],
        {"2026-11": [3]},
        [(WHOSE, 5)],
    ),
    "a lower table continues without a title": (
        "T01",
        [
            ["PHỐ 1 - THÁNG 11/2026"],
            OF_HOMES,
            home(1),
            [],
            OF_HOMES,
            home(2),
            [],
            ["(tiếp)"],
            OF_HOMES,
            home(3),
        ],
        {"2026-11": [3, 6, 10]},
        [],
    ),
    "a title of another thôn above a lower table of another dataset": (
        "T01",
        [NOVEMBER, OF_HOMES, home(1), [], ["PHỐ 2"], OF_CALLS, call(2)],
        {"2026-11": [3]},
        [(WHOSE, None)],
    ),
    "a lower table of another dataset has what the sheet's title says": (
        "T01",
        [["PHỐ 1 - THÁNG 11/2026"], OF_HOMES, home(1), [], OF_CALLS, call(2)],
        {"2026-11": [3, 6]},
        [],
    ),
    "and is not counted if that title names another thôn": (
        "T01",
        [["PHỐ 2 - THÁNG 11/2026"], OF_HOMES, home(1), [], ["2. Phản ánh"], OF_CALLS, call(2)],
        {},
        [(WHOSE, None), (WHOSE, None)],
    ),
    "a line between a table and a blank row is about the next table": (
        "T01",
        [NOVEMBER, OF_HOMES, home(1), [], ["PHỐ 2"], [], ["DANH SÁCH PHẢN ÁNH"], OF_CALLS, call(2)],
        {"2026-11": [3]},
        [(WHOSE, None)],
    ),
    "sections of thôn": (
        "T01",
        [NOVEMBER, OF_HOMES, ["Phố 1"], home(1), ["Phố 2"], home(2), ["Hộ khác"], home(3)],
        {"2026-11": [4]},
        [(WHOSE, 5)],
    ),
    "codes that may be months": (
        "T01",
        [NOVEMBER, OF_HOMES, ["T01"], home(1), ["T02"], home(2), ["T11"], home(3), ["T01"], home(4)],
        {"2026-11": [4, 10]},
        [(WHOSE, 5)],
    ),
    "the section of the sender comes last": (
        "T01",
        [NOVEMBER, OF_HOMES, ["I", "Thôn Tiến Thành"], home(1), ["II", "Phố 1"], home(2)],
        {"2026-11": [6]},
        [(WHOSE, 3)],
    ),
    "sections of hộ, and of numbered groups": (
        "T01",
        [NOVEMBER, OF_HOMES, ["I", "Hộ nghèo"], home(1), ["II", "Tổ 2"], home(2)],
        {"2026-11": [4, 6]},
        [],
    ),
    "sections of operators": (
        "viettel",
        [NOVEMBER, OF_NETWORKS, ["I", "Viettel"], network(1), ["II", "VNPT"], network(2)],
        {"2026-11": [4]},
        [(WHOSE, 5)],
    ),
    "a lone cell in the second column": (
        "viettel",
        [NOVEMBER, OF_NETWORKS, network(1), [None, "VNPT", *[None] * 5], network(2)],
        {"2026-11": [3, 4]},
        [(WHOSE, 4)],
    ),
    "a numeral as in a footnote": (
        "viettel",
        [NOVEMBER, OF_NETWORKS, ["(1) Viettel"], network(1), ["(2) VNPT"], network(2)],
        {"2026-11": [4]},
        [(WHOSE, 5)],
    ),
    "operators are sections of what a thôn reports": (
        "T01",
        [NOVEMBER, OF_CALLS, ["I", "Viettel"], call(1), ["II", "VNPT"], call(2)],
        {"2026-11": [4, 6]},
        [],
    ),
    "sections of months": (
        "kinh_te",
        [NOVEMBER, OF_WASTE, ["I", "Tháng 10"], waste(1), ["II", "Tháng 11"], waste(2)],
        {"2026-11": [6]},
        [(WHEN, 3)],
    ),
    "a lone line of another month": (
        "kinh_te",
        [NOVEMBER, OF_WASTE, waste(1), [], ["THÁNG 10 NĂM 2026"], waste(2)],
        {"2026-11": [3]},
        [(WHEN, 5)],
    ),
    "sections of another quarter, of this one": (
        "kinh_te",
        [NOVEMBER, OF_WASTE, ["Quý III"], waste(1), ["Quý IV"], waste(2)],
        {"2026-11": [6]},
        [(WHEN, 3)],
    ),
    "titles of two months above two tables": (
        "kinh_te",
        [["THÁNG 10/2026"], OF_WASTE, waste(1), [], ["THÁNG 11/2026"], OF_WASTE, waste(1)],
        {"2026-10": [3], "2026-11": [7]},
        [],
    ),
    "months of a quarter": (
        "van_hoa_xa_hoi",
        [["QUÝ III NĂM 2026"], OF_IDEAS, ["Tháng 7"], idea(1), ["Tháng 9"], idea(2), ["Tháng 2"], idea(3)],
        {"2026-Q3": [4, 6]},
        [(WHEN, 7)],
    ),
    "months that the days of the records tell": (
        "T01",
        [NOVEMBER, OF_CALLS, ["Tháng 10"], call(1, "20/10/2026"), ["Tháng 11"], call(2)],
        {"2026-11": [4, 6]},
        [],
    ),
    "planned and done": (
        "kinh_te",
        [NOVEMBER, OF_WASTE, ["A", "Kế hoạch"], waste(1), ["B", "Thực hiện"], waste(2)],
        {"2026-11": [6]},
        [(WHEN, 3)],
    ),
    "of this month, cumulated, of the year before": (
        "kinh_te",
        [
            *(NOVEMBER, OF_WASTE, ["Trong tháng"], waste(1), ["Lũy kế từ đầu năm"], waste(2)),
            *(["Cùng kỳ năm trước"], waste(3), ["Thực hiện"], waste(4)),
        ],
        {"2026-11": [4, 10]},
        [(WHEN, 5), (WHEN, 7)],
    ),
    "sums of thôn below their records": (
        "T01",
        [NOVEMBER, OF_HOMES, home(1), home(2), ["Cộng Phố 1"], home(3), ["Cộng Phố 2"], ["Tổng cộng"]],
        {"2026-11": [3, 4]},
        [(WHOSE, 7)],
    ),
    "sums of sections, and of all": (
        "kinh_te",
        [
            *(NOVEMBER, OF_WASTE, ["I", "Tháng 11"], waste(1), [None, "Cộng", 11, 6, 1, 2, 7]),
            *(waste(2), [None, "Cộng tháng 10", 12, 7, 1, 2, 7], [None, "Tổng cộng", 23, 13, 2, 4, 14]),
        ],
        {"2026-11": [4]},
        [(WHEN, 7)],
    ),
    "signed by another thôn": (
        "T01",
        [NOVEMBER, OF_HOMES, home(1), [], ["TRƯỞNG THÔN TIẾN THÀNH"], ["Bùi Văn Mẫu"]],
        {},
        [(WHOSE, None)],
    ),
    "signed by oneself, for others": (
        "T01",
        [NOVEMBER, OF_HOMES, home(1), [], ["Nơi nhận: Thôn Tiến Thành; Phố 2"], ["TRƯỞNG PHỐ 1"]],
        {"2026-11": [3]},
        [],
    ),
    "weeks of a month, another year": (
        "kinh_te",
        [NOVEMBER, OF_WASTE, ["Tuần 1"], waste(1), ["Năm 2025"], waste(2), ["Năm 2026"], waste(3)],
        {"2026-11": [4, 8]},
        [(WHEN, 5)],
    ),
    "a plan that is carried out": (
        "kinh_te",
        [NOVEMBER, ["Thực hiện Kế hoạch số 116/KH-UBND"], OF_WASTE, ["Kế hoạch số 116/KH-UBND"], waste(1)],
        {"2026-11": [5]},
        [],
    ),
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_line_says_whose_the_records_below_are_and_of_when(kind: str) -> None:
    found = {}
    for name, (unit, rows, _, _) in CASES.items():
        read = hand_in(unit, rows, kind)
        found[name] = (counted(read), told(read))
    assert found == {name: (taken, problems) for name, (_, _, taken, problems) in CASES.items()}


def test_a_heading_above_the_columns_says_whose_they_are_and_of_when() -> None:
    for unit, heading, record, group, codes in (
        ("kinh_te", OF_WASTE, waste(1), "Tháng 10", [(WHEN, 3)]),
        ("kinh_te", OF_WASTE, waste(1), "Tháng 11/2026", []),
        ("kinh_te", OF_WASTE, waste(1), "Thực hiện", []),
        ("viettel", OF_NETWORKS, network(1), "VNPT", [(WHOSE, 3)]),
        ("viettel", OF_NETWORKS, network(1), "Viettel", []),
    ):
        rows = [NOVEMBER, [*heading[:2], group], [None, None, *heading[2:]], record]
        read = hand_in(unit, rows, "xlsx", "A2:A3", "B2:B3", "C2:G2")
        assert told(read) == codes
        assert len(read.taken) == 1 - len(codes)


def test_what_is_held_is_named_and_counts_once_somebody_says_so() -> None:
    whose = CASES["sections of thôn"][1]
    message = hand_in("T01", whose, "csv").problems[0].message
    assert "dòng 5 ghi Phố 2 (T02), 2 bản ghi ở dưới (từ dòng 6 đến dòng 8) chưa được tính" in message
    assert counted(hand_in("T01", whose, "csv", vouched="Trưởng thôn xác nhận")) == {"2026-11": [4, 6, 8]}
    when = CASES["planned and done"][1]
    assert "“A Kế hoạch”" not in hand_in("kinh_te", when, "csv").problems[0].message
    assert counted(hand_in("kinh_te", when, "csv", stated="2026-11")) == {"2026-11": [4, 6]}


def test_no_row_of_a_table_in_pieces_is_lost() -> None:
    for unit, rows, taken, _ in CASES.values():
        read = hand_in(unit, rows, "csv")
        roles = dict(read.rows["role"].value_counts().iter_rows())
        assert roles.get("ban_ghi", 0) == sum(map(len, taken.values()))
        assert read.rows.height == len(rows)


#: A title, the unit, whether it is taken, held or taken with a warning.
TITLES = [
    ("BÁO CÁO THÁNG 11 NĂM 2026", "kinh_te", "taken"),
    ("SỐ LIỆU LŨY KẾ ĐẾN THÁNG 11 NĂM 2026", "kinh_te", "held"),
    ("so lieu luy ke thang 11 nam 2026", "kinh_te", "held"),
    ("BÁO CÁO THÁNG 11 VÀ LŨY KẾ 11 THÁNG NĂM 2026", "kinh_te", "warned"),
    ("BÁO CÁO 11 THÁNG NĂM 2026 (THÁNG 11/2026)", "kinh_te", "held"),
    ("THÁNG 11/2026 (từ đầu năm)", "kinh_te", "held"),
    ("BÁO CÁO TUẦN 2 THÁNG 11 NĂM 2026", "kinh_te", "held"),
    ("Bao cao tuan 45 (thang 11/2026)", "T01", "held"),
    ("Tuần lễ Chuyển đổi số, tháng 11 năm 2026", "kinh_te", "taken"),
    ("Người báo cáo: Bùi Văn Tuấn 1 - Tháng 11/2026", "kinh_te", "taken"),
    ("SỐ LIỆU CÙNG KỲ NĂM TRƯỚC - THÁNG 11/2026", "kinh_te", "held"),
    ("BÁO CÁO THÁNG 11/2026 SO VỚI CÙNG KỲ NĂM TRƯỚC", "kinh_te", "taken"),
    ("Duy trì từ năm trước, tháng 11/2026", "kinh_te", "taken"),
    ("KẾ HOẠCH THÁNG 11 NĂM 2026", "kinh_te", "held"),
    ("Biểu 2: Kế hoạch thu gom rác tháng 11/2026", "kinh_te", "held"),
    ("BÁO CÁO KẾT QUẢ THỰC HIỆN KẾ HOẠCH THÁNG 11 NĂM 2026", "kinh_te", "taken"),
    ("(Kèm theo Kế hoạch số 116/KH-UBND) Tháng 11/2026", "kinh_te", "taken"),
    ("TỪ 15/10/2026 ĐẾN 14/11/2026", "kinh_te", "taken"),
    ("Từ ngày 15/10 đến ngày 14/11/2026", "kinh_te", "taken"),
    ("THÁNG 11/2026 (15/10/2026 - 14/11/2026)", "kinh_te", "taken"),
    ("THÁNG 11/2026 (từ 01/11/2026 đến 30/11/2026)", "kinh_te", "warned"),
    ("THÁNG 11/2026 (từ 02/11/2026 đến 08/11/2026)", "kinh_te", "held"),
    ("THÁNG 11/2026 (từ 15/12/2025 đến 14/11/2026)", "kinh_te", "held"),
    ("TỪ 15/09/2026 ĐẾN 14/11/2026 (THÁNG 11/2026)", "kinh_te", "held"),
]


def test_a_title_that_says_more_than_the_period_is_not_taken_in_silence() -> None:
    found = []
    for title, unit, _ in TITLES:
        rows = [[title], *([OF_CALLS, call(1)] if unit == "T01" else [OF_WASTE, waste(1)])]
        read = hand_in(unit, rows, "csv")
        assert {problem.code for problem in read.problems} <= {WHEN}
        assert not read.taken or [*counted(read)] == ["2026-11"]
        how = "held" if not read.taken else "warned" if read.problems else "taken"
        found.append((title, unit, how))
    assert found == TITLES


def test_a_name_of_the_file_counts_unless_a_place_nearer_to_the_records_names_the_period() -> None:
    found = []
    for file, title in (
        ("luy ke thang 11-2026.csv", "MÔI TRƯỜNG"),
        ("luy ke thang 11-2026.csv", "THÁNG 11/2026"),
        ("Kế hoạch tháng 11-2026.csv", "MÔI TRƯỜNG"),
        ("bao cao thuc hien ke hoach thang 11-2026.csv", "MÔI TRƯỜNG"),
        ("thang 11-2026.csv", "QUÝ III NĂM 2026"),
        ("thang 11-2026.csv", "QUÝ IV NĂM 2026"),
        ("thang 11-2026.csv", "NĂM 2025"),
        ("thang 11-2026.csv", "NĂM 2026"),
    ):
        read = hand_in("kinh_te", [[title], OF_WASTE, waste(1)], "csv", file=file)
        found.append("held" if not read.taken else "warned" if read.problems else "taken")
    assert found == ["held", "warned", "held", "taken", "held", "warned", "warned", "taken"]


def test_a_code_that_may_be_a_month_is_that_month_or_holds_the_table() -> None:
    found = []
    for file, title in (("T02.csv", None), ("T11.csv", None), ("bieu.csv", "T03"), ("T01.csv", "T01")):
        rows = [[title] if title else [], NOVEMBER, OF_HOMES, home(1)]
        found += [told(hand_in("T01", rows, "csv", file=file))]
    assert found == [[(WHOSE, None)], [], [(WHOSE, None)], []]


NIL = ["Không phát sinh"]
#: The rows below the heading, and the row of the contradiction: False if there is none.
NOTHING: list[tuple[Rows, int | bool | None]] = [
    ([call(1), call(2), NIL], 5),
    ([NIL, call(1)], 3),
    ([[None, "(Không phát sinh)"], call(1)], 3),
    ([call(1), [], ["Ghi chú: kỳ này không phát sinh"]], 5),
    ([NIL], False),
    ([call(1), ["Không phát sinh thêm"]], False),
    # Below a section, it is about that section.
    ([["I", "Viettel"], NIL, ["II", "VNPT"], call(1)], False),
    ([["I", "Viettel"], call(1), ["II", "VNPT"], NIL], False),
    ([["I", "Viettel"], NIL, call(1), ["II", "VNPT"], call(2)], 4),
    ([NIL, ["II", "VNPT"], call(2)], False),
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_beside_records_is_told(kind: str) -> None:
    found: list[tuple[Rows, int | bool | None]] = []
    for rows, _ in NOTHING:
        read = hand_in("T01", [NOVEMBER, OF_CALLS, *rows], kind)
        assert {problem.code for problem in read.problems} <= {"tep.khong_phat_sinh"}
        assert len(read.taken) == 1
        found.append((rows, read.problems[0].row if read.problems else False))
    assert found == NOTHING
    read = hand_in("T01", [[*NOVEMBER, "(Không phát sinh)"], OF_CALLS, call(1)], kind)
    assert told(read) == [("tep.khong_phat_sinh", None)]


BESIDE: dict[str, tuple[str, Rows, str, Sequence[object], list[int], str | None]] = {
    # The column that the form lacks, its cells, the rows that still count, and why the others do not.
    "a month": ("kinh_te", OF_WASTE, "Kỳ báo cáo", ["10/2026", "11/2026", "11/2026"], [4, 5], WHEN),
    "numbers below a month": ("kinh_te", OF_WASTE, "Tháng", [10, 11, 10], [4], WHEN),
    "short months": ("kinh_te", OF_WASTE, "Tháng", ["T11", "T10", "T11"], [3, 5], WHEN),
    "days that a program made of months": ("kinh_te", OF_WASTE, "Kỳ", ["01/10/2026"] * 3, [], WHEN),
    "another year": ("kinh_te", OF_WASTE, "Năm", [2026, 2025, 2026], [3, 5], WHEN),
    "months of one period": ("T01", OF_CALLS, "Tháng", [10, 11, 11], [3, 4, 5], None),
    "the period itself": ("kinh_te", OF_WASTE, "Kỳ báo cáo", ["Tháng 11/2026"] * 3, [3, 4, 5], None),
    "another operator": ("viettel", OF_NETWORKS, "Nhà mạng", ["VNPT", "Viettel", None], [4, 5], WHOSE),
    "another thôn": ("T01", OF_HOMES, "Thôn", ["Phố 1", "Phố 2", "Phố 2"], [3], WHOSE),
    "no unit at all": ("T01", OF_HOMES, "Đơn vị", ["Tổ 1", "Tổ 2", "Tổ 2"], [3, 4, 5], None),
}
RECORD = {id(OF_WASTE): waste, id(OF_CALLS): call, id(OF_NETWORKS): network, id(OF_HOMES): home}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_column_that_the_form_lacks_says_whose_a_record_is_and_of_when(kind: str) -> None:
    for name, (unit, heading, extra, cells, rows, code) in BESIDE.items():
        records = [[*RECORD[id(heading)](at), cell] for at, cell in enumerate(cells, 1)]
        read = hand_in(unit, [NOVEMBER, [*heading, extra], *records], kind)
        assert counted(read) == ({"2026-11": rows} if rows else {}), name
        assert {problem.code for problem in read.problems} == {"tep.cot_la", code or "tep.cot_la"}, name
