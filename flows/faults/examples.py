"""Rows that pass a rule and rows that break it, for every code that can stand at a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.contract import Column, Cross, Dataset, Rows, Rule
from schemas.judgement import CLASHING, REPEATED
from schemas.kinds import CO_KHONG, VAN_BAN
from schemas.kinds.base import UNREADABLE, Flaw


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule is about, and rows for it: `good` break it nowhere, of `bad` the last breaks it.

    Rows hold only what matters; `beside` are rows of the dataset `other`. With `unread` nothing that can be
    typed breaks the rule.
    """

    rule: Rule | Cross | Flaw | None
    on: tuple[str, ...]
    good: Rows
    bad: Rows
    other: str | None = None
    beside: Rows = ()
    unread: bool = False


def make_examples(dataset: Dataset) -> dict[str, Example]:
    """The example of every code that can stand at a cell of `dataset`."""
    found = {
        f"{column.name}.{flaw.name}": Example(
            flaw,
            (column.name,),
            ({column.name: make_good_cell(column)},),
            ({column.name: make_good_cell(column)}, {column.name: flaw.bad}),
            unread=flaw is UNREADABLE and column.kind.reads_all,
        )
        for column in dataset.columns
        for flaw in column.kind.flaws(column)
    }
    found |= _of_key(dataset)
    found |= {rule.code: Example(rule, rule.on, rule.good, rule.bad) for rule in dataset.rules}
    return found | {
        rule.code: Example(rule, rule.on, rule.good, rule.bad, rule.tied.to, rule.beside)
        for rule in dataset.cross
    }


def _of_key(dataset: Dataset) -> dict[str, Example]:
    row = {name: make_good_cell(dataset[name]) for name in dataset.key}
    other = next(c for c in dataset.columns if c.name not in dataset.key and c.required)
    changed = {**row, other.name: _another(other)}
    first = {**row, other.name: make_good_cell(other)}
    unlike = {**first, dataset.key[0]: _another(dataset[dataset.key[0]])}
    on = (*dataset.key, other.name)
    return {
        REPEATED: Example(None, on, (first, changed), (first, first)),
        CLASHING: Example(None, on, (first, unlike), (first, changed)),
    }


def make_good_cell(column: Column) -> str:
    """What may be typed in a cell of `column`."""
    if column.kind is CO_KHONG:
        return "Không"
    if column.range is not None:
        return str(int(column.range[0]) + 1)
    return column.example or next(iter(column.of), None) or column.kind.example or "Ví dụ"


def _another(column: Column) -> str:
    """Something else that may be typed there."""
    if column.kind is CO_KHONG:
        return "Có"
    if len(column.of) > 1:
        return column.of[1]
    good = make_good_cell(column)
    return f"{good} khác" if column.kind is VAN_BAN else _ANOTHER.get(column.kind.name) or _next(good)


_ANOTHER: Mapping[str, str] = {
    "thon": "Phố 1",
    "mst": "038090000001",
    "so_thuc": "13",
    "so_tien": "13",
    "ngay": "06/06/2026",
    "ho_ten": "Bùi Văn Hai",
}


def _next(good: str) -> str:
    return good[:-1] + str((int(good[-1]) + 1) % 10)
