"""The number of records that a form states, and numbers that are missing among its records."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import openpyxl

from flows.collect.submission import Submission
from flows.intake.owed import read_submission
from schemas.registry import load
from tests.conftest import lines
from tests.flows.read.forms import records

CONTRACTS = load()
UNITS = {"ho_gia_dinh": "T01", "phan_anh_ha_tang": "T01", "moi_truong": "kinh_te", "dan_cu": "cong_an"}
Rows = list[list[object]]


def told(
    name: str, numbers: Sequence[object], *below: list[object], title: str = ""
) -> list[tuple[str, int | None]]:
    """The codes and rows of what is told of a form whose records have these numbers; None is a section."""
    dataset = CONTRACTS.datasets[name]
    rows: Rows = [["BÁO CÁO THÁNG 11 NĂM 2026", title or None]]
    rows.append(["STT", *(column.label.replace(" > ", " ") for column in dataset.columns)])
    every = iter(records(dataset, len(numbers)))
    for number in numbers:
        rows.append(["I", "Khu"] if number is None else [number, *([] if number == "9." else next(every))])
    rows += below
    data = lines(rows).encode()
    one = Submission("2026-11-28T08:00:00+07:00", UNITS[name], "a.csv", "00", len(data))
    problems = read_submission(one, data, CONTRACTS).problems
    return [(each.code, each.row) for each in problems if each.code in ("tep.so_dong_khac", "tep.stt_thieu")]


def test_a_number_of_records_that_was_not_read_is_told() -> None:
    three = range(1, 4)
    of = {
        "phan_anh_ha_tang": [
            "Danh sách này có {} phản ánh./.",
            "Tổng cộng: {} phản ánh",
            "Danh sách gồm {} dòng",
        ],
        "ho_gia_dinh": [
            "Tổng cộng: {} hộ",
            "Tổng số hộ: {}",
            "Danh sách có {} hộ, 12 nhân khẩu.",
            "Tong so: {} ho",
        ],
        "moi_truong": ["Tổng số: {} thôn, phố", "Bảng này gồm {} thôn", "Cộng: {} thôn"],
        "dan_cu": ["Danh sách gồm {} người", "Tổng số nhân khẩu: {}", "Tổng cộng {} công dân"],
    }
    for name, texts in of.items():
        for text in texts:
            for stated, right in (("03", True), ("3", True), ("5", False), ("1.003", False)):
                wanted = [] if right else [("tep.so_dong_khac", 6)]
                assert told(name, three, [None, text.format(stated)]) == wanted, (name, text, stated)
    for text in (
        "Danh sách gồm 10 (mười) hộ",
        "Danh sách có mười hộ./.",
        "Số hộ báo cáo: 10/12",
        "(Có 10 hộ báo cáo)",
    ):
        assert told("ho_gia_dinh", three, [None, text]) == [("tep.so_dong_khac", 6)], text
    assert told("ho_gia_dinh", three, [None, "Danh sách có ba hộ./."]) == []
    assert told("ho_gia_dinh", three, title="Tổng số hộ: 10") == [("tep.so_dong_khac", None)]
    assert told("ho_gia_dinh", three, [None, "Tổng số hộ", 10]) == [("tep.so_dong_khac", 6)]
    assert told("ho_gia_dinh", three, [None, "Tổng số hộ", 3]) == []


def test_other_numbers_are_none_of_records() -> None:
    for text in (
        "Tổng số: 12 nhân khẩu",
        "Tổng số hộ nghèo: 1",
        "Danh sách gồm 02 trang",
        "Tổng cộng: 5 hộ nghèo",
    ):
        assert told("ho_gia_dinh", range(1, 4), [None, text]) == [], text
    assert told("moi_truong", range(1, 4), [None, "Tổng cộng", 30, 12, 3, 6, 9]) == []
    # Each section has a number of its own.
    sections: Rows = [
        ["II", "Khu B"],
        [4, *records(CONTRACTS.datasets["ho_gia_dinh"], 4)[3]],
        [None, "Cộng: 1 hộ"],
    ]
    assert (
        told("ho_gia_dinh", [None, 1, 2, 3], [None, "Cộng: 3 hộ"], *sections, [None, "Tổng cộng: 4 hộ"]) == []
    )


def test_missing_numbers_are_told_only_of_a_numbering_that_is_complete() -> None:
    for numbers, row in (
        ([1, 2, 5, 6, 9], 5),
        (["1.", "2.", "4."], 5),
        (["01", "02", "04"], 5),
        ([None, 1, 2, None, 1, 3], 8),
        ([1, 2, 3], None),
        ([1, 2, None, 1, 2], None),
        ([3, 1, 2], None),
        ([3, 5, 1, 2, 4], None),
        ([1, None, 5, 4], None),
        (["I.1", "I.2", "II.4"], None),
        ([1, 2, "", 7], None),
        ([8, "9.", 10], None),
    ):
        wanted = [] if row is None else [("tep.stt_thieu", row)]
        assert told("ho_gia_dinh", numbers) == wanted, numbers


def test_pages_go_on_from_each_other() -> None:
    dataset = CONTRACTS.datasets["ho_gia_dinh"]
    head: list[object] = ["STT", *(column.label.replace(" > ", " ") for column in dataset.columns)]
    for firsts, missing in (
        ((1, 4), []),
        ((4, 1), []),
        ((1, 1), []),
        ((1, 7), ["4–6"]),
        ((1, 5), ["4"]),
        ((3,), ["1–2"]),
        ((4, 10), ["1–3", "7–9"]),
    ):
        made, out = openpyxl.Workbook(), io.BytesIO()
        made.remove(made.worksheets[0])
        for at, first in enumerate(firsts):
            page = made.create_sheet(f"Trang {at + 1}")
            page.append(["BÁO CÁO THÁNG 11 NĂM 2026"])
            page.append(head)
            for number in range(first, first + 3):
                page.append([number, *records(dataset, 20)[3 * at + number]])
        made.save(out)
        one = Submission("2026-11-28T08:00:00+07:00", "T01", "a.xlsx", "00", 1)
        problems = read_submission(one, out.getvalue(), CONTRACTS).problems
        found = [each.message for each in problems if each.code == "tep.stt_thieu"]
        assert [re.findall(r"thiếu ([\d–]+)\.", message) for message in found] == [[each] for each in missing]
