import pytest

from schemas.contract import Column
from schemas.kinds import LUA_CHON, MA, MST, NGAY_SINH, SO_DINH_DANH
from tests.flows.clean.one_column import DATE, NUMBER, Answer, Cell, answers, cleaned, read_one

NUMBER_OF_PERSON = Column("so_dinh_danh", "Số định danh", SO_DINH_DANH)
BIRTH = Column("ngay_sinh", "Ngày sinh", NGAY_SINH)
SEX = Column("gioi_tinh", "Giới tính", LUA_CHON, of=("Nam", "Nữ"), codes={"1": "Nam", "2": "Nữ"})
TAX = Column("mst", "Mã số thuế", MST)
HOUSEHOLD = Column("ma_ho", "Mã hộ", MA, pattern=r"H\d{5}")
IDEA = Column("ma", "Mã sáng kiến", MA, pattern=r"SK-\d{4}-\d{3}", example="SK-2026-001")

UNREADABLE = (None, "khong_doc_duoc", None)
LOST = (None, "mat_so_0", None)


@pytest.mark.parametrize(
    ("cell", "number", "change"),
    [
        ("038085012345", "038085012345", None),
        (("038085012345", NUMBER), "038085012345", None),
        ("999999999999", "999999999999", None),
        ("038 085 012345", "038085012345", "khoang_trang"),
        ("0 3 8 0 8 5 0 1 2 3 4 5", "038085012345", "khoang_trang"),
        ("038\u00a0085\u00a0012345", "038085012345", "khoang_trang"),
        (" 038085012345 ", "038085012345", "khoang_trang"),
        ("'038085012345", "038085012345", "khoang_trang"),
        ("\u200b038085012345", "038085012345", "khoang_trang"),
        ("038.085.012.345", "038085012345", "dau_phan_cach"),
        ("038.085 012345", "038085012345", "dau_phan_cach"),
        ("101085012345.0", "101085012345", "dau_phan_cach"),
    ],
)
def test_personal_numbers(cell: Cell, number: str, change: str | None) -> None:
    assert read_one(NUMBER_OF_PERSON, cell) == (number, None, change)


@pytest.mark.parametrize(
    ("cell", "flaw"),
    [
        ("38085012345", "mat_so_0"),
        ("38 085 012 345", "mat_so_0"),
        ("38085012345.0", "mat_so_0"),
        ("123456789", "la_cmnd"),
        (("123456789", NUMBER), "la_cmnd"),
        ("123 456 789", "la_cmnd"),
        ("12345678", "khong_doc_duoc"),
        (("12345678", NUMBER), "khong_doc_duoc"),
        ("1085012345", "khong_doc_duoc"),
        ("0380850123", "khong_doc_duoc"),
        ("03808501234", "khong_doc_duoc"),
        ("0380850123456", "khong_doc_duoc"),
        ("3,8085E+10", "khong_doc_duoc"),
        ("3.80850E+10", "khong_doc_duoc"),
        ("3.8085", "khong_doc_duoc"),
        ("038085O12345", "khong_doc_duoc"),
        ("038-085-012345", "khong_doc_duoc"),
        ("-38085012345", "khong_doc_duoc"),
        (("38085012345.5", NUMBER), "khong_doc_duoc"),
        (("9912345678", NUMBER), "khong_doc_duoc"),
        (("05/06/1990", DATE), "khong_doc_duoc"),
        ("chưa cấp", "khong_doc_duoc"),
        ("٠٣٨٠٨٥٠١٢٣٤٥", "khong_doc_duoc"),
    ],
)
def test_what_is_no_personal_number_says_why(cell: Cell, flaw: str) -> None:
    assert read_one(NUMBER_OF_PERSON, cell) == (None, flaw, None)


BACK = ("038085012345", None, "so_0_dau")
TWO_BACK = ("001085012345", None, "so_0_dau")


@pytest.mark.parametrize(
    ("cell", "birth", "sex", "answer"),
    [
        (("38085012345", NUMBER), "12/03/1985", "Nam", BACK),
        (("38085012345", NUMBER), ("1985", NUMBER), "1", BACK),
        (("38085012345", NUMBER), "03/1985", "nam", BACK),
        (("38085012345", NUMBER), "12/03/1985", None, BACK),
        (("38085012345", NUMBER), None, "Nam", BACK),
        (("38085012345", NUMBER), "-", "x", BACK),
        (("38085012345", NUMBER), None, None, BACK),
        (("38085012345", NUMBER), "12/03/1986", "Nam", LOST),
        (("38085012345", NUMBER), "12/03/1985", "Nữ", LOST),
        (("38085012345", NUMBER), "31/02/1985", "Nam", LOST),
        (("38085012345", NUMBER), "12/03/1985", "đàn ông", LOST),
        ("38085012345", "12/03/1985", "Nam", LOST),
        (("38285012345", NUMBER), "12/03/2085", "Nam", ("038285012345", None, "so_0_dau")),
        (("38485012345", NUMBER), None, None, LOST),
        (("28085012345", NUMBER), "12/03/1985", "Nam", LOST),
        (("99085012345", NUMBER), None, None, LOST),
        (("1085012345", NUMBER), "12/03/1985", "Nam", TWO_BACK),
        (("1085012345", NUMBER), "12/03/1985", None, TWO_BACK),
        (("1085012345", NUMBER), "12/03/1986", "Nam", LOST),
        (("1085012345", NUMBER), "12/03/1985", "Nữ", LOST),
        (("1085012345", NUMBER), None, "Nam", LOST),
        (("1085012345", NUMBER), None, None, LOST),
        ("1085012345", "12/03/1985", "Nam", UNREADABLE),
    ],
)
def test_lost_zeros_come_back_only_where_the_row_agrees(
    cell: Cell, birth: Cell, sex: Cell, answer: Answer
) -> None:
    result = cleaned((SEX, [sex]), (NUMBER_OF_PERSON, [cell]), (BIRTH, [birth]))
    assert answers(result, "so_dinh_danh") == [answer]


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        (("38085012345", NUMBER), BACK),
        (("38485012345", NUMBER), LOST),
        (("28085012345", NUMBER), LOST),
        (("1085012345", NUMBER), LOST),
        ("38085012345", LOST),
    ],
)
def test_without_birth_or_sex_one_zero_comes_back_to_a_possible_number(cell: Cell, answer: Answer) -> None:
    assert read_one(NUMBER_OF_PERSON, cell) == answer


def test_each_row_proves_its_own_number() -> None:
    numbers: list[Cell] = [
        "038085012345",
        ("38085012345", NUMBER),
        None,
        ("38085012345", NUMBER),
        "123456789",
    ]
    births: list[Cell] = ["12/03/1985", "12/03/1985", "12/03/1985", "12/03/1990", "12/03/1985"]
    result = cleaned((NUMBER_OF_PERSON, numbers), (BIRTH, births))
    assert answers(result, "so_dinh_danh") == [
        ("038085012345", None, None),
        BACK,
        (None, "thieu", None),
        LOST,
        (None, "la_cmnd", None),
    ]
    assert result.changes.row(0) == (6, "A", "so_dinh_danh", "so_0_dau", "38085012345", "038085012345")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("0100109106", ("0100109106", None, None)),
        ("0100109106-001", ("0100109106-001", None, None)),
        ("038085012345", ("038085012345", None, None)),
        ("0100109107", ("0100109107", None, None)),
        ("0100 109 106", ("0100109106", None, "khoang_trang")),
        ("0100.109.106", ("0100109106", None, "dau_phan_cach")),
        ("0100109106 - 001", ("0100109106-001", None, "khoang_trang")),
        ("0100109106\u2013001", ("0100109106-001", None, "dau_phan_cach")),
        ("0100109106001", ("0100109106-001", None, "dau_phan_cach")),
        ("'0100109106", ("0100109106", None, "khoang_trang")),
        (("100109106", NUMBER), ("0100109106", None, "so_0_dau")),
        (("100109107", NUMBER), UNREADABLE),
        ("100109106", UNREADABLE),
        ("100109106.0", UNREADABLE),
        (("38085012345", NUMBER), UNREADABLE),
        ("0100109106-1", UNREADABLE),
        ("01001091066", UNREADABLE),
        ("MST 0100109106", UNREADABLE),
        ("1,00109E+08", UNREADABLE),
    ],
)
def test_tax_codes(cell: Cell, answer: Answer) -> None:
    assert read_one(TAX, cell) == answer


@pytest.mark.parametrize(
    ("column", "cell", "answer"),
    [
        (HOUSEHOLD, "H00012", ("H00012", None, None)),
        (HOUSEHOLD, "h00012", ("H00012", None, "viet_hoa")),
        (HOUSEHOLD, " H00012 ", ("H00012", None, "khoang_trang")),
        (HOUSEHOLD, "H 00012", ("H00012", None, "khoang_trang")),
        (HOUSEHOLD, "h 00012", ("H00012", None, "viet_hoa")),
        (HOUSEHOLD, "'H00012", ("H00012", None, "khoang_trang")),
        (HOUSEHOLD, "H0012", (None, "sai_mau", None)),
        (HOUSEHOLD, "H000123", (None, "sai_mau", None)),
        (HOUSEHOLD, "XH00012", (None, "sai_mau", None)),
        (HOUSEHOLD, ("12", NUMBER), (None, "sai_mau", None)),
        (HOUSEHOLD, "H٠٠٠١٢", (None, "sai_mau", None)),
        (IDEA, "SK-2026-001", ("SK-2026-001", None, None)),
        (IDEA, "sk - 2026 - 001", ("SK-2026-001", None, "viet_hoa")),
        (IDEA, "SK-2026-1", (None, "sai_mau", None)),
        (IDEA, "SK/2026/001", (None, "sai_mau", None)),
        (IDEA, "SK-2026-001\nSK-2026-002", (None, "sai_mau", None)),
        (Column("ma", "Mã", MA), "ab 12", ("AB12", None, "viet_hoa")),
    ],
)
def test_codes_with_a_pattern(column: Column, cell: Cell, answer: Answer) -> None:
    assert read_one(column, cell) == answer


def test_a_pattern_of_alternatives_fits_whole_texts_only() -> None:
    either = Column("ma", "Mã", MA, pattern=r"A\d|B\d\d")
    assert [read_one(either, cell)[0] for cell in ("A1", "B12", "A12", "XB12")] == ["A1", "B12", None, None]
