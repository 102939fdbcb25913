from datetime import date

import polars as pl
import pytest

from flows.clean.nearest import OR
from flows.clean.propose import propose
from schemas.contract import Column
from schemas.datasets import load
from schemas.kinds import (
    CO_KHONG,
    DIEN_THOAI,
    HO_TEN,
    LUA_CHON,
    MA,
    MST,
    NAM,
    NGAY,
    NGAY_SINH,
    SO_DINH_DANH,
    SO_LUONG,
    SO_THUC,
    SO_TIEN,
    THON,
    TY_LE,
)
from schemas.units import ngoc_lac
from tests.flows.clean.one_column import read, read_one

PERSON = Column("c", "Số định danh", SO_DINH_DANH)
TAX = Column("c", "Mã số thuế", MST)
PHONE = Column("c", "Điện thoại", DIEN_THOAI)
DAY = Column("c", "Ngày", NGAY)
BIRTH = Column("c", "Ngày sinh", NGAY_SINH)
YEAR = Column("c", "Năm", NAM)
COUNT = Column("c", "Số hộ", SO_LUONG, range=(0, 100))
MEASURE = Column("c", "Số đo", SO_THUC)
MONEY = Column("c", "Tiền (đồng)", SO_TIEN)
TONNES = Column("c", "Rác (tấn)", SO_THUC)
SHARE = Column("c", "Tỷ lệ (%)", TY_LE)
TICK = Column("c", "Có", CO_KHONG)
PLACE = Column("c", "Thôn", THON)
HOUSEHOLD = Column("c", "Mã hộ", MA, pattern=r"H\d{5}")
IDEA = Column("c", "Mã", MA, pattern=r"SK-\d{4}-\d{3}")
FILE = load()["ho_so_tthc"]["ma_thu_tuc"]
SEX = Column("c", "Giới tính", LUA_CHON, of=("Nam", "Nữ"))
LEVEL = Column("c", "Mức", LUA_CHON, of=("1", "2"))
STATE = Column("c", "Trạng thái", LUA_CHON, of=("Mới", "Đang xử lý", "Đã giải quyết"))
PEOPLE = load()["dan_cu"]["dan_toc"]

CASES = [
    (PERSON, "mat_so_0", "38085012345", "038085012345"),
    (PERSON, "mat_so_0", "1085012345", "001085012345"),
    (PERSON, "mat_so_0", "38085012345.0", "038085012345"),
    (PERSON, "mat_so_0", "99085012345", None),
    (PERSON, "mat_so_0", "38485012345", None),
    (PERSON, "khong_doc_duoc", "O38O85O12345", "038085012345"),
    (PERSON, "khong_doc_duoc", "038-085-012345", "038085012345"),
    (PERSON, "khong_doc_duoc", "038085O1234", None),
    (PERSON, "khong_doc_duoc", "03808501234", None),
    (PERSON, "khong_doc_duoc", "3,8085E+10", None),
    (PERSON, "la_cmnd", "123456789", None),
    (TAX, "khong_doc_duoc", "100109106", "0100109106"),
    (TAX, "khong_doc_duoc", "O1OO1O91O6", "0100109106"),
    (TAX, "khong_doc_duoc", "0100109106/001", "0100109106-001"),
    (TAX, "khong_doc_duoc", "100109107", None),
    (PHONE, "khong_doc_duoc", "0912345678 (anh Mẫu)", "0912345678"),
    (PHONE, "khong_doc_duoc", "O912345678", "0912345678"),
    (PHONE, "khong_doc_duoc", "ĐT: +84 912 345 678", "0912345678"),
    (PHONE, "khong_doc_duoc", "091234567", None),
    (PHONE, "hai_so", "0912345678/0987654321", "0912345678"),
    (PHONE, "sai_dau_so", "0012345678", None),
    (DAY, "khong_doc_duoc", "05/06-2026", "05/06/2026"),
    (DAY, "khong_doc_duoc", "05 06 2026", "05/06/2026"),
    (DAY, "khong_doc_duoc", "05//06//2026", "05/06/2026"),
    (DAY, "khong_doc_duoc", "2026/06/05", "05/06/2026"),
    (DAY, "khong_doc_duoc", "05062026", "05/06/2026"),
    (DAY, "khong_doc_duoc", "5062026", "05/06/2026"),
    (DAY, "khong_doc_duoc", "20260605", "05/06/2026"),
    (DAY, "khong_doc_duoc", "O5/06/2026", "05/06/2026"),
    (DAY, "khong_doc_duoc", "06/13/2026", "13/06/2026"),
    (DAY, "khong_doc_duoc", "5/6/26", "05/06/2026"),
    (DAY, "khong_doc_duoc", "46350", "24/11/2026"),
    (DAY, "khong_doc_duoc", "31/02/2026", None),
    (DAY, "khong_doc_duoc", "5/6/90", None),
    (DAY, "khong_doc_duoc", "2026", None),
    (DAY, "khong_doc_duoc", "hôm qua", None),
    (DAY, "khong_doc_duoc", "05/06/2026 - 06/06/2026", None),
    (DAY, "khong_doc_duoc", "00/00/2026", None),
    (BIRTH, "khong_doc_duoc", "5/6/90", "05/06/1990"),
    (BIRTH, "khong_doc_duoc", "5/6/12", "05/06/2012 hoặc 05/06/1912"),
    (BIRTH, "khong_doc_duoc", "29/2/1900", None),
    (BIRTH, "khong_doc_duoc", "29/2/00", "29/02/2000"),
    (BIRTH, "khong_doc_duoc", "85-02-03", "03/02/1985"),
    (BIRTH, "khong_doc_duoc", "1985-02-02T18:00:00Z", "03/02/1985 hoặc 02/02/1985"),
    (BIRTH, "khong_doc_duoc", "1965-02-02T16:00:00Z", "03/02/1965 hoặc 02/02/1965"),
    (BIRTH, "khong_doc_duoc", "1985-02-03T20:00:00-05:00", "04/02/1985 hoặc 03/02/1985"),
    (BIRTH, "khong_doc_duoc", "1985-02-33T18:00:00Z", None),
    (DAY, "khong_doc_duoc", "1111920:00:00", "04/11/2026"),
    (DAY, "khong_doc_duoc", "12:00:00", None),
    (BIRTH, "khong_doc_duoc", "00/00/1940", "1940"),
    (YEAR, "khong_doc_duoc", "2.026", "2026"),
    (YEAR, "khong_doc_duoc", "01/01/2026", "2026"),
    (YEAR, "khong_doc_duoc", "2025-2026", None),
    (COUNT, "khong_doc_duoc", "12 hộ", "12"),
    (COUNT, "khong_doc_duoc", "khoảng 12", "12"),
    (COUNT, "khong_doc_duoc", "1O", "10"),
    (COUNT, "khong_doc_duoc", "120 hộ", None),
    (COUNT, "khong_doc_duoc", "12.5", None),
    (COUNT, "khong_doc_duoc", "12-13", None),
    (MEASURE, "khong_doc_duoc", "12,5 m", None),
    (MEASURE, "khong_doc_duoc", "1O,5", "10,5"),
    (MONEY, "khong_doc_duoc", "12.5OO", "12.500"),
    (MONEY, "khong_doc_duoc", "3 usd", None),
    (TICK, "khong_doc_duoc", "v", "x"),
    (TICK, "khong_doc_duoc", "XX", "x"),
    (TICK, "khong_doc_duoc", "chưa", "Không"),
    (TICK, "khong_doc_duoc", "có thể", None),
    (HOUSEHOLD, "sai_mau", "12", "H00012"),
    (HOUSEHOLD, "sai_mau", "H12", "H00012"),
    (HOUSEHOLD, "sai_mau", "h-12", "H00012"),
    (HOUSEHOLD, "sai_mau", "H000123", None),
    (HOUSEHOLD, "sai_mau", "K00012", None),
    (HOUSEHOLD, "sai_mau", "Bùi Mẫu", None),
    (IDEA, "sai_mau", "SK/2026/001", "SK-2026-001"),
    (IDEA, "sai_mau", "SK\u20132026\u2013001", "SK-2026-001"),
    (IDEA, "sai_mau", "SK-2026-1", "SK-2026-001"),
    (IDEA, "sai_mau", "SK 2026 01", "SK-2026-001"),
    (IDEA, "sai_mau", "SK-26-001", None),
    (FILE, "sai_mau", "2.00152", "2.001520"),
    (FILE, "sai_mau", "2.1", None),
    (SEX, "ngoai_danh_muc", "Nu", "Nữ"),
    (SEX, "ngoai_danh_muc", "Nanm", "Nam"),
    (SEX, "ngoai_danh_muc", "M", None),
    (SEX, "ngoai_danh_muc", "0", None),
    (LEVEL, "ngoai_danh_muc", "Mức 1", "1"),
    (LEVEL, "ngoai_danh_muc", "3", None),
    (STATE, "ngoai_danh_muc", "Đã giải quyết xong", "Đã giải quyết"),
    (STATE, "ngoai_danh_muc", "Đang sử lý", "Đang xử lý"),
    (STATE, "ngoai_danh_muc", "Chờ", None),
    (PEOPLE, "ngoai_danh_muc", "Muong", "Mường"),
    (PEOPLE, "ngoai_danh_muc", "Hmong", "Hmông"),
    (PEOPLE, "ngoai_danh_muc", "Pháp", None),
    (STATE, "ngoai_danh_muc", "M\u1edb\u0456", "Mới"),
    (STATE, "ngoai_danh_muc", "\u00d0ã giải quyết", "Đã giải quyết"),
    (HOUSEHOLD, "sai_mau", "\u041d00012", "H00012"),
    (TICK, "khong_doc_duoc", "\u0445", "x"),
    (COUNT, "khong_doc_duoc", "1\u041e", "10"),
    (PLACE, "ngoai_danh_muc", "Ph\u1ed1 \u0422rung T\u00e2m", "Phố Trung Tâm"),
    (PLACE, "ngoai_danh_muc", "Thanh Son", "Thôn Thanh Sơn"),
    (PLACE, "ngoai_danh_muc", "Thôn Thanh Sơm", "Thôn Thanh Sơn"),
    (PLACE, "ngoai_danh_muc", "1", "Phố 1"),
    (PLACE, "ngoai_danh_muc", "Phố 9", None),
    (PLACE, "ngoai_danh_muc", "Thôn Mống, xã Thúy Sơn", "Thôn Mống"),
    (PLACE, "ngoai_danh_muc", "Thôn Tân Lâp (Mỹ Tân)", "Thôn Tân Lập (Xã Mỹ Tân)"),
    (PLACE, "ngoai_danh_muc", "Hà Nội", None),
    (PLACE, "ngoai_danh_muc", "?", None),
]

#: Numbers that may mean two things, the cell beside which they do, and both.
AMBIGUOUS = [
    (MEASURE, "1.234", None, "1234", "1,2340"),
    (MEASURE, "-12,500", None, "-12500", "-12,5000"),
    (MEASURE, "1 234.567", "12,5", "1234567", "1234,5670"),
    (TONNES, "12.500 kg", None, "12500 kg", "12,5000 kg"),
    (COUNT, "1.234", "12.0", "1234", "1,2340"),
    (MONEY, "12.5", None, "12500", "12,5"),
    (SHARE, "0.85", None, "0,85%", "85%"),
    (SHARE, "85.300%", None, "85300%", "85,3000%"),
]

#: Cells that may mean several places: the names of each.
SEVERAL = [
    ("khong_ro", "Tân Lập", ["Thôn Tân Lập (Thị trấn Ngọc Lặc)", "Thôn Tân Lập (Xã Mỹ Tân)"]),
    ("khong_ro", "Thôn Trung Tâm", ["Thôn Trung Tâm (Xã Mỹ Tân)", "Thôn Trung Tâm (Xã Thúy Sơn)"]),
    (
        "khong_ro",
        "Trung Tâm",
        ["Phố Trung Tâm", "Thôn Trung Tâm (Xã Mỹ Tân)", "Thôn Trung Tâm (Xã Thúy Sơn)"],
    ),
    ("khong_ro", "Mới", ["Làng Mới", "Thôn Mới"]),
    ("khong_ro", "Thôn Móng", ["Thôn Mống", "Làng Móng"]),
    ("ngoai_danh_muc", "Tan Lap", ["Thôn Tân Lập (Thị trấn Ngọc Lặc)", "Thôn Tân Lập (Xã Mỹ Tân)"]),
    ("ngoai_danh_muc", "Thanh Sơn, Vân Sơn", ["Thôn Thanh Sơn", "Thôn Vân Sơn"]),
]


def proposed(column: Column, flaw: str, text: str) -> str | None:
    (proposal,) = propose(column, pl.Series([text]), flaw, ngoc_lac())
    return proposal  # type: ignore[no-any-return]


@pytest.mark.parametrize(("column", "flaw", "text", "proposal"), CASES)
def test_what_to_type_instead(column: Column, flaw: str, text: str, proposal: str | None) -> None:
    assert proposed(column, flaw, text) == proposal


@pytest.mark.parametrize(("column", "flaw", "text", "proposal"), [case for case in CASES if case[3]])
def test_what_is_proposed_is_read_without_fault(column: Column, flaw: str, text: str, proposal: str) -> None:
    for each in proposal.split(OR):
        value, unread, _ = read_one(column, each)
        assert (value is None, unread) == (False, None)


@pytest.mark.parametrize(("column", "flaw", "text", "proposal"), CASES)
def test_proposals_are_for_cells_with_that_flaw(
    column: Column, flaw: str, text: str, proposal: str | None
) -> None:
    if flaw != "sai_dau_so":
        assert read_one(column, text)[1] == flaw or (flaw == "mat_so_0" and text == "1085012345")


@pytest.mark.parametrize(("flaw", "text", "names"), SEVERAL)
def test_all_places_that_share_a_name_are_proposed(flaw: str, text: str, names: list[str]) -> None:
    assert read_one(PLACE, text)[1] == flaw
    assert proposed(PLACE, flaw, text) == OR.join(names)
    assert [read_one(PLACE, name)[1] for name in names] == [None] * len(names)


@pytest.mark.parametrize(("column", "text", "beside", "one", "two"), AMBIGUOUS)
def test_both_meanings_of_a_number_are_proposed(
    column: Column, text: str, beside: str | None, one: str, two: str
) -> None:
    assert read(column, text, beside)[0][1] == "mo_ho"
    assert proposed(column, "mo_ho", text) == OR.join((one, two))


@pytest.mark.parametrize(("text", "one", "two"), [case[1:2] + case[3:] for case in AMBIGUOUS[:3]])
def test_each_meaning_is_typed_so_that_it_has_no_other(text: str, one: str, two: str) -> None:
    assert [flaw for _, flaw, _ in read(MEASURE, one, two)] == [None, None]
    assert read_one(MEASURE, one)[0] != read_one(MEASURE, two)[0]


@pytest.mark.parametrize(
    "flaw", ["thieu", "loi_cong_thuc", "cong_thuc_chua_tinh", "ngoai_khoang", "tuong_lai"]
)
def test_other_flaws_have_no_proposal(flaw: str) -> None:
    assert proposed(DAY, flaw, "05/06-2026") is None


def test_names_are_never_proposed() -> None:
    assert proposed(Column("c", "Họ và tên", HO_TEN), "khong_doc_duoc", "Bùi") is None


def test_proposals_stand_at_their_texts() -> None:
    texts = pl.Series(["05/06-2026", None, "?", "05/06-2026", "6/7-2026"])
    assert propose(DAY, texts, "khong_doc_duoc", ngoc_lac()).to_list() == [
        "05/06/2026",
        None,
        None,
        "05/06/2026",
        "06/07/2026",
    ]


def test_nothing_to_propose_for_is_no_error() -> None:
    for column in (DAY, PLACE, SEX, PERSON):
        assert propose(column, pl.Series([], dtype=pl.String), "khong_doc_duoc", ngoc_lac()).len() == 0


DOUBTFUL = [
    ("mo_ho", "05/11/2025", "ngày 5 tháng 11 năm 2025 hoặc ngày 11 tháng 5 năm 2025"),
    ("mo_ho", "5-11-2025 13:45:00", "ngày 5 tháng 11 năm 2025 hoặc ngày 11 tháng 5 năm 2025"),
    ("hai_thu_tu", "05.11.2025", "ngày 5 tháng 11 năm 2025 hoặc ngày 11 tháng 5 năm 2025"),
    ("thang_truoc", "05/11/2025", "11/05/2025"),
    ("thang_truoc", "05/25/2025", "25/05/2025"),
    ("thang_truoc", "25/05/2025", None),
    ("thang_truoc", "05/05/2025", None),
]


@pytest.mark.parametrize("column", [DAY, BIRTH], ids=["ngay", "ngay_sinh"])
@pytest.mark.parametrize(("flaw", "text", "proposal"), DOUBTFUL)
def test_a_date_that_may_be_two_days_is_proposed_without_a_doubt(
    column: Column, flaw: str, text: str, proposal: str | None
) -> None:
    assert proposed(column, flaw, text) == proposal
    for day in proposal.split(OR) if proposal else []:
        assert read_one(column, day)[1] is None


def test_no_day_in_the_future_is_proposed() -> None:
    def on(day: date, flaw: str, text: str) -> str | None:
        (proposal,) = propose(BIRTH, pl.Series([text]), flaw, ngoc_lac(), day)
        return proposal  # type: ignore[no-any-return]

    assert on(date(2026, 12, 1), "khong_doc_duoc", "5/6/35") == "05/06/1935"
    assert on(date(2026, 12, 1), "mo_ho", "06/12/2026") == "ngày 12 tháng 6 năm 2026"
    assert on(date(2026, 12, 1), "tuong_lai", "06/12/2026") == "12/06/2026"
    assert on(date(2026, 12, 1), "tuong_lai", "06/12/2027") is None
    assert on(date(2026, 12, 1), "tuong_lai", "31/12/2026") is None
