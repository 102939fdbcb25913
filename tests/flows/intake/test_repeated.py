"""Records written twice under other keys, and values copied down, are told; ordinary lists are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flows.collect.submission import Submission
from flows.intake.records import clean_submission
from schemas.registry import load
from tests.conftest import lines

CONTRACTS = load()
SHOPS = [
    *("STT", "Đơn vị chấp nhận thanh toán", "Loại hình", "Thôn", "Tổng số giao dịch"),
    *("Giao dịch không tiền mặt", "Tổng giá trị (triệu đồng)", "Giá trị không tiền mặt (triệu đồng)"),
]
CALLS = ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]
HOMES = [
    *("STT", "Mã hộ", "Họ và tên chủ hộ", "Số nhân khẩu", "Có kỹ năng DVCTT", "Có kỹ năng TTKDTM"),
    *("Internet", "Phân loại rác tại nguồn", "Dùng năng lượng sạch"),
]
IDEAS = [
    *("STT", "Mã sáng kiến", "Tên sáng kiến", "Tác giả", "Đơn vị", "Lĩnh vực", "Ngày công nhận"),
    *("Giá trị làm lợi (triệu đồng)", "Đã nhân rộng"),
]
FIRMS = [
    *("STT", "Mã số thuế", "Tên doanh nghiệp", "Thôn", "Ngành", "Tổng doanh thu (triệu đồng)"),
    *("Doanh thu kênh số (triệu đồng)", "Chi R&D (triệu đồng)", "Số bằng sáng chế"),
]
WASTE = [
    *("STT", "Thôn", "Rác phát sinh (tấn)", "Rác thu gom (tấn)", "Rác tái chế (tấn)"),
    *("Số mô hình kinh tế tuần hoàn", "Điện mặt trời (kWp)"),
]
PEOPLE = [
    *("STT", "Số định danh cá nhân", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Mã hộ"),
    *("Quan hệ với chủ hộ", "Thôn", "Tình trạng cư trú", "Tình trạng", "Ngày mất", "Số điện thoại"),
    "Ngày cập nhật",
]
Row = list[object]


def shops(*names: str, place: str = "Phố 1") -> list[Row]:
    return [[at, name, "Cửa hàng", place, 100 + at, 50, 20, 10] for at, name in enumerate(names, 1)]


def calls(*words: str, operator: str = "Viettel") -> list[Row]:
    return [[at, "05/11/2026", operator, said, "Mới", ""] for at, said in enumerate(words, 1)]


def homes(*names: str) -> list[Row]:
    return [[at, f"H{at:05}", name, 3, "x", "x", "Cáp quang", "x", "x"] for at, name in enumerate(names, 1)]


def ideas(*names: str) -> list[Row]:
    rest = ["Bùi Văn Mẫu", "Trường mẫu", "Chuyển đổi số", "05/10/2026", 12, "Có"]
    return [[at, f"SK-2026-{at:03}", name, *rest] for at, name in enumerate(names, 1)]


def firms(*amounts: int) -> list[Row]:
    codes = ("2800010378", "2800010378-001", "2800010378-002")
    rows = zip(codes, amounts, strict=False)
    return [[1, code, f"Công ty {code[-3:]}", "Phố 1", "Dịch vụ", of, 200, 5, 0] for code, of in rows]


def waste(*tonnes: float) -> list[Row]:
    return [[at, f"Phố {at}", amount, 6, 1, 2, 7] for at, amount in enumerate(tonnes, 1)]


def people(count: int, *, birth: str = "", phone: str = "", homes: int = 9) -> list[Row]:
    found: list[Row] = []
    for at in range(1, count + 1):
        born, home = birth or f"{at:02}/03/1985", f"H{min(at, homes):05}"
        relation = "Chủ hộ" if at <= homes else "Con"
        who = [at, f"038085{at:06}", f"Bùi Văn {'ABCDEFGH'[at]}n", born, "Nam", "Mường", home, relation]
        found.append([*who, "Phố 1", "Thường trú", "Đang sống", "", phone, "05/11/2026"])
    return found


KINH_TE, THON, XA_HOI, CONG_AN = "kinh_te", "T01", "van_hoa_xa_hoi", "cong_an"
DOUBLE, COPIED = "tep.nghi_trung", "tep.chep_xuong"
CASES: dict[str, tuple[str, Sequence[str], list[Row], list[tuple[str, int]]]] = {
    "a shop in capitals, with a full stop, shortened": (
        KINH_TE,
        SHOPS,
        shops("Cửa hàng mẫu 1", "CỬA HÀNG MẪU 1", "Cửa hàng mẫu 1.", "CH mẫu 1"),
        [(DOUBLE, 4), (DOUBLE, 5), (DOUBLE, 6)],
    ),
    "a shop without accents": (KINH_TE, SHOPS, shops("Cửa hàng mẫu", "Cua hang mau"), [(DOUBLE, 4)]),
    "shops whose accents differ": (KINH_TE, SHOPS, shops("Quán Bà Thủy", "Quán Bà Thúy"), []),
    "shops with numbers": (KINH_TE, SHOPS, shops("Quầy 1.2", "Quầy 12", "Quầy 1", "Quầy 2"), []),
    "shops of two thôn": (KINH_TE, SHOPS, [*shops("CH Mẫu"), *shops("ch mẫu", place="Phố 2")], []),
    "a complaint written again": (
        THON,
        CALLS,
        calls("Mất sóng ở chợ", "mất sóng ở Chợ.", "Đứt cáp"),
        [(DOUBLE, 4)],
    ),
    "a complaint about two operators": (
        THON,
        CALLS,
        [*calls("Mất sóng"), [2, *calls("mất sóng.", operator="VNPT")[0][1:]]],
        [],
    ),
    "two households pasted again": (
        THON,
        HOMES,
        homes("Bùi Văn An", "Bùi Văn Bình", "Lê Thị Cúc", "Bùi Văn An", "Bùi Văn Bình"),
        [(DOUBLE, 6), (DOUBLE, 7)],
    ),
    "two households whose heads have one name": (
        THON,
        HOMES,
        homes("Bùi Văn An", "Bùi Văn Bình", "Lê Thị Cúc", "Bùi Văn An", "Lê Văn Dũng"),
        [],
    ),
    "one idea under two codes": (XA_HOI, IDEAS, ideas("Số hóa sổ", "Số hóa Sổ", "Lọc rác"), [(DOUBLE, 4)]),
    "a branch with all amounts of its head office": (KINH_TE, FIRMS, firms(1000, 1000, 400), [(DOUBLE, 4)]),
    "a branch with its own amounts": (KINH_TE, FIRMS, firms(1000, 300, 400), []),
    "figures copied down": (KINH_TE, WASTE, waste(11, 11, 11, 11, 11, 12), [(COPIED, 3)]),
    "figures that are often the same": (KINH_TE, WASTE, waste(11, 11, 11, 11, 12, 11), []),
    "a day of birth copied down": (CONG_AN, PEOPLE, people(5, birth="05/03/1985"), [(COPIED, 3)]),
    "the first of January": (CONG_AN, PEOPLE, people(5, birth="01/01/1985"), []),
    "one phone of five households": (CONG_AN, PEOPLE, people(5, phone="0987654301"), [(COPIED, 3)]),
    "one phone of a household": (CONG_AN, PEOPLE, people(6, phone="0987654301", homes=1), []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_twice_or_copied_down_is_told(name: str) -> None:
    unit, heading, rows, expected = CASES[name]
    title = "QUÝ IV NĂM 2026" if heading in (IDEAS, FIRMS) else "THÁNG 11 NĂM 2026"
    rows = [[at, *row[1:]] for at, row in enumerate(rows, 1)]
    data = lines([[title], heading, *rows]).encode()
    one = Submission("2026-12-01T09:30:00+07:00", unit, "bieu.csv", "0" * 64, len(data))
    problems = clean_submission(one, data, CONTRACTS).problems
    assert [(problem.code, problem.row) for problem in problems] == expected
