"""What is said of an ambiguous number names the reading that was taken."""

import polars as pl
import pytest

from schemas.contract import Column
from schemas.kinds import SO_LUONG, SO_THUC

THOUSANDS = "Đang tính là số nguyên, dấu chấm hoặc phẩy ngăn cách hàng nghìn."
DECIMALS = "Đang tính là số có phần lẻ."
STORED = "Đang tính số lưu trong ô."


@pytest.mark.parametrize(
    ("typed", "taken", "said"),
    [
        ("1.234", 1234.0, THOUSANDS),
        ("-1,234", -1234.0, THOUSANDS),
        ("1.234 đ", 1234.0, THOUSANDS),
        ("1.234", 1.234, DECIMALS),
        ("1 234.567", 1234.567, DECIMALS),
        ("12,5", 12.5, DECIMALS),
        ("1.234", 0.001234, "Đang tính là 0,001234."),
        ("120000 (định dạng #,##0,)", 120000.0, STORED),
        ("120000 (định dạng #,##0,)", 120.0, "Đang tính là 120."),
    ],
)
def test_the_reading_taken_is_said(typed: str, taken: float, said: str) -> None:
    frame = pl.DataFrame({"so": [taken], "so.typed": [typed]})
    (flaw,) = (flaw for flaw in SO_THUC.own if flaw.name == "mo_ho")
    assert flaw.note is not None
    assert frame.select(flaw.note(Column("so", "Số đo", SO_THUC))).item() == said


def test_a_count_is_said_too() -> None:
    frame = pl.DataFrame({"so": [1234], "so.typed": ["1,234"]})
    (flaw,) = (flaw for flaw in SO_LUONG.own if flaw.name == "mo_ho")
    assert flaw.note is not None
    assert frame.select(flaw.note(Column("so", "Số hộ", SO_LUONG))).item() == THOUSANDS
