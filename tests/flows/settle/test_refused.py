"""A table that lacks a column: its other columns are judged at once, and nothing of it counts."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import polars as pl
import pytest

from flows.collect.submission import Submission
from flows.intake.records import clean_submission
from flows.settle.model import Settled
from flows.settle.periods import settle_submissions
from schemas.registry import load
from tests.conftest import lines
from tests.flows.read.forms import records

CONTRACTS = load()
TITLE = [["Tháng 10 năm 2026"]]


def table(name: str, *, lacks: Sequence[str] = (), wrong: str | None = None) -> list[list[object]]:
    """Headings and three records of a dataset, without the columns `lacks`; one cell of `wrong` is bad."""
    columns = CONTRACTS.datasets[name].columns
    rows = [
        dict(zip((c.name for c in columns), row, strict=True)) for row in records(CONTRACTS.datasets[name], 3)
    ]
    for row, hamlet in zip(rows, ("Thôn Thanh Sơn", "Thôn Vải", "Thôn Hạ"), strict=True):
        row["thon"] = hamlet
    if wrong:
        rows[1][wrong] = "??"
    kept = [column for column in columns if column.name not in lacks]
    return [[c.label.replace(" > ", " ") for c in kept], *([row[c.name] for c in kept] for row in rows)]


def settle(unit: str, *files: Sequence[Sequence[object]]) -> Settled:
    cleaned = []
    for hour, rows in enumerate(files, 8):
        data = lines([*TITLE, *rows]).encode()
        one = Submission(
            f"2026-11-02T{hour:02}:00:00+07:00", unit, f"{hour}.csv", sha256(data).hexdigest(), len(data)
        )
        cleaned.append(clean_submission(one, data, CONTRACTS))
    return settle_submissions(cleaned, [], CONTRACTS)


def codes(settled: Settled) -> list[str]:
    return sorted(settled.faults.filter(pl.col("severity") == "chan")["code"].to_list())


def test_the_faults_of_the_other_columns_are_told_in_the_same_round() -> None:
    settled = settle("kinh_te", table("thanh_toan", lacks=["loai"], wrong="gia_tri"))
    whole = codes(settle("kinh_te", table("thanh_toan", wrong="gia_tri")))
    assert "gia_tri.khong_doc_duoc" in whole
    assert codes(settled) == sorted(["tep.thieu_cot", *whole])
    assert settled.faults.filter(code="gia_tri.khong_doc_duoc")["cell"].to_list() == ["E4"]


def test_nothing_of_it_counts() -> None:
    settled = settle("kinh_te", table("thanh_toan", lacks=["loai"]))
    assert settled.in_effect == {}
    assert settled.list_parts().is_empty()
    assert settled.tallies.is_empty()
    assert settled.counted.is_empty()
    counts = ("dataset", "state", "rows_seen", "rows_left_out", "rows_accepted", "rows_quarantined")
    assert settled.submissions.select(counts).rows() == [("thanh_toan", "tu_choi", 5, 5, 0, 0)]


@pytest.mark.parametrize("lacks", [["don_vi"], ["thon"], ["don_vi", "thon"]])
def test_a_rule_that_asks_a_column_that_is_not_there_is_silent(lacks: list[str]) -> None:
    rows = table("thanh_toan", lacks=lacks)
    settled = settle("kinh_te", [*rows, rows[-1]])
    assert not [code for code in settled.faults["code"] if code.startswith("khoa.")]
    assert not [code for code in settled.faults["code"] if code.partition(".")[0] in lacks]


def test_a_column_that_comes_twice_is_not_read_and_the_others_are_judged() -> None:
    rows = table("to_cong_nghe_so", wrong="thanh_vien")
    twice = [[*rows[0], "Lượt người"], *([*row, 5] for row in rows[1:])]
    assert {"tep.trung_cot", "thanh_vien.khong_doc_duoc"} <= {*codes(settle("van_hoa_xa_hoi", twice))}
    assert not [code for code in codes(settle("van_hoa_xa_hoi", twice)) if code.startswith("luot_nguoi.")]


def test_a_good_file_after_it_closes_all_its_faults() -> None:
    bad = table("thanh_toan", lacks=["loai"], wrong="gia_tri")
    good = table("thanh_toan")
    assert codes(settle("kinh_te", bad, good)) == codes(settle("kinh_te", good))
    assert "tep.thieu_cot" in codes(settle("kinh_te", good, bad))


def test_a_good_table_above_it_is_taken() -> None:
    incomplete = table("to_cong_nghe_so", lacks=["luot_nguoi"], wrong="thanh_vien")
    settled = settle("van_hoa_xa_hoi", [*table("to_cong_nghe_so"), [], *TITLE, *incomplete])
    assert {"tep.thieu_cot", "thanh_vien.khong_doc_duoc"} <= {*codes(settled)}
    assert [one.records for one in settled.in_effect.values()] == [3]
    assert sorted(settled.submissions["state"]) == ["mot_phan", "tu_choi"]
    assert settled.submissions["rows_seen"].sum() == 11


PDF = b"%PDF-1.4 x"
WORDS = "Tháng 10 năm 2026\nMất sóng cả thôn\nĐứt cáp\nYếu sóng\n".encode()
GOOD = {name: lines([*TITLE, *table(name)]).encode() for name in ("thanh_toan", "moi_truong")}


@pytest.mark.parametrize(
    ("refused", "data", "later", "unit", "gone", "told"),
    [
        ("a.pdf", PDF, "b.csv", "kinh_te", False, True),
        ("a.csv", WORDS, "b.csv", "kinh_te", False, True),
        ("a.csv", WORDS, "a.csv", "kinh_te", False, False),
        ("a.pdf", PDF, "A.csv", "kinh_te", False, False),
        ("sau/a.pdf", PDF, "a.csv", "kinh_te", False, True),
        ("a.pdf", PDF, "a.csv", "van_phong", False, True),
        ("a.pdf", PDF, "b.csv", "kinh_te", True, False),
    ],
)
def test_a_file_of_which_nobody_knows_what_it_is_is_told_until_it_is_replaced_or_withdrawn(
    refused: str, data: bytes, later: str, unit: str, gone: bool, told: bool
) -> None:
    given = [
        ("kinh_te", refused, data),
        (unit, later, GOOD["thanh_toan"]),
        (unit, "c.csv", GOOD["moi_truong"]),
    ]
    cleaned = []
    for hour, (who, name, content) in enumerate(given, 8):
        received = f"2026-11-02T{hour:02}:00:00+07:00"
        left = received if gone and name == refused else None
        one = Submission(received, who, name, sha256(content).hexdigest(), len(content), gone=left)
        cleaned.append(clean_submission(one, content, CONTRACTS))
    faults = settle_submissions(cleaned, [], CONTRACTS).faults
    of_it = faults.filter(unit="kinh_te", submission=sha256(data).hexdigest(), severity="chan")
    assert bool(of_it.height) == told
