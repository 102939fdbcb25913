import pytest

from schemas.contract import Column
from schemas.kinds import DIEN_THOAI
from schemas.reference import phone_prefixes
from tests.flows.clean.one_column import DATE, NUMBER, Answer, Cell, read_one

PHONE = Column("dien_thoai", "Số điện thoại", DIEN_THOAI, required=False)
UNREADABLE = (None, "khong_doc_duoc", None)


@pytest.mark.parametrize(
    ("cell", "phone", "change"),
    [
        ("0912345678", "0912345678", None),
        ("0012345678", "0012345678", None),
        ("02373123456", "02373123456", None),
        ("0912 345 678", "0912345678", "khoang_trang"),
        ("'0912345678", "0912345678", "khoang_trang"),
        ("0912.345.678", "0912345678", "dau_phan_cach"),
        ("0912-345-678", "0912345678", "dau_phan_cach"),
        ("0912345678;", "0912345678", "dau_phan_cach"),
        ("(0237) 3 123 456", "02373123456", "dau_phan_cach"),
        ("0237.3123456", "02373123456", "dau_phan_cach"),
        ("+84912345678", "0912345678", "ma_quoc_gia"),
        ("+84 912 345 678", "0912345678", "ma_quoc_gia"),
        ("84912345678", "0912345678", "ma_quoc_gia"),
        ("0084912345678", "0912345678", "ma_quoc_gia"),
        ("+84 (0) 912 345 678", "0912345678", "ma_quoc_gia"),
        ("+84 237 3123456", "02373123456", "ma_quoc_gia"),
        (("84912345678", NUMBER), "0912345678", "ma_quoc_gia"),
        (("912345678", NUMBER), "0912345678", "so_0_dau"),
        ("912345678", "0912345678", "so_0_dau"),
        (("849123456", NUMBER), "0849123456", "so_0_dau"),
        (("2373123456", NUMBER), "02373123456", "so_0_dau"),
        ("01662345678", "0362345678", "dien_thoai_11_10"),
        ("0166 234 5678", "0362345678", "dien_thoai_11_10"),
        (("1662345678", NUMBER), "0362345678", "dien_thoai_11_10"),
        ("+841662345678", "0362345678", "dien_thoai_11_10"),
        ("01112345678", "01112345678", None),
    ],
)
def test_phones(cell: Cell, phone: str, change: str | None) -> None:
    assert read_one(PHONE, cell) == (phone, None, change)


@pytest.mark.parametrize(("before", "after"), phone_prefixes().items())
def test_every_prefix_of_before_2018_has_its_new_one(before: str, after: str) -> None:
    assert read_one(PHONE, before + "2345678") == (after + "2345678", None, "dien_thoai_11_10")


@pytest.mark.parametrize(
    ("cell", "phone", "change"),
    [
        ("0912345678/0987654321", "0912345678", "lay_so_dau"),
        ("0912345678; 0987654321", "0912345678", "lay_so_dau"),
        ("0912345678, 0987654321", "0912345678", "lay_so_dau"),
        ("0912345678 - 0987654321", "0912345678", "lay_so_dau"),
        ("0912345678 0987654321", "0912345678", "lay_so_dau"),
        ("0912 345 678 - 0987 654 321", "0912345678", "lay_so_dau"),
        ("0912345678 hoặc 0987654321", "0912345678", "lay_so_dau"),
        ("0912345678 và 987654321", "0912345678", "lay_so_dau"),
        ("0912345678/0987654321/0977777777", "0912345678", "lay_so_dau"),
        ("01662345678/0987654321", "0362345678", "dien_thoai_11_10"),
        ("+84912345678/0987654321", "0912345678", "ma_quoc_gia"),
    ],
)
def test_of_two_phones_the_first_is_taken(cell: Cell, phone: str, change: str) -> None:
    assert read_one(PHONE, cell) == (phone, "hai_so", change)


@pytest.mark.parametrize(
    "cell",
    [
        "091234567",
        "09123456789",
        "0912345678.0",
        "912345678.0",
        "9,12345678E+08",
        ("312345678.5", NUMBER),
        "113",
        "19001234",
        ("012345678", NUMBER),
        ("111234567", NUMBER),
        "512345678",
        "0912345678/2",
        "0912345678 (anh Mẫu)",
        "0912a45678",
        "không nhớ",
        ("05/06/1990", DATE),
        "+1 202 555 0123",
        "0912345678/0987654321/0977777777/0966666666",
        "٠٩١٢٣٤٥٦٧٨",
    ],
)
def test_what_is_no_phone_is_not_read(cell: Cell) -> None:
    assert read_one(PHONE, cell) == UNREADABLE


@pytest.mark.parametrize(
    ("cell", "answer"), [("không có", (None, "thieu", None)), ("-", (None, "thieu", None))]
)
def test_no_phone_is_blank(cell: Cell, answer: Answer) -> None:
    assert read_one(PHONE, cell) == answer
