"""Headings: which are the same, which are only near, what is said of the others."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import pytest

from flows.read import read_file
from flows.read.table import ReadFile
from flows.read.tables.heading import key_of, split_unit
from schemas.datasets import load
from tests.flows.read.forms import records

DATASETS = load()


def read(heads: Sequence[str], rows: Sequence[Sequence[object]] = (), title: str = "") -> ReadFile:
    target = io.StringIO()
    writer = csv.writer(target)
    if title:
        writer.writerow([title])
    writer.writerows([heads, *rows])
    return read_file(target.getvalue().encode(), "a.csv", DATASETS)


def labels(name: str) -> list[str]:
    return [column.label for column in DATASETS[name].columns]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Họ và tên", "HỌ VÀ TÊN"),
        ("Hòa", "Hoà"),
        ("Số\nđịnh  danh", "Số định\u00a0danh"),
        ("SĐT", "Số điện thoại"),
        ("QH với chủ hộ", "Quan hệ với chủ hộ"),
        ("Số ÐT", "Số ĐT"),
        ("Ngày, tháng, năm sinh", "Ngày tháng năm sinh"),
        ("Thủy", unicodedata.normalize("NFD", "Thuỷ")),
    ],
)
def test_says_the_same(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Mức", "Mục"), ("Hộ", "Họ"), ("Thôn", "Thon"), ("Số hộ", "Số hồ sơ")]
)
def test_says_something_else(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Giá trị (triệu đồng)", ("giá trị", "triệu đồng")),
        ("Rác (ĐVT: tấn)", ("rác", "tấn")),
        ("Số hộ (có internet)", ("số hộ (có internet)", None)),
        ("Họ tên (*)", ("họ tên", None)),
    ],
)
def test_splits_the_unit_off(heading: str, expected: tuple[str, str | None]) -> None:
    text, unit = split_unit(heading)
    assert (" ".join(text.lower().split()), unit) == expected


def test_takes_the_unit_that_the_heading_states() -> None:
    heads = [
        label.replace("triệu đồng", "nghìn đồng").replace(" > ", " - ") for label in labels("doanh_nghiep")
    ]
    doc = read(heads, records(DATASETS["doanh_nghiep"], 2))
    assert doc.problems == ()
    assert set(doc.tables[0].units.values()) == {"nghìn đồng"}


def test_takes_the_unit_stated_above_where_the_heading_has_none() -> None:
    heads = [label.replace(" (triệu đồng)", "").replace(" > ", " ") for label in labels("doanh_nghiep")]
    doc = read(heads, records(DATASETS["doanh_nghiep"], 2), title="Đơn vị tính: Tỷ đồng")
    assert set(doc.tables[0].units.values()) == {"Tỷ đồng"}


def test_keeps_a_strange_unit_for_others_to_refuse() -> None:
    heads = [label.replace("triệu đồng", "USD").replace(" > ", " ") for label in labels("doanh_nghiep")]
    doc = read(heads, records(DATASETS["doanh_nghiep"], 2))
    assert set(doc.tables[0].units.values()) == {"USD"}


@pytest.mark.parametrize("typed", ["Ma ho", "Mã hộ gia", "Mã hô"])
def test_proposes_a_near_heading_and_never_takes_it(typed: str) -> None:
    heads = [typed if label == "Mã hộ" else label for label in labels("ho_gia_dinh")]
    doc = read(heads, records(DATASETS["ho_gia_dinh"], 3))
    assert doc.tables == ()
    assert {problem.code for problem in doc.problems} == {"tep.cot_la", "tep.thieu_cot"}
    assert {problem.proposal for problem in doc.problems} == {"Mã hộ"}
    assert set(doc.rows["role"]) == {"dau_cot", "ngoai_bang"}


@pytest.mark.parametrize("name", DATASETS)
def test_a_near_heading_is_read_once_its_proposal_is_written(name: str) -> None:
    rows = records(DATASETS[name], 2)
    proposed = 0
    for at, label in enumerate(labels(name)):
        heads = [*labels(name)]
        heads[at] = f"{label}{label[-1]}"
        for problem in read(heads, rows).problems:
            if problem.proposal is not None and problem.value == heads[at]:
                heads[at] = problem.proposal
                assert read(heads, rows).problems == ()
                proposed += 1
    assert proposed


def test_refuses_a_table_without_a_required_column() -> None:
    doc = read(labels("to_cong_nghe_so")[:-1], [row[:-1] for row in records(DATASETS["to_cong_nghe_so"], 3)])
    (problem,) = doc.problems
    assert (problem.code, problem.severity, problem.dataset) == ("tep.thieu_cot", "chan", "to_cong_nghe_so")
    assert doc.tables == ()


def test_warns_of_a_missing_optional_column_and_reads_the_rest() -> None:
    heads = [label for label in labels("dan_cu") if label != "Ngày mất"]
    rows = [
        [v for n, v in enumerate(row) if labels("dan_cu")[n] != "Ngày mất"]
        for row in records(DATASETS["dan_cu"], 2)
    ]
    doc = read(heads, rows)
    (problem,) = doc.problems
    assert (problem.code, problem.severity) == ("tep.thieu_cot", "canh_bao")
    assert doc.tables[0].cells.height == 2
    assert "ngay_mat.typed" not in doc.tables[0].cells.columns


def test_refuses_a_column_that_comes_twice() -> None:
    doc = read([*labels("to_cong_nghe_so"), "Lượt người"], [])
    (problem,) = doc.problems
    assert (problem.code, problem.column, problem.row) == ("tep.trung_cot", "E", 1)
    assert doc.tables == ()


def test_warns_of_data_under_no_heading() -> None:
    rows = [[*row, "", "lạc"] for row in records(DATASETS["to_cong_nghe_so"], 3)]
    doc = read(labels("to_cong_nghe_so"), rows)
    (problem,) = doc.problems
    assert (problem.code, problem.column, problem.row) == ("tep.cot_la", "F", 2)


def test_names_both_datasets_that_a_table_fits() -> None:
    twin = replace(DATASETS["to_cong_nghe_so"], name="song_sinh", title="Song sinh")
    target = io.StringIO()
    csv.writer(target).writerows([labels("to_cong_nghe_so"), *records(twin, 2)])
    doc = read_file(target.getvalue().encode(), "a.csv", {**DATASETS, "song_sinh": twin})
    (problem,) = doc.problems
    assert problem.code == "tep.khong_ro_bo_du_lieu"
    assert twin.title in problem.message
    assert DATASETS["to_cong_nghe_so"].title in problem.message


def test_says_which_headings_it_saw_where_it_knows_none() -> None:
    doc = read(["STT", "Màu", "Cỡ"], [[1, "đỏ", 2], [2, "xanh", 3]])
    (problem,) = doc.problems
    assert (problem.code, problem.row, problem.value) == ("tep.khong_ro_bo_du_lieu", 1, "STT, Màu, Cỡ")
