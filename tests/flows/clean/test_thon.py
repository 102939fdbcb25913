from dataclasses import replace

import polars as pl
import pytest

from flows.clean import clean
from schemas.contract import Column
from schemas.kinds import THON
from schemas.units import Thon, ngoc_lac
from tests.flows.clean.one_column import NUMBER, Cell, dataset, read_one, table

PLACE = Column("thon", "Thôn", THON)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Thôn Thanh Sơn", "T34"),
        ("Thanh Sơn", "T34"),
        ("thôn thanh sơn", "T34"),
        ("THÔN THANH SƠN", "T34"),
        ("  Thôn   Thanh Sơn ", "T34"),
        ("ThônThanhSơn", "T34"),
        ("Tho\u0302n Thanh Sơn", "T34"),
        ("Thôn: Thanh Sơn", "T34"),
        ("T34", "T34"),
        ("t34", "T34"),
        ("T1", "T01"),
        ("T34 - Thanh Sơn", "T34"),
        ("Vân Hoà", "T16"),
        ("Thôn Thuý Hà", "T35"),
        ("Thôn Quang Thuỷ", "T17"),
        ("Phố 1", "T01"),
        ("phố1", "T01"),
        ("Khu phố 1", "T01"),
        ("KP 1", "T01"),
        ("Tổ dân phố Hưng Sơn", "T10"),
        ("KP. Hưng Sơn", "T10"),
        ("Hưng Sơn", "T10"),
        ("Lê Lai", "T06"),
        ("Thôn Lê Lai", "T06"),
        ("Làng Lau", "T46"),
        ("Thôn Làng Lau", "T46"),
        ("Bản Chu", "T31"),
        ("Thôn Bản Chu", "T31"),
        ("Chu", "T31"),
        ("Hạ", "T22"),
        ("Chả Hạ", "T20"),
        ("Phố Trung Tâm", "T07"),
        ("Khu phố Trung Tâm", "T07"),
        ("Thôn Mới", "T48"),
        ("Làng Mới", "T09"),
        ("Thôn Mống", "T21"),
        ("Làng Móng", "T32"),
        ("Tân Lập (Mỹ Tân)", "T27"),
        ("Tân Lập (xã Mỹ Tân)", "T27"),
        ("Thôn Tân Lập, xã Mỹ Tân", "T27"),
        ("Thôn Tân Lập xã Mỹ Tân", "T27"),
        ("Tân Lập \u2013 Mỹ Tân", "T27"),
        ("Tân Lập, X. Mỹ Tân", "T27"),
        ("Tân Lập (my tan)", "T27"),
        ("Thôn Tân Lập - thị trấn", "T14"),
        ("Thôn Tân Lập (TT)", "T14"),
        ("Thôn Tân Lập, TT. Ngọc Lặc", "T14"),
        ("Thôn Tân Lập, thị trấn Ngọc Lạc", "T14"),
        ("Tân Lập thị trấn Ngọc Lặc", "T14"),
        ("Thôn Trung Tâm (Thúy Sơn)", "T40"),
        ("Trung Tâm (Mỹ Tân)", "T28"),
        ("Trung Tâm, thị trấn", "T07"),
        ("Mới (Thuý Sơn)", "T48"),
        ("Thôn Thanh Sơn, xã Thúy Sơn, huyện Ngọc Lặc, tỉnh Thanh Hóa", "T34"),
        ("Thôn Thanh Sơn, xã Ngọc Lặc, Thanh Hoá", "T34"),
    ],
)
def test_a_place_is_known_by_all_its_names(typed: str, code: str) -> None:
    assert read_one(PLACE, typed) == (code, None, None)


@pytest.mark.parametrize(
    "typed",
    [
        "Thôn Tân Lập",
        "Tân Lập",
        "Làng Tân Lập",
        "Trung Tâm",
        "Thôn Trung Tâm",
        "Mới",
        "Bản Mới",
        "Tân Lập (Ngọc Lặc)",
        "Thôn Tân Lập, xã Ngọc Lặc",
        "Tân Lập, tỉnh Thanh Hóa",
        "Thôn Móng",
    ],
)
def test_a_name_that_several_have_is_not_decided(typed: str) -> None:
    assert read_one(PLACE, typed) == (None, "khong_ro", None)


@pytest.mark.parametrize(
    "cell",
    [
        "Thôn Thanh",
        "Thanh Son",
        "Thôn Tân Lộc",
        "Thôn 1",
        ("1", NUMBER),
        "Phố 9",
        "T49",
        "T00",
        "Thôn Mống, xã Thúy Sơn",
        "Phố Trung Tâm, xã Mỹ Tân",
        "T34 - Phố 1",
        "Thanh Sơn và Tân Lập",
        "Thôn Thanh Sơn, Vân Sơn",
        "Thôn Tân Lập (cũ)",
        "xã Mỹ Tân",
        "Thôn",
        "Ngọc Lặc",
        "Hà Nội",
        "?",
    ],
)
def test_an_unknown_place_is_not_in_the_list(cell: Cell) -> None:
    assert read_one(PLACE, cell) == (None, "ngoai_danh_muc", None)


@pytest.mark.parametrize("place", ngoc_lac().thon, ids=lambda place: place.code)
def test_every_thon_is_known_by_its_name_and_old_commune(place: Thon) -> None:
    assert read_one(PLACE, f"{place.name} ({place.old_commune})") == (place.code, None, None)


def test_the_section_row_of_a_place_goes_along() -> None:
    given = table({"thon": ["Phố 1", "Phố 1"]})
    cells = given.cells.with_columns(pl.Series("thon.row", [3, 3], pl.UInt32)).drop("thon.stored")
    frame = clean(replace(given, cells=cells, letters={}), dataset(PLACE), ngoc_lac()).frame
    assert frame.columns == ["_row", "thon", "thon.typed", "thon.unread", "thon.row"]
    assert frame.rows() == [(5, "T01", "Phố 1", None, 3), (6, "T01", "Phố 1", None, 3)]
