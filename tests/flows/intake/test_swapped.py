"""Cells that changed places, and names that were sorted by themselves, are told; ordinary rows are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from flows.collect.submission import Submission
from flows.intake.records import clean_submission
from flows.intake.swapped import _find_turned
from schemas.registry import load
from tests.conftest import lines

CONTRACTS = load()
LEADERS = [
    *("STT", "Cơ quan, đơn vị", "Họ và tên", "Chức vụ", "Số nhiệm vụ được giao", "Số nhiệm vụ hoàn thành"),
    "Gương mẫu, tiên phong",
]
SYSTEMS = [
    *("STT", "Mã hệ thống", "Tên hệ thống", "Đơn vị quản lý", "Cấp độ an toàn"),
    *("Số quyết định phê duyệt cấp độ", "Ngày phê duyệt", "Triển khai đầy đủ phương án"),
    "Kết nối mạng TSLCD",
]
TEAMS = ["STT", "Thôn", "Số thành viên tổ", "Số buổi hướng dẫn", "Số lượt người được hướng dẫn"]
PEOPLE = [
    *("STT", "Số định danh cá nhân", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Mã hộ"),
    *("Quan hệ với chủ hộ", "Thôn", "Tình trạng cư trú", "Tình trạng", "Ngày mất", "Số điện thoại"),
    "Ngày cập nhật",
]
Row = list[object]


def leader(at: int, name: str = "", post: str = "Trưởng phòng") -> Row:
    return [
        at,
        f"Phòng mẫu {chr(64 + at)}",
        name or f"Lê Thị {['Ba', 'Bốn', 'Năm', 'Sáu', 'Bảy', 'Tám'][at]}",
        post,
        9,
        8,
        "Có",
    ]


def system(at: int, name: str = "", unit: str = "Văn phòng") -> Row:
    rest = ["2", f"{at}/QĐ-UBND", "05/03/2026", "Có", "Có"]
    return [at, f"HT{at:03}", name or f"Hệ thống mẫu {chr(64 + at)}", unit, *rest]


def team(at: int, meetings: int, visits: int) -> Row:
    return [at, f"Phố {at}", 5 + at % 3, meetings, visits]


def person(at: int, name: str, sex: str) -> Row:
    number = f"038{'0' if sex == 'Nam' else '1'}85{at:06}"
    rest = [
        "Mường",
        f"H{at:05}",
        "Chủ hộ",
        f"Phố {at % 5 + 1}",
        "Thường trú",
        "Đang sống",
        "",
        "",
        "05/11/2026",
    ]
    return [at, number, name, f"{at:02}/03/1985", sex, *rest]


def named(at: int, *, man: bool) -> str:
    return f"Bùi {'Văn' if man else 'Thị'} Mẫu {chr(64 + at)}"


def told(unit: str, title: str, heading: Sequence[str], rows: Sequence[Row]) -> list[int | None]:
    data = lines([[title], heading, *rows]).encode()
    one = Submission("2026-12-01T09:30:00+07:00", unit, "bieu.csv", "0" * 64, len(data))
    problems = clean_submission(one, data, CONTRACTS).problems
    assert {problem.code for problem in problems} <= {"tep.doi_cho"}
    return [problem.row for problem in problems]


OFFICE = "van_phong", "QUÝ IV NĂM 2026"
TEAM = "van_hoa_xa_hoi", "THÁNG 11 NĂM 2026"
CASES: dict[str, tuple[tuple[str, str], Sequence[str], list[Row], list[int | None]]] = {
    "a name in place of the post": (
        OFFICE,
        LEADERS,
        [leader(1), leader(2, "Phó phòng", "Bùi Văn Mẫu"), leader(3), leader(4)],
        [4],
    ),
    "all names in place of the posts": (
        OFFICE,
        LEADERS,
        [leader(at, "Trưởng phòng", f"Bùi Văn Mẫu {'ABCD'[at]}") for at in (1, 2, 3)] + [leader(4, "Bí thư")],
        [3, 4, 5, 6],
    ),
    "posts that differ": (OFFICE, LEADERS, [leader(at, post=f"Trưởng ban {at}") for at in range(1, 6)], []),
    "a unit in place of a system": (
        OFFICE,
        SYSTEMS,
        [system(1), system(2), system(3, "Văn phòng", "Hệ thống mẫu C"), system(4)],
        [5],
    ),
    "a system named like one unit": (
        OFFICE,
        SYSTEMS,
        [system(1), system(2, unit="Công an"), system(3, "Công an", "Văn phòng"), system(4)],
        [],
    ),
    "amounts": (TEAM, TEAMS, [team(1, 2, 31), team(2, 2, 32), team(3, 33, 2), team(4, 2, 35)], [5]),
    "amounts that differ widely": (
        TEAM,
        TEAMS,
        [team(at, meetings, 20 * meetings + at) for at, meetings in enumerate((1, 2, 40, 4, 9, 3), 1)]
        + [team(7, 121, 6)],
        [9],
    ),
    "amounts of ordinary teams": (
        TEAM,
        TEAMS,
        [team(at, *two) for at, two in enumerate([(2, 31), (1, 4), (5, 5), (3, 2), (4, 90), (6, 8)], 1)],
        [],
    ),
    "names sorted by themselves": (
        ("cong_an", "THÁNG 11 NĂM 2026"),
        PEOPLE,
        [person(at, named(at, man=at > 4), "Nam" if at % 2 else "Nữ") for at in range(1, 9)],
        [None],
    ),
    "one sex for all names": (
        ("cong_an", "THÁNG 11 NĂM 2026"),
        PEOPLE,
        [person(at, named(at, man=at > 4), "Nam") for at in range(1, 9)],
        [],
    ),
    "names that suit the sex, but for one": (
        ("cong_an", "THÁNG 11 NĂM 2026"),
        PEOPLE,
        [person(at, named(at, man=at < 6), "Nam" if at < 5 else "Nữ") for at in range(1, 9)],
        [],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cells_that_changed_places_are_told(name: str) -> None:
    (unit, title), heading, rows, expected = CASES[name]
    assert told(unit, title, heading, rows) == expected


def test_amounts_of_no_relation_are_hardly_ever_taken_for_turned_ones() -> None:
    random, alarms = np.random.default_rng(7), 0
    for _ in range(500):
        count, spread = random.integers(5, 48), random.uniform(0, 1.2)
        one, other = (
            np.round(np.exp(random.normal(mean, spread, count))) for mean in random.uniform(1, 6, 2)
        )
        alarms += _find_turned(one, other) is not None
        turned = np.round(one * np.exp(random.normal(2.5, 0.2, count)))
        one[1], turned[1] = turned[1], one[1]
        found = _find_turned(one, turned)
        assert found is None or np.flatnonzero(found).tolist() == [1]
    assert alarms < 5
