"""Judges the examples of rules as a submission is judged: every rule's own proof."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from flows.clean import Cleaned, clean_all
from flows.faults.examples import Example, make_examples, make_good_cell
from flows.intake.model import SubmissionPart
from flows.read.table import CellType, ReadTable
from flows.settle.model import LIVE
from flows.validate.across import reconcile
from flows.validate.records import Verdict, validate
from schemas.contract import UNREAD, Dataset, stored_column, typed_column, unread_column
from schemas.periods import latest_ended
from schemas.registry import Contracts

#: The day on which examples are judged.
DAY = date(2026, 11, 17)

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def rows_of(dataset: Dataset, rows: Sequence[Mapping[str, str]]) -> list[dict[str, str | None]]:
    """`rows` complete: where they say nothing, what is good in a required column, else nothing."""
    plain = {c.name: make_good_cell(c) if c.required else None for c in dataset.columns}
    return [plain | {name: typed or None for name, typed in row.items()} for row in rows]


_CLEANED: dict[str, SubmissionPart] = {}

Rows = Sequence[Mapping[str, str]]


def part_of(dataset: Dataset, rows: Rows, contracts: Contracts) -> SubmissionPart:
    """The rows as one submission of `DAY`."""
    return parts_of(dataset, [rows], contracts)[0]


def parts_of(dataset: Dataset, lists: Sequence[Rows], contracts: Contracts) -> list[SubmissionPart]:
    """Each list of rows as one submission of `DAY`, cleaned once: no mutant of a rule changes its reading."""
    keys = [f"{dataset.name} {rows}" for rows in lists]
    new = {key: rows for key, rows in zip(keys, lists, strict=True) if key not in _CLEANED}
    tables = [_table_of(dataset, rows) for rows in new.values()]
    for key, table, cleaned in zip(new, tables, clean_all(tables, dataset, contracts.commune), strict=True):
        _CLEANED[key] = _part_of(dataset, table, cleaned)
    return [_CLEANED[key] for key in keys]


def _table_of(dataset: Dataset, rows: Rows) -> ReadTable:
    full = rows_of(dataset, rows)
    cells: dict[str, pl.Series] = {"_row": pl.Series(range(2, len(full) + 2), dtype=pl.UInt32)}
    for column in dataset.columns:
        typed = [row[column.name] for row in full]
        cells[typed_column(column.name)] = pl.Series(typed, dtype=pl.String)
        cells[stored_column(column.name)] = pl.Series([_stored(text) for text in typed], dtype=pl.UInt8)
    letters = {column.name: chr(ord("A") + at) for at, column in enumerate(dataset.columns)}
    return ReadTable(dataset.name, "Ví dụ", (), pl.DataFrame(cells), letters)


def _part_of(dataset: Dataset, table: ReadTable, cleaned: Cleaned) -> SubmissionPart:
    number = pl.lit(0, pl.UInt16).alias("_table")
    return SubmissionPart(
        dataset.name,
        latest_ended(dataset.cadence, dataset.basis, DAY),
        cleaned.frame.with_columns(number),
        cleaned.changes.with_columns(number),
        (("Ví dụ", table.letters),),
        nil=False,
    )


def _stored(typed: str | None) -> int:
    if typed is None:
        return CellType.TEXT
    if typed.startswith("="):
        return CellType.FORMULA
    if typed.startswith("#"):
        return CellType.ERROR
    return CellType.NUMBER if _NUMBER.fullmatch(typed) else CellType.TEXT


@dataclass(frozen=True, slots=True)
class Trial:
    """All examples of a dataset judged at once: each is two submissions, its good rows and its bad ones."""

    examples: Mapping[str, Example]
    verdict: Verdict

    def unnoticed(self) -> list[str]:
        """Codes whose rule does not tell its example apart: no good row may fail, the last bad one must."""
        failed = self.verdict.faults.select("_part", "_row", "code").group_by("_part", "code").agg("_row")
        rows = {(tep, code): found for tep, code, found in failed.iter_rows()}
        return [
            code
            for at, (code, example) in enumerate(self.examples.items())
            if (2 * at, code) in rows
            or not {None, len(example.bad) + 1} & {*rows.get((2 * at + 1, code), ())}
        ]


def trial(dataset: Dataset, contracts: Contracts, examples: Mapping[str, Example] | None = None) -> Trial:
    """Judge every example of `dataset`, or these examples of it."""
    found = make_examples(dataset) if examples is None else examples
    lists = [(example, rows) for example in found.values() for rows in (example.good, example.bad)]
    cleaned = parts_of(dataset, [rows for _, rows in lists], contracts)
    parts = [
        said_unread(part, example, rows is example.bad)
        for part, (example, rows) in zip(cleaned, lists, strict=True)
    ]
    verdict = validate([(part, DAY) for part in parts], dataset)
    others = {example.other for example in found.values() if example.other}
    for other in sorted(others):
        verdict = _beside(verdict, dataset, contracts.datasets[other], found, contracts)
    return Trial(found, verdict)


def said_unread(part: SubmissionPart, example: Example, bad: bool) -> SubmissionPart:
    """Where a kind reads any text, the cell is said to be unread, since none is typed that is."""
    if not (bad and example.unread):
        return part
    column = example.on[0]
    cell = (
        pl.lit("khong_doc_duoc", UNREAD).alias(unread_column(column)),
        pl.lit(None, part.frame[column].dtype).alias(column),
    )
    return replace(part, frame=part.frame.with_columns(cell))


def _beside(
    verdict: Verdict, dataset: Dataset, other: Dataset, found: Mapping[str, Example], contracts: Contracts
) -> Verdict:
    """`verdict` with what cross rules find: each example beside its own rows, in a period of its own."""
    places = {rule.tied.place for rule in dataset.cross if rule.tied.to == other.name}
    place = next(iter(places))
    mine = [(at, example) for at, example in enumerate(found.values()) if example.other == other.name]
    parts = parts_of(other, [example.beside for _, example in mine], contracts)
    live: list[tuple[str, int, str, str]] = []
    for number, ((at, _), part) in enumerate(zip(mine, parts, strict=True)):
        unit = part.frame[place][0] if place else dataset.unit
        live += [(dataset.name, tep, unit, f"{at}") for tep in (2 * at, 2 * at + 1)]
        live.append((other.name, number, other.unit, f"{at}"))
    both = {dataset.name: verdict, other.name: validate([(part, DAY) for part in parts], other)}
    said = pl.DataFrame(live, schema=LIVE, orient="row")
    return reconcile(both, said, {**contracts.datasets, dataset.name: dataset}).verdicts[dataset.name]
