import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.clean.propose import propose
from schemas.contract import Column
from schemas.datasets import load
from schemas.kinds import CO_KHONG, HO_TEN, LUA_CHON, VAN_BAN
from schemas.look_alikes import LOOK_ALIKES, name_look_alikes, to_latin
from schemas.units import ngoc_lac
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
        ("123", "123", None),
        ("0", "0", None),
        ("05/06/2026", "05/06/2026", None),
        ("TRUE", "TRUE", None),
    ],
)
def test_words_stay_as_typed_but_for_form_and_spaces(
    column: Column, cell: Cell, text: str, change: str | None
) -> None:
    assert read_one(column, cell) == (text, None, change)


NOT_WORDS = (None, "khong_phai_chu", None)


@pytest.mark.parametrize(
    "cell", [("0", NUMBER), ("0.0", NUMBER), ("05/06/2026", DATE), ("12:00:00", DATE), ("TRUE", BOOL)]
)
def test_what_excel_stored_as_something_else_is_no_word(cell: Cell) -> None:
    assert read(NAME, cell, "Bùi Văn Mẫu") == [NOT_WORDS, ("Bùi Văn Mẫu", None, None)]
    assert read(WORDS, cell, "Mất sóng cả đêm") == [NOT_WORDS, ("Mất sóng cả đêm", None, None)]


@pytest.mark.parametrize("number", ["123", "0.25", "-5", "2026"])
def test_a_number_is_no_name_and_doubtful_as_free_text(number: str) -> None:
    assert read_one(NAME, (number, NUMBER)) == NOT_WORDS
    assert read_one(WORDS, (number, NUMBER)) == (number, "chi_co_so", None)


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("B\u00f9\u0456 Văn Mẫu", "Bùi Văn Mẫu"),
        ("\u00d0ặng Văn Mẫu", "Đặng Văn Mẫu"),
        ("\u0189ặng Văn Mẫu", "Đặng Văn Mẫu"),
        ("Lê Thị \u0410n", "Lê Thị An"),
        ("Lê Thị \u0391n", "Lê Thị An"),
        ("Lê Thị T\u1f78t", "Lê Thị Tòt"),
        ("Phố \u0392", "Phố B"),
    ],
)
def test_letters_that_only_look_latin_are_told_and_the_latin_ones_proposed(text: str, latin: str) -> None:
    for column in (NAME, WORDS):
        assert read(column, text, latin) == [(text, "chu_la", None), (latin, None, None)]
        assert propose(column, pl.Series([text]), "chu_la", ngoc_lac()).to_list() == [latin]


@pytest.mark.parametrize("text", ["Công ty \u0420омашка", "tia \u03b1", "5 \u03a9", "10 \u00b5m", "東京"])
def test_words_of_another_script_are_no_mistake_in_free_text(text: str) -> None:
    assert read_one(WORDS, text) == (text, None, None)


@given(name=st.text(st.sampled_from("AaBĐđeEươiImotTx "), min_size=6), at=st.integers(0, 50))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_one_strange_letter_is_always_told(name: str, at: int) -> None:
    words = " ".join(name.split()) or "Mẫu"
    strange = {letter: [each for each in LOOK_ALIKES if to_latin(each) == letter] for letter in words}
    places = [place for place, letter in enumerate(words) if strange[letter]]
    if len(words) < 6 or not places:
        return
    place = places[at % len(places)]
    typed = words[:place] + strange[words[place]][at % len(strange[words[place]])] + words[place + 1 :]
    for column in (NAME, WORDS):
        assert read_one(column, typed)[:2] == (typed, "chu_la")
        assert read_one(column, words)[:2] == (words, None)


def test_the_letters_are_named_one_by_one() -> None:
    said = pl.select(name_look_alikes(pl.lit("B\u00f9\u0456 V\u0430n M\u1eabu \u0456"))).item()
    assert said == (
        "Trong ô, “\u0456” là chữ Kirin trông như “i”, “\u0430” là chữ Kirin trông như “a”. "
        "Gõ lại bằng chữ cái tiếng Việt."
    )
    assert pl.select(name_look_alikes(pl.lit("Bùi Văn Mẫu"))).item() is None


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


def test_beside_ticks_a_zero_says_no() -> None:
    assert read(TICK, "x", "0", ("0", NUMBER), "X") == [
        (value, None, None) for value in (True, False, False, True)
    ]


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
        (["x", None, None], None, "trong_ca_cot"),
        (["Có", "Không", "Có"], None, "thieu"),
        ([None, None, None], None, "thieu"),
    ],
)
def test_a_column_that_says_nothing_never_says_no(
    beside: list[Cell], value: bool | None, flaw: str | None
) -> None:
    """Whether it was forgotten or nobody has it, only the clerk knows."""
    frame = cleaned((TICK, SILENT), (Column("khac", "Khác", CO_KHONG), beside)).frame
    assert frame["co"].to_list() == [value] * 3
    assert frame["co.unread"].to_list() == [flaw] * 3


def test_a_tick_elsewhere_does_not_fill_a_column_of_words() -> None:
    words: list[Cell] = ["Có", "Không", None]
    frame = cleaned((TICK, words), (Column("khac", "Khác", CO_KHONG), ["x", None, None])).frame
    assert frame["co.unread"].to_list() == [None, None, "thieu"]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["v", None, "V"], [True, False, True]),
        (["v", "x", None], [True, True, False]),
        (["ü", None, None], [True, False, False]),
        (["Có", "Chưa", "Có"], [True, False, True]),
        (["Đã", "Chưa", "Rồi."], [True, False, True]),
        (["Đã có", "Không có", "Chưa có"], [True, False, False]),
        (["Có", "Không có", "Có"], [True, False, True]),
        (["Y", "N", "y"], [True, False, True]),
        # The heading is "Có ký số".
        (["Đã ký", "Chưa ký số", "Có ký"], [True, False, True]),
        # Not explained: nothing is read.
        (["v", "Có", None], [None, True, None]),
        (["v", "+", None], [None, None, None]),
        (["Y", None, None], [None, None, None]),
        (["Chưa rõ", "Có thể", "Có"], [None, None, True]),
        (["mật", "thường", "Có"], [None, None, True]),
    ],
)
def test_a_column_and_its_heading_explain_words_of_yes_and_no(
    words: list[Cell], values: list[bool | None]
) -> None:
    column = Column("co", "Có ký số", CO_KHONG)
    assert cleaned((column, words)).frame["co"].to_list() == values
    # A cell that stands alone is no column.
    assert all(cleaned((column, [alone])).frame["co"].to_list() == [None] for alone in ("v", "Chưa"))


def test_papers_are_secret_or_usual() -> None:
    column = Column("mat", "Hồ sơ mật", CO_KHONG)
    frame = cleaned((column, ["Mật", "Thường", "Tối mật", "Không mật"])).frame
    assert frame["mat"].to_list() == [True, False, True, False]
