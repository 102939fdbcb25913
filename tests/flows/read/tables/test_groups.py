"""A line numbered I, II or A is a group line if its amounts are the sums below it, else a record, or told."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest

from flows.read import read_file
from schemas.datasets import load
from tests.flows.read.forms import heading_grid

DATASETS = load()
Row = Sequence[object]


def place(number: object, name: str, *amounts: object) -> Row:
    """A line of `moi_truong`."""
    return [number, name, *(amounts or (12, 7, 1, 2, 7))]


def shop(number: object, name: str, kind: str | None, *amounts: object) -> Row:
    """A line of `thanh_toan`."""
    return [number, name, kind, kind and "Phố 1", *amounts]


A, B, C = (
    place(1, "Phố 1", 11, 6, 1, 2, 7),
    place(2, "Phố 2", 12, 7, 1, 2, 7),
    place(3, "Phố 3", 13, 8, 1, 0, 7),
)
ONE, TWO = shop(1, "Cửa hàng 1", "Cửa hàng", 10, 5, 3, 1), shop(2, "Cửa hàng 2", "Cửa hàng", 20, 6, 4, 2)


def roles(dataset: str, lines: Sequence[Row], separator: str = ",") -> tuple[str, list[int | None]]:
    """The first letter of the role of each line, and the lines that are told as wrong groups."""
    target = io.StringIO()
    csv.writer(target, delimiter=separator).writerows([*heading_grid(DATASETS[dataset]), *lines])
    found = read_file(target.getvalue().encode(), "a.csv", DATASETS)
    above = len(heading_grid(DATASETS[dataset]))
    assert {one.code for one in found.problems} <= {"tep.dong_tong_sai"}
    names = {"ban_ghi": "r", "nhom": "g", "tong": "t"}
    return "".join(names[role] for role in found.rows["role"][above:]), [
        one.row - above for one in found.problems if one.row
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([place("I", *A[1:]), B, C, place("II", "Phố 4")], "rrrr"),
        ([place(n, f"Phố {at}") for at, n in enumerate(["I", "II", "III", "IV", "V"], 1)], "rrrrr"),
        ([place("I", "Phố 1", 0, 0, 0, 0, 0), place("II", "Phố 2", 0, 0, 0, 0, 0)], "rr"),
        ([place("I", "Khu Bắc", 23, 13, 2, 4, 14), A, B, place("II", "Khu Nam", 13, 8, 1, 0, 7), C], "grrgr"),
        ([place("I", "Khu Bắc", 23, 13, "", "", ""), A, B], "grr"),
        ([place("A", "Toàn vùng", 36, 21, 3, 4, 21), place("I", "Khu Bắc", 23, 13), A, B,
          place("II", "Khu Nam", 13, 8), C], "ggrrgr"),
        ([place("A", "Khu Bắc", 24, 14, 2, 4, 14), place("I", "Phố 1"), place("II", "Phố 2")], "grr"),
        ([place("I", "Khu Bắc", "", "", "", "", ""), A, B], "grr"),
        ([place("I", "Khu Bắc", 0, 0), A, B], "grr"),
    ],
    ids=["mixed", "all roman", "zeros", "sums", "some sums", "nested", "over roman", "bare", "waiting zeros"],
)  # fmt: skip
def test_a_place_numbered_like_a_group_is_a_record_if_no_sum(lines: list[Row], expected: str) -> None:
    assert roles("moi_truong", lines) == (expected, [])


def test_a_thon_without_figures_is_a_record_among_records_that_name_theirs() -> None:
    lone = place(None, "Phố 4", *[None] * 5)
    khu = place(None, "Khu Bắc", *[None] * 5)
    upper, lower = place(4, None), place(5, None)
    for lines, expected in (
        ([A, lone, B, C], "rrrr"),
        ([lone, A, B], "rrr"),
        ([A, B, lone], "rrr"),
        ([A, lone, place(None, "Thôn 5", *[None] * 5), B], "rrrr"),
        ([khu, A, B], "grr"),
        ([place(None, "Phố 1", *[None] * 5), A, B], "grr"),
        ([lone, upper, lower, B], "grrr"),
    ):
        assert roles("moi_truong", lines) == (expected, []), lines
    assert roles("thanh_toan", [shop(None, "Phố 1", None), ONE, TWO]) == ("grr", [])


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([shop("I", "Phố 1", None, 30, 11, 7, 3), ONE, TWO], []),
        ([shop("I", "Phố 1", None, "", "", "", ""), ONE, TWO], []),
        ([shop("I", "Phố 1", None, 30, 11, 7, 4), ONE, TWO], [1]),
        ([ONE, TWO, shop("II", "Siêu thị mẫu", None, 70, 9, "", "")], [3]),
    ],
    ids=["sums", "bare", "a wrong sum", "no type"],
)
def test_a_group_line_with_other_amounts_is_told(lines: list[Row], told: list[int]) -> None:
    assert roles("thanh_toan", lines)[1] == told


def test_a_group_line_with_ticks_is_a_record_or_told() -> None:
    tower = [1, "Phố 1", 2, "x", "x", 100, 50]
    assert roles("ha_tang_vien_thong", [["I", *tower[1:]], tower]) == ("rr", [])
    assert roles("ha_tang_vien_thong", [["I", "Phố 2", "", "x", "", "", 50], tower]) == ("gr", [1])
    assert roles("ha_tang_vien_thong", [["I", "Khu Bắc", 2, 1, 1, 100, ""], tower]) == ("gr", [])


def test_very_many_wrong_group_lines_are_one_sentence_at_the_end() -> None:
    lines = [shop(f"{'I' * (1 + at % 3)}", "Khu", None, 70 + at, 9, "", "") for at in range(150)]
    _, told = roles("thanh_toan", [*lines, ONE])
    assert told == [*range(1, 102)]


def test_reads_sums_with_a_decimal_comma_and_rounded() -> None:
    lines = [
        place("I", "Khu Bắc", "2.345,5", "1,5", 2, 4, ""),
        place(1, "Phố 1", "2.000,25", "1,0", 1, 2, ""),
        place(2, "Phố 2", "345,28", "0,5", 1, 2, ""),
    ]
    assert roles("moi_truong", lines, ";") == ("grr", [])
