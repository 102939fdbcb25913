from __future__ import annotations

import pytest

from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from schemas.registry import load
from tests.conftest import lines

CONTRACTS = load()
HEADING = ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]
RECORD = [1, "20/10/2026", "Viettel", "Mất sóng", "Mới", None]


def read(
    *above: str,
    file: str = "phan anh.csv",
    unit: str = "T01",
    received: str = "2026-11-17T09:30:00+07:00",
    records: list[list[object]] | None = None,
) -> CleanedSubmission:
    rows = [*([line] for line in above), HEADING, *([RECORD] if records is None else records)]
    submission = Submission(received, unit, file, "0" * 64, 1)
    return clean_submission(submission, lines(rows).encode(), CONTRACTS)


def codes(found: CleanedSubmission) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("title", "file", "label"),
    [
        ("Tháng 10 năm 2026", "phan anh.csv", "2026-10"),
        ("Kỳ báo cáo: 10/2026", "phan anh.csv", "2026-10"),
        ("PHẢN ÁNH", "phan_anh_thang_10_2026.csv", "2026-10"),
        ("PHẢN ÁNH", "phan anh.csv", "2026-11"),
        ("Tháng 10 năm 2026", "phan_anh_thang_10_2026.csv", "2026-10"),
    ],
)
def test_the_period_comes_from_the_title_then_the_name_then_the_open_window(
    title: str, file: str, label: str
) -> None:
    found = read(title, file=file)
    assert [part.period.label for part in found.parts] == [label]
    assert codes(found) == []


@pytest.mark.parametrize(
    ("above", "file", "code"),
    [
        (["Tháng 10 năm 2026"], "phan_anh_thang_9_2026.csv", "tep.khac_ky"),
        (["Tháng 10 năm 2026", "Tháng 9 năm 2026"], "phan anh.csv", "tep.khong_ro_ky"),
        (["Tháng 6 năm 2027"], "phan anh.csv", "tep.khong_ro_ky"),
    ],
)
def test_a_doubtful_period_refuses_the_table(above: list[str], file: str, code: str) -> None:
    found = read(*above, file=file)
    assert (codes(found), found.parts) == ([code], ())


@pytest.mark.parametrize("unit", ["viettel", "cong_an", "nguoi_la"])
def test_a_table_of_another_unit_is_refused(unit: str) -> None:
    found = read("Tháng 11 năm 2026", unit=unit)
    assert (codes(found), found.parts) == (["tep.sai_don_vi"], ())


def test_refused_rows_stay_in_the_account() -> None:
    found = read("Tháng 11 năm 2026", unit="viettel")
    assert found.rows["role"].to_list() == ["tieu_de", "dau_cot", "ngoai_bang"]


def test_nothing_to_report_is_a_part_without_rows() -> None:
    found = read("Tháng 11 năm 2026", records=[["Không phát sinh"]])
    assert [(part.nil, part.frame.height) for part in found.parts] == [(True, 0)]


def test_an_empty_form_is_refused() -> None:
    found = read("Tháng 11 năm 2026", records=[])
    assert (codes(found), found.parts) == (["tep.khong_co_dong"], ())
