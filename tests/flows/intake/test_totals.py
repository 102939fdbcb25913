from __future__ import annotations

import pytest

from flows.collect.submission import Submission
from flows.intake.records import clean_submission
from schemas.registry import load
from tests.conftest import lines
from tests.flows.read.forms import records

HEADING = ["STT", "Thôn", "Số thành viên tổ", "Số buổi hướng dẫn", "Số lượt người được hướng dẫn"]
RECORDS: list[list[object]] = [
    [1, "Thôn Thanh Sơn", 5, 2, "1.030"],
    [2, "Thôn Vải", 4, 1, 10],
    [3, "Thôn Hạ", 6, 3, None],
]


def problems(*rows: list[object]) -> list[tuple[str, str, str | None]]:
    submission = Submission("2026-11-17T09:30:00+07:00", "van_hoa_xa_hoi", "to.csv", "0" * 64, 1)
    found = clean_submission(submission, lines([["Tháng 11 năm 2026"], HEADING, *rows]).encode(), load())
    return [(problem.code, f"{problem.column}{problem.row}", problem.proposal) for problem in found.problems]


@pytest.mark.parametrize(
    ("total", "wrong"),
    [
        ([None, "Tổng cộng", 15, 6, "1.040"], []),
        (["Tổng cộng", None, 15, 6, 1040], []),
        ([None, "Tổng cộng", 15, None, None], []),
        ([None, "Tổng cộng", 16, 6, "1.040"], [("tep.dong_tong_sai", "C6", "15")]),
        (
            [None, "Cộng", 16, 7, "1.040"],
            [("tep.dong_tong_sai", "C6", "15"), ("tep.dong_tong_sai", "D6", "6")],
        ),
    ],
)
def test_a_total_that_is_no_sum_is_told_with_the_sum(
    total: list[object], wrong: list[tuple[str, str, str]]
) -> None:
    assert problems(*RECORDS, total) == wrong


def test_totals_of_parts_are_compared_with_their_part() -> None:
    part, whole = [None, "Cộng", 9, 3, "1.040"], [None, "Tổng cộng", 15, 6, "1.040"]
    assert problems(*RECORDS[:2], part, RECORDS[2], whole) == []


def test_a_total_carried_to_the_next_page_is_right_if_it_repeats_the_one_above() -> None:
    whole = [None, "Tổng cộng", 15, 6, "1.040"]
    page, off = [9, 3, "1.040"], [8, 3, "1.040"]
    for above, below in (
        ("Cộng trang", "Mang sang"),
        ("Chuyển trang sau", "Trang trước mang sang"),
        ("Cộng chuyển trang sau", "Trang trước chuyển sang"),
        ("CHUYEN TRANG SAU", "TRANG TRUOC MANG SANG"),
    ):
        top = [*RECORDS[:2], [None, above, *page]]
        assert problems(*top, [None, below, *page], RECORDS[2], whole) == []
        # The second page goes on from what was carried.
        assert problems(*top, [None, below, *page], RECORDS[2], [None, above, 15, 6, 1040], whole) == []
        wrong = [("tep.dong_tong_sai", "C6", "15")]
        assert problems(*top, [None, below, *off], RECORDS[2], whole) == wrong
    # No records follow: it is no carried total.
    part = [None, "Cộng", 6, 3, None]
    found = problems(*RECORDS[:2], [None, "Cộng", *page], RECORDS[2], part, [None, "Tổng cộng", 6, 6, 1040])
    assert found == [("tep.dong_tong_sai", "C8", "15")]


def test_a_column_that_could_not_be_read_is_not_compared() -> None:
    assert problems(*RECORDS, [4, "Thôn Mống", "năm", 0, 0], [None, "Tổng cộng", 99, 6, "1.040"]) == []


CONTRACTS = load()
UNITS = {unit.kind: unit.name for unit in reversed(CONTRACTS.commune.units)}
#: Titles of periods in which the dates of the records lie.
TITLES = {"thang": "Tháng 10 năm 2026", "quy": "Quý III năm 2026", "nam": "Năm 2025"}
SUMMED = [name for name, each in CONTRACTS.datasets.items() if any(c.is_summed for c in each.columns)]


def test_most_datasets_have_columns_that_add_up() -> None:
    assert {*CONTRACTS.datasets} - {*SUMMED} == {"dan_cu", "kinh_te_so", "phan_anh_ha_tang"}


@pytest.mark.parametrize("name", SUMMED)
def test_totals_of_every_dataset_are_compared(name: str) -> None:
    dataset, rows = CONTRACTS.datasets[name], records(CONTRACTS.datasets[name], 4)
    sums = [
        sum(value == "x" if column.kind.name == "co_khong" else value for value in values)
        if column.is_summed
        else None
        for column, values in zip(dataset.columns, zip(*rows, strict=True), strict=True)
    ]
    heads = ["STT", *(column.label.replace(" > ", " ") for column in dataset.columns)]

    def told(total: list[object]) -> list[tuple[str, str | None]]:
        table = [heads, *([n, *row] for n, row in enumerate(rows, 1)), ["Tổng cộng", *total]]
        one = Submission("2026-11-17T09:30:00+07:00", UNITS[dataset.unit], "a.csv", "0" * 64, 1)
        problems = clean_submission(
            one, lines([[TITLES[dataset.cadence]], *table]).encode(), CONTRACTS
        ).problems
        assert {problem.code for problem in problems} <= {"tep.dong_tong_sai"}
        return [(str(problem.value), problem.proposal) for problem in problems]

    assert told([*sums]) == []
    wrong = [value if value is None else value + 1 for value in sums]
    assert told([*wrong]) == [(str(value), str(value - 1)) for value in wrong if value is not None]


PLACES = ("Phố 1", "Phố 2", "Phố 3", "Thôn Vải")
WASTE = ["STT", "Thôn", "Rác phát sinh (tấn)", "Rác thu gom (tấn)", "Rác tái chế (tấn)"]


def wrong_totals(separator: str, *columns: list[str]) -> list[str]:
    """The cells of totals (the last of each column) that are told to be wrong in a file so separated."""
    rows = [["Tháng 11 năm 2026"], [*WASTE, "Số mô hình kinh tế tuần hoàn"]]
    rows += [
        [str(at), place, *(f'"{column[at - 1]}"' for column in columns), "1"]
        for at, place in enumerate(PLACES, 1)
    ]
    rows.append(["", "Tổng cộng", *(f'"{column[-1]}"' for column in columns), "4"])
    data = "\n".join(map(separator.join, rows)).encode()
    submission = Submission("2026-11-17T09:30:00+07:00", "kinh_te", "rac.csv", "0" * 64, 1)
    found = clean_submission(submission, data, load()).problems
    return [f"{problem.column}{problem.row}" for problem in found if problem.code == "tep.dong_tong_sai"]


@pytest.mark.parametrize(
    ("separator", "column"),
    [
        # The records say how the total is written, and the total how the records are.
        (";", ["800,5", "900", "200", "100", "2.000,5"]),
        (";", ["800", "900", "200", "100", "2.000"]),
        (",", ["800.5", "900", "200", "100", "2,000.5"]),
        (",", ["0.5", "0.5", "0.5", "0.345", "1.845"]),
        ("\t", ["1.200", "1.300", "2.000", "1.000", "5.500,0"]),
        # Nothing says so; then the sum does.
        ("\t", ["400", "600", "20", "14", "1.034"]),
        ("\t", ["1,5", "1,5", "1.5", "1.5", "6.000"]),
        (",", ["1", "1", "1", "0.034", "3.034"]),
    ],
)
def test_a_total_is_read_like_its_column(separator: str, column: list[str]) -> None:
    small = ["1", "1", "1", "1", "4"]
    assert wrong_totals(separator, column, small, small) == []
    assert wrong_totals(separator, [*column[:3], "77", column[-1]], small, small) == ["C7"]


HEADINGS = ["STT", "Đơn vị chấp nhận thanh toán", "Loại hình", "Thôn", "Tổng số giao dịch",
            "Giao dịch không tiền mặt", "Tổng giá trị (triệu đồng)",
            "Giá trị không tiền mặt (triệu đồng)"]  # fmt: skip
SHOPS = [(11, 1, 5, 2), (12, 7, 6, 3), (13, 4, 7, 1)]


def shop(number: object, name: str, *amounts: object) -> list[object]:
    return [number, name, "Cửa hàng", "Phố 1", *amounts]


SOME = [shop(at, f"Cửa hàng {at}", *amounts) for at, amounts in enumerate(SHOPS, 1)]


def part(number: object, name: str, tenths: int) -> list[object]:
    return shop(number, name, *(share * tenths for share in (10, 5, 2, 1)))


ONE, OTHER, MARKET = part("", "Quầy A", 60), part("", "Quầy B", 40), part("1", "Chợ Mẫu", 100)
LAST = part("2", "Siêu thị", 80)


def numbered(*numbers: object) -> list[list[object]]:
    """A market, its two parts and another shop, with these row numbers."""
    rows = zip(numbers, (MARKET, ONE, OTHER, LAST), strict=True)
    return [[number, *row[1:]] for number, row in rows]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # The market is told by the row numbers of its parts, whatever they are.
        (numbered("1", "1.1", "1.2", "2"), [3]),
        (numbered("1", "a", "b", "2"), [3]),
        (numbered("1", "", "", "2"), [3]),
        (numbered("1", "-", "-", "2"), [3]),
        (numbered("I", "1", "2", "II"), [3]),
        (numbered("1", "2", "3", "4"), []),
        (numbered("1.1", "1.2", "1.3", "1.4"), []),
        # A record numbered below another one that is more than it is no part of it.
        ([MARKET, part("1.1", "Chợ Khác", 120), part("1.2", "Quầy", 1), LAST], []),
        ([part("1", "Chợ", 90), ONE, part("", "Quầy C", 41), LAST], []),
        # Names tell parts and averages.
        ([MARKET, part("", "Trong đó: Quầy A", 60), part("", "- Quầy D", 30), LAST], [4, 5]),
        ([MARKET, part("2", "trong đó Quầy A", 60), part("3", "- Quầy D", 30), LAST], [4, 5]),
        ([*SOME, shop("", "Trung bình", 12, 4, 6, 2)], [6]),
        ([*SOME, shop(4, "Cao nhất các thôn", 13, 7, 7, 3)], [6]),
        ([*SOME, shop(4, "Trung Bình Café", 12, 4, 6, 2), shop(5, "Minh Max", 1, 1, 1, 1)], []),
        ([*SOME], []),
        ([*SOME, shop(4, "Toàn xã", 36, 12, 18, 6)], [6]),
        ([*SOME, shop(4, "Toàn xã", 99, 12, 18, 6)], [6]),
        ([*SOME, shop(4, "Cả chợ", 36, 12, 18, 6)], [6]),
        ([*SOME, shop(4, "Cả chợ", 36, 12, 18, 7)], []),
        ([*SOME, shop(4, "Cả chợ", 36, 0, 18, 0)], []),
        ([shop(1, "Cả chợ", 36, 12, 18, 6), *SOME], [3]),
        ([*SOME[:2], shop(3, "Dãy một", 23, 8, 11, 5), *SOME, shop(7, "Cả chợ", 59, 20, 29, 11)], [5, 9]),
        ([*SOME[:2], shop(3, "Hàng khác", 23, 8, 0, 0)], []),
        ([shop(at, f"Cửa hàng {at}", 0, 0, 0, 0) for at in range(1, 9)], []),
        ([*SOME, shop("", "Tổng cộng", 36, 12, 18, 6)], []),
        ([*SOME, shop(4, "Tổng công ty Mẫu", 9, 1, 1, 1)], []),
    ],
)
def test_a_record_that_is_a_total_is_told(rows: list[list[object]], told: list[int]) -> None:
    submission = Submission("2026-11-17T09:30:00+07:00", "kinh_te", "tt.csv", "0" * 64, 1)
    data = lines([["Tháng 11 năm 2026"], HEADINGS, *rows]).encode()
    found = clean_submission(submission, data, CONTRACTS).problems
    assert [(one.code, one.row) for one in found] == [("tep.giong_tong", row) for row in told]
