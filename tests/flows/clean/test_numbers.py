import re
from dataclasses import replace

import pytest

from flows.clean import clean
from schemas.contract import Column
from schemas.kinds import SO_LUONG, SO_THUC
from schemas.units import ngoc_lac
from tests.flows.clean.one_column import (
    BOOL,
    COUNT,
    DATE,
    DONG,
    MEASURE,
    MILLIONS,
    NUMBER,
    PERCENT,
    SHARE,
    TONNES,
    Answer,
    Cell,
    answers,
    cleaned,
    dataset,
    read,
    read_one,
    table,
)

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
        ("12.0000000", 12),
        ("1.234,00", 1234),
        ("1,234.0", 1234),
        ("0.000", 0),
        ("3.0000000000000004", 3),
        ("1\u2009234", 1234),
        ("1\u202f234\u00a0567", 1_234_567),
        ("1'234", 1234),
        ("1’234’567", 1_234_567),
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
        ("1.2345", 1.2345),
        ("1,2345", 1.2345),
        ("1234.567", 1234.567),
        ("1234,567", 1234.567),
        ("0.123", 0.123),
        ("0,123", 0.123),
        ("0,5", 0.5),
        ("1'234", 1234),
        ("1'234.5", 1234.5),
        ("1’234’567,8", 1_234_567.8),
        ("1\u202f234,567", 1234.567),
        ("1 234.567", 1234.567),
        ("0.30000000000000004", 0.3),
        ("1234567.1000000001", 1_234_567.1),
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
        (["1.234,5", "2.345"], [1234.5, 2345]),
        (["1,234.5", "2,345"], [1234.5, 2345]),
        (["1.5", "1.25", "1.250"], [1.5, 1.25, 1.25]),
        (["0.123", "1.250"], [0.123, 1.25]),
        (["-1.234", "-5,5"], [-1234, -5.5]),
        # Whole numbers without any decimals beside them: these are thousands.
        (["12.345", "850", "920", "777"], [12345, 850, 920, 777]),
        (["12,345", "850", "920", "777"], [12345, 850, 920, 777]),
        (["12.345", ("8500", NUMBER), ("920", NUMBER), ("777", NUMBER)], [12345, 8500, 920, 777]),
    ],
)
def test_three_digits_behind_a_mark_are_read_as_the_column_is_written(
    cells: list[Cell], numbers: list[float]
) -> None:
    assert read(MEASURE, *cells) == [(number, None, None) for number in numbers]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        # Nothing proves one reading.
        (["1.234"], [1234]),
        (["1,234"], [1.234]),
        (["-1.234"], [-1234]),
        (["12.345", ("30500", NUMBER)], [12345, 30_500]),
        # The sizes of the others make one likelier.
        (["12.345", "7"], [12.345, 7]),
        (["12.345", ("3.5", NUMBER), ("20.5", NUMBER)], [12.345, 3.5, 20.5]),
        (["1,5", "2,5", "2.345"], [1.5, 2.5, 2.345]),
        (["1.234,5", "4.321,5", "2,345"], [1234.5, 4321.5, 2345]),
        # Both are proved, or the two marks may have been mixed up.
        (["12.345", "3,5", "3.5"], [12345, 3.5, 3.5]),
        (["12.345", "12,345"], [12345, 12.345]),
        (["0,519", "6.656", "2,136"], [0.519, 6656, 2.136]),
        # Spaces group already.
        (["1 234", "2.345"], [1234, 2345]),
        (["1 234,5", "2.345"], [1234.5, 2345]),
        (["12,5", "1 234.567"], [12.5, 1234.567]),
        # So many digits without a group beside a group.
        (["12.345", "30500", "24000", "19500"], [12345, 30_500, 24_000, 19_500]),
    ],
)
def test_where_a_column_proves_nothing_or_both_the_likelier_reading_is_taken_and_told(
    cells: list[Cell], numbers: list[float]
) -> None:
    found = read(MEASURE, *cells)
    assert [value for value, *_ in found] == numbers
    doubtful = [cell for cell, (_, flaw, _) in zip(cells, found, strict=True) if flaw == "mo_ho"]
    assert doubtful
    assert all(isinstance(cell, str) and re.search(r"[.,]\d{3}$", cell) for cell in doubtful)


@pytest.mark.parametrize(
    ("cell", "separator", "answer"),
    [
        ("1.234", ";", (1234, None, None)),
        ("1,234", ",", (1234, None, None)),
        # Decimals of just three digits are rare: the other way of writing is as likely.
        ("1,234", ";", (1.234, "mo_ho", None)),
        ("1.234", ",", (1.234, "mo_ho", None)),
        ("1.234", "\t", (1234, "mo_ho", None)),
    ],
)
def test_the_separator_tells_which_program_wrote_the_numbers(
    cell: str, separator: str, answer: Answer
) -> None:
    of_file = replace(table({"so": [cell]}), separator=separator)
    assert answers(clean(of_file, dataset(MEASURE), ngoc_lac()), "so") == [answer]


@pytest.mark.parametrize(
    ("cell", "beside", "answer"),
    [
        ("1.234", (MILLIONS, "2,5"), (1234, None, None)),
        ("1.234", (MILLIONS, "2.5"), (1.234, None, None)),
        ("1,234", (MILLIONS, "2,5"), (1.234, None, None)),
        ("1,234", (MILLIONS, "2.5"), (1234, None, None)),
        ("1.234", (COUNT, "5.678"), (1234, None, None)),
        ("1,234", (COUNT, "5.678"), (1.234, None, None)),
        ("1.234", (DONG, "5,000"), (1.234, None, None)),
        ("1.234", (COUNT, "5678"), (1234, "mo_ho", None)),
        ("1.234", (MILLIONS, "5.678"), (1234, "mo_ho", None)),
    ],
)
def test_the_other_columns_of_the_table_are_written_alike(
    cell: str, beside: tuple[Column, str], answer: Answer
) -> None:
    other, typed = beside
    assert answers(cleaned((MEASURE, [cell]), (replace(other, name="kia"), [typed])), "so") == [answer]


def test_a_total_row_shows_how_its_column_is_written() -> None:
    records, totals = table({"so": ["1.234", "1.100"]}), table({"so": ["2.334,0"]})
    both = replace(records, totals=totals.cells)
    assert answers(clean(both, dataset(MEASURE), ngoc_lac()), "so") == [
        (1234, None, None),
        (1100, None, None),
    ]


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (["1.234", "12,0"], [(1234, None, None), (12, None, None)]),
        (["1.234", "12.0"], [(1234, "mo_ho", None), (12, None, None)]),
        (["1,234", "12,0"], [(1234, "mo_ho", None), (12, None, None)]),
        (["1.234", "1,234"], [(1234, None, None), (1234, None, None)]),
        (["12.000", "0.000"], [(12_000, "mo_ho", None), (0, None, None)]),
    ],
)
def test_a_count_has_no_decimals(cells: list[Cell], counts: list[Answer]) -> None:
    assert read(COUNT, *cells) == counts


def test_a_range_tells_which_reading_is_likelier() -> None:
    small = Column("so", "Số đo", SO_THUC, range=(0, 100))
    assert read_one(small, "1.234") == (1.234, "mo_ho", None)
    assert read(small, "1.234", "20,5") == [(1234, None, None), (20.5, None, None)]


def test_an_amount_in_dong_has_no_decimals() -> None:
    assert read(DONG, "12.500", "1.250.000,00") == [(12_500, None, None), (1_250_000, None, None)]
    assert read_one(DONG, "12,5") == (12.5, "mo_ho", None)
    assert read_one(MILLIONS, "12,5", unit="đồng") == (0.0000125, "mo_ho", "doi_don_vi")


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
        (MILLIONS, "ngàn đồng", "2.300,0", 2.3, "doi_don_vi"),
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
        (TONNES, "kg", "2.300,0", 2.3, "doi_don_vi"),
        (TONNES, "tạ", ("23", NUMBER), 2.3, "doi_don_vi"),
        (COUNT, "hộ", "23", 23, None),
        (MEASURE, "cái", "23", 23, None),
    ],
)
def test_the_headings_unit(column: Column, unit: str, cell: Cell, amount: float, change: str | None) -> None:
    assert read_one(column, cell, unit) == (amount, None, change)


def test_the_mark_of_a_footnote_is_no_digit() -> None:
    taken = {"12¹": 12, "1.234²": 1234, "12 ¹⁰": 12, "12(¹)": 12, "110²": 110, "-5³": -5}
    for cell, value in taken.items():
        assert read_one(COUNT, cell) == (value, None, "chu_thich"), cell
    assert read_one(TONNES, "12,5³") == (12.5, None, "chu_thich")
    # A power, a unit of area, a mark of whatever.
    for cell in ("10³", "10¹", "12 m²", "¹", "¹12", "2³ tấn", "12¹²³", "1²3"):
        assert read_one(COUNT, cell) == UNREADABLE, cell
        assert read_one(TONNES, cell) == UNREADABLE, cell


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


@pytest.mark.parametrize(
    ("cells", "shares"),
    [
        (["85.300%", "12.5%"], [(0.853, None, None), (0.125, None, None)]),
        (["85.300%"], [(0.853, "mo_ho", None)]),
        (["85.300%", "12,5%"], [(0.853, "mo_ho", None), (0.125, None, None)]),
        (["85,300%", "12,5%"], [(0.853, None, None), (0.125, None, None)]),
        (["0,85", "85,3"], [(0.0085, None, None), (0.853, None, None)]),
        (["0,85", "0,9"], [(0.0085, "mo_ho", None), (0.009, "mo_ho", None)]),
    ],
)
def test_thousands_of_per_cent_and_shares_under_a_percent_sign_are_doubted(
    cells: list[Cell], shares: list[Answer]
) -> None:
    assert read(PERCENT, *cells) == shares


def test_a_heading_seen_with_a_percent_sign_makes_percentages() -> None:
    assert read_one(SHARE, "85,3", unit="%") == (0.853, None, None)


def test_a_heading_with_another_unit_refuses_a_share() -> None:
    assert read_one(SHARE, "85,3", unit="phần nghìn") == UNREADABLE


@pytest.mark.parametrize("typed", ["12\n345", "20\r\n150", "8\t100", "8  100", "1.5\n2"])
@pytest.mark.parametrize("column", [COUNT, DONG, MEASURE])
def test_two_numbers_in_a_cell_are_none(column: Column, typed: str) -> None:
    assert read_one(column, typed)[:2] == (None, "khong_doc_duoc")


def test_counts_that_end_in_zeros_do_not_prove_the_comma_of_money() -> None:
    other = replace(COUNT, name="luot")
    beside = (replace(MILLIONS, name="tien"), ["1,5", "2,5", "0,7"])
    found = cleaned((COUNT, ["120,000", "35,000", "8,000"]), (other, ["4,000", "9,000", "1,000"]), beside)
    assert found.frame["so.unread"].to_list() == ["mo_ho"] * 3
