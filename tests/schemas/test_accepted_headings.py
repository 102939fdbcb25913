"""Headings accepted for one unit: signed, dated, never for another column, logged where they are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from flows.root import Root, read_contracts
from schemas.accepted_headings import COLUMNS, AcceptedHeading
from schemas.declared import DeclarationError
from schemas.registry import Contracts, load
from tests.conftest import lines

CONTRACTS = load()
HEAD = ",".join(COLUMNS)
LINE = "van_hoa_xa_hoi,to_cong_nghe_so,Nhân lực,thanh_vien,2026-11-30,Nguyễn Văn Mẫu"
ROWS: list[list[object]] = [
    ["Tháng 10 năm 2026"],
    ["Thôn", "Nhân lực", "Số buổi hướng dẫn", "Số lượt người được hướng dẫn"],
    ["Thôn Vải", 5, 2, 30],
]


def clean(contracts: Contracts, unit: str = "van_hoa_xa_hoi") -> CleanedSubmission:
    submission = Submission("2026-11-02T09:30:00+07:00", unit, "to.csv", "0" * 64, 1)
    return clean_submission(submission, lines(ROWS).encode(), contracts)


def test_a_root_accepts_a_heading_for_one_unit(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "ten_cot.csv").write_text(f"{HEAD}\n{LINE}\n", encoding="utf-8")
    contracts = read_contracts(Root(tmp_path), CONTRACTS)
    assert contracts.accepted == (
        AcceptedHeading(
            "van_hoa_xa_hoi",
            "to_cong_nghe_so",
            "Nhân lực",
            "thanh_vien",
            date(2026, 11, 30),
            "Nguyễn Văn Mẫu",
        ),
    )
    assert contracts.rules_hash != CONTRACTS.rules_hash
    assert contracts.hash != CONTRACTS.hash
    assert contracts.datasets_of("T01") is CONTRACTS.datasets


def test_it_is_read_and_logged() -> None:
    cleaned = clean(CONTRACTS.with_accepted_headings(f"{HEAD}\n{LINE}\n".encode()))
    (part,) = cleaned.parts
    assert cleaned.problems == ()
    assert part.frame["thanh_vien"].to_list() == [5]
    assert part.changes.select("row", "column", "name", "change", "before", "after").rows() == [
        (2, "B", "thanh_vien", "ten_cot", "Nhân lực", "Số thành viên tổ")
    ]


def test_without_it_the_heading_is_refused() -> None:
    assert clean(CONTRACTS).parts == ()
    other = LINE.replace("van_hoa_xa_hoi", "kinh_te")
    assert clean(CONTRACTS.with_accepted_headings(f"{HEAD}\n{other}\n".encode())).parts == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (LINE.replace("van_hoa_xa_hoi", "X9"), "dòng 2: không có đơn vị “X9”"),
        (LINE.replace("to_cong_nghe_so", "to"), "dòng 2: không có cột “to.thanh_vien”"),
        (LINE.replace("thanh_vien", "nguoi"), "dòng 2: không có cột “to_cong_nghe_so.nguoi”"),
        (LINE.replace("2026-11-30", "30/11/2026"), "dòng 2: accepted_on phải là ngày"),
        (LINE.replace("2026-11-30", ""), "dòng 2: để trống accepted_on"),
        (LINE.replace("Nguyễn Văn Mẫu", ""), "dòng 2: để trống by"),
        (LINE.replace("Nhân lực", ""), "dòng 2: để trống heading"),
        (LINE.replace("Nhân lực", "lượt  NGƯỜI"), "dòng 2: .* đã là đầu cột của “Số lượt người"),
        (f"{LINE}\n{LINE.replace('thanh_vien', 'luot_nguoi')}", "dòng 3: “Nhân lực” đã là đầu cột của"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(line: str, why: str) -> None:
    with pytest.raises(DeclarationError, match=f"schemas/ten_cot.csv, {why}"):
        CONTRACTS.with_accepted_headings(f"{HEAD}\n{line}\n".encode())
