from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from flows.clean import clean
from flows.clean.propose import propose
from schemas.contract import Column
from schemas.kinds import NAM, NGAY, NGAY_SINH
from schemas.units import ngoc_lac
from tests.flows.clean.one_column import DATE, NUMBER, Cell, answers, cleaned, dataset, read, read_one, table

DAY = Column("ngay", "Ngày", NGAY)
BIRTH = Column("ngay_sinh", "Ngày sinh", NGAY_SINH)
YEAR = Column("nam", "Năm", NAM)

FIFTH_OF_JUNE = date(1990, 6, 5)
UNREADABLE = (None, "khong_doc_duoc", None)

DAYS: list[Cell] = [
    "05/06/1990",
    "5/6/1990",
    "05/6/1990",
    "05-06-1990",
    "5-6-1990",
    "05.06.1990",
    "5.6.1990",
    "1990-06-05",
    "1990-6-5",
    "1990-06-05 00:00:00",
    "1990-06-05T07:30:00",
    "05/06/1990 07:30",
    "05/06/1990 07:30:15",
    " 05 / 06 / 1990 ",
    "05/06/1990\u00a0",
    "'05/06/1990",
    "\u200b05/06/1990",
    "ngày 5 tháng 6 năm 1990",
    "Ngày 05 tháng 06 năm 1990",
    "NGÀY 05 THÁNG 06 NĂM 1990",
    "ngày  5 tháng 6  năm 1990",
    "5 tháng 6 năm 1990",
    "nga\u0300y 5 tha\u0301ng 6 na\u0306m 1990",
    ("05/06/1990", DATE),
    ("05/06/1990 13:45:00", DATE),
]
NO_DAYS: list[Cell] = [
    "31/02/1990",
    "29/02/1990",
    "31/04/1990",
    "32/01/1990",
    "00/06/1990",
    "05/00/1990",
    "06/13/1990",
    "1990-13-05",
    "05/06-1990",
    "05.06/1990",
    "05/06/90",
    "05 06 1990",
    "05/06/19901",
    "5/6/190",
    "1990/06/05",
    "05061990",
    ("5061990", NUMBER),
    "hôm qua",
    "31118",
    ("9999", NUMBER),
    ("60001", NUMBER),
    ("0.5", NUMBER),
    "05/06/1990 - 06/06/1990",
]


@pytest.mark.parametrize("column", [DAY, BIRTH], ids=["ngay", "ngay_sinh"])
@pytest.mark.parametrize("cell", DAYS)
def test_a_day_is_read_however_it_is_written(column: Column, cell: Cell) -> None:
    assert read_one(column, cell) == (FIFTH_OF_JUNE, None, None)


@pytest.mark.parametrize("column", [DAY, BIRTH], ids=["ngay", "ngay_sinh"])
@pytest.mark.parametrize("cell", NO_DAYS)
def test_what_is_no_day_is_not_guessed(column: Column, cell: Cell) -> None:
    assert read_one(column, cell) == UNREADABLE


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (("31118", NUMBER), date(1985, 3, 12)),
        (("31118.75", NUMBER), date(1985, 3, 12)),
        (("31117.99999999", NUMBER), date(1985, 3, 12)),
        (("31117.9999", NUMBER), date(1985, 3, 11)),
        (("10000", NUMBER), date(1927, 5, 18)),
        (("60000", NUMBER), date(2064, 4, 8)),
        (("46350", NUMBER), date(2026, 11, 24)),
    ],
)
def test_a_number_of_five_digits_is_a_day_counted_by_excel(cell: Cell, day: date) -> None:
    assert read_one(DAY, cell) == (day, None, "ngay_excel")
    assert read_one(BIRTH, cell) == (day, None, "ngay_excel")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("29/02/2024", date(2024, 2, 29)),
        ("12/11/2026", date(2026, 11, 12)),
        ("01/02/2026", date(2026, 2, 1)),
        ("05/06/0990", date(990, 6, 5)),
        ("24/11/2126", date(2126, 11, 24)),
    ],
)
def test_day_comes_before_month_and_ranges_are_left_to_the_rules(typed: str, day: date) -> None:
    assert read_one(DAY, typed) == (day, None, None)


@pytest.mark.parametrize("cell", ["1940", ("1940", NUMBER), "06/1990", "tháng 6 năm 1990", "năm 1940"])
def test_a_day_needs_its_month_and_day(cell: Cell) -> None:
    assert read_one(DAY, cell) == UNREADABLE


@pytest.mark.parametrize(
    ("cell", "day", "exactness"),
    [
        ("05/06/1990", FIFTH_OF_JUNE, "ngay"),
        (("05/06/1990", DATE), FIFTH_OF_JUNE, "ngay"),
        (("31118", NUMBER), date(1985, 3, 12), "ngay"),
        ("5-6-1990", FIFTH_OF_JUNE, "ngay"),
        ("06/1990", date(1990, 6, 1), "thang"),
        ("6/1990", date(1990, 6, 1), "thang"),
        ("06-1990", date(1990, 6, 1), "thang"),
        ("06.1990", date(1990, 6, 1), "thang"),
        ("tháng 6/1990", date(1990, 6, 1), "thang"),
        ("Tháng 6 năm 1990", date(1990, 6, 1), "thang"),
        (("1985", NUMBER), date(1985, 1, 1), "nam"),
        ("1985", date(1985, 1, 1), "nam"),
        ("1900", date(1900, 1, 1), "nam"),
        ("2100", date(2100, 1, 1), "nam"),
        ("Năm 1940", date(1940, 1, 1), "nam"),
        (("1985.0", NUMBER), date(1985, 1, 1), "nam"),
        (" 1940 ", date(1940, 1, 1), "nam"),
        ("13/1990", None, None),
        ("00/1990", None, None),
        (("6.1991", NUMBER), None, None),
        ("1899", None, None),
        ("2101", None, None),
        ("31/02/1990", None, None),
        (None, None, None),
        ("-", None, None),
    ],
)
def test_a_birth_date_says_how_exactly_it_is_known(
    cell: Cell, day: date | None, exactness: str | None
) -> None:
    frame = cleaned((BIRTH, [cell])).frame
    assert frame.select("ngay_sinh", "ngay_sinh.do_chinh_xac").row(0) == (day, exactness)


def test_exactness_is_told_row_by_row() -> None:
    frame = cleaned((BIRTH, ["05/06/1990", "1985", None, "6/1990", "?", "01/01/1990"])).frame
    assert frame["ngay_sinh.do_chinh_xac"].to_list() == ["ngay", "nam", None, "thang", None, "ngay"]


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("2026", (2026, None, None)),
        (("2026", NUMBER), (2026, None, None)),
        ("Năm 2026", (2026, None, None)),
        (" 2026 ", (2026, None, None)),
        ("'2026", (2026, None, None)),
        ("1899", (1899, None, None)),
        ("26", (26, None, None)),
        ("2.026", UNREADABLE),
        (("2026.0", NUMBER), (2026, None, "le_0")),
        ("2026.00", (2026, None, "le_0")),
        (("2026.5", NUMBER), UNREADABLE),
        (("18/07/1905", DATE), UNREADABLE),
        ("2025-2026", UNREADABLE),
        ("-2026", UNREADABLE),
        ("hai nghìn", UNREADABLE),
        ("99999999999", UNREADABLE),
    ],
)
def test_years(cell: Cell, answer: tuple[int | None, str | None, str | None]) -> None:
    assert read_one(YEAR, cell) == answer


@pytest.mark.parametrize("column", [DAY, BIRTH], ids=["ngay", "ngay_sinh"])
@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1985-02-03 00:00:00+07:00", date(1985, 2, 3)),
        ("1985-02-03T23:59:59.5+0700", date(1985, 2, 3)),
        ("1985-02-03T00:00:00Z", date(1985, 2, 3)),
        ("1985-02-03T00:00:00.000Z", date(1985, 2, 3)),
        ("1985-02-03 10:30 UTC", date(1985, 2, 3)),
        ("1985-02-03T16:59:59+00:00", date(1985, 2, 3)),
        ("1985-02-02T17:00:00.000Z", date(1985, 2, 3)),
        ("1985-02-02T17:00Z", date(1985, 2, 3)),
        ("1984-12-31T17:00:00Z", date(1985, 1, 1)),
        ("1965-02-03 00:00:00+08:00", date(1965, 2, 3)),
        ("1965-02-02T17:00:00Z", date(1965, 2, 3)),
        # Midnight, or an hour before it: clocks in Vietnam were not the same everywhere.
        ("1965-02-02T16:00:00Z", None),
        ("1945-05-02T15:00:00Z", None),
        # A moment of the next day in Vietnam, or a clock in Vietnam that is called UTC.
        ("1985-02-02T17:00:00.001Z", None),
        ("1985-02-02T23:30:00Z", None),
        ("1985-02-03 00:00:00+08:00", None),
        ("1985-02-03T00:00:00-05:00", None),
        ("1985-02-30T10:00:00Z", None),
        ("1985-02-03T10Z", None),
    ],
)
def test_a_moment_with_a_time_zone_is_a_day_in_vietnam(column: Column, typed: str, day: date | None) -> None:
    assert read_one(column, typed) == ((day, None, "mui_gio") if day else UNREADABLE)


def test_five_in_the_afternoon_is_midnight_only_among_days() -> None:
    day, clock = "2026-11-02T17:00:00Z", "2026-11-03T09:12:44Z"
    assert read(DAY, day, "2026-11-03T00:00:00Z")[0] == (date(2026, 11, 3), None, "mui_gio")
    assert read(DAY, day, clock) == [UNREADABLE, (date(2026, 11, 3), None, "mui_gio")]


def test_a_number_of_days_in_a_workbook_that_counts_from_1904_is_told() -> None:
    given = replace(
        table({"ngay": [("44888", NUMBER), ("1985", NUMBER), "05/06/1990", ("05/06/1990", DATE)]}),
        from_1904=True,
    )
    day = date(2026, 11, 24)
    for column, year in ((DAY, UNREADABLE), (replace(BIRTH, name="ngay"), (date(1985, 1, 1), None, None))):
        result = clean(given, dataset(column), ngoc_lac())
        exact = (FIFTH_OF_JUNE, None, None)
        assert answers(result, "ngay") == [(day, "mo_ho", "ngay_excel"), year, exact, exact]
        assert result.frame["ngay.note"].to_list() == [
            "Đang đếm ngày từ năm 1904, như tệp này ghi.",
            None,
            None,
            None,
        ]
        proposal = propose(column, pl.Series(["44888"]), "mo_ho", ngoc_lac())
        assert proposal.to_list() == ["24/11/2026 hoặc 23/11/2022"]
