import pytest

from schemas.contract import Column
from schemas.kinds import SO_LUONG, SO_THUC, SO_TIEN, TY_LE
from tests.flows.clean.one_column import BOOL, DATE, NUMBER, Answer, Cell, cleaned, read, read_one

COUNT = Column("so", "Số hộ", SO_LUONG)
MEASURE = Column("so", "Số đo", SO_THUC)
TONNES = Column("so", "Rác thải sinh hoạt (tấn) > Phát sinh", SO_THUC)
DONG = Column("so", "Phí, lệ phí (đồng)", SO_TIEN)
MILLIONS = Column("so", "Giá trị (triệu đồng)", SO_TIEN, unit="triệu đồng")
SHARE = Column("so", "Tỷ lệ", TY_LE)
PERCENT = Column("so", "Tỷ lệ (%)", TY_LE)

UNREADABLE = (None, "khong_doc_duoc", None)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("125", 125),
        (("125", NUMBER), 125),
        ("0", 0),
        ("007", 7),
        ("+7", 7),
        ("-5", -5),
        (("-5", NUMBER), -5),
        ("\u22125", -5),
        ("- 5", -5),
        ("1.234", 1234),
        ("1,234", 1234),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("12.345.678", 12_345_678),
        ("12,345,678", 12_345_678),
        ("12 345 678", 12_345_678),
        ("-1.234", -1234),
        ("12,0", 12),
        ("12.00", 12),
        (" 12 ", 12),
        ("'12", 12),
        ("9007199254740993", 9_007_199_254_740_993),
    ],
)
def test_counts(cell: Cell, count: int) -> None:
    assert read_one(COUNT, cell) == (count, None, None)


@pytest.mark.parametrize(
    "cell",
    [
        "12.5",
        "12,5",
        ("12.5", NUMBER),
        ("1.234", NUMBER),
        "1.2345",
        "1.23",
        "1234.567",
        "0.123",
        "01.234",
        "1.234,567",
        "1.234 567",
        "1..234",
        "1.234.56",
        "12 hộ",
        "mười",
        "1e5",
        "1O",
        "12-13",
        "(12)",
        "1/2",
        ("05/06/2026", DATE),
        ("TRUE", BOOL),
        "99999999999999999999",
    ],
)
def test_no_counts(cell: Cell) -> None:
    assert read_one(COUNT, cell) == UNREADABLE


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12", 12),
        ("12,5", 12.5),
        ("12.5", 12.5),
        (("12.5", NUMBER), 12.5),
        (("1.234", NUMBER), 1.234),
        (("1234", NUMBER), 1234),
        (("-0.5", NUMBER), -0.5),
        ("-12,5", -12.5),
        ("+12,5", 12.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1 234,5", 1234.5),
        ("1 234.5", 1234.5),
        ("1.234.567,89", 1_234_567.89),
        ("1,234,567.89", 1_234_567.89),
        ("1.234.567", 1_234_567),
        ("1,234,567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("1.234", 1234),
        ("1,234", 1.234),
        ("1.2345", 1.2345),
        ("1,2345", 1.2345),
        ("1234.567", 1234.567),
        ("1234,567", 1234.567),
        ("0.123", 0.123),
        ("0,123", 0.123),
        ("0,5", 0.5),
        (" 12,5\u00a0", 12.5),
    ],
)
def test_measures(cell: Cell, number: float) -> None:
    assert read_one(MEASURE, cell) == (number, None, None)


@pytest.mark.parametrize(
    "cell",
    [
        "1.234.56",
        "1,234,56",
        "1.23.456",
        "1.234,567,8",
        "1.234.567.8",
        "12,5,5",
        ",5",
        "12,",
        "12.5.",
        "1.234 567,8",
        "12,5 m",
        "3,8E+5",
        "3.8e5",
        "khoảng 12",
        "12-13",
        "--5",
        ("05/06/2026", DATE),
        ("12,5", NUMBER),
        ("nan", NUMBER),
        "inf",
        "nan",
    ],
)
def test_no_measures(cell: Cell) -> None:
    assert read_one(MEASURE, cell) == UNREADABLE


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["12.345", "3.5"], [12.345, 3.5]),
        (["12,345", "3.5"], [12345, 3.5]),
        (["12.345", "1,234.5"], [12.345, 1234.5]),
        (["12,345", "3,5"], [12.345, 3.5]),
        (["12.345", "3,5"], [12345, 3.5]),
        (["12,345", "1.234.567"], [12.345, 1_234_567]),
        (["12.345", "7"], [12345, 7]),
        (["12.345", ("3.5", NUMBER)], [12345, 3.5]),
    ],
)
def test_three_digits_behind_a_sign_are_read_as_the_column_is_written(
    cells: list[Cell], numbers: list[float]
) -> None:
    assert read(MEASURE, *cells) == [(number, None, None) for number in numbers]


def test_three_digits_behind_a_sign_are_not_read_in_a_column_written_both_ways() -> None:
    assert read(MEASURE, "12.345", "3,5", "3.5") == [UNREADABLE, (3.5, None, None), (3.5, None, None)]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("12.500 đ", 12_500),
        ("12.500đ", 12_500),
        ("12.500 đồng", 12_500),
        ("12,500 VNĐ", 12_500),
        ("12500 vnd", 12_500),
        ("12.500 ₫", 12_500),
        ("12.500", 12_500),
        ("12,500", 12_500),
        (("12500", NUMBER), 12_500),
        (("12.5", NUMBER), 12.5),
        ("1.250.000", 1_250_000),
        ("-5.000", -5_000),
        ("0", 0),
    ],
)
def test_money_in_dong(cell: Cell, amount: float) -> None:
    assert read_one(DONG, cell) == (amount, None, None)


@pytest.mark.parametrize(
    ("column", "cell", "amount"),
    [
        (DONG, "2,5 triệu", 2_500_000),
        (DONG, "2.5 triệu đồng", 2_500_000),
        (DONG, "2 tỷ", 2_000_000_000),
        (DONG, "2 tỉ đồng", 2_000_000_000),
        (DONG, "300 nghìn", 300_000),
        (DONG, "300 ngàn đồng", 300_000),
        (MILLIONS, "12.500.000 đ", 12.5),
        (MILLIONS, "12.500 đ", 0.0125),
        (MILLIONS, "1,5 tỷ đồng", 1500),
        (TONNES, "500 kg", 0.5),
    ],
)
def test_a_unit_in_the_cell_is_converted(column: Column, cell: Cell, amount: float) -> None:
    assert read_one(column, cell) == (amount, None, "doi_don_vi")


@pytest.mark.parametrize(
    ("column", "cell", "amount"),
    [(MILLIONS, "12,5 triệu", 12.5), (MILLIONS, "12,5 triệu đồng", 12.5), (TONNES, "12,5 tấn", 12.5)],
)
def test_the_contracts_own_unit_in_the_cell_changes_nothing(
    column: Column, cell: Cell, amount: float
) -> None:
    assert read_one(column, cell) == (amount, None, None)


@pytest.mark.parametrize("cell", ["3 usd", "12 m", "5 %", "5 tấn", "12.500 đ/tháng", "2 triệu 500"])
def test_a_unit_that_is_no_money_is_not_read(cell: Cell) -> None:
    assert read_one(DONG, cell) == UNREADABLE


@pytest.mark.parametrize(
    ("column", "unit", "cell", "amount", "change"),
    [
        (MILLIONS, "triệu đồng", ("12.5", NUMBER), 12.5, None),
        (MILLIONS, "Triệu Đồng", ("12.5", NUMBER), 12.5, None),
        (MILLIONS, "triệu  đồng", "12,5", 12.5, None),
        (MILLIONS, "Đơn vị tính: triệu đồng", "12,5", 12.5, None),
        (MILLIONS, "nghìn đồng", ("2300", NUMBER), 2.3, "doi_don_vi"),
        (MILLIONS, "ngàn đồng", "2.300", 2.3, "doi_don_vi"),
        (MILLIONS, "1.000 đồng", "2.300,5", 2.3005, "doi_don_vi"),
        (MILLIONS, "đồng", ("1250000", NUMBER), 1.25, "doi_don_vi"),
        (MILLIONS, "đồng", "1.250.000", 1.25, "doi_don_vi"),
        (MILLIONS, "VNĐ", "12,500", 0.0125, "doi_don_vi"),
        (MILLIONS, "tỷ đồng", ("1.1", NUMBER), 1100, "doi_don_vi"),
        (MILLIONS, "tỉ đồng", "2,3", 2300, "doi_don_vi"),
        (MILLIONS, "tr.đ", "12,5", 12.5, None),
        (MILLIONS, "nghìn đồng", "0", 0, None),
        (MILLIONS, "nghìn đồng", "2 triệu", 2, None),
        (DONG, "nghìn đồng", ("35", NUMBER), 35_000, "doi_don_vi"),
        (DONG, "triệu đồng", "2,3", 2_300_000, "doi_don_vi"),
        (TONNES, "tấn", "2,3", 2.3, None),
        (TONNES, "kg", "2.300", 2.3, "doi_don_vi"),
        (TONNES, "tạ", ("23", NUMBER), 2.3, "doi_don_vi"),
        (COUNT, "hộ", "23", 23, None),
        (MEASURE, "cái", "23", 23, None),
    ],
)
def test_the_headings_unit(column: Column, unit: str, cell: Cell, amount: float, change: str | None) -> None:
    assert read_one(column, cell, unit) == (amount, None, change)


@pytest.mark.parametrize(
    ("column", "unit"), [(MILLIONS, "USD"), (MILLIONS, "trăm triệu"), (TONNES, "m3"), (TONNES, "triệu đồng")]
)
def test_an_unknown_unit_refuses_its_column_and_nothing_else(column: Column, unit: str) -> None:
    result = cleaned(
        (column, ["1.234", ("5", NUMBER), None, "-"]),
        (Column("khac", "Khác", SO_LUONG), ["1"] * 4),
        unit=unit,
    )
    assert result.frame["so"].to_list() == [None] * 4
    assert result.frame["so.unread"].to_list() == ["khong_doc_duoc", "khong_doc_duoc", "thieu", "thieu"]
    assert result.frame["khac"].to_list() == [1] * 4
    (problem,) = result.problems
    assert (problem.code, problem.severity, problem.column, problem.value) == (
        "tep.don_vi_la",
        "chan",
        "A",
        unit,
    )
    assert (problem.dataset, problem.sheet) == ("thu", "Trang 1")


def test_a_known_unit_is_no_problem() -> None:
    assert cleaned((MILLIONS, ["1"]), unit="nghìn đồng").problems == ()


def test_a_conversion_is_logged_as_it_would_be_typed() -> None:
    log = cleaned((MILLIONS, [("1250", NUMBER), "3.000"]), unit="nghìn đồng").changes
    assert log.rows() == [
        (5, "A", "so", "doi_don_vi", "1250", "1,25"),
        (6, "A", "so", "doi_don_vi", "3.000", "3"),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "answer"),
    [
        (SHARE, "85,3%", (0.853, None, None)),
        (SHARE, "85.3%", (0.853, None, None)),
        (SHARE, "85,3 %", (0.853, None, None)),
        (SHARE, "100%", (1, None, None)),
        (SHARE, "0%", (0, None, None)),
        (SHARE, "-5%", (-0.05, None, None)),
        (SHARE, "0,853", (0.853, None, None)),
        (SHARE, ("0.853", NUMBER), (0.853, None, None)),
        (SHARE, ("85.3", NUMBER), (85.3, None, None)),
        (SHARE, "85,3", (85.3, None, None)),
        (SHARE, "85,3 phần trăm", (0.853, None, None)),
        (SHARE, "85,3 đ", UNREADABLE),
        (SHARE, "cao", UNREADABLE),
        (PERCENT, "85,3%", (0.853, None, None)),
        (PERCENT, "85,3", (0.853, None, None)),
        (PERCENT, ("0.853", NUMBER), (0.853, None, None)),
        (PERCENT, ("85.3", NUMBER), (0.853, None, "doi_don_vi")),
    ],
)
def test_shares(column: Column, cell: Cell, answer: Answer) -> None:
    assert read_one(column, cell) == answer


def test_a_heading_seen_with_a_percent_sign_makes_percentages() -> None:
    assert read_one(SHARE, "85,3", unit="%") == (0.853, None, None)


def test_a_heading_with_another_unit_refuses_a_share() -> None:
    assert read_one(SHARE, "85,3", unit="phần nghìn") == UNREADABLE
