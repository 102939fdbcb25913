"""Each check of a dataset's Pandera schema finds alone what the pipeline finds with all rules together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.faults.examples import make_examples, make_good_cell
from flows.intake.model import SubmissionPart
from flows.validate.records import stack, validate
from schemas import pandera_schema, prepare
from schemas.contract import Dataset, unread_column
from schemas.judgement import CLASHING, REPEATED, judgements_of
from schemas.registry import load
from tests.flows.trial import DAY, part_of, parts_of, said_unread

CONTRACTS = load()
DATASETS = list(CONTRACTS.datasets.values())
Row = dict[str, str]
Found = list[tuple[int, int, str]]  # part, row of the sheet, code

each_dataset = pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)


def by_pipeline(parts: Sequence[SubmissionPart], dataset: Dataset) -> Found:
    faults = validate([(part, DAY) for part in parts], dataset).faults
    return sorted(faults.select("_part", "_row", "code").rows())


def by_checks(frame: pl.DataFrame, dataset: Dataset) -> Found:
    """What Pandera finds in `frame`, which has the pipeline's `_part` and `_row` beside."""
    try:
        pandera_schema(dataset).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        where = frame.select("_part", "_row")[cases["index"]]
        return sorted(where.hstack([cases["check"]]).rows())
    return []


@pytest.mark.slow
@each_dataset
def test_every_planted_fault_is_found_alone_as_in_the_pipeline(dataset: Dataset) -> None:
    examples = [each for each in make_examples(dataset).values() if not each.other]
    lists = [(each, rows) for each in examples for rows in (each.good, each.bad)]
    parts = [
        said_unread(part, each, rows is each.bad)
        for part, (each, rows) in zip(
            parts_of(dataset, [rows for _, rows in lists], CONTRACTS), lists, strict=True
        )
    ]
    found = by_pipeline(parts, dataset)
    assert by_checks(stack([(part, DAY) for part in parts]), dataset) == found
    assert {code for *_, code in found} == {rule.code for rule in judgements_of(dataset)}


def typed_in(dataset: Dataset) -> dict[str, list[str]]:
    """What may be typed in each column: good cells, blanks, and what makes a fault anywhere."""
    rows = [row for each in make_examples(dataset).values() for row in (*each.good, *each.bad)]
    texts = {column.name: {"", make_good_cell(column)} for column in dataset.columns}
    for row in rows:
        for name, text in row.items():
            if name in texts:
                texts[name].add(text)
    return {name: sorted(found) for name, found in texts.items()}


def tables(dataset: Dataset) -> st.SearchStrategy[list[list[Row]]]:
    """A few tables of a few rows: rows and keys come again, in one table and in two."""
    cells = {name: st.sampled_from(texts) for name, texts in typed_in(dataset).items()}
    row = st.fixed_dictionaries({}, optional=cells)
    known = st.lists(row, min_size=1, max_size=8)
    return known.flatmap(
        lambda rows: st.lists(st.lists(st.sampled_from(rows), min_size=1, max_size=9), min_size=1, max_size=3)
    )


few_examples = settings(max_examples=2, suppress_health_check=[HealthCheck.too_slow])


@each_dataset
@few_examples
@given(data=st.data())
def test_whatever_was_typed_is_judged_alone_as_in_the_pipeline(dataset: Dataset, data: st.DataObject) -> None:
    parts = parts_of(dataset, data.draw(tables(dataset)), CONTRACTS)
    assert by_checks(stack([(part, DAY) for part in parts]), dataset) == by_pipeline(parts, dataset)


@each_dataset
@few_examples
@given(data=st.data())
def test_values_alone_are_judged_as_in_the_pipeline(dataset: Dataset, data: st.DataObject) -> None:
    """Of a frame with nothing but the contract's columns, where every cell was read or is blank."""
    part = part_of(dataset, [row for rows in data.draw(tables(dataset)) for row in rows], CONTRACTS)
    unread = [pl.col(unread_column(column.name)).fill_null("thieu") for column in dataset.columns]
    frame = part.frame.filter(pl.all_horizontal(each == "thieu" for each in unread))
    values = frame.select(column.name for column in dataset.columns)
    place = frame.select("_row", _part=pl.lit(0))
    judged = prepare(values, dataset, judged_on=DAY).hstack(place.select("_row"))
    assert by_checks(judged, dataset) == by_pipeline([replace(part, frame=frame)], dataset)


def test_random_tables_have_repeated_rows_and_clashing_keys() -> None:
    dataset = CONTRACTS.datasets["dan_cu"]
    seen: set[str] = set()

    @settings(max_examples=10, derandomize=True, database=None)
    @given(tables(dataset))
    def draw(found: list[list[Row]]) -> None:
        parts = parts_of(dataset, found, CONTRACTS)
        seen.update(code for *_, code in by_pipeline(parts, dataset))

    draw()
    assert {REPEATED, CLASHING} <= seen
    assert len(seen) > 20
