"""Which of day and month stands first is proved column by column, or told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.clean import Occasion, clean
from schemas.contract import Column
from schemas.kinds import NGAY, NGAY_SINH
from schemas.periods import period
from schemas.units import ngoc_lac
from tests.flows.clean.one_column import DATE, Answer, Cell, answers, dataset, read, table

DAY = Column("ngay", "Ngày", NGAY)
BIRTH = Column("ngay_sinh", "Ngày sinh", NGAY_SINH)
DATED = replace(dataset(DAY), dated="ngay")
NOVEMBER = Occasion(period(DATED, "2026-11"), date(2026, 11, 20))  # 15/10/2026 to 14/11/2026

UNREADABLE = (None, "khong_doc_duoc", None)
REFUSED = (None, "hai_thu_tu", None)


def day(text: str) -> Answer:
    """A cell that is read without a doubt."""
    return date(*map(int, text.split("-"))), None, None


def turned(text: str) -> Answer:
    """A cell of a column whose month is first."""
    return date(*map(int, text.split("-"))), "thang_truoc", None


def doubtful(text: str) -> Answer:
    """A cell that may be another day."""
    return date(*map(int, text.split("-"))), "mo_ho", None


def real(*texts: str) -> list[Cell]:
    """Cells that Excel stored as dates."""
    return [(text, DATE) for text in texts]


def read_in_november(*cells: Cell) -> list[Answer]:
    """The cells of a column whose dates lie in November's period."""
    return answers(clean(table({"ngay": cells}), DATED, ngoc_lac(), NOVEMBER), "ngay")


def notes(*cells: Cell, when: Occasion | None = None) -> list[str | None]:
    """The sentences about the flaws of the cells of a column, from row 5 on."""
    return clean(table({"ngay": cells}), DATED, ngoc_lac(), when).frame["ngay.note"].to_list()


@pytest.mark.parametrize("column", [DAY, BIRTH], ids=["ngay", "ngay_sinh"])
@pytest.mark.parametrize("sign", ["/", "-", "."])
def test_a_column_with_two_dates_that_can_only_be_month_first_is_month_first(
    column: Column, sign: str
) -> None:
    typed = [text.replace("/", sign) for text in ("11/05/2025", "11/25/2025", "5/5/2025", "11/28/2025")]
    expected = [turned("2025-11-05"), turned("2025-11-25"), turned("2025-05-05"), turned("2025-11-28")]
    assert read(column, *typed) == expected


def test_other_forms_of_dates_prove_nothing_and_are_not_touched() -> None:
    others = ["2025-11-05", "ngày 5 tháng 11 năm 2025", "2025-05-11T07:30:00", None, "?"]
    alone = read(DAY, *others)
    assert read(DAY, "11/05/2025", "11/25/2025", "11/28/2025", *others)[3:] == alone


def test_the_exactness_of_a_birth_that_is_read_month_first_is_the_day() -> None:
    frame = clean(
        table({"ngay_sinh": ["05/25/1985", "06/28/1985", "1985", "?"]}), dataset(BIRTH), ngoc_lac()
    ).frame
    assert frame["ngay_sinh.do_chinh_xac"].to_list() == ["ngay", "ngay", "nam", None]


def test_a_single_proof_is_a_doubt() -> None:
    assert read(DAY, "11/05/2025", "11/25/2025", "05/05/2025") == [
        doubtful("2025-05-11"),
        UNREADABLE,
        day("2025-05-05"),
    ]
    assert read(DAY, "11/25/2025", "11/25/2025", "11/05/2025")[2] == doubtful("2025-05-11")
    assert notes("11/05/2025", "11/25/2025") == [
        "Ô A6 có số đứng giữa lớn hơn 12. Đang hiểu là ngày trước, tháng sau.",
        None,
    ]


def test_the_period_completes_a_single_proof_or_speaks_against_it() -> None:
    assert read_in_november("10/25/2026", "11/02/2026") == [turned("2026-10-25"), turned("2026-11-02")]
    # Day first, the second one lies in the period; the first one is no day.
    assert read_in_november("10/25/2026", "02/11/2026") == [UNREADABLE, day("2026-11-02")]


def test_the_day_of_submission_completes_a_single_proof() -> None:
    column = replace(DAY, name="khac")
    given = table({"khac": ["05/12/2026", "04/08/2026", "04/25/2026"]})
    frame = clean(given, dataset(column), ngoc_lac(), NOVEMBER).frame
    assert frame["khac"].to_list() == [date(2026, 5, 12), date(2026, 4, 8), date(2026, 4, 25)]
    assert frame["khac.unread"].to_list() == ["thang_truoc"] * 3


def test_the_order_of_rows_completes_a_single_proof() -> None:
    rising = ["01/02/2025", "02/01/2025", "02/05/2025", "02/25/2025", "03/01/2025"]
    assert [told for _, told, _ in read(DAY, *rising)] == ["thang_truoc"] * 5
    assert [told for _, told, _ in read(DAY, *reversed(rising))] == ["thang_truoc"] * 5


@pytest.mark.parametrize("column", [DAY, BIRTH], ids=["ngay", "ngay_sinh"])
def test_where_both_orders_are_proved_dates_with_two_readings_are_refused(column: Column) -> None:
    typed = ["05/06/2025", "05/25/2025", "25/05/2025", "05/05/2025"]
    assert read(column, *typed) == [REFUSED, UNREADABLE, day("2025-05-25"), day("2025-05-05")]


def test_the_cells_that_show_both_orders_are_named() -> None:
    told = notes("05/06/2025", "05/25/2025", "25/05/2025", "06/28/2025")
    assert told == ["Ô A6, A8 ghi tháng trước, ô A7 ghi ngày trước.", None, None, None]


def test_one_slip_in_a_long_column_makes_the_others_doubtful() -> None:
    typed = [f"{20 + n % 8}/0{n % 9 + 1}/2025" for n in range(40)]
    answer = read(DAY, *typed, "05/25/2025", "05/06/2025")
    assert answer[:40] == read(DAY, *typed)
    assert answer[40:] == [UNREADABLE, doubtful("2025-06-05")]


def test_a_column_without_a_proof_is_day_first() -> None:
    assert read(DAY, "05/06/2025", "07/08/2025") == [day("2025-06-05"), day("2025-08-07")]
    assert read_in_november("05/11/2026", "07/11/2026") == [day("2026-11-05"), day("2026-11-07")]
    assert read_in_november("05/06/2026", "11/05/2026") == [day("2026-06-05"), day("2026-05-11")]
    assert read(DAY, *real("05/06/2025", "07/08/2025")) == [day("2025-06-05"), day("2025-08-07")]


@pytest.mark.parametrize("cells", [["11/05/2026", "11/06/2026"], real("11/05/2026", "11/06/2026")])
def test_dates_that_all_lie_in_the_period_only_if_turned_are_doubtful(cells: Sequence[Cell]) -> None:
    assert read_in_november(*cells) == [doubtful("2026-05-11"), doubtful("2026-06-11")]
    assert read(DAY, *cells) == [day("2026-05-11"), day("2026-06-11")]
    assert set(notes(*cells, when=NOVEMBER)) == {
        "Đọc tháng trước thì cột này hợp hơn với kỳ báo cáo, ngày nộp hoặc thứ tự các dòng. "
        "Đang hiểu là ngày trước, tháng sau."
    }


def test_a_day_to_come_makes_the_other_dates_doubtful() -> None:
    column = replace(DAY, name="khac")
    given = table({"khac": real("05/12/2026", "04/08/2026")})
    told = [doubtful("2026-12-05"), doubtful("2026-08-04")]
    assert answers(clean(given, dataset(column), ngoc_lac(), NOVEMBER), "khac") == told
    to_come = replace(column, may_be_future=True)
    untold = [day("2026-12-05"), day("2026-08-04")]
    assert answers(clean(given, dataset(to_come), ngoc_lac(), NOVEMBER), "khac") == untold


@pytest.mark.parametrize("kind", [real, lambda *texts: list(texts)])
def test_one_day_to_come_beside_others_near_the_day_of_submission_is_that_day(
    kind: Callable[..., list[Cell]],
) -> None:
    column = replace(DAY, name="khac")

    def clean_other(*texts: str) -> list[Answer]:
        return answers(clean(table({"khac": kind(*texts)}), dataset(column), ngoc_lac(), NOVEMBER), "khac")

    near = clean_other("05/11/2026", "06/11/2026", "05/12/2026")
    assert near == [day("2026-11-05"), day("2026-11-06"), day("2026-12-05")]
    # Read with the month first, these are the days around the day of submission.
    turned_days = clean_other("11/05/2026", "11/06/2026", "11/12/2026")
    assert turned_days == [doubtful("2026-05-11"), doubtful("2026-06-11"), doubtful("2026-12-11")]
    assert not {flaw for _, flaw, _ in clean_other(*["05/11/2026"] * 20, "05/12/2026", "06/12/2026")} - {None}
    two = clean_other("05/11/2026", "05/11/2026", "05/12/2026", "06/12/2026")
    assert {flaw for _, flaw, _ in two} == {"mo_ho"}


SHORT: list[tuple[Column, list[Cell], list[str | None]]] = [
    (DAY, ["2/11/26", "03/11/26", "ngày 4.11.26"], ["2026-11-02", "2026-11-03", "2026-11-04"]),
    (DAY, ["2/11/26", "25/10/2026"], ["2026-11-02", "2026-10-25"]),
    (DAY, ["2-11-26", "25-10-26"], ["2026-11-02", "2026-10-25"]),
    # A slip of the year, and a day to come, have a fault of their own.
    (DAY, ["2/11/27", "3/11/26"], ["2027-11-02", "2026-11-03"]),
    # Another century or order is possible.
    (DAY, ["2/11/26", "3/11/90"], [None, None]),
    (DAY, ["26-11-20", "26-11-24"], [None, None]),
    (BIRTH, ["2/11/85", "3/11/15"], ["1985-11-02", None]),
]


@pytest.mark.parametrize(("column", "cells", "days"), SHORT)
def test_a_year_of_two_digits_is_read_where_no_other_century_is_possible(
    column: Column, cells: list[Cell], days: list[str | None]
) -> None:
    contract = replace(dataset(column), dated="ngay")
    found = clean(table({column.name: cells}), contract, ngoc_lac(), NOVEMBER)
    expected = [None if text is None else date.fromisoformat(text) for text in days]
    assert found.frame[column.name].to_list() == expected
    short = [text for text in cells if not str(text).endswith("2026")]
    changed = found.changes.filter(pl.col("change") == "nam_hai_so")["before"].to_list()
    assert len(changed) == sum(found is not None for found in expected) - (len(cells) - len(short))


def test_years_of_two_digits_with_the_month_first_are_told() -> None:
    found = clean(table({"ngay": ["10/20/26", "10/21/26"]}), DATED, ngoc_lac(), NOVEMBER)
    assert found.frame["ngay.unread"].to_list() == ["thang_truoc", "thang_truoc"]
    assert found.frame["ngay"].to_list() == [date(2026, 10, 20), date(2026, 10, 21)]


def test_real_dates_up_to_the_12th_beside_texts_after_it_were_turned() -> None:
    cells = [*real("11/05/2026"), "25/10/2026", *real("11/06/2026"), "28/10/2026"]
    assert read_in_november(*cells) == [
        turned("2026-11-05"),
        turned("2026-10-25"),
        turned("2026-11-06"),
        turned("2026-10-28"),
    ]
    assert notes(*cells, when=NOVEMBER)[0] == (
        "Excel hiểu ô A5, A7 là ngày nhưng để ô A6, A8 là chữ: "
        "ngày và tháng của các ô kiểu ngày đã bị đổi chỗ."
    )
    assert read(DAY, *cells) == [
        doubtful("2026-05-11"),
        day("2026-10-25"),
        doubtful("2026-06-11"),
        day("2026-10-28"),
    ]


def test_texts_month_first_beside_real_dates_were_left_by_an_excel_that_turned_those() -> None:
    cells = [*real("11/05/2026"), "10/25/2026", *real("11/06/2026"), "10/28/2026"]
    assert [told for _, told, _ in read_in_november(*cells)] == ["thang_truoc"] * 4
    assert [value for value, *_ in read_in_november(*cells)] == [
        date(2026, 11, 5),
        date(2026, 10, 25),
        date(2026, 11, 6),
        date(2026, 10, 28),
    ]


def test_many_on_each_side_of_the_12th_are_no_chance() -> None:
    stored = real(*(f"0{n}/0{n + 2}/2025" for n in range(1, 6)))
    texts = [f"{20 + n}/03/2025" for n in range(5)]
    assert {told for _, told, _ in read(DAY, *stored, *texts)} == {"thang_truoc"}
    assert read(DAY, *stored, *texts)[0] == turned("2025-01-03")


def test_real_dates_that_lie_in_the_period_were_not_turned() -> None:
    cells = [*real("05/11/2026"), "25/10/2026", *real("06/11/2026")]
    assert read_in_november(*cells) == [day("2026-11-05"), day("2026-10-25"), day("2026-11-06")]


def test_texts_with_dots_prove_nothing_of_real_dates() -> None:
    cells = [*real("11/05/2025"), "25.10.2025", "28.10.2025"]
    assert read(DAY, *cells) == [day("2025-05-11"), day("2025-10-25"), day("2025-10-28")]


def test_real_dates_of_an_ordinary_workbook_are_not_suspected() -> None:
    cells = [*real("05/06/2025", "25/06/2025", "07/08/2025"), "11/08/2025", "12/08/2025"]
    assert [told for _, told, _ in read(DAY, *cells)] == [None] * 5


def test_beside_a_column_that_is_month_first_one_that_proves_nothing_is_doubtful() -> None:
    one, other = replace(DAY, name="mot"), replace(DAY, name="hai")
    cells = {"mot": ["11/25/2025", "11/28/2025"], "hai": ["12/05/2025", "12/06/2025"]}
    result = clean(table(cells), dataset(one, other), ngoc_lac())
    assert answers(result, "hai") == [doubtful("2025-05-12"), doubtful("2025-06-12")]
    assert result.frame["hai.note"][0].startswith("Một cột ngày khác của bảng")
    proved = {**cells, "hai": ["12/05/2025", "25/12/2025"]}
    assert answers(clean(table(proved), dataset(one, other), ngoc_lac()), "hai")[0] == day("2025-05-12")


dates = st.dates(date(1950, 1, 1), date(2025, 12, 31))


@given(days=st.lists(dates, min_size=2, max_size=12))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_column_written_by_one_hand_is_read_right_or_told(days: list[date]) -> None:
    by_day = read(DAY, *(f"{each:%d/%m/%Y}" for each in days))
    assert by_day == [(each, None, None) for each in days]
    shown = [*days, date(2025, 11, 25), date(2025, 11, 28)]
    by_month = read(DAY, *(f"{each:%m/%d/%Y}" for each in shown))
    assert by_month == [(each, "thang_truoc", None) for each in shown]


@given(days=st.lists(dates, min_size=1, max_size=12), at=st.integers(0, 20))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_order_of_rows_and_no_mix_of_hands_gives_a_wrong_day_in_silence(days: list[date], at: int) -> None:
    proofs = [("25/11/2025", date(2025, 11, 25)), ("11/28/2025", date(2025, 11, 28))]
    written = [
        (f"{each:%d/%m/%Y}" if number % 2 else f"{each:%m/%d/%Y}", each) for number, each in enumerate(days)
    ]
    both = [*written[:at], *proofs, *written[at:]]
    for (value, told, _), (_, meant) in zip(read(DAY, *(text for text, _ in both)), both, strict=True):
        assert told is not None or value == meant


@given(days=st.lists(st.integers(0, 29), min_size=1, max_size=15, unique=True))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_days_of_the_period_turned_by_excel_are_never_taken_in_silence(days: list[int]) -> None:
    meant = [NOVEMBER.period.start + timedelta(days=each) for each in days]
    typed: list[Cell] = [
        (f"{each.month:02}/{each.day:02}/{each.year}", DATE) if each.day <= 12 else f"{each:%d/%m/%Y}"
        for each in meant
    ]
    for (value, told, _), each in zip(read_in_november(*typed), meant, strict=True):
        assert told is not None or value == each
