from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.config import config_context

from flows.cli.main import main
from flows.collect.submission import Submission
from flows.intake.model import SubmissionPart
from flows.intake.records import clean_submission
from flows.validate.records import RuleDidNotRunError, Verdict, validate
from schemas.contract import Dataset, Rule
from schemas.judgement import CLASHING, REPEATED, judgements_of
from schemas.registry import load
from tests.conftest import lines

CONTRACTS = load()
DATASET = CONTRACTS.datasets["to_cong_nghe_so"]
HEADING = ["STT", "Thôn", "Số thành viên tổ", "Số buổi hướng dẫn", "Số lượt người được hướng dẫn"]


def part(*rows: list[object]) -> SubmissionPart:
    table = [["Tháng 11 năm 2026"], HEADING, *([n, *row] for n, row in enumerate(rows, 1))]
    submission = Submission("2026-11-17T09:30:00+07:00", "van_hoa_xa_hoi", "to.csv", "0" * 64, 1)
    return clean_submission(submission, lines(table).encode(), CONTRACTS).parts[0]


def judge(*parts: SubmissionPart, dataset: Dataset = DATASET) -> Verdict:
    return validate([(one, date(2026, 11, 17)) for one in parts], dataset)


def found(verdict: Verdict) -> list[tuple[object, ...]]:
    return verdict.faults.select("_part", "_row", "column", "code").sort("_part", "_row", "code").rows()


GOOD = ["Thôn Thanh Sơn", 5, 2, 30]


def test_a_good_row_is_good() -> None:
    verdict = judge(part(GOOD))
    assert (found(verdict), verdict.judged["_class"].to_list()) == ([], ["dat"])


@pytest.mark.parametrize(
    ("row", "faults", "row_class"),
    [
        (["Thôn Thanh Sơn", None, 2, 30], [(0, 3, "thanh_vien", "thanh_vien.thieu")], "khong_su_dung"),
        (["Thôn Thanh Sơn", 5, 0, 30], [(0, 3, "luot_nguoi", "luot_nguoi.khong_co_buoi")], "can_bo_sung"),
        (
            ["Thôn Xa", "năm", 0, 30],
            [
                (0, 3, "luot_nguoi", "luot_nguoi.khong_co_buoi"),
                (0, 3, "thanh_vien", "thanh_vien.khong_doc_duoc"),
                (0, 3, "thon", "thon.ngoai_danh_muc"),
            ],
            "khong_su_dung",
        ),
    ],
)
def test_all_faults_of_a_row_are_found_in_one_reading(
    row: list[object], faults: list[tuple[object, ...]], row_class: str
) -> None:
    verdict = judge(part(row))
    assert (found(verdict), verdict.judged["_class"].to_list()) == (faults, [row_class])


def test_a_repeated_row_is_left_out_and_the_first_stays() -> None:
    verdict = judge(part(GOOD, GOOD))
    assert found(verdict) == [(0, 4, "thon", "khoa.trung_y_het")]
    assert verdict.judged["_row"].to_list() == [3]
    assert verdict.repeated.rows() == [(0, 0, 1)]


def test_rows_of_one_key_clash_all_of_them() -> None:
    verdict = judge(part(GOOD, ["Thanh Sơn", 6, 2, 30]))
    assert found(verdict) == [(0, 3, "thon", "khoa.trung"), (0, 4, "thon", "khoa.trung")]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from([*range(3), None, "Xa"]), st.integers(5, 6)), min_size=1))
def test_the_rules_of_the_key_say_of_near_rows_what_they_say_of_all(rows: list[tuple[object, int]]) -> None:
    places = ["Thôn Thanh Sơn", "Thôn Vải", "Thanh Sơn"]
    named = [[places[at] if isinstance(at, int) else at, members, 2, 30] for at, members in rows]
    one = part(*named)
    rules = {rule.code: rule.fails_when for rule in judgements_of(DATASET)}
    frame = one.frame.with_columns(_part=pl.lit(0, pl.UInt32))
    again = frame.filter(rules[REPEATED])
    clashing = frame.filter(~rules[REPEATED]).filter(rules[CLASHING])
    expected = sorted(
        [(row, REPEATED) for row in again["_row"]] + [(row, CLASHING) for row in clashing["_row"]]
    )
    faults = judge(one).faults.filter(pl.col("code").is_in([REPEATED, CLASHING]))
    assert sorted(faults.select("_row", "code").rows()) == expected


def test_hand_ins_do_not_clash_with_one_another() -> None:
    assert found(judge(part(GOOD), part(GOOD))) == []


def test_cells_are_tallied_by_dimension() -> None:
    verdict = judge(part(GOOD, ["Thôn Vải", None, 2, 30]))
    tally = {dimension: counts for _, dimension, *counts in verdict.tally.rows()}
    assert tally == {"dung": [8, 0], "du": [8, 1], "sach": [4, 0]}


def broken(fails_when: pl.Expr) -> Dataset:
    rule = Rule("thon.hong", ("thon",), "dung", "chan", "Hỏng.", fails_when)
    return replace(DATASET, rules=(*DATASET.rules, rule))


@pytest.mark.parametrize(
    "expression",
    [pl.col("khong_co"), pl.col("thon"), pl.lit(value=True).first(), pl.col("thanh_vien").sum() > 0],
    ids=["a column that is not there", "no Boolean", "one value for all rows", "an aggregate"],
)
def test_a_rule_without_a_result_on_every_row_makes_the_run_red(expression: pl.Expr) -> None:
    with pytest.raises(RuleDidNotRunError):
        judge(part(GOOD, ["Thôn Vải", 3, 2, 30]), dataset=broken(expression))


def damaged(change: pl.Expr | str) -> SubmissionPart:
    """A part whose column `thanh_vien` is gone, or is something else."""
    good = part(GOOD, ["Thôn Vải", 3, 2, 30])
    frame = good.frame.drop(change) if isinstance(change, str) else good.frame.with_columns(change)
    return replace(good, frame=frame)


@pytest.mark.parametrize(
    "change",
    ["thanh_vien", pl.lit(None).alias("thanh_vien"), pl.lit("5").alias("thanh_vien")],
    ids=["gone", "null without a type", "of another type"],
)
def test_a_lost_column_makes_the_run_red(change: pl.Expr | str) -> None:
    with pytest.raises(RuleDidNotRunError):
        judge(damaged(change))


def test_a_column_of_nulls_is_judged_and_each_rule_gives_its_result() -> None:
    verdict = judge(damaged(pl.lit(None, pl.Int64).alias("thanh_vien")))
    assert verdict.results.results == len(judgements_of(DATASET)) - 1  # repeated rows are judged before
    assert {row[1]: row[2:] for row in verdict.tally.rows()}["dung"] == (8, 0)


@pytest.mark.parametrize("height", [3, 30_000])
def test_few_and_many_rows_are_judged_alike(height: int) -> None:
    one = part(GOOD, ["Thôn Vải", None, 0, 30], ["Thôn Xa", 3, 2, 30])
    many = replace(
        one, frame=pl.concat([one.frame] * (height // 3)).with_columns(thon=pl.lit(None, pl.String))
    )
    verdict = judge(many)
    assert verdict.faults.filter(code="luot_nguoi.khong_co_buoi").height >= 1
    counts = verdict.faults.group_by("code").len().filter(pl.col("code") == "thanh_vien.thieu")
    assert counts["len"].to_list() == [verdict.judged["thanh_vien"].null_count()]


@pytest.mark.parametrize("height", [2, 20_000])
def test_an_aggregate_is_never_spread_over_the_rows(height: int) -> None:
    one = part(GOOD, ["Thôn Vải", 3, 2, 30])
    frame = pl.concat([one.frame] * (height // 2)).with_columns(luot_nguoi=pl.int_range(height))
    many = replace(one, frame=frame)
    with pytest.raises(RuleDidNotRunError):
        judge(many, dataset=broken(pl.col("thanh_vien").sum() > 0))


@pytest.mark.parametrize("off", [{"validation_enabled": False}, {"validation_depth": "SCHEMA_ONLY"}])
def test_a_pandera_that_looks_at_no_value_makes_the_run_red(off: dict[str, object]) -> None:
    with config_context(**off), pytest.raises(RuleDidNotRunError):
        judge(part(GOOD))


def test_a_rule_that_did_not_run_ends_the_command_with_5(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "to.csv"
    file.write_text(lines([["Tháng 11 năm 2026"], HEADING, [1, *GOOD]]), encoding="utf-8")
    contracts = replace(CONTRACTS, datasets={**CONTRACTS.datasets, DATASET.name: broken(pl.col("khong_co"))})
    monkeypatch.setattr("schemas.registry.load", lambda: contracts)
    monkeypatch.setattr("sys.argv", ["dulieuxa", "check", str(file)])
    monkeypatch.delenv("DULIEUXA_DEBUG", raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 5
    assert "RuleDidNotRunError" in capsys.readouterr().err
