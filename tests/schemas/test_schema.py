from __future__ import annotations

import subprocess
import sys
from datetime import date

import pandera.polars as pa
import polars as pl
import pytest

from schemas import pandera_schema, prepare
from schemas.contract import DIMENSIONS, SEVERITIES, Dataset, Rule, typed_column, unread_column
from schemas.datasets import load
from schemas.judgement import judgements_of
from schemas.periods import period
from schemas.schema import REPEATS

DATASETS = load()
each_dataset = pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda dataset: dataset.name)

PLACES = {
    "thon": ["T01", "T01", "T02", "T03"],
    "thanh_vien": [5, 5, None, 3],
    "buoi_huong_dan": [2, 2, 2, 0],
    "luot_nguoi": [30, 30, 30, 7],
}


def found(frame: pl.DataFrame, name: str = "to_cong_nghe_so", **options: object) -> list[tuple[object, ...]]:
    with pytest.raises(pa.errors.SchemaErrors) as raised:
        pandera_schema(name).validate(frame, lazy=True, **options)
    return raised.value.failure_cases.sort("index", "check").select("index", "column", "check").rows()


FAULTS = [
    (1, "thon", "khoa.trung_y_het"),
    (2, "thanh_vien", "thanh_vien.thieu"),
    (3, "luot_nguoi", "luot_nguoi.khong_co_buoi"),
]


def test_a_frame_of_nothing_but_the_contract_s_columns_is_judged() -> None:
    assert found(pl.DataFrame(PLACES)) == FAULTS


def test_a_good_frame_comes_back_as_it_was() -> None:
    frame = pl.DataFrame(PLACES).head(1)
    assert pandera_schema("to_cong_nghe_so").validate(frame, lazy=True).equals(frame)


def test_a_repeated_row_is_not_counted_by_other_rules() -> None:
    frame = pl.DataFrame(PLACES)[[0, 1, 3]]
    assert found(frame) == [FAULTS[0], (2, *FAULTS[2][1:])]
    clashing = frame.with_columns(thon=pl.lit("T01"), luot_nguoi=pl.lit(0, pl.Int64))
    assert found(clashing) == [(0, "thon", "khoa.trung"), FAULTS[0], (2, "thon", "khoa.trung")]


def test_some_rows_alone_may_be_judged() -> None:
    # Which rows these are in its index Pandera does not say.
    assert {code for *_, code in found(pl.DataFrame(PLACES), head=3)} == {code for *_, code in FAULTS[:2]}


def test_a_lazy_frame_is_refused() -> None:
    with pytest.raises(TypeError, match="LazyFrame"):
        pandera_schema("to_cong_nghe_so").validate(pl.LazyFrame(PLACES))  # type: ignore[arg-type]


def test_a_column_that_is_lost_or_of_another_type_is_told_and_the_others_are_judged() -> None:
    lost = found(pl.DataFrame(PLACES).drop("thanh_vien"))
    assert (None, "to_cong_nghe_so", "column_in_dataframe") in lost
    assert FAULTS[2] in lost
    changed = found(pl.DataFrame(PLACES).with_columns(pl.col("thanh_vien").cast(pl.String)))
    assert (None, "thanh_vien", "dtype('Int64')") in changed
    assert FAULTS[2] in changed


def test_a_rule_that_gives_no_result_on_each_row_is_told() -> None:
    of_all = Rule("thon.hong", ("thon",), "dung", "chan", "Hỏng.", pl.col("thanh_vien").sum() > 0)
    dataset = DATASETS["to_cong_nghe_so"]
    broken = Dataset(**{name: getattr(dataset, name) for name in dataset.__slots__} | {"rules": (of_all,)})
    with pytest.raises(pa.errors.SchemaErrors) as raised:
        pandera_schema(broken).validate(pl.DataFrame(PLACES).head(1).vstack(pl.DataFrame(PLACES)), lazy=True)
    cases = raised.value.failure_cases.filter(check="thon.hong")
    assert cases.select("index").rows() == [(None,)]


@each_dataset
def test_each_rule_is_a_named_check_that_says_what_is_wrong(dataset: Dataset) -> None:
    schema = pandera_schema(dataset.name)
    assert list(schema.columns) == [column.name for column in dataset.columns]
    checks = {check.name: check for column in schema.columns.values() for check in column.checks}
    assert list(checks) == [
        each.code
        for column in dataset.columns
        for each in judgements_of(dataset)
        if each.column == column.name
    ]
    for each in judgements_of(dataset):
        assert checks[each.code].title == each.says
        assert checks[each.code].statistics == {"dimension": each.dimension, "severity": each.severity}
        assert (each.dimension in DIMENSIONS, each.severity in SEVERITIES) == (True, True)
    assert not any(column.coerce for column in schema.columns.values())


def test_what_is_absent_is_filled_in_and_what_is_there_stays() -> None:
    frame = pl.DataFrame(PLACES).with_columns(_part=pl.Series([0, 1, 0, 0]))
    filled = prepare(frame, "to_cong_nghe_so")
    assert filled.select(frame.columns).equals(frame)
    assert filled[unread_column("thanh_vien")].to_list() == [None, None, "thieu", None]
    assert filled[typed_column("thanh_vien")].to_list() == ["5", "5", None, "3"]
    assert filled[REPEATS].to_list() == [False] * 4  # the like row is of another submission
    assert prepare(filled, "to_cong_nghe_so").equals(filled)


def test_the_day_and_the_period_are_told_or_today_s() -> None:
    complaints = DATASETS["ho_so_tthc"]
    frame = pl.DataFrame(schema={column.name: column.kind.dtype for column in complaints.columns}).clear(1)
    days = ["_judged_on", "_period_start", "_period_end"]
    day = date(2026, 11, 17)
    told = prepare(frame, complaints, judged_on=day)
    assert told.select(days).row(0) == (day, date(2026, 10, 15), date(2026, 11, 14))
    october = period(complaints, "2026-10")
    told = prepare(frame, complaints, judged_on=day, period=october)
    assert told.select(days).row(0) == (day, october.start, october.end)
    assert prepare(frame, complaints)["_judged_on"].to_list() == [date.today()]


def test_pandera_is_imported_once_it_is_asked_for() -> None:
    said = (
        "import sys, schemas, schemas.registry; assert 'pandera' not in sys.modules; schemas.pandera_schema"
    )
    subprocess.run([sys.executable, "-c", said], check=True)
