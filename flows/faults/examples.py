"""Makes example rows for each fault code of a cell: rows that pass its rule and rows that break it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.contract import Column, Cross, Dataset, Rows, Rule
from schemas.judgement import CLASHING, REPEATED, flaws_of, rules_of
from schemas.kinds import CO_KHONG, NGAY, VAN_BAN
from schemas.kinds.base import UNREADABLE, Flaw
from schemas.kinds.words import BLANK_COLUMN, TICKS


@dataclass(frozen=True, slots=True)
class Example:
    """Example rows for one fault code; a row has only the columns that matter.

    Attributes:
        rule: The rule; None for the rules about keys.
        on: The columns that the rule looks at.
        good: Rows that all pass.
        bad: Rows of which the last one fails; the others are what it fails beside.
        other: For a cross rule, the other dataset.
        beside: Example rows of `other`.
        unread: Whether no typed text can break the rule, so that `bad` is not an example to show.
    """

    rule: Rule | Cross | Flaw | None
    on: tuple[str, ...]
    good: Rows
    bad: Rows
    other: str | None = None
    beside: Rows = ()
    unread: bool = False


def make_examples(dataset: Dataset) -> dict[str, Example]:
    """One example per fault code of a cell of `dataset`, by code."""
    examples = {
        f"{column.name}.{flaw.name}": Example(
            flaw,
            (column.name,),
            ({column.name: make_good_cell(column)},),
            _make_bad_rows(flaw, column, dataset),
            unread=flaw is UNREADABLE and column.kind.reads_all,
        )
        for column in dataset.columns
        for flaw in flaws_of(column, dataset)
    }
    examples |= _make_key_examples(dataset)
    examples |= {rule.code: Example(rule, rule.on, rule.good, rule.bad) for rule in rules_of(dataset)}
    return examples | {
        rule.code: Example(rule, rule.on, rule.good, rule.bad, rule.tied.to, rule.beside)
        for rule in dataset.cross
    }


def _make_bad_rows(flaw: Flaw, column: Column, dataset: Dataset) -> Rows:
    if flaw is BLANK_COLUMN:
        ticked = next(c for c in dataset.columns if c.kind is CO_KHONG and c is not column)
        return ({column.name: flaw.bad, ticked.name: TICKS[0]},)
    return tuple({column.name: cell} for cell in (*(flaw.beside or [make_good_cell(column)]), flaw.bad))


def _make_key_examples(dataset: Dataset) -> dict[str, Example]:
    row = {name: make_good_cell(dataset[name]) for name in dataset.key}
    other = next(c for c in dataset.columns if c.name not in dataset.key and c.required)
    changed = {**row, other.name: _make_other_cell(other)}
    first = {**row, other.name: make_good_cell(other)}
    unlike = {**first, dataset.key[0]: _make_other_cell(dataset[dataset.key[0]])}
    on = (*dataset.key, other.name)
    return {
        REPEATED: Example(None, on, (first, unlike), (first, first)),
        CLASHING: Example(None, on, (first, unlike), (first, changed)),
    }


def make_good_cell(column: Column) -> str:
    """A text that a clerk may type in a cell of `column` without fault."""
    if column.kind is CO_KHONG:
        return "Không"
    if column.range is not None:
        return str(int(column.range[0]) + 1)
    return column.example or next(iter(column.of), None) or column.kind.example or "Ví dụ"


def _make_other_cell(column: Column) -> str:
    """Another text without fault, different from `make_good_cell`."""
    if column.kind is CO_KHONG:
        return "Có"
    if len(column.of) > 1:
        return column.of[1]
    good = make_good_cell(column)
    if column.kind is NGAY:
        # The day after: a day of another period would be a fault of its own.
        return (datetime.strptime(good, _DAY) + timedelta(days=1)).strftime(_DAY)
    return (
        f"{good} khác"
        if column.kind is VAN_BAN
        else _OTHER_CELLS.get(column.kind.name) or _change_last_digit(good)
    )


_DAY = "%d/%m/%Y"
_OTHER_CELLS: Mapping[str, str] = {
    "thon": "Phố 1",
    "mst": "038090000001",
    "so_thuc": "13",
    "so_tien": "13",
    "ho_ten": "Bùi Văn Hai",
}


def _change_last_digit(good: str) -> str:
    return good[:-1] + str((int(good[-1]) + 1) % 10)
