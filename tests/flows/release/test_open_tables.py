"""No group of an open table is smaller than declared, and every record is shown or counted."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.release.open_tables import OpenTable, count_alike, make_open_table
from schemas.contract import Column, Dataset
from schemas.datasets import load
from schemas.open_tables import HIDDEN, UNIT, shown, steps_of, subject_of
from schemas.privacy import SMALLEST_GROUP
from schemas.published import open_schema

DATASETS = load()
ABOUT_PEOPLE = [name for name, dataset in DATASETS.items() if not dataset.of_places]
END = date(2026, 11, 30)


def invent(column: Column, dice: Random, rows: int, spread: int) -> pl.Series:
    """Values of a column, as judged; the larger `spread`, the fewer are alike."""
    some = {
        pl.Date: lambda: END - timedelta(dice.randrange(0, 40 * spread)),
        pl.Boolean: lambda: dice.random() < 0.5,
        pl.Int64: lambda: dice.randrange(2 * spread),
        pl.Int32: lambda: 2026 - dice.randrange(spread),
        pl.Float64: lambda: 7.5 * dice.randrange(spread),
    }
    text = (lambda: dice.choice(column.of)) if column.of else lambda: f"T{dice.randrange(spread):02}"
    make = some.get(column.kind.dtype, text)
    blank = 0.0 if column.required else 0.2
    return pl.Series(
        column.name, [None if dice.random() < blank else make() for _ in range(rows)], column.kind.dtype
    )


def invented(dataset: Dataset, seed: int, rows: int, spread: int) -> pl.DataFrame:
    dice = Random(seed)
    return pl.DataFrame([invent(column, dice, rows, spread) for column in dataset.columns])


def made(dataset: Dataset, *parts: pl.DataFrame, smallest: int = SMALLEST_GROUP) -> OpenTable:
    units = (part.with_columns(pl.lit(f"T{at:02}").alias(UNIT)) for at, part in enumerate(parts, 1))
    counted = [count_alike(part, dataset, END) for part in units]
    return make_open_table(counted, dataset, smallest)


@settings(max_examples=40)
@given(
    name=st.sampled_from(ABOUT_PEOPLE),
    seed=st.integers(0, 2**32),
    sizes=st.lists(st.integers(0, 60), min_size=1, max_size=3),
    spread=st.integers(1, 30),
    smallest=st.integers(2, 6),
)
def test_no_group_is_smaller_and_every_record_is_shown_or_counted(
    name: str, seed: int, sizes: list[int], spread: int, smallest: int
) -> None:
    dataset = DATASETS[name]
    parts = [invented(dataset, seed + at, rows, spread) for at, rows in enumerate(sizes)]
    table = made(dataset, *parts, smallest=smallest)
    rows = pl.concat(table.pieces())
    assert table.groups.drop("_rows").is_unique().all()
    alike = rows.group_by(rows.columns).len()["len"]
    assert min(alike, default=smallest) >= smallest
    assert rows.height + table.left_out == sum(sizes)
    assert rows.height == table.rows
    assert rows.equals(rows.sort(rows.columns, nulls_last=False))
    assert rows.filter(pl.all_horizontal(pl.all().eq_missing(HIDDEN))).is_empty()
    open_schema(dataset).validate(rows, lazy=True)
    # In its finest form no value is shown more often than it was handed in.
    finest = pl.concat(made(dataset, *parts, smallest=1).pieces())
    for column in rows.columns:
        handed_in = dict(finest[column].value_counts().iter_rows())
        shown_now = dict(rows[column].value_counts().iter_rows())
        assert all(count <= handed_in[value] for value, count in shown_now.items() if value in handed_in)


def register(*groups: tuple[str, str, int]) -> pl.DataFrame:
    """People in groups of a thôn, a sex and a number, in all else alike."""
    rows = [(thon, sex) for thon, sex, count in groups for _ in range(count)]
    one = invented(DATASETS["dan_cu"], 1, 1, 1)
    every = pl.concat([one] * len(rows))
    return every.with_columns(pl.DataFrame(rows, ["thon", "gioi_tinh"], orient="row").get_columns())


def test_a_group_gets_coarser_as_a_whole_and_a_large_one_stays_as_it_is() -> None:
    people = register(("T01", "Nam", 7), ("T02", "Nam", 3), ("T03", "Nam", 2), ("T03", "Nữ", 4))
    table = made(DATASETS["dan_cu"], people)
    assert table.groups.select("thon", "gioi_tinh", "_rows").rows() == [(HIDDEN, "Nam", 5), ("T01", "Nam", 7)]
    assert table.left_out == 4


def test_values_that_are_put_together_are_one_group() -> None:
    people = register(("T01", "Nữ", 6)).with_columns(quan_he=pl.Series(["Vợ", "Chồng"] * 3))
    table = made(DATASETS["dan_cu"], people)
    assert table.groups.select("thon", "quan_he", "_rows").rows() == [("T01", "Vợ hoặc chồng", 6)]


@pytest.mark.parametrize("name", [name for name in ABOUT_PEOPLE if subject_of(DATASETS[name])])
def test_many_rows_of_few_people_are_not_many_people(name: str) -> None:
    dataset = DATASETS[name]
    subject = str(subject_of(dataset))
    alike = pl.concat([invented(dataset, 3, 1, 1)] * 20)
    of_four, of_five = (
        alike.with_columns(pl.Series(subject, [f"{row % people}" for row in range(20)])) for people in (4, 5)
    )
    blank = alike.with_columns(pl.lit(None, pl.String).alias(subject))
    assert (made(dataset, of_four).rows, made(dataset, of_four).left_out) == (0, 20)
    assert (made(dataset, of_five).rows, made(dataset, of_five).left_out) == (20, 0)
    assert (made(dataset, blank).rows, made(dataset, blank).left_out) == (0, 20)


def test_units_are_put_together_where_each_has_too_few() -> None:
    dataset = DATASETS["phan_anh_ha_tang"]
    alike = pl.concat([invented(dataset, 3, 1, 1)] * 3)
    table = made(dataset, alike, alike)
    assert table.groups[UNIT].to_list() == [HIDDEN]
    assert (table.rows, table.left_out) == (6, 0)


def test_nobody_is_shown_of_a_handful_and_an_empty_period_is_an_empty_table() -> None:
    for name in ABOUT_PEOPLE:
        few = made(DATASETS[name], invented(DATASETS[name], 5, SMALLEST_GROUP - 1, 1))
        assert (few.rows, few.left_out) == (0, SMALLEST_GROUP - 1)
        nobody = made(DATASETS[name], invented(DATASETS[name], 5, 0, 1))
        assert [piece.height for piece in nobody.pieces()] == [0]


@pytest.mark.parametrize("name", sorted(set(DATASETS) - set(ABOUT_PEOPLE)))
def test_a_table_about_places_has_every_row_but_no_handful_of_people(name: str) -> None:
    dataset = DATASETS[name]
    part = invented(dataset, 7, 30, 10)
    table = made(dataset, part)
    rows = pl.concat(table.pieces())
    assert (rows.height, table.left_out) == (30, 0)
    counted = [column for column, forms in shown(dataset).items() if forms[0].how == "dem"]
    assert all((rows[column].drop_nulls() >= SMALLEST_GROUP).all() for column in counted)
    if counted:
        assert rows[counted[0]].null_count() == (part[counted[0]] < SMALLEST_GROUP).sum()
    open_schema(dataset).validate(rows, lazy=True)


def test_all_steps_together_leave_a_column() -> None:
    assert all(steps_of(DATASETS[name]) for name in ABOUT_PEOPLE)
