"""Names that are one person's, however they were typed, and names that are two persons'."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.likeness import alike, other_alike

PERSON = {"name": "ho_ten", "birth": "ngay_sinh", "place": "thon", "sex": "gioi_tinh"}


def people(*names: str, **more: list[object]) -> pl.DataFrame:
    count = len(names)
    columns = {
        "_part": [0] * count,
        "_row": list(range(2, count + 2)),
        "so_dinh_danh": [f"0380900000{at:02}" for at in range(count)],
        "ho_ten": list(names),
        "ngay_sinh": ["1990-06-05"] * count,
        "thon": ["T01"] * count,
        "gioi_tinh": ["Nữ"] * count,
    } | more
    return pl.DataFrame(columns).with_columns(pl.col("ngay_sinh").str.to_date())


def suspects(frame: pl.DataFrame) -> list[bool | None]:
    return frame.select(alike("so_dinh_danh", **PERSON)).to_series().to_list()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Bùi Thị Thúy", "bùi thị THÚY"),
        ("Bùi Thị Thúy", "Bùi Thị Thuý"),
        ("Trương Hòa", "Trương Hoà"),
        ("Phạm Lý", "Phạm Lí"),
        ("Phạm Mỹ Kỳ", "Phạm Mĩ Kì"),
        ("Lê Quý", "Lê Quí"),
        ("Đặng Đức", "Dặng Đức"),
        ("Bui Thi Thuy", "Bùi Thị Thúy"),
        ("Bùi  Thị Thúy", "Bùi Thị Thúy"),
    ],
)
def test_one_persons_names(one: str, two: str) -> None:
    assert suspects(people(one, two)) == [True, True]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Bùi Thị Thúy", "Bùi Thị Thủy"),
        ("Trương Hòa", "Trương Hóa"),
        ("Phạm Thúy", "Phạm Thúi"),
        ("Lê Vân", "Lê Văn"),
        ("Bùi Thị Thúy", "Bùi Thị Thúy An"),
    ],
)
def test_two_persons_names(one: str, two: str) -> None:
    assert suspects(people(one, two)) == [False, False]


@pytest.mark.parametrize(
    "more",
    [
        {"ngay_sinh": ["1990-06-05", "1990-06-06"]},
        {"thon": ["T01", "T02"]},
        {"so_dinh_danh": ["038090000001", "038090000001"]},
        {"_part": [0, 1]},
    ],
)
def test_another_birth_place_or_hand_in_is_no_double(
    more: dict[str, list[object]],
) -> None:
    assert suspects(people("Lê An", "Lê An", **more)) == [False, False]


@pytest.mark.parametrize("names", [("Đặng Đức", "Dặng Đức"), ("Bui An", "Bùi An")])
def test_letters_without_marks_need_the_same_sex(names: tuple[str, str]) -> None:
    assert suspects(people(*names, gioi_tinh=["Nam", "Nữ"])) == [False, False]
    assert suspects(people(*names, gioi_tinh=[None, None])) == [False, False]


def test_who_says_too_little_is_not_judged() -> None:
    assert suspects(people("Lê An", "Lê An", "Lê An", thon=["T01", None, "T01"])) == [True, None, True]


def test_the_other_record_is_named_with_its_number_masked() -> None:
    named = people("Lê An", "lê an").select(other_alike("so_dinh_danh", **PERSON)).to_series().to_list()
    assert named == [
        "Dòng kia là dòng 3, số “038*******01”.",
        "Dòng kia là dòng 2, số “038*******00”.",
    ]


def test_an_unread_number_is_another_number() -> None:
    frame = people("Lê An", "Lê An", so_dinh_danh=["038090000001", None])
    assert suspects(frame) == [True, True]
    assert frame.select(other_alike("so_dinh_danh", **PERSON)).to_series()[0] == "Dòng kia là dòng 3."


def test_a_thousand_of_one_birth_and_place_cost_no_more_than_their_number() -> None:
    names = [f"Lê Văn {chr(97 + at % 26)}{at}" for at in range(5000)]
    assert not any(suspects(people(*names, so_dinh_danh=[str(at) for at in range(5000)])))
