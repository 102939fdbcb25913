from collections.abc import Mapping
from dataclasses import replace

import polars as pl
import pytest

from flows.clean import CHANGES, CHANGES_SCHEMA, clean
from flows.clean.readers import READERS
from schemas.contract import UNREAD, Column
from schemas.datasets import load
from schemas.kinds import CO_KHONG, HO_TEN, KINDS, LUA_CHON, MA, NGAY_SINH, SO_LUONG, Kind
from schemas.units import ngoc_lac
from tests.flows.clean.one_column import (
    ERROR,
    FORMULA,
    NUMBER,
    Cell,
    cleaned,
    dataset,
    read,
    read_one,
    table,
)

DATASETS = load()
PATTERNS: Mapping[str, str] = {"ma": r"H\d{5}"}


def column(kind: Kind) -> Column:
    return Column(
        "cot", "Cột", kind, of=("Nam", "Nữ") if kind is LUA_CHON else (), pattern=PATTERNS.get(kind.name)
    )


every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_every_kind_has_its_reader() -> None:
    assert set(READERS) == set(KINDS)


@every_kind
def test_blank_is_missing_in_every_kind(kind: Kind) -> None:
    blank = [None, "", " ", "\u00a0", "\u200b", "-", "–", "—", ".", " - ", "'", "'-", "n/a", "N/A", "n / a"]
    words = ["không có", "Không có", "KHÔNG  CÓ", "kho\u0302ng co\u0301", "chưa có", "Chưa Có", " chưa có "]
    assert read(column(kind), *blank, *words) == [(None, "thieu", None)] * (len(blank) + len(words))


@every_kind
def test_a_cross_is_blank_but_where_it_ticks(kind: Kind) -> None:
    expected = (True, None, None) if kind is CO_KHONG else (None, "thieu", None)
    assert read(column(kind), "x", "X", " x ") == [expected] * 3


@every_kind
def test_a_failed_formula_is_told_in_every_kind(kind: Kind) -> None:
    texts = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", " #REF! "]
    cells: list[Cell] = [*texts, ("#REF!", ERROR), ("#LẠ", ERROR), ("Nam", ERROR), ("05/06/1990", ERROR)]
    assert read(column(kind), *cells) == [(None, "loi_cong_thuc", None)] * len(cells)


@every_kind
def test_a_formula_without_its_result_is_told_in_every_kind(kind: Kind) -> None:
    formulas = ("=A1+1", "Nam", "05/06/1990", "H00012", "12", "x", "038085012345")
    cells: list[Cell] = [(text, FORMULA) for text in formulas]
    expected = [(None, "cong_thuc_chua_tinh", None)] * len(cells)
    assert read(column(kind), *cells) == expected


@every_kind
def test_a_formula_in_a_text_file_is_told_in_every_kind(kind: Kind) -> None:
    formulas = [
        "=A1",
        "=$B$12",
        "=SUM(A1:A9)",
        "=VLOOKUP(A2,B:C,2,0)",
        "=Nguon!A2",
        "='Trang 1'!A2",
        "=+A1*2",
    ]
    assert read(column(kind), *formulas) == [(None, "cong_thuc_chua_tinh", None)] * len(formulas)


#: A cell of each kind.
GOOD: Mapping[str, str] = {
    "so_dinh_danh": "038185000001",
    "ho_ten": "Bùi Văn Mẫu",
    "ngay": "05/06/1990",
    "ngay_sinh": "1985",
    "so_luong": "12",
    "so_thuc": "12,5",
    "so_tien": "12500",
    "ty_le": "85%",
    "lua_chon": "Nam",
    "co_khong": "x",
    "thon": "Phố 1",
    "dien_thoai": "0912345678",
    "mst": "0100109106",
    "ma": "H00012",
    "van_ban": "Mất sóng cả đêm",
    "nam": "2026",
}


@every_kind
def test_a_text_in_a_formula_of_itself_alone_is_taken_out_and_logged(kind: Kind) -> None:
    good = GOOD[kind.name]
    value = read_one(column(kind), good)[0]
    for form in (f'="{good}"', f' ="{good}" '):
        assert read_one(column(kind), form) == (value, None, "bo_dau_bang")
    assert read_one(column(kind), '=""') == (None, "thieu", None)


@every_kind
def test_wide_letters_and_digits_are_read_as_usual_ones_and_logged(kind: Kind) -> None:
    good = GOOD[kind.name]
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in good)
    assert read_one(column(kind), wide) == (read_one(column(kind), good)[0], None, "chu_rong")


@every_kind
def test_values_have_the_type_of_their_kind(kind: Kind) -> None:
    full = cleaned((column(kind), ["?", "05/06/1990", "12", None])).frame
    empty = cleaned((column(kind), [])).frame
    assert full.schema["cot"] == empty.schema["cot"] == kind.dtype
    assert full.schema["cot.unread"] == empty.schema["cot.unread"] == UNREAD


@pytest.mark.parametrize("name", DATASETS)
def test_a_column_that_is_not_there_is_null_and_no_blank_cell(name: str) -> None:
    given = table({DATASETS[name].columns[0].name: ["?", None]})
    frame = clean(given, DATASETS[name], ngoc_lac()).frame
    for absent in DATASETS[name].columns[1:]:
        assert frame.schema[absent.name] == absent.kind.dtype
        parts = (absent.name, f"{absent.name}.typed", f"{absent.name}.unread")
        assert [frame[part].null_count() for part in parts] == [2, 2, 2]


def test_columns_come_in_the_contracts_order() -> None:
    birth, name = Column("ngay_sinh", "Ngày sinh", NGAY_SINH), Column("ho_ten", "Họ và tên", HO_TEN)
    frame = clean(table({"ho_ten": ["Bùi Mẫu"]}), dataset(birth, name), ngoc_lac()).frame
    assert frame.columns == [
        "_row",
        "ngay_sinh",
        "ngay_sinh.typed",
        "ngay_sinh.unread",
        "ngay_sinh.do_chinh_xac",
        "ho_ten",
        "ho_ten.typed",
        "ho_ten.unread",
    ]


def test_what_was_typed_stays_beside_the_value() -> None:
    frame = cleaned((Column("ten", "Tên", HO_TEN), ["  Bùi  Mẫu", "-", None])).frame
    assert frame["ten.typed"].to_list() == ["  Bùi  Mẫu", "-", None]


def test_changes_name_row_column_and_both_texts() -> None:
    name, code = Column("ten", "Tên", HO_TEN), Column("ma", "Mã", MA, pattern=r"H\d{5}")
    changes = cleaned((code, ["H00001", "h00002"]), (name, ["Bùi  Mẫu", "Bùi Mẫu"])).changes
    assert changes.schema == CHANGES_SCHEMA
    assert changes.rows() == [
        (6, "A", "ma", "viet_hoa", "h00002", "H00002"),
        (5, "B", "ten", "khoang_trang", "Bùi  Mẫu", "Bùi Mẫu"),
    ]


def test_no_change_is_an_empty_log() -> None:
    result = cleaned((Column("so", "Số", SO_LUONG), ["1", ("2", NUMBER)]))
    assert result.changes.schema == CHANGES_SCHEMA
    assert result.changes.is_empty()
    assert result.problems == ()


def test_a_table_without_records_is_cleaned_to_none() -> None:
    for each in DATASETS.values():
        given = table({column.name: [] for column in each.columns})
        assert clean(given, each, ngoc_lac()).frame.height == 0


def test_every_change_has_its_words() -> None:
    assert all(title and title == title.strip() for title in CHANGES.values())


def test_a_column_in_two_halves_logs_the_half_that_was_filled() -> None:
    birth = Column("ngay_sinh", "Ngày sinh", NGAY_SINH)
    given = table({"ngay_sinh": [("31118", NUMBER), ("31119", NUMBER), "05/06/1990"]})
    halves = given.cells.with_columns(pl.Series("ngay_sinh.letter", ["C", "D", "C"]))
    result = clean(replace(given, cells=halves), dataset(birth), ngoc_lac())
    assert result.changes["column"].to_list() == ["C", "D"]
    assert result.frame["ngay_sinh.letter"].to_list() == ["C", "D", "C"]
