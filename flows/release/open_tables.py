"""Makes the open tables: rows in the finest forms in which enough are alike; the others are only counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import polars as pl

from flows.release.parquet import describe, write_parquet
from flows.release.proof import prove
from flows.settle.model import ROWS_AT_ONCE, JudgedPart
from schemas.contract import Column, Dataset, OpenForm
from schemas.open_tables import (
    HIDDEN,
    LEFT_OUT,
    UNIT,
    coarser,
    labels_of,
    open_columns,
    open_grain,
    shown,
    steps_of,
    subject_of,
)
from schemas.periods import Period
from schemas.privacy import SMALLEST_GROUP
from schemas.published import open_schema
from schemas.registry import Contracts

# How many rows are alike.
_ROWS = "_rows"
# Whom a row is about; whether a group has enough people.
_WHO, _ENOUGH = "_who", "_enough"


@dataclass(frozen=True, slots=True)
class OpenTable:
    """The open table of one dataset and period: its `groups` of equal rows, and the rows that are left out.

    `groups` has the table's columns and `_rows`, the number of rows of each, in the order of the columns.
    """

    groups: pl.DataFrame
    left_out: int

    @property
    def rows(self) -> int:
        """The number of rows that are shown."""
        return int(self.groups[_ROWS].sum())

    def pieces(self) -> Iterator[pl.DataFrame]:
        """The rows, in pieces of at most `ROWS_AT_ONCE`; at least one piece."""
        shown_rows = self.groups.drop(_ROWS)
        at = pl.int_range(self.groups.height, dtype=pl.UInt32, eager=True).repeat_by(self.groups[_ROWS])
        every = at.explode(empty_as_null=False)
        yield shown_rows[every[:ROWS_AT_ONCE]]
        for start in range(ROWS_AT_ONCE, len(every), ROWS_AT_ONCE):
            yield shown_rows[every[start : start + ROWS_AT_ONCE]]


class OpenTables:
    """Gathers the accepted records of a period, and writes the open table of each of its datasets."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self._taken = {name: [*_list_taken(dataset)] for name, dataset in contracts.datasets.items()}
        self._waiting: dict[tuple[str, Period], list[pl.DataFrame]] = {}
        self._counted: dict[tuple[str, Period], list[pl.DataFrame]] = {}

    def add(self, one: JudgedPart, rows: pl.DataFrame) -> None:
        """Take accepted records of one part, with the contract's columns."""
        about = (one.dataset, one.period)
        waiting = self._waiting.setdefault(about, [])
        unit = pl.repeat(one.submission.unit, rows.height, dtype=pl.String, eager=True).alias(UNIT)
        waiting.append(pl.DataFrame([*(rows[name] for name in self._taken[one.dataset]), unit]))
        if sum(each.height for each in waiting) >= ROWS_AT_ONCE:
            self._count(about)

    def _count(self, about: tuple[str, Period]) -> None:
        name, period = about
        waiting = self._waiting.pop(about, [])
        if waiting:
            alike = count_alike(pl.concat(waiting), self._contracts.datasets[name], period.end)
            self._counted.setdefault(about, []).append(alike)

    def write(self, folder: Path) -> Iterator[Path]:
        """Write every table to `folder`/open/<dataset>/ky=<period>/data.parquet; yields the paths.

        Raises:
            NotAsDeclaredError: a table is not as declared.
        """
        for about in list(self._waiting):
            self._count(about)
        for (name, period), parts in self._counted.items():
            dataset = self._contracts.datasets[name]
            table = make_open_table(parts, dataset)
            prove(table.groups.drop(_ROWS), open_schema(dataset, self._contracts.commune))
            path = folder / "open" / name / f"ky={period.label}" / "data.parquet"
            title = f"{dataset.title}, bảng mở: {open_grain(dataset)}"
            said, told = describe(open_columns(dataset)), {LEFT_OUT: f"{table.left_out}"}
            write_parquet(path, table.pieces(), title, said, says=told)
            yield path


def _list_taken(dataset: Dataset) -> Iterator[str]:
    """The columns of the contract that are needed."""
    yield from (name for name in shown(dataset) if name != UNIT)
    if subject := subject_of(dataset):
        yield subject


def count_alike(rows: pl.DataFrame, dataset: Dataset, end: date) -> pl.DataFrame:
    """Groups of equal rows in the finest forms, with `_rows`; dates and bands are still numbers.

    Where one person may have several rows, a group is about one person, `_who`.

    Args:
        rows: Accepted records, with the contract's columns and `_unit`.
        dataset: Their dataset.
        end: The last day of their period.
    """
    values = [
        pl.col(UNIT) if name == UNIT else _number(dataset[name], forms[0], end)
        for name, forms in shown(dataset).items()
    ]
    subject = subject_of(dataset)
    who = [pl.col(subject).alias(_WHO)] if subject else []
    return rows.lazy().select(*values, *who).group_by(pl.all()).agg(pl.len().alias(_ROWS)).collect()


def _number(column: Column, form: OpenForm, end: date) -> pl.Expr:
    """The value in a form, as the number of its band, month or year where it has one."""
    value = pl.col(column.name)
    match form.how:
        case "tuoi":
            return _band(end.year - value.dt.year(), form.cuts).alias(column.name)
        case "khoang":
            return _band(value, form.cuts).alias(column.name)
        case "thang":
            return value.dt.year() * 100 + value.dt.month()
        case "nam":
            return value.dt.year()
        case "dem":
            return pl.when(value >= SMALLEST_GROUP).then(value)
        case _:
            return value


def _band(value: pl.Expr, cuts: Sequence[int]) -> pl.Expr:
    return reduce(add, ((value >= cut).cast(pl.UInt8) for cut in cuts))


def make_open_table(
    parts: Sequence[pl.DataFrame], dataset: Dataset, smallest: int = SMALLEST_GROUP
) -> OpenTable:
    """The open table of a dataset and period; no group of one about people has fewer than `smallest` people.

    `parts` are what `count_alike` found in each part of the period: at least one.
    """
    names = [*shown(dataset)]
    by = [*names, _WHO] if subject_of(dataset) else names
    texts = [_text(dataset, name, forms[0]) for name, forms in shown(dataset).items()]
    # Several values may have one text.
    groups = _add_up(_add_up(pl.concat(parts), by).with_columns(texts), by)
    if dataset.of_places:
        return OpenTable(_in_order(groups, dataset), 0)
    # Without `_who` each row is about somebody else, and there is one line for each group.
    people = pl.col(_WHO).n_unique().over(names) if _WHO in by else pl.col(_ROWS)
    found: list[pl.DataFrame] = []
    level = dict.fromkeys(names, 0)
    for name in (None, *steps_of(dataset)):
        if name is not None:
            groups = _add_up(groups.with_columns(_next_form(dataset, name, level[name])), by)
            level[name] += 1
        groups = groups.with_columns((people >= smallest).alias(_ENOUGH))
        found.append(groups.filter(_ENOUGH))
        groups = groups.filter(~pl.col(_ENOUGH))
    return OpenTable(_in_order(_add_up(pl.concat(found), names), dataset), int(groups[_ROWS].sum()))


def _add_up(groups: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    return groups.group_by(by).agg(pl.col(_ROWS).sum())


def _text(dataset: Dataset, name: str, form: OpenForm) -> pl.Expr:
    """What stands in the table for what `count_alike` counted."""
    value = pl.col(name)
    match form.how:
        case "thang":
            return pl.format("{}-{}", value // 100, (value % 100).cast(pl.String).str.zfill(2)).alias(name)
        case "nam":
            return value.cast(pl.String)
    if dataset.of_places or name == UNIT:
        return value
    labels = labels_of(form, dataset[name])
    return value.cast(pl.String) if labels is None else _replace(value, labels)


def _replace(value: pl.Expr, labels: Mapping[Any, str]) -> pl.Expr:
    return value.replace_strict([*labels], [*labels.values()], default=None, return_dtype=pl.String)


def _next_form(dataset: Dataset, name: str, level: int) -> pl.Expr:
    """The column in the form after number `level`; after the last one nothing is shown."""
    forms = shown(dataset)[name]
    if level + 1 == len(forms):
        return pl.lit(HIDDEN).alias(name)
    texts = coarser(forms[level], forms[level + 1], dataset[name])
    return pl.col(name).str.slice(0, 4) if texts is None else _replace(pl.col(name), texts)


def _in_order(groups: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """The groups sorted by all columns: the order of a file would tell who stands where."""
    types = {name: column.dtype for name, column in open_columns(dataset).items()}
    return groups.cast(types).sort(*types, nulls_last=False)  # type: ignore[arg-type]
