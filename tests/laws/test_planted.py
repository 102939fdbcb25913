"""Every fault is found alone, and in every pair within a row and within a column; the clean twin has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations

import polars as pl
import pytest

from flows.faults.examples import make_examples
from flows.intake.model import SubmissionPart
from flows.validate.records import validate
from schemas.contract import Dataset
from schemas.judgement import CLASHING, REPEATED, Judgement, judgements_of
from schemas.kinds import NGAY
from schemas.kinds.base import Flaw
from schemas.kinds.numbers import MISTAKEN_MEASURE
from schemas.kinds.words import BLANK_COLUMN
from schemas.registry import load
from tests.flows.trial import DAY, part_of

CONTRACTS = load()
DATASETS = list(CONTRACTS.datasets.values())
ORDERS = [flaw for flaw in NGAY.own if flaw.beside]
Row = dict[str, str]
Found = set[tuple[str, str]]  # column and code, of the last row of a table


@pytest.fixture(params=DATASETS, ids=lambda dataset: dataset.name)
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return request.param  # type: ignore[no-any-return]


@cache
def planted(name: str) -> dict[str, list[Row]]:
    """By code, the rows in which the last one has the fault: one where the fault needs no other row.

    Flaws of the order of dates, of blank columns and of the size of measures are left out: they concern all
    cells of a column, also those planted in it.
    """
    dataset = CONTRACTS.datasets[name]
    cross = {rule.code for rule in dataset.cross}
    found = {}
    for code, example in make_examples(dataset).items():
        if (
            code not in cross
            and not example.unread
            and example.rule not in (*ORDERS, BLANK_COLUMN, MISTAKEN_MEASURE)
        ):
            rows = [dict(row) for row in example.bad]
            found[code] = rows[-1:] if isinstance(example.rule, Flaw) and not example.rule.beside else rows
    return found


def judged(dataset: Dataset, *rounds: Sequence[list[Row]]) -> list[list[Found]]:
    """The faults of the last row of each table; those of a round are cleaned, and all judged, at once."""
    parts = [part for tables in rounds for part in _cleaned(dataset, tables)]
    faults = validate([(part, DAY) for part in parts], dataset).faults
    last = pl.Series([part.frame["_row"][-1] for part in parts], dtype=pl.UInt32)
    here = faults.filter(pl.col("_row") == last.gather(faults["_part"]))
    found: list[Found] = [set() for _ in parts]
    for tep, column, code in here.select("_part", "column", "code").iter_rows():
        found[tep].add((column, code))
    each = iter(found)
    return [[next(each) for _ in tables] for tables in rounds]


def _cleaned(dataset: Dataset, tables: Sequence[list[Row]]) -> Iterator[SubmissionPart]:
    whole = part_of(dataset, [row for rows in tables for row in rows], CONTRACTS)
    at = 0
    for rows in tables:
        yield replace(whole, frame=whole.frame.slice(at, len(rows)))
        at += len(rows)


@cache
def rules_of(name: str) -> tuple[Judgement, ...]:
    return judgements_of(CONTRACTS.datasets[name])


def cell_of(dataset: Dataset) -> dict[str, str]:
    return {rule.code: rule.column for rule in rules_of(dataset.name)}


@cache
def alone(name: str) -> dict[str, Found]:
    codes = planted(name)
    return dict(zip(codes, *judged(CONTRACTS.datasets[name], list(codes.values())), strict=True))


def spans(dataset: Dataset, one: Iterable[str], two: Iterable[str]) -> set[str]:
    """Codes whose rule sees columns of both: what they say of the row is not what they say of either."""
    return {rule.code for rule in rules_of(dataset.name) if {*rule.on} & {*one} and {*rule.on} & {*two}}


def grouped(dataset: Dataset, one: list[Row], two: list[Row]) -> set[str]:
    """Codes that the other rows of one may have brought, of rules that see what the last row changed."""
    changed = {*two[-1]} if len(one) > 1 else {*one[-1]} if len(two) > 1 else set()
    return {rule.code for rule in rules_of(dataset.name) if {*rule.on} & changed}


def test_the_clean_twin_has_no_fault(dataset: Dataset) -> None:
    assert judged(dataset, [[{}]]) == [[set()]]


def test_each_fault_alone_is_found_at_its_cell(dataset: Dataset) -> None:
    cells = cell_of(dataset)
    assert [code for code, found in alone(dataset.name).items() if (cells[code], code) not in found] == []


@pytest.mark.slow
def test_each_pair_within_a_row_is_found_and_nothing_else(dataset: Dataset) -> None:
    codes, single, cells = planted(dataset.name), alone(dataset.name), cell_of(dataset)
    touched = {rule.code: {*rule.on, *codes.get(rule.code, [{}])[-1]} for rule in rules_of(dataset.name)}
    pairs = [
        (one, two)
        for one, two in combinations(codes, 2)
        # A row that repeats another is left out: nothing more is said of it.
        if REPEATED not in (one, two)
        and not touched[one] & touched[two]
        and 1 in (len(codes[one]), len(codes[two]))
    ]
    tables = [together(codes[one], codes[two]) for one, two in pairs]
    missed, surplus = [], []
    for (one, two), found in zip(pairs, *judged(dataset, tables), strict=True):
        missed += [(one, two, code) for code in (one, two) if (cells[code], code) not in found]
        tied = spans(dataset, codes[one][-1], codes[two][-1]) | grouped(dataset, codes[one], codes[two])
        surplus += [
            (one, two, code)
            for _, code in found ^ (single[one] | single[two])
            if code not in tied | {CLASHING, REPEATED}
        ]
    assert (missed, surplus) == ([], [])
    assert len(pairs) > 100


def together(one: list[Row], two: list[Row]) -> list[Row]:
    longer, other = (one, two) if len(one) >= len(two) else (two, one)
    return [*longer[:-1], {**longer[-1], **other[-1]}]


@pytest.mark.slow
def test_each_pair_within_a_column_is_found_and_nothing_else(dataset: Dataset) -> None:
    codes, single, cells = planted(dataset.name), alone(dataset.name), cell_of(dataset)
    lone = [code for code, rows in codes.items() if len(rows) == 1]
    rounds = _apart(lone, cells)
    assert any(rounds)
    tables = [[[codes[code][0]] for pair in pairs for code in pair] for pairs in rounds]
    expected = [[single[code] for pair in pairs for code in pair] for pairs in rounds]
    assert judged(dataset, *tables) == expected


def _apart(codes: list[str], cells: dict[str, str]) -> list[list[tuple[str, str]]]:
    """Every two codes of a column, in rounds in which each column has one pair."""
    by_column: dict[str, list[str]] = {}
    for code in codes:
        by_column.setdefault(cells[code], []).append(code)
    queues = [list(combinations(mine, 2)) for mine in by_column.values()]
    return [[queue[at] for queue in queues if at < len(queue)] for at in range(max(map(len, queues)))]


def test_at_least_60_kinds_of_fault_are_planted() -> None:
    codes = {(dataset.name, code) for dataset in DATASETS for code in planted(dataset.name)}
    assert len({code for _, code in codes}) > 300
