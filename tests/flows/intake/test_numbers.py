"""Numbers as clerks hand them in: one amount whichever program wrote the file, or a doubt that is told."""

import io
from collections.abc import Iterable, Sequence

import pytest
import xlsxwriter

from flows.collect.submission import Submission
from flows.intake.records import clean_submission
from schemas.contract import unread_column
from schemas.registry import load

CONTRACTS = load()
PAYMENTS = [
    "STT",
    "Đơn vị chấp nhận thanh toán",
    "Loại hình",
    "Thôn",
    "Tổng số giao dịch",
    "Giao dịch không tiền mặt",
    "Tổng giá trị (triệu đồng)",
    "Giá trị không tiền mặt (triệu đồng)",
]
TITLE = "Tháng 10 năm 2026"


def read(data: bytes, file: str, unit: str, *columns: str) -> list[tuple[object, ...]]:
    """The columns of every record, each value with its flaw."""
    submission = Submission("2026-11-17T09:30:00+07:00", unit, file, "0" * 64, len(data))
    found = clean_submission(submission, data, CONTRACTS)
    assert found.problems == ()
    (part,) = found.parts
    both = [each for name in columns for each in (name, unread_column(name))]
    return part.frame.select(both).rows()


def text(separator: str, rows: Iterable[Sequence[str]]) -> bytes:
    return "\n".join(separator.join(row) for row in rows).encode()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_fees_and_counts_of_a_text_file_are_never_decimal(separator: str) -> None:
    rows = [
        [str(at), f"Cửa hàng {at}", "Cửa hàng", "Phố 1", count, "1.001", "2,5", "1,5"]
        for at, count in enumerate(("1.343", "2.000", "12.500"), 1)
    ]
    quoted = [[f'"{cell}"' if "," in cell else cell for cell in row] for row in rows]
    found = read(text(separator, [[TITLE], PAYMENTS, *quoted]), "a.csv", "kinh_te", "giao_dich")
    assert found == [(1343, None), (2000, None), (12_500, None)]


@pytest.mark.parametrize(
    ("separator", "amounts", "values"),
    [
        (";", ["1.234", "2.345"], [(1234, None), (2345, None)]),
        (",", ['"1,234"', '"2,345"'], [(1234, None), (2345, None)]),
        (";", ["1234,5", "2.345"], [(1234.5, None), (2345, None)]),
        (",", ["1.234", "2.345"], [(1.234, "mo_ho"), (2.345, "mo_ho")]),
        ("\t", ["1.234", "2.345"], [(1234, "mo_ho"), (2345, "mo_ho")]),
    ],
)
def test_the_amounts_of_a_text_file(
    separator: str, amounts: list[str], values: list[tuple[float, str | None]]
) -> None:
    rows = [
        [str(at), f"Cửa hàng {at}", "Cửa hàng", "Phố 1", "10", "5", amount, "1"]
        for at, amount in enumerate(amounts, 1)
    ]
    assert read(text(separator, [[TITLE], PAYMENTS, *rows]), "a.csv", "kinh_te", "gia_tri") == values


@pytest.mark.parametrize(
    ("code", "stored", "value"),
    [
        ("#,##0,,", 120_000_000, (120, None)),
        ("#,##0,,", 120_400_000, (120.4, None)),
        ('0.0,,"tr"', 1_500_000, (1.5, None)),
        ("#,##0", 120, (120, None)),
        ("#,##0,", 120_000, (120, "mo_ho")),
        (";;;", 120, (120, "mo_ho")),
        ("0%", 1.2, (1.2, "mo_ho")),
        ("General", 0.1 + 0.2, (0.3, None)),
    ],
)
def test_the_amounts_of_a_workbook_are_those_that_it_shows(
    code: str, stored: float, value: tuple[float, str | None]
) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page, shown = book.add_worksheet("Biểu"), book.add_format({"num_format": code})
    page.write(0, 0, TITLE)
    page.write_row(1, 0, PAYMENTS)
    page.write_row(2, 0, [1, "Cửa hàng", "Cửa hàng", "Phố 1", 10, 5, None, 0])
    page.write_number(2, 6, stored, shown)
    # The total is shown and read alike.
    page.write_row(3, 0, [None, "Tổng cộng", None, None, 10, 5, None, 0])
    page.write_number(3, 6, stored, shown)
    book.close()
    assert read(out.getvalue(), "a.xlsx", "kinh_te", "gia_tri") == [value]
