"""Units of measure: stated by a heading, a line or a row, each is converted or told; never passed over."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import cycle

import pytest

from flows.clean.cleaning import clean
from flows.read import read_file
from flows.read.table import ReadFile
from flows.read.units_of_measure import (
    counts_in_multiples,
    find_unit_lines,
    is_unit_row,
    parse_unit,
    sizes_of,
    unit_of,
)
from schemas.datasets import load
from schemas.registry import load as load_contracts
from tests.flows.read.forms import records

DATASETS, COMMUNE = load(), load_contracts().commune
MEASURED = [name for name, each in DATASETS.items() if any(map(unit_of, each.columns))]
LINES = [
    "Đơn vị tính: {}",
    "(ĐVT: {})",
    "Đvt {}",
    "ĐƠN VỊ TÍNH : {}.",
    "Đơn vị: {}",
    "(Đơn vị: {})",
    "đv: {}",
    "Tính bằng {}",
    "Số liệu tính theo {}",
    "BÁO CÁO THÁNG 10 NĂM 2026 (đơn vị tính: {})",
    "({})",
    "Don vi tinh: {}",
    "Đơn vị tính: {}, người",
]


UNITS = [("nghìn đồng", 0.001), ("1.000 đ", 0.001), ("Tỷ đồng", 1000)]


def read(*rows: Sequence[object], name: str = "a.csv") -> ReadFile:
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows(rows)
    return read_file(target.getvalue().encode(), name, DATASETS)


def heads(name: str, stated: str = "") -> list[str]:
    """The headings of a dataset with `stated` in place of every unit."""
    found = []
    for column in DATASETS[name].columns:
        label = column.label.replace(" > ", " ")
        unit = unit_of(column)
        found.append(label.replace(f" ({unit})", f" ({stated})" if stated else "") if unit else label)
    return found


def column_of(name: str) -> str:
    return next(column.name for column in DATASETS[name].columns if unit_of(column))


def amounts(doc: ReadFile, column: str) -> list[float | None]:
    """What is taken of a column that holds 17, 27 and so on; empty if nothing is."""
    (table,) = doc.tables or (None,)
    if table is None:
        return []
    cleaned = clean(table, DATASETS[table.dataset], COMMUNE)
    return [] if cleaned.problems else cleaned.frame[column].to_list()


def test_every_unit_of_the_family_is_converted_wherever_it_is_stated() -> None:
    at = 0
    for name in MEASURED:
        column, rows = column_of(name), records(DATASETS[name], 2)
        own = parse_unit(str(unit_of(DATASETS[name][column])))
        assert own is not None
        in_family = [
            (known := parse_unit(str(unit_of(each)))) is not None and known.family == own.family
            for each in DATASETS[name].columns
        ]
        by_size = {size: unit for unit, size in sizes_of(own.family).items() if len(unit) > 2}
        for size, unit in [*by_size.items()][::4]:
            at += 1
            line = LINES[at % len(LINES)].format(unit)
            row = [f"({unit})" if same else None for same in in_family]
            for doc in (read(heads(name), row, *rows), read([line], heads(name), *rows)):
                assert amounts(doc, column) == pytest.approx([n * size / own.size for n in (17, 27)]), line


def test_a_line_in_any_words_is_converted() -> None:
    name = "sang_kien"
    rows = records(DATASETS[name], 1)
    for line, (unit, factor) in zip(LINES, cycle(UNITS), strict=False):
        found = amounts(read([line.format(unit)], heads(name), *rows), "lam_loi")
        assert found == pytest.approx([17 * factor]), (line, unit)


def test_a_line_holds_or_changes_what_its_table_can_not_mean() -> None:
    rubbish, payments, teams = (
        records(DATASETS[n], 2) for n in ("moi_truong", "thanh_toan", "to_cong_nghe_so")
    )
    headed = {name: heads(name) for name in ("moi_truong", "thanh_toan", "to_cong_nghe_so")}
    stated = [column.label.replace(" > ", " ") for column in DATASETS["thanh_toan"].columns]
    unit_column = [*headed["moi_truong"], "ĐVT"]
    held = {
        "against the heading": [["Đơn vị tính: nghìn đồng"], stated, *payments],
        "below the table": [stated, *payments, ["Ghi chú: số liệu tính bằng nghìn đồng"]],
        "of one row, below": [headed["moi_truong"], *rubbish, ["Ghi chú: riêng Phố 2 tính bằng kg."]],
        "of one thôn, below": [headed["moi_truong"], *rubbish, ["(*) Thôn Mẫu tính theo kg"]],
        "of a numbered row, below": [headed["thanh_toan"], *payments, ["Lưu ý: STT 2 tính bằng nghìn đồng"]],
        "of some rows, above": [["Đơn vị tính: tấn; riêng Phố 2 ĐVT: kg"], headed["moi_truong"], *rubbish],
        "of all but one, above": [["Tính bằng kg, trừ Phố 1 tính bằng tấn"], headed["moi_truong"], *rubbish],
        "of another family": [["Đơn vị tính: m3"], headed["moi_truong"], *rubbish],
        "unknown": [["Đơn vị tính: bao"], headed["moi_truong"], *rubbish],
        "foreign money": [["ĐVT: USD"], headed["thanh_toan"], *payments],
        "two of one family": [["Đơn vị tính: đồng, triệu đồng"], headed["thanh_toan"], *payments],
        "thousands of counts": [["Đơn vị tính: nghìn lượt"], headed["to_cong_nghe_so"], *teams],
        "thousands of people": [["(đv: 1.000 người)"], headed["to_cong_nghe_so"], *teams],
        "bare thousands": [["ĐVT: nghìn"], headed["to_cong_nghe_so"], *teams],
        "a row against the heading": [stated, ["(nghìn đồng)"] * len(stated), *payments],
        "a row that scales counts": [headed["to_cong_nghe_so"], [None, "(nghìn người)"], *teams],
        "one of two columns": [
            [*headed["moi_truong"][:1], f"{headed['moi_truong'][1]} (kg)", *headed["moi_truong"][2:]],
            *rubbish,
        ],
        "a section": [
            stated,
            payments[0],
            ["I. Cửa hàng (ĐVT: nghìn đồng)"],
            *payments,
        ],
        "a column of units": [unit_column, *([*row, "kg"] for row in rubbish)],
    }
    for what, rows in held.items():
        doc = read(*rows)
        assert not doc.tables, what
        assert "tep.don_vi_la" in {problem.code for problem in doc.problems}, what
    converted = {
        "among the headings": [[*headed["thanh_toan"], "ĐVT: nghìn đồng"], *payments],
        "in two cells": [["Đơn vị tính:", "nghìn đồng"], headed["thanh_toan"], *payments],
        "at a comma": [["Đơn vị tính: 1", "000 đồng"], headed["thanh_toan"], *payments],
        "before the month": [["Đơn vị tính: nghìn đồng Tháng 10 năm 2026"], headed["thanh_toan"], *payments],
        "below the table": [headed["thanh_toan"], *payments, ["Ghi chú: số liệu tính bằng nghìn đồng"]],
    }
    for what, rows in converted.items():
        assert amounts(read(*rows), "gia_tri") == [0.017, 0.027], what
    assert amounts(read(headed["thanh_toan"], *payments, name="thu chi (nghìn đồng).csv"), "gia_tri") == [
        0.017,
        0.027,
    ]
    taken = {
        "the same as the heading": [["Đơn vị tính: triệu đồng"], stated, *payments],
        "of one of its families": [["Đơn vị tính: tấn"], headed["moi_truong"], *rubbish],
        "of things": [["Đơn vị tính: lượt, người"], headed["to_cong_nghe_so"], *teams],
        "money of a table without money": [["Đơn vị tính: triệu đồng"], headed["to_cong_nghe_so"], *teams],
        "the name of a unit that submits": [
            ["Đơn vị: Phòng Kinh tế xã Mẫu"],
            headed["thanh_toan"],
            *payments,
        ],
        "a row of its own units": [stated, [*[None] * 5, "(triệu đồng)", "(triệu đồng)"], *payments],
        "a column of its own units": [unit_column, *([*row, "tấn"] for row in rubbish)],
        "of one row, the same": [headed["moi_truong"], *rubbish, ["Ghi chú: riêng Phố 2 tính bằng tấn."]],
        "percent of what": [["Đơn vị tính: triệu đồng, %"], headed["thanh_toan"], *payments],
    }
    for what, rows in taken.items():
        doc = read(*rows)
        assert len(doc.tables) == 1, what
        assert "tep.don_vi_la" not in {problem.code for problem in doc.problems}, what


def test_a_line_further_up_counts_for_a_second_table() -> None:
    name = "thanh_toan"
    first, second = records(DATASETS[name], 9), records(DATASETS["moi_truong"], 9)
    doc = read(
        ["Đơn vị tính: kg"],
        heads("moi_truong"),
        *second,
        [],
        heads(name),
        *first,
        [],
        heads("moi_truong"),
        *second,
    )
    assert [table.units.get("rac_phat_sinh") for table in doc.tables] == ["kg", None, "kg"]


def test_what_is_a_unit() -> None:
    money = {
        "nghìn": 1000,
        "Triệu VNĐ": 10**6,
        "x 1.000 đồng": 1000,
        "10^6 đồng": 10**6,
        "10³ đ": 1000,
        "tr.đ": 10**6,
        "nghin dong": 1000,
    }
    assert {text: unit.size for text in money if (unit := parse_unit(text))} == money
    assert [parse_unit(text) for text in ("trăm triệu", "103 đồng", "USD", "lượt", "ta", "", "đồng hồ")] == [
        None
    ] * 7
    assert all(map(counts_in_multiples, ("nghìn lượt", "1.000 người", "chục hộ", "100 hộ", "vạn")))
    assert not any(map(counts_in_multiples, ("trạm", "tỷ lệ", "văn bản", "triệu đồng", "hộ", "1 hộ")))
    for text in (
        *("Đơn vị: Thôn Mẫu", "tính theo đồng hồ", "Tháng 10", "(Từ ngày 15/10 đến 14/11)", "10 hộ"),
        *("Đơn vị: Triệu Phong", "Triệu Văn Mẫu", "Vạn Xuân", "Đơn vị: Tạ Xá", "Tỷ lệ"),
    ):
        assert list(find_unit_lines([text])) == [], text
    rows = (
        ["(lượt)", "(nghìn đồng)"],
        [None, "kg", "tấn"],
        ["ĐVT", "", "kg"],
        ["(tên)", "(m2)"],
        ["ĐVT: kg"],
    )
    assert all(map(is_unit_row, rows))
    records_ = (["1", "Tấn", "kg"], ["Bản"], ["(a)", "(b)"], [], ["Phố 1", "kg"], ["(1)", "(2)"], ["Tạ"])
    assert not any(map(is_unit_row, records_))
