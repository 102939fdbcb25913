"""The list of planted faults against what a run finds: each at its cell, and none besides."""

import csv
from collections import Counter
from datetime import datetime
from unicodedata import normalize

import openpyxl
import polars as pl
import pytest

from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from flows.read.table import Problem
from flows.root import HERE
from flows.sample.planted import PLANS
from flows.sample.planted.truth import COLUMNS
from flows.settle.periods import settle_submissions
from schemas import registry
from tests.flows.sample.conftest import Written

# Found by later stages, from several files at once.
ELSEWHERE = ("giao_nop.", "tep.nop_lai_y_het")


def all_cleaned(of: Written) -> list[CleanedSubmission]:
    contracts = registry.load()
    found = []
    for path in of.files:
        received = datetime.fromtimestamp(path.stat().st_mtime, HERE).isoformat()
        submission = Submission(received, path.parent.name, normalize("NFC", path.name), "0" * 64, 1)
        if "(nop lai)" not in path.name:
            found.append(clean_submission(submission, path.read_bytes(), contracts))
    return found


def _cell(problem: Problem) -> str:
    return f"{problem.column}{problem.row}" if problem.column else ""


def found_in(of: Written) -> Counter[tuple[str, ...]]:
    """Unit, file, cell and code of every fault that reading and judging the files gives."""
    contracts = registry.load()
    read = all_cleaned(of)
    found = [(d.submission.unit, d.submission.file, _cell(p), p.code) for d in read for p in d.problems]
    judged = settle_submissions(read, [], contracts).faults.filter(
        ~pl.any_horizontal(map(pl.col("code").str.starts_with, ("tep.", "giao_nop.")))
    )
    of_records = judged.select("unit", "file", pl.col("cell").fill_null(""), "code")
    return Counter([*found, *of_records.iter_rows()])


@pytest.mark.slow
def test_a_run_finds_just_what_was_planted(faulty: Written) -> None:
    planted = Counter(
        (line["unit"], line["file"], line["cell"], line["code"])
        for line in faulty.truth
        if not line["code"].startswith(ELSEWHERE)
    )
    assert found_in(faulty) == planted


@pytest.mark.slow
def test_a_run_finds_nothing_in_the_clean_commune(clean: Written) -> None:
    assert found_in(clean) == Counter()
    assert clean.truth == []
    assert clean.summary.planted == 0


def test_the_list_is_sorted_and_complete(faulty: Written) -> None:
    with (faulty.root / "truth.csv").open(encoding="utf-8", newline="") as lines:
        heading, *rows = csv.reader(lines)
    assert tuple(heading) == COLUMNS
    assert rows == sorted(rows)
    assert len(rows) == faulty.summary.planted > 150


@pytest.mark.parametrize("name", sorted(PLANS))
def test_faults_are_planted_in_every_dataset(name: str, faulty: Written) -> None:
    assert name in {line["dataset"] for line in faulty.truth}


@pytest.mark.parametrize(
    "code",
    [
        "tep.khong_mo_duoc",
        "tep.khong_phai_bang_tinh",
        "tep.khong_ro_bo_du_lieu",
        "tep.sai_don_vi",
        "tep.khong_ro_ky",
        "tep.khac_ky",
        "tep.khong_co_dong",
        "tep.thieu_cot",
        "tep.cot_la",
        "tep.trung_cot",
        "tep.dong_tong_sai",
        "tep.nop_lai_y_het",
        "giao_nop.chua_co",
        "giao_nop.tre_han",
    ],
)
def test_faults_of_whole_files_are_planted(code: str, faulty: Written) -> None:
    assert code in {line["code"] for line in faulty.truth}


@pytest.mark.parametrize("name", sorted(PLANS))
def test_every_rule_of_a_dataset_is_broken_somewhere(name: str, faulty: Written) -> None:
    dataset = registry.load().datasets[name]
    rules = {rule.code for rule in (*dataset.rules, *dataset.cross)}
    assert rules <= {line["code"] for line in faulty.truth if line["dataset"] == name}


def test_listed_cells_are_where_other_programs_see_them(faulty: Written) -> None:
    line = next(x for x in faulty.truth if x["code"] == "so_dinh_danh.la_cmnd" and x["dataset"] == "dan_cu")
    book = openpyxl.load_workbook(faulty.file(line["unit"], line["file"]))
    assert book[line["sheet"]][line["cell"]].value == "171234567"
