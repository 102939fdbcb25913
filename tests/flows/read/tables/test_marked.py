"""Records that are hidden, filtered, struck through or merged are told of; the contract says which count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.read.clerk_marks import SheetMarks
from flows.read.sheet import CellSheet, Merge
from flows.read.tables import marked
from flows.read.tables.heading import vocabulary_of
from flows.read.tables.one_sheet import SheetRead, read_sheet
from schemas.contract import Hidden
from schemas.datasets import load

DATASETS = load()
HEADING = ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]
RECORDS = [[f"{n}", f"0{n}/11/2026", "Viettel", f"Mất sóng lần {n}", "Mới", None] for n in range(1, 6)]
# On the sheet: the title in row 1, the heading in row 2, the records in rows 3 to 7, a total in row 8.


def read(
    hidden: Hidden = "read",
    rows: Sequence[int] = (),
    *,
    filtered: Sequence[int] = (),
    sheet_hidden: bool = False,
    merges: tuple[Merge, ...] = (),
    **marks: Any,
) -> SheetRead:
    grid = [["Tháng 11 năm 2026", *[None] * 5], HEADING, *RECORDS, [None, "Tổng cộng", *[None] * 4]]
    sheet = CellSheet(
        "Biểu",
        merges,
        sheet_hidden,
        frozenset({*rows, *filtered}),
        [list(column) for column in zip(*grid, strict=True)],
        [None] * 6,
        marks=SheetMarks(filtered=frozenset(filtered), **marks),
    )
    dataset = replace(DATASETS["phan_anh_ha_tang"], hidden=hidden)
    return read_sheet(sheet, vocabulary_of({dataset.name: dataset}))


def taken(found: SheetRead) -> list[int]:
    return [row for table in found.tables for row in table.cells["_row"]]


def counted(found: SheetRead) -> Mapping[str, int]:
    return {kind: count for marks in found.marks for kind, count in marks.counts.items()}


ALL = [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("hidden", "rows", "severity", "role"),
    [
        ("read", ALL, "canh_bao", "ban_ghi"),
        ("refuse", [3, 6, 7], "canh_bao", "an"),
        ("ask", [], "chan", "ngoai_bang"),
    ],
)
def test_the_contract_says_whether_hidden_records_count(
    hidden: Hidden, rows: list[int], severity: str, role: str
) -> None:
    found = read(hidden, [4, 5, 8])
    assert taken(found) == rows
    assert [(p.code, p.severity, p.row) for p in found.problems] == [("tep.ban_ghi_an", severity, 4)]
    assert "2 bản ghi ở dòng bị ẩn (dòng 4, 5)" in found.problems[0].message
    assert counted(found) == {"dong_an": 2}
    assert found.rows()["role"].to_list()[3:5] == [role] * 2


@pytest.mark.parametrize("hidden", ["read", "refuse", "ask"])
def test_filtered_rows_and_hidden_sheets_are_told_apart(hidden: Hidden) -> None:
    found = read(hidden, [3], filtered=[5, 6])
    assert counted(found) == {"dong_an": 1, "dong_loc": 2}
    assert "bộ lọc" in found.problems[1].message
    whole = read(hidden, sheet_hidden=True)
    assert counted(whole) == {"trang_an": 5}
    assert len(taken(whole)) == (5 if hidden == "read" else 0)


def test_hidden_rows_without_a_record_are_not_told() -> None:
    found = read("ask", [1, 2, 8])
    assert (found.problems, taken(found)) == ([], ALL)


def test_hidden_columns_with_content_are_told_once() -> None:
    found = read(hidden_columns=frozenset({2, 5, 9}))
    assert taken(found) == ALL
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("tep.ban_ghi_an", "canh_bao")
    assert "Cột C bị ẩn" in problem.message
    assert counted(found) == {"cot_an": 1}


def test_a_record_and_single_cells_that_are_struck_through() -> None:
    whole = {(3, column) for column in range(5)}
    found = read(struck=frozenset({*whole, (4, 3), (7, 1)}), struck_words=frozenset({(5, 3), (6, 0)}))
    assert taken(found) == ALL
    told = [(p.code, p.row, p.column, p.value) for p in found.problems]
    assert told == [
        ("tep.gach_ngang", 4, None, None),
        ("tep.gach_ngang", 5, "D", "Mất sóng lần 3"),
        ("tep.gach_ngang", 6, "D", "Mất sóng lần 4"),
    ]
    said = ("Cả bản ghi", "Nội dung ô", "Một phần chữ")
    assert [p.message[: len(start)] for p, start in zip(found.problems, said, strict=True)] == [*said]
    assert counted(found) == {"gach_ngang": 6}


@pytest.mark.parametrize(
    ("merge", "told"),
    [
        ((2, 2, 4, 2), "Ô C3:C5 trộn qua 3 bản ghi"),
        ((3, 2, 3, 3), "Ô C4:D4 trộn qua nhiều cột của một bản ghi"),
        ((2, 0, 4, 0), None),  # the number column is not read
        ((3, 5, 3, 6), None),  # the last column and one without a heading
        ((0, 0, 0, 5), None),  # the title
        ((6, 2, 7, 2), None),  # the last record and the total
    ],
)
def test_cells_merged_over_records_are_told(merge: Merge, told: str | None) -> None:
    found = read(merges=(merge,))
    assert [p.message[: len(told or "")] for p in found.problems] == ([told] if told else [])
    assert counted(found) == ({"tron": 1} if told else {})


def test_of_many_places_the_rest_is_told_in_one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked, "_MAX_PROBLEMS", 2)
    found = read(struck=frozenset((row, 3) for row in range(2, 7)))
    assert [p.row for p in found.problems] == [3, 4, 5]
    assert found.problems[-1].message == "Từ dòng 5 còn 3 chỗ nữa như vậy."
    assert counted(found) == {"gach_ngang": 5}


@given(st.sets(st.integers(1, 8)), st.sets(st.integers(1, 8)), st.sampled_from(["read", "refuse", "ask"]))
def test_every_hidden_record_is_counted_once_and_every_row_has_a_role(
    hidden: set[int], filtered: set[int], said: Hidden
) -> None:
    found = read(said, sorted(hidden), filtered=sorted(filtered))
    out_of_sight = (hidden | filtered) & {*ALL}
    assert sum(counted(found).values()) == len(out_of_sight)
    rows = found.rows()
    assert rows.height == 8
    assert (rows["role"] == "ban_ghi").sum() == len(taken(found))
    shown = sorted({*ALL} - out_of_sight)
    wanted = {"read": ALL, "refuse": shown, "ask": [] if out_of_sight else ALL}
    assert taken(found) == wanted[said]
