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
        ("Số hộ¹", "Số hộ"),
        ("Số hộ ²", "Số hộ"),
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


def bare(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@pytest.mark.parametrize("name", DATASETS)
def test_reads_a_form_typed_without_accents(name: str) -> None:
    heads = ["STT", *(bare(label).replace(" > ", " - ") for label in labels(name))]
    doc = read(heads, [[n, *row] for n, row in enumerate(records(DATASETS[name], 3), 1)])
    assert doc.problems == ()
    assert doc.tables[0].dataset == name
    assert {*doc.tables[0].letters} == {column.name for column in DATASETS[name].columns}


@pytest.mark.parametrize("name", DATASETS)
def test_no_two_columns_of_a_form_are_the_same_without_accents(name: str) -> None:
    owners: dict[str, set[str]] = {}
    for column in DATASETS[name].columns:
        for heading in (column.label, *column.also):
            owners.setdefault(bare(key_of(heading)), set()).add(column.name)
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def with_heading(name: str, column: str, heading: str, count: int = 2) -> ReadFile:
    """A table of a dataset in which one column has another heading."""
    dataset = DATASETS[name]
    heads = [heading if c.name == column else c.label.replace(" > ", " ") for c in dataset.columns]
    return read(heads, records(dataset, count))


@pytest.mark.parametrize(
    ("name", "column", "heading"),
    [
        *(
            ("dan_cu", "so_dinh_danh", h)
            for h in ("CCCD", "Số CCCD/CMND", "CMND/CCCD", "Căn cước", "C C C D")
        ),
        *(("dan_cu", "ngay_sinh", h) for h in ("NTNS", "Năm sinh", "Ngày/tháng/năm sinh")),
        *(("dan_cu", "dien_thoai", h) for h in ("SĐT", "ĐT", "Số ĐT liên hệ", "Điện thoại di động")),
        *(("to_cong_nghe_so", "thon", h) for h in ("Thôn/phố", "Tên thôn", "Thôn, bản")),
        ("nguoi_dung_dau", "ho_ten", "Họ tên"),
        ("dan_cu", "gioi_tinh", "Giới tính (Nam/Nữ)"),
        ("ha_tang_vien_thong", "phu_4g", "4G"),
        ("moi_truong", "rac_phat_sinh", "Phát sinh"),
        ("doanh_nghiep", "doanh_thu_so", "Từ kênh số"),
    ],
)
def test_reads_the_usual_short_forms(name: str, column: str, heading: str) -> None:
    doc = with_heading(name, column, heading)
    assert doc.problems == ()
    assert column in doc.tables[0].letters


@pytest.mark.parametrize("heading", ["STT", "S T T", "S\nT\nT", "TT", "T.T", "Số TT", "So TT", "Thứ tự"])
def test_knows_the_column_of_numbers(heading: str) -> None:
    rows = [[n, *row] for n, row in enumerate(records(DATASETS["to_cong_nghe_so"], 3), 1)]
    doc = read([heading, *labels("to_cong_nghe_so")], [*rows, [4]])
    assert doc.problems == ()
    assert doc.tables[0].cells.height == 3


@pytest.mark.parametrize(
    ("name", "column", "heading"),
    [
        ("van_dong_giam_sat", "kien_nghi", "Tổng số"),
        ("thanh_toan", "giao_dich", "Tổng số"),
        ("dan_cu", "so_dinh_danh", "CCCD của chủ hộ"),
        ("ho_so_tthc", "so_dinh_danh", "CCCD"),
        ("thanh_toan", "giao_dich", "Tổng số giao dịch (nghìn)"),
        ("ho_gia_dinh", "nhan_khau", "Số nhân khẩu (nghìn người)"),
        ("to_cong_nghe_so", "luot_nguoi", "Lượt người (%)"),
    ],
)
def test_takes_no_heading_that_may_mean_something_else(name: str, column: str, heading: str) -> None:
    doc = with_heading(name, column, heading)
    assert column not in (doc.tables[0].letters if doc.tables else {})
    label = DATASETS[name][column].label
    assert any(problem.code == "tep.thieu_cot" and label in problem.message for problem in doc.problems)


@pytest.mark.parametrize("group", ["Cha", "Thông tin chủ hộ", "Người giám hộ", "Kỳ trước", "Ngày cấp"])
def test_a_column_about_somebody_or_some_time_else_is_not_taken(group: str) -> None:
    heads = [["STT", *labels("nguoi_dung_dau")[:-1], group], [*["" for _ in range(6)], "Gương mẫu"]]
    doc = read(
        heads[0], [heads[1], *([n, *row] for n, row in enumerate(records(DATASETS["nguoi_dung_dau"], 2), 1))]
    )
    taken = doc.tables[0].letters if doc.tables else {}
    assert ("guong_mau" in taken) == (group == "Ngày cấp")


def test_values_are_evidence_for_what_a_heading_means() -> None:
    rows = [
        [f"03808501000{n}", "01/02/2021", *row[1:]] for n, row in enumerate(records(DATASETS["dinh_danh"], 3))
    ]
    doc = read(["Số thẻ", "Ngày cấp thẻ", *labels("dinh_danh")[1:]], rows)
    (missing,) = (problem for problem in doc.problems if problem.code == "tep.thieu_cot")
    assert (missing.column, missing.value) == ("A", "Số thẻ")


def test_names_the_nearest_dataset_and_what_a_strange_table_lacks() -> None:
    heads = ["Địa bàn", "Số người của tổ", "Số lần hướng dẫn", "Lượt người dự"]
    doc = read(heads, records(DATASETS["to_cong_nghe_so"], 4))
    first, *others = doc.problems
    assert (first.code, first.severity) == ("tep.khong_ro_bo_du_lieu", "chan")
    assert "Tổ công nghệ số cộng đồng" in first.message
    proposals = {problem.column: problem.proposal for problem in others if problem.code == "tep.thieu_cot"}
    wanted = dict(zip("ABCD", labels("to_cong_nghe_so"), strict=True))
    assert {
        letter: label in (proposals.get(letter) or "") for letter, label in wanted.items()
    } == dict.fromkeys("ABCD", True)


def test_tells_two_tables_side_by_side() -> None:
    heads = labels("to_cong_nghe_so")
    rows = records(DATASETS["to_cong_nghe_so"], 4)
    doc = read([*heads, "", *heads], [[*one, "", *two] for one, two in zip(rows[:2], rows[2:], strict=True)])
    (problem,) = (problem for problem in doc.problems if problem.severity == "chan")
    assert (problem.code, problem.column) == ("tep.trung_cot", "F")
    assert "đặt cạnh nhau" in problem.message
