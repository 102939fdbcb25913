"""Splits a table in which periods stand side by side into one set of columns per period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.problems import make_problem
from flows.read.sheet import Sheet, index_of
from flows.read.table import Problem
from flows.read.tables.body import Body
from flows.read.tables.heading import Path
from flows.read.tables.layout import Block
from flows.read.tables.matching import Match
from flows.read.tables.routing import Fit


@dataclass(frozen=True, slots=True)
class Side:
    """The columns of one period: its name in words (None if the table is of one period), all its columns.

    `letters` are those of the columns that only this period has.
    """

    words: str | None
    fit: Fit
    letters: frozenset[str]


def split_sides(fit: Fit) -> tuple[Side, ...]:
    """One side per period that the headings name; one without a name if they name none.

    A column that stands once belongs to every side. If a column has headings with and without a period, those
    without are left out: they are totals over the periods.
    """
    words = dict.fromkeys(match.side for pairs in fit.columns.values() for match, _ in pairs if match.side)
    if not words:
        return (Side(None, fit, frozenset()),)
    return tuple(_take_side(fit, each) for each in words)


def _take_side(fit: Fit, words: str) -> Side:
    own = {
        name: mine
        for name, pairs in fit.columns.items()
        if (mine := tuple(pair for pair in pairs if pair[0].side == words))
    }
    shared = {name: pairs for name, pairs in fit.columns.items() if not any(match.side for match, _ in pairs)}
    letters = frozenset(path.letter for pairs in own.values() for _, path in pairs)
    return Side(words, Fit(fit.dataset, shared | own), letters)


def with_content(sheet: Sheet, sides: Sequence[Side], start: int, stop: int) -> Fit:
    """The columns of all sides that have any content in the rows from `start` to `stop`."""
    if sides[0].words is None:
        return sides[0].fit
    filled = [side for side in sides if _count(sheet, side, start, stop).any()]
    columns: dict[str, tuple[tuple[Match, Path], ...]] = {}
    for side in filled or sides[:1]:
        for name, pairs in side.fit.columns.items():
            columns[name] = tuple(dict.fromkeys((*columns.get(name, ()), *pairs)))
    return Fit(sides[0].fit.dataset, columns)


def _count(sheet: Sheet, side: Side, start: int, stop: int) -> npt.NDArray[np.uint32]:
    """For each row, the number of cells with content in the columns that only this side has."""
    return sheet.filled([*map(index_of, side.letters)], start, stop)


def without_other_sides(block: Block, side: Side, sides: Sequence[Side]) -> Block:
    """The headings of a table without those that belong to other sides only."""
    others = frozenset[str]().union(*(each.letters for each in sides)) - side.letters
    return replace(block, paths=tuple(path for path in block.paths if path.letter not in others))


def leave_out_blank(sheet: Sheet, body: Body, sides: Sequence[Side]) -> tuple[list[Side], list[str]]:
    """The sides with content in some record, and the names of those without."""
    if sides[0].words is None:
        return [*sides], []
    stop = body.start + len(body.codes)
    filled, blank = [], []
    for side in sides:
        if _count(sheet, side, body.start, stop)[body.records].any():
            filled.append(side)
        else:
            blank.append(str(side.words))
    return filled, blank


def describe_blank(sheet: Sheet, line: int, fit: Fit, blank: Sequence[str]) -> list[Problem]:
    """A warning that names the periods without content; `line` is the row of the headings."""
    if not blank:
        return []
    message = f"Các cột của {', '.join(blank)} để trống: chưa tính là đã nộp các kỳ đó."
    return [make_problem("tep.ky_trong", message, dataset=fit.dataset.name, sheet=sheet.name, row=line)]


def repeat_rows(rows: pl.DataFrame, records: pl.Series, sides: Sequence[str]) -> pl.DataFrame:
    """`rows` (`ROWS_SCHEMA`) with each of the `records` (a mask) once per side, one side after another."""
    first = pl.when(records).then(pl.lit(sides[0])).otherwise("side")
    more = [rows.filter(records).with_columns(side=pl.lit(side)) for side in sides[1:]]
    return pl.concat([rows.with_columns(side=first), *more])
