from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from flows.audit.auditor import Audit, start_auditor
from flows.audit.facts import AuditCase
from flows.audit.pages import read_results
from flows.audit.results import list_warnings
from flows.engine.plain import PlainRunner
from flows.errors import AuditRefusedError
from flows.rebuild import find_differences
from flows.release.manifest import AUDIT, read_hashes, read_manifest
from flows.root import Root
from schemas.own_suites import list_columns
from schemas.registry import Contracts, load
from schemas.tables import TABLES
from tests.conftest import TODAY, Day, run_plainly

README = Path(__file__).parents[3] / "README.md"
CONTRACTS = load()
Ask = Callable[[AuditCase], Audit]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    with start_auditor() as auditing:
        yield lambda case: auditing.begin(case)()


@pytest.fixture
def staged(clean: Day, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clean.release, tmp_path / "staged"))


def expecting(suites: Mapping[str, list[Any]]) -> Contracts:
    return CONTRACTS.with_expectations(
        {
            f"{table}.json": json.dumps({"name": table, "expectations": each}).encode()
            for table, each in suites.items()
        }
    )


def expect(kind: str, severity: str = "critical", says: str | None = None, **kwargs: Any) -> dict[str, Any]:
    return {"type": kind, "kwargs": kwargs, "severity": severity, "description": says}


def test_the_example_of_the_readme_is_met_by_a_good_release(staged: Path, ask: Ask) -> None:
    name, example = re.findall(
        r"`schemas/expectations/(\w+\.json)`.*?```json\n(.*?)```",
        README.read_text(encoding="utf-8"),
        re.DOTALL,
    )[0]
    contracts = CONTRACTS.with_expectations({name: example.encode()})
    found = ask(AuditCase(staged, None, contracts, TODAY))
    assert (found.faults, len(contracts.suites[0].expectations) > 1) == ((), True)
    (own,) = (one for one in read_results(staged / AUDIT) if one.name.startswith("rieng_"))
    assert len(own.checks) == len(contracts.suites[0].expectations)


def test_a_failure_blocks_or_is_told_by_its_severity(staged: Path, ask: Ask) -> None:
    own = {
        "roll_call": [
            expect("expect_table_row_count_to_equal", says="Chỉ một dòng.", value=1),
            expect("expect_column_values_to_be_null", "warning", column="due"),
            expect("expect_column_values_to_be_between", "info", column="due", max_value="2020-01-01"),
            expect("expect_column_values_to_be_between", column="due", min_value="2020-01-01"),
        ],
        "dan_cu": [
            expect(
                "expect_compound_columns_to_be_unique", column_list=["ky", "_unit", "_file", "_sheet", "_row"]
            ),
            expect("expect_column_values_to_be_in_set", column="ky", value_set=["1999-01"]),
        ],
    }
    of = pl.read_parquet(staged / "data" / "dan_cu").height
    audit = ask(AuditCase(staged, None, expecting(own), TODAY))
    assert sorted(audit.faults) == [
        f"Riêng của xã: Dân cư: expect_column_values_to_be_in_set ở cột ky (sai ở {of} trên {of} dòng).",
        "Riêng của xã: Điểm danh: Chỉ một dòng.",
    ]
    rows = pl.read_parquet(staged / "roll_call.parquet").height
    assert list(list_warnings(read_results(staged / AUDIT))) == [
        f"Riêng của xã: Điểm danh: {kind} ở cột due (sai ở {rows} trên {rows} dòng)."
        for kind in ("expect_column_values_to_be_null", "expect_column_values_to_be_between")
    ]


# Expectations that Great Expectations would answer with the values of cells, or that it can't run.
TELLING = [
    expect("expect_column_values_to_be_in_set", column="message", value_set=["x"]),
    expect("expect_column_values_to_be_between", column="message", min_value=2),
    expect("expect_column_distinct_values_to_be_in_set", column="message", value_set=["x"]),
    expect("expect_column_distinct_values_to_equal_set", column="message", value_set=["x"]),
    expect("expect_column_most_common_value_to_be_in_set", column="message", value_set=["x"]),
    expect("expect_column_max_to_be_between", column="row", max_value=1),
    expect("expect_column_max_to_be_between", column="message", max_value=1),
    expect("expect_column_median_to_be_between", column="row", max_value=1),
    expect("expect_column_mean_to_be_between", column="message", max_value=1),
    expect(
        "expect_column_quantile_values_to_be_between",
        column="row",
        quantile_ranges={"quantiles": [0.5], "value_ranges": [[0, 1]]},
    ),
    expect(
        "expect_column_kl_divergence_to_be_less_than",
        column="message",
        threshold=0.1,
        partition_object={"values": ["x"], "weights": [1]},
    ),
    expect("expect_column_pair_values_to_be_equal", column_A="message", column_B="row"),
    expect("expect_column_values_to_match_like_pattern", column="message", like_pattern="x"),
    expect("expect_column_values_to_be_dateutil_parseable", column="message"),
    expect("expect_column_unique_value_count_to_be_between", column="message", max_value=0),
    expect("expect_column_proportion_of_non_null_values_to_be_between", column="unit", max_value=0.5),
    expect("expect_table_columns_to_match_set", column_set=["unit"]),
    expect("expect_table_column_count_to_equal", value=1),
    expect("unexpected_rows_expectation", unexpected_rows_query="SELECT * FROM {batch}"),
]
CANARY, NUMBER = "CHIMHOANGYEN", 424_242


def test_no_file_of_an_audit_shows_a_value_or_an_english_word(staged: Path, ask: Ask) -> None:
    faults = TABLES["faults"].schema
    row = {
        "unit": CANARY,
        "code": CANARY,
        "dimension": CANARY,
        "severity": CANARY,
        "message": CANARY,
        "row": NUMBER,
        "issue": CANARY,
    }
    pl.DataFrame([row, row], schema_overrides=faults).match_to_schema(
        faults, missing_columns="insert"
    ).write_parquet(staged / "faults.parquet")
    (staged / "roll_call.parquet").unlink()
    TABLES["roll_call"].conform(pl.DataFrame({"unit": [CANARY], "state": [CANARY]})).write_parquet(
        staged / "roll_call.parquet"
    )
    contracts = expecting({"faults": [each | {"description": None} for each in TELLING]})
    audit = ask(AuditCase(staged, None, contracts, TODAY))
    results = read_results(staged / AUDIT)
    (own,) = (one for one in results if one.name == "rieng_faults")
    assert [each["expectation_config"]["type"] for each in own.checks if each["success"]] == []
    assert len(own.checks) == len(TELLING)
    shown = {path.name: path.read_text(encoding="utf-8") for path in (staged / AUDIT).rglob("*.*")}
    for text in (*shown.values(), *audit.faults):
        assert CANARY not in text
        assert f"{NUMBER}" not in text
        assert "Traceback" not in text
    known = {
        "faults",
        *(
            column
            for table in (*TABLES, *CONTRACTS.datasets)
            for column in list_columns(table, CONTRACTS.datasets)
        ),
    }
    for one in results:
        known |= {one.name} | {each["expectation_config"]["type"] for each in one.checks}
        known |= {
            str(value) for each in one.checks for value in each["expectation_config"]["kwargs"].values()
        }
    for name in (name for name in shown if name.endswith(".html")):
        assert list(find_english(shown[name], known)) == [], name


def find_english(page: str, known: set[str]) -> Iterator[str]:
    """Texts of a page in ASCII letters that are no known names and no names of programs."""
    for text in re.findall(r">([^<>]+)<", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)):
        words = html.unescape(" ".join(text.split()))
        left = re.sub(r"Great Expectations|JSON|\d{8}-[0-9a-f]{8}|[\d-]+T[\d:]+Z|[\d.]+% sai", "", words)
        if re.search("[A-Za-z]", left) and left.isascii() and left not in known:
            yield words


def test_english_would_be_found() -> None:
    assert list(find_english("<p>Success Percent</p><td>due</td><b>Kết quả</b>", {"due"})) == [
        "Success Percent"
    ]


def test_what_only_great_expectations_knows_is_refused_with_file_and_place(staged: Path, ask: Ask) -> None:
    own = {
        "roll_call": [
            expect("expect_column_values_to_be_between", column="due"),
            expect("expect_column_values_to_be_between", "info", column="due", max=3, min_value=1),
            expect("expect_column_values_to_be_in_set", column="state", value_set="dung_han"),
            expect("expect_column_values_to_be_between", "warning", column="state", max_value=3),
            expect(
                "expect_column_values_to_match_like_pattern",
                says="giống mẫu",
                column="state",
                like_pattern="x",
            ),
        ]
    }
    audit = ask(AuditCase(staged, None, expecting(own), TODAY))
    file = "schemas/expectations/roll_call.json, "
    said = sorted(audit.faults)
    for at, kind, about in (
        (1, "expect_column_values_to_be_between", "cannot both be None"),
        (2, "expect_column_values_to_be_between", "max trong “kwargs”"),
        (3, "expect_column_values_to_be_in_set", "value_set trong “kwargs”"),
    ):
        assert said[at].startswith(f"{file}phép kiểm thứ {at} ({kind}): Great Expectations không nhận")
        assert about in said[at]
    assert said[0].startswith(f"{file}Riêng của xã: Điểm danh: giống mẫu (expect_column_values_to_match_like")
    assert len(said) == 4
    (told,) = list_warnings(read_results(staged / AUDIT))
    assert "không chạy được" in told


def test_each_result_is_beside_its_page_in_the_format_of_great_expectations(clean: Day) -> None:
    hashes = read_hashes(read_manifest(clean.release))
    results = read_results(clean.release / AUDIT)
    assert len(results) >= 8
    for one in results:
        assert {f"{AUDIT}/validations/{one.name}.{end}" for end in ("html", "json")} <= {*hashes}
        assert {*one.json} == {
            "success",
            "suite_name",
            "suite_parameters",
            "statistics",
            "results",
            "meta",
            "id",
        }
        assert one.json["statistics"]["evaluated_expectations"] == len(one.checks)
        assert all(
            {"success", "expectation_config", "result", "exception_info", "meta"} == {*each}
            for each in one.checks
        )


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root after a day with a file, and two without."""
    root = tmp_path_factory.mktemp("quiet")
    rows = [f"{day:02}/11/2026;VNPT;Việc {day};Mới;" for day in range(1, 9)]
    inbox = root / "raw" / "inbox" / "T01"
    inbox.mkdir(parents=True)
    head = ["Tháng 11 năm 2026", "Ngày phản ánh;Nhà mạng;Nội dung;Trạng thái;Ngày giải quyết"]
    (inbox / "phan anh 11-2026.csv").write_text("\n".join([*head, *rows]), encoding="utf-8")
    own = root / "schemas" / "expectations"
    own.mkdir(parents=True)
    for table in ("phan_anh_ha_tang", "issues"):
        (own / f"{table}.json").write_text(
            json.dumps(
                {"name": table, "expectations": [expect("expect_table_row_count_to_equal", "info", value=7)]}
            )
        )
    return root


@pytest.mark.slow
def test_on_a_quiet_day_only_small_tables_are_audited(quiet: Path) -> None:
    first, second, third = (run_plainly(quiet, as_of=TODAY.replace(day=day)) for day in (24, 25, 26))
    fresh = {"diem_danh", "chi_tieu", "loi", "rieng_issues"}
    for day in (second, third):
        by_name = {one.name: one for one in read_results(day.release / AUDIT)}
        assert {name for name, one in by_name.items() if one.taken_from is None} == fresh
        assert {one.taken_from for one in by_name.values()} == {None, first.release.name}
        for name, one in by_name.items():
            page = (day.release / AUDIT / "validations" / f"{name}.html").read_text(encoding="utf-8")
            assert page.count(first.release.name) == (name not in fresh)
            assert (
                one.json["meta"]["validation_time"][:10]
                == f"2026-11-{24 if name not in fresh else day.release.name[6:8]}"
            )
        assert f"(theo bản {first.release.name})" in " ".join(day.warned)
        assert len(day.warned) == 2
    # The same day again has nothing to audit; built from nothing, it has the same bytes.
    assert run_plainly(quiet, as_of=TODAY.replace(day=26)).release == third.release
    assert find_differences(Root(quiet), CONTRACTS, third.release, PlainRunner(Console(quiet=True))) == []


@pytest.mark.slow
def test_other_expectations_audit_the_whole_release_again(quiet: Path) -> None:
    run_plainly(quiet, as_of=TODAY.replace(day=27))
    own = quiet / "schemas" / "expectations" / "phan_anh_ha_tang.json"
    own.write_text(
        json.dumps({"name": "a", "expectations": [expect("expect_table_row_count_to_equal", value=7)]})
    )
    with pytest.raises(
        AuditRefusedError, match="Riêng của xã: Phản ánh hạ tầng viễn thông: expect_table_row"
    ):
        run_plainly(quiet, as_of=TODAY.replace(day=28))
    own.unlink()
    day = run_plainly(quiet, as_of=TODAY.replace(day=28))
    assert {one.taken_from for one in read_results(day.release / AUDIT)} == {None}
