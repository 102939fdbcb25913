import pytest

from schemas.contract import Column
from schemas.datasets import load
from schemas.kinds import CO_KHONG, HO_TEN, LUA_CHON, VAN_BAN
from tests.flows.clean.one_column import BOOL, DATE, NUMBER, Answer, Cell, cleaned, read, read_one

NAME = Column("ho_ten", "Họ và tên", HO_TEN)
WORDS = Column("noi_dung", "Nội dung", VAN_BAN)
SEX = Column("gioi_tinh", "Giới tính", LUA_CHON, of=("Nam", "Nữ"), codes={"1": "Nam", "2": "Nữ"})
LEVEL = Column("muc_do", "Mức độ", LUA_CHON, of=("1", "2"))
OFFICE = Column(
    "don_vi", "Đơn vị", LUA_CHON, of=("Phòng Văn hóa - Xã hội", "Điện, nước", "Toàn trình", "Khỏe")
)
PEOPLE = load()["dan_cu"]["dan_toc"]
TICK = Column("co", "Có không", CO_KHONG)

NOT_LISTED = (None, "ngoai_danh_muc", None)
BLANK = (None, "thieu", None)


@pytest.mark.parametrize("column", [NAME, WORDS], ids=["ho_ten", "van_ban"])
@pytest.mark.parametrize(
    ("cell", "text", "change"),
    [
        ("Bùi Văn Mẫu", "Bùi Văn Mẫu", None),
        ("BÙI VĂN MẪU", "BÙI VĂN MẪU", None),
        ("bùi văn mẫu", "bùi văn mẫu", None),
        ("Bùi Thuý", "Bùi Thuý", None),
        ("Bùi Thúy", "Bùi Thúy", None),
        ("H'Mẫu Niê-Kđăm", "H'Mẫu Niê-Kđăm", None),
        ("Tú", "Tú", None),
        ("Y", "Y", None),
        (" Bùi Văn Mẫu", "Bùi Văn Mẫu", "khoang_trang"),
        ("Bùi Văn Mẫu ", "Bùi Văn Mẫu", "khoang_trang"),
        ("Bùi  Văn   Mẫu", "Bùi Văn Mẫu", "khoang_trang"),
        ("Bùi\u00a0Văn Mẫu", "Bùi Văn Mẫu", "khoang_trang"),
        ("Bùi\tVăn\nMẫu", "Bùi Văn Mẫu", "khoang_trang"),
        ("Bùi Văn\u200b Mẫu", "Bùi Văn Mẫu", "khoang_trang"),
        ("\ufeffBùi Văn Mẫu", "Bùi Văn Mẫu", "khoang_trang"),
        ("Bùi Văn Mẫu\u00ad", "Bùi Văn Mẫu", "khoang_trang"),
        ("'Bùi Văn Mẫu", "Bùi Văn Mẫu", "khoang_trang"),
        ("Bu\u0300i Va\u0306n Ma\u0302\u0303u", "Bùi Văn Mẫu", "unicode"),
        (" Bu\u0300i  Văn Mẫu", "Bùi Văn Mẫu", "unicode"),
        ("Không Có Tên", "Không Có Tên", None),
        ("Bùi Văn Mẫu?", "Bùi Văn Mẫu?", None),
        (("123", NUMBER), "123", None),
        (("05/06/2026", DATE), "05/06/2026", None),
        (("TRUE", BOOL), "TRUE", None),
    ],
)
def test_words_stay_as_typed_but_for_form_and_spaces(
    column: Column, cell: Cell, text: str, change: str | None
) -> None:
    assert read_one(column, cell) == (text, None, change)


@pytest.mark.parametrize("text", ["'Tuổi trẻ' và 'chuyển đổi số'", "# 1", "=", "…"])
def test_signs_that_mean_something_stay(text: str) -> None:
    assert read_one(WORDS, text) == (text, None, None)


@pytest.mark.parametrize(
    ("column", "cell", "answer"),
    [
        (SEX, "Nam", ("Nam", None, None)),
        (SEX, "Nữ", ("Nữ", None, None)),
        (SEX, "nam", ("Nam", None, "danh_muc")),
        (SEX, "NỮ", ("Nữ", None, "danh_muc")),
        (SEX, " Nam", ("Nam", None, "khoang_trang")),
        (SEX, "Nu\u031b\u0303", ("Nữ", None, "unicode")),
        (SEX, "'Nam", ("Nam", None, "khoang_trang")),
        (SEX, "1", ("Nam", None, "ma_danh_muc")),
        (SEX, ("2", NUMBER), ("Nữ", None, "ma_danh_muc")),
        (SEX, ("0", NUMBER), NOT_LISTED),
        (SEX, "Nu", NOT_LISTED),
        (SEX, "Nanm", NOT_LISTED),
        (SEX, "M", NOT_LISTED),
        (SEX, "x", BLANK),
        (LEVEL, ("2", NUMBER), ("2", None, None)),
        (LEVEL, "1", ("1", None, None)),
        (LEVEL, " 1 ", ("1", None, "khoang_trang")),
        (LEVEL, "Mức 1", NOT_LISTED),
        (LEVEL, ("3", NUMBER), NOT_LISTED),
        (OFFICE, "Phòng Văn hóa - Xã hội", ("Phòng Văn hóa - Xã hội", None, None)),
        (OFFICE, "Phòng Văn hoá - Xã hội", ("Phòng Văn hóa - Xã hội", None, "danh_muc")),
        (OFFICE, "PHÒNG VĂN HÓA-XÃ HỘI", ("Phòng Văn hóa - Xã hội", None, "danh_muc")),
        (OFFICE, "Phòng Văn hóa \u2013 Xã hội", ("Phòng Văn hóa - Xã hội", None, "danh_muc")),
        (OFFICE, "Phòng  Văn hóa - Xã hội", ("Phòng Văn hóa - Xã hội", None, "khoang_trang")),
        (OFFICE, "Điện,nước", ("Điện, nước", None, "danh_muc")),
        (OFFICE, "Toàn  Trình", ("Toàn trình", None, "danh_muc")),
        (OFFICE, "Khoẻ", ("Khỏe", None, "danh_muc")),
        (OFFICE, "Phòng Văn hóa", NOT_LISTED),
        (PEOPLE, "Mường", ("Mường", None, None)),
        (PEOPLE, "06", ("Mường", None, "ma_danh_muc")),
        (PEOPLE, ("6", NUMBER), ("Mường", None, "ma_danh_muc")),
        (PEOPLE, "MƯỜNG", ("Mường", None, "danh_muc")),
        (PEOPLE, "khơ-me", ("Khơ-me", None, "danh_muc")),
        (PEOPLE, ("99", NUMBER), NOT_LISTED),
        (PEOPLE, "Muong", NOT_LISTED),
    ],
)
def test_choices(column: Column, cell: Cell, answer: Answer) -> None:
    assert read_one(column, cell) == answer


def test_a_listed_value_is_no_blank_mark() -> None:
    column = Column("noi", "Nơi", LUA_CHON, of=("Có", "Không có", "-"))
    assert read(column, "không có", "-", "") == [("Không có", None, "danh_muc"), ("-", None, None), BLANK]


@pytest.mark.parametrize(
    "cell",
    [
        "x",
        "X",
        "có",
        "Có",
        "CÓ",
        "co",
        "c",
        "C",
        "1",
        ("1", NUMBER),
        "đúng",
        "Đúng",
        "yes",
        "Yes",
        "✓",
        "✔",
        " x ",
        "'x",
        "co\u0301",
        ("TRUE", BOOL),
    ],
)
def test_yes(cell: Cell) -> None:
    assert read_one(TICK, cell) == (True, None, None)


@pytest.mark.parametrize(
    "cell",
    [
        "không",
        "Không",
        "KHÔNG",
        "khong",
        "k",
        "K",
        "0",
        ("0", NUMBER),
        "no",
        "No",
        " không ",
        "kho\u0302ng",
        ("FALSE", BOOL),
    ],
)
def test_no(cell: Cell) -> None:
    assert read_one(TICK, cell) == (False, None, None)


@pytest.mark.parametrize("cell", ["xx", "v", "2", ("2", NUMBER), "có thể", "?", ("05/06/2026", DATE), "-1"])
def test_neither_yes_nor_no(cell: Cell) -> None:
    assert read_one(TICK, cell) == (None, "khong_doc_duoc", None)


@pytest.mark.parametrize("tick", ["x", "X", "✓", " x", "\u00a0X", "'x"])
def test_on_a_ticked_form_blank_says_no(tick: str) -> None:
    cells: list[Cell] = [tick, None, "", "-", "không có", "không", "Có", "?"]
    values = [True, False, False, False, False, False, True, None]
    assert cleaned((TICK, cells)).frame["co"].to_list() == values
    assert cleaned((TICK, cells)).frame["co.unread"].to_list() == [None] * 7 + ["khong_doc_duoc"]


@pytest.mark.parametrize("words", [["Có", "Không"], ["1", "0"], ["Có", "Có"], ["c", "k"], [None, None]])
def test_on_a_form_without_ticks_blank_is_blank(words: list[Cell]) -> None:
    assert read(TICK, *words, None, "-", "không có")[2:] == [BLANK] * 3


def test_no_two_choices_of_a_list_are_spelled_alike() -> None:
    lists = [column for dataset in load().values() for column in dataset.columns if column.of]
    for column in lists:
        assert [answer[0] for answer in read(column, *(choice.upper() for choice in column.of))] == list(
            column.of
        )


SILENT: list[Cell] = [None, "-", ""]


@pytest.mark.parametrize(
    ("beside", "value", "flaw"),
    [
        (["x", None, None], False, None),
        (["Có", "Không", "Có"], None, "thieu"),
        ([None, None, None], None, "thieu"),
    ],
)
def test_a_column_that_says_nothing_is_taken_as_its_form_is(
    beside: list[Cell], value: bool | None, flaw: str | None
) -> None:
    frame = cleaned((TICK, SILENT), (Column("khac", "Khác", CO_KHONG), beside)).frame
    assert frame["co"].to_list() == [value] * 3
    assert frame["co.unread"].to_list() == [flaw] * 3


def test_a_tick_elsewhere_does_not_fill_a_column_of_words() -> None:
    words: list[Cell] = ["Có", "Không", None]
    frame = cleaned((TICK, words), (Column("khac", "Khác", CO_KHONG), ["x", None, None])).frame
    assert frame["co.unread"].to_list() == [None, None, "thieu"]
