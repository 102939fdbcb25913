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
