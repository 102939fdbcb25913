"""For which period a table is: title, sheet name, file name, dates of the records, and the open window."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission
from flows.intake.period import sheets_are_months
from flows.intake.records import clean_submission
from schemas.periods import containing, in_words, period
from schemas.registry import load
from tests.conftest import lines

CONTRACTS = load()
COMPLAINTS = ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]
UNCLEAR = "tep.khong_ro_ky"
TEAMS = ["STT", "Thôn", "Số thành viên tổ", "Số buổi hướng dẫn", "Số lượt người được hướng dẫn"]

Rows = Sequence[Sequence[object]]


def complaints(*days: str) -> list[list[object]]:
    return [[n, day, "Viettel", f"Mất sóng lần {n}", "Mới", None] for n, day in enumerate(days, 1)]


def team(meetings: int = 1) -> list[list[object]]:
    return [[1, "Thôn Thanh Sơn", 5, meetings, 30 * meetings]]


def handed_in(data: bytes, unit: str, file: str, day: str, said: str | None = None) -> CleanedSubmission:
    submission = Submission(
        f"{day}T09:30:00+07:00", unit, file, sha256(data).hexdigest(), len(data), stated=said
    )
    return clean_submission(submission, data, CONTRACTS)


def text(
    title: str | None, records: Rows, *, file: str = "phan anh.csv", day: str = "2026-11-17"
) -> CleanedSubmission:
    rows = [*([[title]] if title else []), COMPLAINTS, *records]
    return handed_in(lines(rows).encode(), "T01", file, day)


def workbook(sheets: Mapping[str, tuple[str | None, Rows]], heading: Sequence[str]) -> bytes:
    """A workbook with one table a sheet: the title and the records by the name of the sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (title, records) in sheets.items():
        page = book.create_sheet(name)
        for row in ([title], [], heading, *records):
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def outcome(found: CleanedSubmission) -> tuple[list[str], list[str]]:
    """The labels of the parts, and the codes of the problems."""
    return [part.period.label for part in found.parts], [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("title", "file", "when", "label"),
    [
        ("Tháng 10 năm 2026", "phan anh.csv", "08/10/2026", "2026-10"),
        ("Kỳ báo cáo: 10/2026", "phan anh.csv", "08/10/2026", "2026-10"),
        ("PHẢN ÁNH", "phan_anh_thang_10_2026.csv", "08/10/2026", "2026-10"),
        ("Tháng 10 năm 2026 (từ 15 tháng 9 đến 14 tháng 10)", "phan anh.csv", "08/10/2026", "2026-10"),
        ("Tháng 10 năm 2026", "phan_anh_thang_10_2026.csv", "08/10/2026", "2026-10"),
        ("PHẢN ÁNH", "phan anh.csv", "08/11/2026", "2026-11"),
        ("PHẢN ÁNH THÁNG 10", "phan anh.csv", "08/10/2026", "2026-10"),
        ("PHẢN ÁNH THÁNG 10", "phan anh 2026.csv", "08/10/2026", "2026-10"),
        ("PHẢN ÁNH THÁNG 10", "phan anh thang 10-2026.csv", "08/10/2026", "2026-10"),
        ("PHẢN ÁNH CỦA CAO THẮNG 2", "phan anh.csv", "08/11/2026", "2026-11"),
        ("Tháng 11 năm 2026", "phan anh thang 10, 11 nam 2026.csv", "08/11/2026", "2026-11"),
    ],
)
def test_title_and_file_name_name_the_period_else_the_open_window(
    title: str, file: str, when: str, label: str
) -> None:
    assert outcome(text(title, complaints(when), file=file)) == ([label], [])


@pytest.mark.parametrize(
    ("title", "file", "code"),
    [
        ("Tháng 10 năm 2026", "phan_anh_thang_9_2026.csv", "tep.khac_ky"),
        ("Tháng 10", "phan_anh_thang_9_2026.csv", "tep.khac_ky"),
        ("Tháng 10 năm 2026", "phan anh thang 9.csv", "tep.khac_ky"),
        ("Tháng 10 năm 2026, so với tháng 9 năm 2026", "phan anh.csv", "tep.khong_ro_ky"),
        ("Tháng 9 và tháng 10 năm 2026", "phan anh.csv", "tep.khong_ro_ky"),
        ("Kết quả tháng 10, nhiệm vụ tháng 11 năm 2026", "phan anh.csv", "tep.khong_ro_ky"),
        ("PHẢN ÁNH", "phan anh thang 10, 11 nam 2026.csv", "tep.khong_ro_ky"),
        ("Tháng 6 năm 2027", "phan anh.csv", "tep.khong_ro_ky"),
        ("Tháng 12 năm 1979", "phan anh.csv", "tep.khong_ro_ky"),
        ("Tháng 12 năm 2025", "phan anh.csv", "tep.khong_ro_ky"),
        ("Tháng 12", "phan anh 2025.csv", "tep.khong_ro_ky"),
    ],
)
def test_a_doubtful_period_refuses_the_table(title: str, file: str, code: str) -> None:
    found = text(title, complaints("08/11/2026"), file=file)
    assert outcome(found) == ([], [code])
    assert found.rows["role"].to_list() == ["tieu_de", "dau_cot", "ngoai_bang"]


@pytest.mark.parametrize(
    ("day", "label"),
    [
        ("2026-11-10", None),  # the deadline of October is over, November has not ended
        ("2026-11-14", "2026-11"),  # the last day of the period
        ("2026-11-18", "2026-11"),  # the deadline
        ("2026-11-19", None),
        ("1980-01-01", None),  # a clock that was never set: its window is of 1979
    ],
)
def test_a_file_that_names_no_period_belongs_to_the_only_open_window(day: str, label: str | None) -> None:
    found = (
        text("PHẢN ÁNH", complaints(), day=day)
        if day < "2000"
        else text("PHẢN ÁNH", complaints("09/11/2026"), day=day)
    )
    if label:
        assert outcome(found) == ([label], [])
    else:
        assert outcome(found) == ([], ["tep.khong_ro_ky" if day > "2000" else "tep.khong_co_dong"])


@pytest.mark.parametrize(("year", "taken"), [("2023", False), ("2024", True), ("2025", True)])
def test_yearly_figures_may_be_of_the_two_years_before_the_plan(year: str, taken: bool) -> None:
    rows = [
        [f"Năm {year}"],
        ["Năm", "GRDP (tỷ đồng)", "Kinh tế số (tỷ đồng)", "Nguồn"],
        [year, 900, 90, "Thống kê"],
    ]
    found = handed_in(lines(rows).encode(), "kinh_te", "kinh te so.csv", "2026-11-17")
    assert outcome(found) == (([year], []) if taken else ([], ["tep.khong_ro_ky"]))


OCTOBER, NOVEMBER = complaints("03/10/2026"), complaints("03/11/2026")


@pytest.mark.parametrize(
    ("sheets", "labels"),
    [
        ({"Tháng 10.2026": (None, OCTOBER), "Tháng 11.2026": (None, NOVEMBER)}, ["2026-10", "2026-11"]),
        ({"Tháng 10": ("NĂM 2026", OCTOBER), "Tháng 11": (None, NOVEMBER)}, ["2026-10", "2026-11"]),
        ({"T9": ("NĂM 2026", complaints("03/09/2026")), "T10": (None, OCTOBER)}, ["2026-09", "2026-10"]),
        ({"thang 11": ("Tháng 11 năm 2026", NOVEMBER)}, ["2026-11"]),
        ({"Biểu": ("Tháng 11 năm 2026", NOVEMBER)}, ["2026-11"]),
        ({"T10": ("Tháng 11 năm 2026", NOVEMBER)}, ["2026-11"]),
    ],
)
def test_the_name_of_a_sheet_names_its_period(
    sheets: Mapping[str, tuple[str | None, Rows]], labels: list[str]
) -> None:
    found = handed_in(workbook(sheets, COMPLAINTS), "T01", "phan anh.xlsx", "2026-11-17")
    assert outcome(found) == (labels, [])


def test_of_a_workbook_only_the_sheet_that_disagrees_is_refused() -> None:
    sheets = {"Tháng 10.2026": ("Tháng 11 năm 2026", team()), "Tháng 11.2026": ("Tháng 11 năm 2026", team(2))}
    found = handed_in(workbook(sheets, TEAMS), "van_hoa_xa_hoi", "to cong nghe.xlsx", "2026-11-17")
    assert outcome(found) == (["2026-11"], ["tep.khac_ky"])
    assert found.problems[0].sheet == "Tháng 10.2026"
    assert "tiêu đề ghi tháng 11/2026; tên trang tính ghi tháng 10/2026" in found.problems[0].message
    assert found.rows.filter(sheet="Tháng 10.2026")["role"].to_list()[-1] == "ngoai_bang"


@pytest.mark.parametrize(
    ("sheets", "labels", "codes"),
    [
        ({"Trang 1": ("Tháng 11 năm 2026", NOVEMBER), "Trang 2": (None, NOVEMBER)}, ["2026-11"], []),
        ({"1": ("Tháng 11 năm 2026", NOVEMBER), "2": ("(tiếp theo)", NOVEMBER)}, ["2026-11"], []),
        ({"1": ("Tháng 10 năm 2026", OCTOBER), "2": (None, OCTOBER), "3": (None, OCTOBER)}, ["2026-10"], []),
        # A name of its own, or another title, is about another period.
        ({"1": ("Tháng 11 năm 2026", NOVEMBER), "Tháng 10": (None, OCTOBER)}, ["2026-11", "2026-10"], []),
        ({"1": ("Tháng 11 năm 2026", NOVEMBER), "2": ("Danh sách khác", NOVEMBER)}, ["2026-11"], [UNCLEAR]),
        ({"1": (None, NOVEMBER), "2": ("Tháng 11 năm 2026", NOVEMBER)}, ["2026-11"], [UNCLEAR]),
    ],
)
def test_a_page_without_a_title_goes_on_from_the_page_before(
    sheets: Mapping[str, tuple[str | None, Rows]], labels: list[str], codes: list[str]
) -> None:
    found = handed_in(workbook(sheets, COMPLAINTS), "T01", "phan anh.xlsx", "2026-11-28")
    assert outcome(found) == (labels, codes)


def test_the_blank_sheet_of_a_period_is_told_and_is_no_part() -> None:
    sheets = {"Tháng 11.2026": (None, team()), "Tháng 12.2026": (None, [])}
    found = handed_in(workbook(sheets, TEAMS), "van_hoa_xa_hoi", "to cong nghe.xlsx", "2026-11-17")
    assert outcome(found) == (["2026-11"], ["tep.ky_trong"])
    assert "tháng 12/2026" in found.problems[0].message


def test_the_names_of_the_files_in_a_zip_name_their_periods() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for name, records in (("2026-10/phan anh.csv", OCTOBER), ("phan anh thang 11 2026.csv", NOVEMBER)):
            box.writestr(name, lines([COMPLAINTS, *records]))
    assert outcome(handed_in(out.getvalue(), "T01", "gop.zip", "2026-11-17")) == (["2026-10", "2026-11"], [])
    held = handed_in(out.getvalue(), "T01", "thang 11 2026.zip", "2026-11-17")
    assert outcome(held) == (["2026-11"], ["tep.khac_ky"])


@pytest.mark.parametrize(
    ("names", "months"),
    [
        (["T1", "T2"], True),
        (["t 9", "T10", "T11"], True),
        (["T01", "T02"], False),
        (["T10", "T11"], False),  # codes of two thôn, too
        (["T1"], False),
        (["T1", "Biểu"], False),
        (["T12", "T13"], False),
    ],
)
def test_sheets_named_by_a_letter_and_a_number_are_months_only_beyond_doubt(
    names: list[str], months: bool
) -> None:
    assert sheets_are_months(names) == months


IN_OCTOBER, IN_NOVEMBER, BEFORE = "03/10/2026", "03/11/2026", "03/09/2026"


@pytest.mark.parametrize(
    ("title", "days", "held", "codes"),
    [
        # Last month's form with this month's records.
        ("Tháng 10 năm 2026", [IN_NOVEMBER] * 3, True, ["tep.khac_ky"]),
        ("Tháng 10 năm 2026", [IN_NOVEMBER, IN_NOVEMBER, IN_OCTOBER], True, ["tep.khac_ky"]),
        # This month's title over last month's records.
        ("Tháng 11 năm 2026", [IN_OCTOBER], True, ["tep.khac_ky"]),
        # What is still open from earlier months may stand beside what is new.
        ("Tháng 11 năm 2026", [IN_OCTOBER, IN_OCTOBER, IN_NOVEMBER], False, ["tep.khac_ky"]),
        ("Tháng 11 năm 2026", [IN_OCTOBER, IN_NOVEMBER], False, []),
        ("Tháng 11 năm 2026", [IN_NOVEMBER], False, []),
        # A workbook that counts from 1904 pasted into another is four years early.
        ("Tháng 11 năm 2026", ["03/11/2022"] * 3, True, ["tep.khac_ky"]),
        # They point nowhere clearly.
        ("Tháng 11 năm 2026", [BEFORE, IN_OCTOBER], False, ["tep.khac_ky"]),
        # Days to come and days that are none say nothing.
        ("Tháng 10 năm 2026", ["03/12/2026"], False, []),
        ("Tháng 10 năm 2026", ["31/11/2026", IN_OCTOBER], False, []),
    ],
)
def test_the_dates_of_the_records_count(title: str, days: list[str], held: bool, codes: list[str]) -> None:
    found = text(title, complaints(*days))
    assert [problem.code for problem in found.problems] == codes
    assert (found.parts == ()) == held
    assert [problem.severity for problem in found.problems] == (
        ["chan"] if held else ["canh_bao"] * len(codes)
    )
    assert (found.rows["role"] == "ban_ghi").sum() == (0 if held else len(days))


@pytest.mark.parametrize(
    ("title", "file", "said", "label"),
    [
        ("Tháng 10 năm 2026", "phan anh.csv", "2026-10", "2026-10"),
        ("Tháng 10 năm 2026", "phan anh.csv", "2026-11", "2026-11"),
        ("Tháng 10 năm 2026", "phan anh thang 9.csv", "2026-11", "2026-11"),
        ("Tháng 9 và tháng 10 năm 2026", "phan anh.csv", "2026-10", "2026-10"),
        # A quarter is none of its periods.
        ("Tháng 10 năm 2026", "phan anh.csv", "2026-Q4", None),
        # It has not begun.
        ("Tháng 10 năm 2026", "phan anh.csv", "2027-01", None),
    ],
)
def test_what_somebody_said_is_the_period_where_it_is_in_doubt(
    title: str, file: str, said: str, label: str | None
) -> None:
    data = lines([[title], COMPLAINTS, *complaints(IN_NOVEMBER)]).encode()
    found = handed_in(data, "T01", file, "2026-11-17", said)
    assert [part.period.label for part in found.parts] == ([label] if label else [])
    assert bool(found.problems) == (label is None)


def test_what_somebody_said_leaves_other_tables_where_they_are() -> None:
    clear, doubtful = ("Tháng 10 năm 2026", team()), ("Tháng 9 năm 2026", team())
    data = workbook({"Tháng 10.2026": clear, "Tháng 11.2026": doubtful}, TEAMS)
    found = handed_in(data, "van_hoa_xa_hoi", "to cong nghe so.xlsx", "2026-11-17", "2026-11")
    assert outcome(found) == (["2026-10", "2026-11"], [])


def test_dates_contradict_the_open_window_too() -> None:
    found = text("PHẢN ÁNH", complaints(IN_OCTOBER))
    assert outcome(found) == ([], ["tep.khac_ky"])
    assert (
        "bảng này là của tháng 11/2026 (15/10/2026–14/11/2026); 1 trong 1 ngày ở cột “Ngày phản ánh” "
        "nằm trong tháng 10/2026 (15/09/2026–14/10/2026)"
    ) in found.problems[0].message
    assert found.problems[0].periods == ("2026-11", "2026-10")


def test_a_file_without_a_period_may_be_for_the_one_that_ended_or_the_one_that_runs() -> None:
    (problem,) = text("PHẢN ÁNH", complaints(IN_NOVEMBER), day="2026-11-10").problems
    assert (problem.code, problem.periods) == ("tep.khong_ro_ky", ("2026-10", "2026-11"))


def test_every_rule_about_the_period_is_on_the_column_that_the_contract_names() -> None:
    named = {
        name: dataset.dated
        for name, dataset in CONTRACTS.datasets.items()
        for rule in dataset.rules
        if {"_period_start", "_period_end"} <= {*rule.fails_when.meta.root_names()}
        and rule.on != (dataset.dated,)
    }
    assert named == {}
    dated = [d[d.dated].kind.name for d in CONTRACTS.datasets.values() if d.dated]
    assert dated == ["ngay"] * 4


@given(
    month=st.integers(1, 10),
    shift=st.integers(-2, 2),
    days=st.lists(st.integers(0, 27), min_size=1, max_size=8),
)
def test_a_list_dated_in_one_period_is_counted_for_that_period_or_held(
    month: int, shift: int, days: list[int]
) -> None:
    """Whatever the title says, the records go to no period in which none of their dates lies."""
    dataset = CONTRACTS.datasets["phan_anh_ha_tang"]
    truth = period(dataset, f"2026-{month:02}")
    said = f"2026-{min(max(month + shift, 1), 12):02}"
    dates = [truth.start + timedelta(days=each) for each in days]
    found = text(in_words(said).capitalize(), complaints(*(f"{d:%d/%m/%Y}" for d in dates)), day="2026-12-31")
    assert [part.period.label for part in found.parts] == ([said] if said == truth.label else [])
    assert all(containing(dataset, each) == truth for each in dates)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(sorted(CONTRACTS.datasets)))
def test_every_day_lies_in_the_period_that_contains_it(day: date, name: str) -> None:
    found = containing(CONTRACTS.datasets[name], day)
    assert found.start <= day <= found.end
