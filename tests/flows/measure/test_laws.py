"""What holds for every indicator, whatever the submissions."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.contract import Column, Dataset
from tests.flows.measure.commune import COMMUNE, DATASETS, INDICATORS, measured, rows, the_period

CLASSES = ("dat", "dat", "dat", "can_bo_sung", "khong_su_dung")
PARTS = {
    ("thanh_toan", "giao_dich_kdtm"): "giao_dich",
    ("thanh_toan", "gia_tri_kdtm"): "gia_tri",
    ("moi_truong", "rac_thu_gom"): "rac_phat_sinh",
    ("van_dong_giam_sat", "kien_nghi_xong"): "kien_nghi",
    ("kinh_te_so", "kinh_te_so"): "grdp",
}


def cell(dataset: Dataset, column: Column, number: int, seed: int) -> object:
    """A value fit for the column, the same for the same arguments."""
    turn = Random(f"{dataset.name} {column.name} {number} {seed}").randrange(10_000)
    named = {"so_dinh_danh": f"{number}", "nam": 2025, "thon": COMMUNE.thon[turn % 3].code}
    by_type = {
        pl.String: column.of[(turn // 2) % min(2, len(column.of))] if column.of else f"{turn}",
        pl.Date: date(1950 + turn % 76, 1 + turn % 12, 1 + turn % 28),
        pl.Boolean: turn % 2 == 0,
        pl.Int64: turn % 50,
        pl.Int32: turn % 50,
        pl.Float64: turn / 8,
    }
    if not column.required and turn % 3 == 0:
        return None
    return named.get(column.name, by_type[column.kind.dtype])


def records(dataset: Dataset, count: int, seed: int) -> list[dict[str, object]]:
    made = []
    for number in range(count):
        record = {column.name: cell(dataset, column, number, seed) for column in dataset.columns}
        for (name, part), whole in PARTS.items():
            if name == dataset.name and record[whole] is not None and record[part] is not None:
                record[part], record[whole] = sorted((record[part], record[whole]))
        made.append({**record, "_class": CLASSES[(number * 31 + seed) % len(CLASSES)]})
    return made


def commune(seed: int, count: int, silent: set[tuple[str, str]]) -> dict[str, pl.DataFrame]:
    judged = {}
    for dataset in DATASETS.values():
        parts = [
            rows(dataset.name, *records(dataset, count + place, seed + place), unit=unit.name)
            for place, unit in enumerate(COMMUNE.owing(dataset))
            if (dataset.name, unit.name) not in silent
        ]
        if parts:
            judged[dataset.name] = pl.concat(parts)
    return judged


SUBMISSIONS_ = [(dataset.name, unit.name) for dataset in DATASETS.values() for unit in COMMUNE.owing(dataset)]
communes = st.builds(
    commune,
    seed=st.integers(0, 999),
    count=st.integers(0, 60),
    silent=st.sets(st.sampled_from(SUBMISSIONS_), max_size=6),
)
few = settings(max_examples=6, deadline=None, derandomize=True, database=None)


@few
@given(judged=communes)
def test_shares_lie_between_nought_and_one_and_values_between_their_bounds(judged):
    table = measured(judged)
    counts = [name for name, each in INDICATORS.items() if each.mau_so is None]
    shares = table.filter(~pl.col("indicator").is_in(counts))
    for column in ("value", "low", "high", "completeness", "quarantined_share"):
        assert shares[column].drop_nulls().is_between(0, 1).all()
    assert table.filter((pl.col("low") > pl.col("value")) | (pl.col("value") > pl.col("high"))).is_empty()


@few
@given(judged=communes)
def test_a_value_is_its_numerator_over_its_denominator(judged):
    told = measured(judged).filter(pl.col("value").is_not_null() & pl.col("mau_so").is_not_null())
    assert (told["value"] == told["tu_so"] / told["mau_so"]).all()


@few
@given(judged=communes)
def test_no_verdict_without_hand_ins_and_a_word_wherever_a_value_is_missing(judged):
    table = measured(judged)
    assert set(table.filter(completeness=0.0)["status"]) <= {"chua_du_can_cu", "khong_co_muc_tieu"}
    assert table.filter(pl.col("value").is_null() & pl.col("reason").is_null()).is_empty()


@few
@given(judged=communes)
def test_every_figure_is_there_once(judged):
    table = measured(judged)
    assert set(table["indicator"]) == set(INDICATORS)
    assert not table.select("indicator", "period", "by", "key").is_duplicated().any()
    for name, each in INDICATORS.items():
        if each.over is not None and "thon" in each.by:
            mine = table.filter((pl.col("indicator") == name) & (pl.col("by") == "thon"))
            assert set(mine["key"]) == {place.code for place in COMMUNE.thon}


PLACED = [name for name, each in INDICATORS.items() if "thon" in each.by and each.over is not None]


@pytest.mark.parametrize("indicator", PLACED)
def test_the_thon_add_up_to_the_commune(indicator):
    judged = commune(seed=3, count=120, silent=set())
    known = judged["dan_cu"].filter(pl.col("_class") != "khong_su_dung")["so_dinh_danh"].implode()
    judged["dinh_danh"] = judged["dinh_danh"].filter(pl.col("so_dinh_danh").is_in(known))
    table = measured(judged).filter(indicator=indicator, period=the_period(INDICATORS[indicator].over.name))
    thon, xa = table.filter(by="thon"), table.filter(by="xa")
    assert thon["tu_so"].null_count() == 0, "nothing is suppressed here"
    assert thon["tu_so"].sum() == pytest.approx(xa["tu_so"].item())


def test_reports_of_units_and_thon_add_up_to_the_commune():
    table = measured(commune(seed=5, count=9, silent={("dan_cu", "cong_an")})).filter(
        indicator="bao_cao_dung_han"
    )
    for _, period in table.group_by("period"):
        parts = period.filter(pl.col("by") != "xa")
        assert parts.select("tu_so", "mau_so").sum().row(0) == period.filter(by="xa").select(
            "tu_so", "mau_so"
        ).row(0)


@few
@given(judged=communes)
def test_small_groups_of_people_are_never_told_by_thon(judged):
    table = measured(judged)
    of_people = [name for name, each in INDICATORS.items() if each.of_persons]
    by_thon = table.filter((pl.col("by") == "thon") & pl.col("indicator").is_in(of_people))
    assert by_thon.filter(pl.col("mau_so") < 5).is_empty()


@pytest.mark.parametrize("seed", range(8))
def test_the_order_in_which_rows_are_added_up_changes_no_figure(seed):
    judged = {name: amounts(frame) for name, frame in commune(seed, 40, set()).items()}
    mixed = {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in judged.items()}
    assert measured(judged).equals(measured(mixed))


def amounts(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with amounts whose sum hangs, in its last digit, on the order of adding."""
    tenths = [pl.col(name) / 10 for name, dtype in frame.schema.items() if dtype == pl.Float64]
    return frame.with_columns(tenths)
