"""Periods that stand side by side on a form become tables of their own; every row is accounted for."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from flows.read import read_file
from flows.read.table import ReadFile
from flows.read.tables.matching import split_period
from schemas.contract import Dataset
from schemas.datasets import load as load_datasets
from schemas.registry import load
from tests.added import add_dataset
from tests.conftest import lines, run_plainly

CONTRACTS = load()
TEAMS = CONTRACTS.datasets["to_cong_nghe_so"]
COLUMNS = ("Số thành viên tổ", "Số buổi hướng dẫn", "Số lượt người được hướng dẫn")
PLACES = ("Thôn Thanh Sơn", "Thôn Vải", "Thôn Hạ")

#: The cells of a record, by period: the numbers of its three columns.
Cells = Mapping[str, Sequence[object]]


def by_month(months: Sequence[str], records: Sequence[Cells]) -> list[list[object]]:
    """The month above its columns."""
    heads: list[list[object]] = [["STT", "Thôn"], [None, None]]
    for month in months:
        heads[0] += [month, None, None]
        heads[1] += COLUMNS
    rows = [[cell for month in months for cell in record.get(month, [None] * 3)] for record in records]
    return [*heads, *([n + 1, PLACES[n], *row] for n, row in enumerate(rows))]


def by_column(months: Sequence[str], records: Sequence[Cells]) -> list[list[object]]:
    """The column above its months."""
    heads: list[list[object]] = [["STT", "Thôn"], [None, None]]
    for column in COLUMNS:
        heads[0] += [column, *[None] * (len(months) - 1)]
        heads[1] += months
    rows = [[record.get(month, [None] * 3)[at] for at in range(3) for month in months] for record in records]
    return [*heads, *([n + 1, PLACES[n], *row] for n, row in enumerate(rows))]


def with_members_once(months: Sequence[str], records: Sequence[Cells]) -> list[list[object]]:
    """The number of members stands once, before the months."""
    heads: list[list[object]] = [["STT", "Thôn", COLUMNS[0]], [None, None, None]]
    for month in months:
        heads[0] += [month, None]
        heads[1] += COLUMNS[1:]
    rows = [
        [5, *(cell for month in months for cell in record.get(month, [None] * 3)[1:])] for record in records
    ]
    return [*heads, *([n + 1, PLACES[n], *row] for n, row in enumerate(rows))]


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook with merged headings in rows 3 and 4: in a form of two levels nothing else shows them."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Biểu"
    for row in rows:
        page.append([*row])
    top = next(at for at, row in enumerate(rows, 1) if row and row[0] == "STT")
    heads = [*rows[top - 1], "end"]
    filled = [at for at, cell in enumerate(heads) if cell is not None]
    for left, right in pairwise(filled):
        if rows[top][left] is None:
            page.merge_cells(start_row=top, end_row=top + 1, start_column=left + 1, end_column=left + 1)
        elif right - left > 1:
            page.merge_cells(start_row=top, end_row=top, start_column=left + 1, end_column=right)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def handed_in(rows: Sequence[Sequence[object]], name: str = "to.xlsx") -> CleanedSubmission:
    data = workbook(rows) if name.endswith("xlsx") else lines(rows).encode()
    return clean_submission(submission(name), data, CONTRACTS)


def submission(name: str) -> Submission:
    return Submission("2026-11-30T09:30:00+07:00", "van_hoa_xa_hoi", name, "0" * 64, 1)


def values(found: CleanedSubmission) -> dict[str, list[tuple[object, ...]]]:
    names = ("thanh_vien", "buoi_huong_dan", "luot_nguoi")
    return {part.period.label: part.frame.select(names).rows() for part in found.parts}


RECORDS: list[Cells] = [
    {"Tháng 9": (5, 1, 20), "Tháng 10": (5, 2, 31)},
    {"Tháng 9": (5, 0, 0), "Tháng 10": (5, 3, 45)},
]
FOUND = {"2026-09": [(5, 1, 20), (5, 0, 0)], "2026-10": [(5, 2, 31), (5, 3, 45)]}
TITLE: list[list[object]] = [["KẾT QUẢ NĂM 2026"], []]


@pytest.mark.parametrize("lay_out", [by_month, by_column, with_members_once])
@pytest.mark.parametrize("name", ["to.xlsx", "to.csv"])
def test_each_month_of_a_form_is_a_part_of_its_own(lay_out, name: str) -> None:
    found = handed_in([*TITLE, *lay_out(("Tháng 9", "Tháng 10"), RECORDS)], name)
    assert values(found) == FOUND
    assert found.problems == ()
    assert found.rows.group_by("role").len().filter(role="ban_ghi")["len"].item() == 4
    assert found.rows["side"].drop_nulls().sort().to_list() == ["tháng 10"] * 2 + ["tháng 9"] * 2


@pytest.mark.parametrize(
    ("title", "months", "labels"),
    [
        ("KẾT QUẢ NĂM 2026", ("T9", "T10"), ["2026-09", "2026-10"]),
        ("BÁO CÁO THÁNG 10 NĂM 2026", ("THÁNG 09", "tháng 10"), ["2026-09", "2026-10"]),
        ("KẾT QUẢ", ("Tháng 9/2026", "Tháng 10/2026"), ["2026-09", "2026-10"]),
        ("KẾT QUẢ", ("Tháng 9", "Tháng 10"), ["2026-09", "2026-10"]),
    ],
)
def test_the_year_stands_in_the_heading_or_the_title_or_is_the_latest(
    title: str, months: tuple[str, str], labels: list[str]
) -> None:
    records = [dict(zip(months, record.values(), strict=True)) for record in RECORDS]
    found = handed_in([[title], [], *by_month(months, records)])
    assert [part.period.label for part in found.parts] == labels
    assert found.problems == ()


def test_numbers_below_the_word_month_are_months() -> None:
    book = openpyxl.Workbook()
    page = book.active
    for row in (
        ["NĂM 2026"],
        ["STT", "Thôn", COLUMNS[0], COLUMNS[1], None, COLUMNS[2]],
        [None, None, None, "Tháng", None, "Tháng"],
        [None, None, None, 9, 10, 9, 10],
        [1, PLACES[0], 5, 1, 2, 20, 31],
    ):
        page.append(row)
    for span in ("A2:A4", "B2:B4", "C2:C4", "D2:E2", "F2:G2", "D3:E3", "F3:G3"):
        page.merge_cells(span)
    out = io.BytesIO()
    book.save(out)
    found = clean_submission(submission("to.xlsx"), out.getvalue(), CONTRACTS)
    assert values(found) == {"2026-09": [(5, 1, 20)], "2026-10": [(5, 2, 31)]}


def test_blank_months_are_told_and_are_no_part() -> None:
    rows = by_month(("Tháng 9", "Tháng 10", "Tháng 11", "Tháng 12"), RECORDS)
    found = handed_in([*TITLE, *rows])
    assert values(found) == FOUND
    assert [(p.code, p.severity) for p in found.problems] == [("tep.ky_trong", "canh_bao")]
    assert "tháng 11, tháng 12" in found.problems[0].message


def test_a_form_with_blank_months_only_is_no_submission() -> None:
    found = handed_in([*TITLE, *by_month(("Tháng 9", "Tháng 10"), [{}, {}])])
    assert found.parts == ()
    assert [problem.code for problem in found.problems] == ["tep.ky_trong"]
    assert (found.rows["role"] == "ban_ghi").sum() == 0


def test_a_month_that_has_not_begun_is_held_and_the_others_count() -> None:
    records: list[Cells] = [{**RECORDS[0], "Tháng 1/2027": (5, 1, 9)}]
    found = handed_in([*TITLE, *by_month(("Tháng 9", "Tháng 10", "Tháng 1/2027"), records)])
    assert [*values(found)] == ["2026-09", "2026-10"]
    assert [problem.code for problem in found.problems] == ["tep.khong_ro_ky"]
    roles = found.rows.filter(pl.col("side").is_not_null()).select("side", "role").rows()
    assert sorted(roles) == [
        ("tháng 1/2027", "ngoai_bang"),
        ("tháng 10", "ban_ghi"),
        ("tháng 9", "ban_ghi"),
    ]


def test_totals_over_the_months_are_not_read() -> None:
    rows = by_month(("Tháng 9", "Tháng 10"), RECORDS)
    rows[0] += ["Cả năm", None]
    rows[1] += COLUMNS[1:]
    for row in rows[2:]:
        row += [99, 999]
    found = handed_in([*TITLE, *rows])
    assert values(found) == FOUND
    assert [problem.code for problem in found.problems] == ["tep.cot_la"] * 2


def test_total_rows_are_compared_month_by_month() -> None:
    total: list[object] = [None, "Tổng cộng", 10, 1, 20, 10, 6, 76]
    found = handed_in([*TITLE, *by_month(("Tháng 9", "Tháng 10"), RECORDS), total])
    assert [(p.code, p.column, p.proposal) for p in found.problems] == [("tep.dong_tong_sai", "G", "5")]


def test_a_month_without_one_of_its_columns_refuses_the_form() -> None:
    rows = [row[:-1] for row in by_month(("Tháng 9", "Tháng 10"), RECORDS)]
    found = handed_in([*TITLE, *rows])
    assert found.parts == ()
    assert [problem.code for problem in found.problems] == ["tep.thieu_cot"]


def read(rows: Sequence[Sequence[object]], dataset: Dataset) -> ReadFile:
    return read_file(workbook(rows), "a.xlsx", {dataset.name: dataset})


def test_a_contract_that_does_not_allow_it_refuses_periods_side_by_side() -> None:
    doc = read([*TITLE, *by_month(("Tháng 9", "Tháng 10"), RECORDS)], replace(TEAMS, wide=()))
    assert doc.tables == ()
    assert {problem.code for problem in doc.problems} == {"tep.trung_cot"}


def test_a_form_of_one_month_is_read_as_before() -> None:
    rows = [["Tháng 10 năm 2026"], [], ["STT", "Thôn", *COLUMNS], [1, PLACES[0], 5, 2, 31]]
    wide, narrow = (read(rows, dataset) for dataset in (TEAMS, replace(TEAMS, wide=())))
    assert wide.problems == narrow.problems == ()
    assert wide.tables[0].cells.equals(narrow.tables[0].cells)
    assert wide.tables[0].side is None


def test_quarters_and_years_may_stand_side_by_side_too() -> None:
    for cadence, heads in (("quy", ("Quý I", "Quý II")), ("nam", ("Năm 2024", "2025"))):
        dataset = replace(TEAMS, cadence=cadence)
        records = [dict(zip(heads, record.values(), strict=True)) for record in RECORDS]
        doc = read([*TITLE, *by_month(heads, records)], dataset)
        assert len(doc.tables) == 2, cadence
    assert [table.side for table in doc.tables] == ["năm 2024", "năm 2025"]


@pytest.mark.parametrize(
    ("heading", "cadence", "split"),
    [
        (("Tháng 1", "Số buổi"), "thang", ("tháng 1", ("Số buổi",))),
        (("Số buổi", "T.1"), "thang", ("tháng 1", ("Số buổi",))),
        (("Số buổi", "Tháng", "01"), "thang", ("tháng 1", ("Số buổi",))),
        (("Số buổi", "Tháng 1 (buổi)"), "thang", ("", ("Số buổi", "Tháng 1 (buổi)"))),
        (("Rác", "Tháng 1 (tấn)"), "thang", ("tháng 1", ("Rác",))),
        (("Tháng 12/2026",), "thang", ("tháng 12/2026", ())),
        (("Quý IV năm 2026",), "quy", ("quý 4/2026", ())),
        (("Tháng 13",), "thang", ("", ("Tháng 13",))),
        (("Trong tháng 1",), "thang", ("", ("Trong tháng 1",))),
        (("Tháng 1",), "quy", ("", ("Tháng 1",))),
    ],
)
def test_a_level_of_a_heading_that_is_a_period(heading, cadence, split) -> None:
    assert split_period(heading, cadence) == split


NUMBERS = st.tuples(st.just(5), st.integers(1, 9), st.integers(1, 99))


@settings(max_examples=40)
@given(
    months=st.lists(st.integers(1, 12), min_size=2, max_size=6, unique=True),
    records=st.lists(st.lists(st.none() | NUMBERS, min_size=6, max_size=6), min_size=1, max_size=3),
    lay_out=st.sampled_from([by_month, by_column]),
)
def test_every_figure_comes_out_under_its_own_month_and_nowhere_else(months, records, lay_out) -> None:
    words = [f"Tháng {month}" for month in months]
    cells = [
        {word: cell for word, cell in zip(words, record, strict=False) if cell is not None}
        for record in records
    ]
    doc = read([*TITLE, *lay_out(words, cells)], TEAMS)
    wanted = {
        word.lower(): [cell.get(word, (None, None, None)) for cell in cells]
        for word in words
        if any(word in cell for cell in cells)
    }
    got = {
        table.side: [
            tuple(None if text is None else int(text) for text in row)
            for row in table.cells.select(f"{name}.typed" for name in TEAMS.wide).iter_rows()
        ]
        for table in doc.tables
    }
    assert got == wanted
    assert (doc.rows["role"] == "ban_ghi").sum() == sum(map(len, wanted.values()))
    told = [problem.code for problem in doc.problems]
    assert told == ["tep.ky_trong"] * (len(wanted) < len(words))


ONE_AMOUNT = """
from schemas.contract import Column, Dataset
from schemas.kinds import SO_LUONG, THON

DATASET = Dataset(
    name="cay_xanh",
    title="Cây xanh theo thôn",
    unit="kinh_te",
    cadence="thang",
    basis="nd09",
    grain="một thôn",
    key=("thon",),
    rows=(1, 100),
    wide=("so_cay",),
    columns=(Column("thon", "Thôn", THON), Column("so_cay", "Số cây trồng mới", SO_LUONG)),
)
"""


def test_months_alone_head_the_only_amount_of_a_dataset(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_dataset(tmp_path / "more", "cay_xanh", ONE_AMOUNT, monkeypatch)
    rows = [
        ["CÂY XANH TRỒNG MỚI NĂM 2026"],
        ["STT", "Thôn", "Tháng 10", "Tháng 11", "Tháng 12"],
        [1, PLACES[0], 7, 8, None],
        [2, PLACES[1], 0, 9, None],
        [None, "Tổng cộng", 7, 17, 0],
    ]
    path = tmp_path / "raw" / "inbox" / "kinh_te" / "cay xanh.csv"
    path.parent.mkdir(parents=True)
    path.write_text(lines(rows), encoding="utf-8")
    outcome = run_plainly(tmp_path, contracts=load())
    told = outcome.submissions.filter(dataset="cay_xanh").sort("period")
    assert told.select("period", "state", "rows_accepted").rows() == [
        ("2026-10", "chap_nhan", 2),
        ("2026-11", "chap_nhan", 2),
    ]
    # Two records of two months each, the title, the headings, the total.
    assert told["rows_seen"].sum() == 4 + 3
    for period, trees in (("2026-10", [7, 0]), ("2026-11", [8, 9])):
        records = pl.read_parquet(outcome.release / "data" / "cay_xanh" / f"ky={period}")
        assert records.sort("_row")["so_cay"].to_list() == trees
    faults = outcome.faults.filter(unit="kinh_te", file="cay xanh.csv")
    assert faults["code"].to_list() == ["tep.ky_trong"]


def test_what_stands_side_by_side_is_a_column_and_no_key() -> None:
    wide = {name: dataset for name, dataset in load_datasets().items() if dataset.wide}
    assert [*wide] == ["to_cong_nghe_so"]
    for dataset in wide.values():
        names = {column.name for column in dataset.columns}
        assert {*dataset.wide} <= names - {*dataset.key}
