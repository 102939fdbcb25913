"""Records below a line that names a thôn: of that one unless they say another one, up to its total."""

from __future__ import annotations

from flows.collect.submission import Submission
from flows.intake.records import clean_submission
from schemas.registry import load
from tests.conftest import lines

CONTRACTS = load()
HEAD = [
    *("STT", "Đơn vị chấp nhận thanh toán", "Loại hình", "Thôn", "Tổng số giao dịch"),
    *("Giao dịch không tiền mặt", "Tổng giá trị (triệu đồng)", "Giá trị không tiền mặt (triệu đồng)"),
]


def shop(at: int, thon: str | None = None) -> list[object]:
    return [at, f"Cửa hàng mẫu {at}", "Cửa hàng", thon, 10, 5, 4, 2]


def total(label: str, count: int) -> list[object]:
    return [None, label, None, None, 10 * count, 5 * count, 4 * count, 2 * count]


def outcome(*rows: list[object]) -> tuple[list[str | None], list[int | None]]:
    """The thôn of each record, and the rows that are told to stand in another group."""
    data = lines([["BÁO CÁO THÁNG 11 NĂM 2026"], HEAD, *rows]).encode()
    one = Submission("2026-11-28T08:00:00+07:00", "kinh_te", "a.csv", "00", len(data))
    cleaned = clean_submission(one, data, CONTRACTS)
    told = [problem.row for problem in cleaned.problems if problem.code == "tep.khac_nhom"]
    return [code for part in cleaned.parts for code in part.frame["thon"]], told


def test_a_group_ends_with_its_total() -> None:
    first = [[None, "Phố 1"], shop(1), shop(2)]
    for label in ("Cộng Phố 1", "Cộng", "Tổng cộng thôn"):
        assert outcome(*first, total(label, 2), shop(3)) == (["T01", "T01", None], []), label
    # A page is no group.
    page = [total("Cộng trang", 2), total("Mang sang", 2)]
    assert outcome(*first, *page, shop(3)) == (["T01"] * 3, [])
    assert outcome(*first, total("Cộng", 2), total("Mang sang", 2), shop(3)) == (["T01"] * 3, [])
    # A total may stand above its group.
    assert outcome([None, "Phố 1"], total("Cộng", 2), shop(1), shop(2)) == (["T01", "T01"], [])


def test_a_thon_of_its_own_against_the_group_is_told() -> None:
    rows = [
        ["Phố 1"],
        shop(1, "Phố 1"),
        shop(2),
        ["Phố 2"],
        shop(3, "Phố 1"),
        shop(4, "Khu phố 2"),
        shop(5, "T02"),
    ]
    assert outcome(*rows) == (["T01", "T01", "T01", "T02", "T02"], [7])
    # Below other sections, and below the total of a group, any thôn may stand.
    assert outcome(["I. Chợ"], shop(1, "Phố 1"), ["II. Cửa hàng"], shop(2, "Phố 2"))[1] == []
    assert outcome(["Phố 1"], shop(1), total("Cộng Phố 1", 1), shop(2, "Phố 2"))[1] == []
