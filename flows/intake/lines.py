"""Weighs the lines between the records of a table: they may name another unit or another period."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias, TypeVar

import numpy as np
import polars as pl

from flows.clean.text import toneless
from flows.collect.submission import Submission
from flows.intake.other_time import read_line_meaning, read_meaning, says_this_time
from flows.intake.owner import describe_other_owner, describe_unit, find_named
from flows.intake.period import (
    decide_period,
    describe_disagreement,
    describe_labels,
    find_answer,
    name_periods,
)
from flows.read.sheet import Mask
from flows.read.table import Line, Problem, ReadTable
from schemas.contract import Cadence, Dataset
from schemas.kinds import NAM
from schemas.periods import Period, of_year, period, read_alone, read_numbers, read_period
from schemas.units import Commune, Unit

#: A part of a table, and its period or why it is held.
Piece: TypeAlias = tuple[ReadTable, Period | Problem]
_Said = TypeVar("_Said")

_NUMERAL = re.compile(r"^\W*(?:(?:\d{1,2}|[IVX]{1,6}|[A-HĐa-hđ])\s*[.)/:–-]+\s*)?")
_BEFORE_NAME = re.compile(r"^(?:(?:đơn vị|nhà mạng|doanh nghiệp|khu)\s*:?\s+)?(?:thôn |phố )?(.*?)\W*$")
_CADENCES: tuple[Cadence, ...] = ("thang", "quy", "nam")
# What is hardly more than the words themselves.
_FEW_WORDS = 5


@dataclass(frozen=True, slots=True)
class _Case:
    """A table with the period decided for it, and what is known beside it."""

    table: ReadTable
    decided: Period
    submission: Submission
    dataset: Dataset
    commune: Commune
    lettered: bool


@dataclass(frozen=True, slots=True)
class _Other:
    """What a line says the records below it are, other than those of the table: `whose` unit, or a period."""

    says: str
    line: Line
    whose: bool = False


def split_by_lines(
    table: ReadTable,
    decided: Period,
    submission: Submission,
    dataset: Dataset,
    commune: Commune,
    *,
    lettered: bool = False,
) -> list[Piece]:
    """The parts of a table whose period is `decided`: what its lines say of the records below them.

    A line holds until another one says something else. Records below one that names another unit that
    submits the same dataset are held (`tep.khac_don_vi`), as are those below one that names another period,
    or that says that they are planned or cumulated (`tep.khac_ky`). Below a heading of its own, the title
    names the period of its records. What somebody said of the submission is not weighed.

    Args:
        table: The table as read.
        decided: The period that was decided for it.
        submission: Its file, and the day on which it came.
        dataset: The contract of the table.
        commune: Gives the units that submit the dataset, and the first year of the plan.
        lettered: Whether `T9` is the name of a sheet for a month.
    """
    if not table.lines or not table.cells.height:
        return [(table, decided)]
    case = _Case(table, decided, submission, dataset, commune, lettered)
    vouched, answered = submission.vouched is not None, find_answer(submission, dataset) is not None
    owners: list[tuple[int, _Other | bool]] = []
    periods: list[tuple[int, _Other | Period]] = []
    if not vouched:
        owners += _list_said(table.lines, partial(_weigh_owner, case))
    if not answered:
        periods += _list_said(table.lines, partial(_weigh_period, case))
    return [*_cut(case, owners, periods)]


def _list_said(lines: Sequence[Line], weigh: Callable[[Line], _Said | None]) -> Iterator[tuple[int, _Said]]:
    """The row of each line that says something, and what it says."""
    for line in lines:
        said = weigh(line)
        if said is not None:
            yield line.row, said


def _weigh_owner(case: _Case, line: Line) -> _Other | bool | None:
    """The unit that a line names: another one, the sender (True); None if it names none."""
    units = case.commune.owing(case.dataset)
    named = find_named(line.texts, units)
    if not line.sure:
        named = tuple(unit for unit in named if any(_is_just(text, unit) for text in line.texts))
    if not named:
        return None
    if any(unit.name == case.submission.unit for unit in named):
        return True
    return _Other(" hoặc ".join(map(describe_unit, named)), line, whose=True)


def _is_just(text: str, unit: Unit) -> bool:
    """Whether text is the name of a unit and nothing else but a numeral."""
    names = [toneless(_BEFORE_NAME.sub(r"\1", each.lower())) for each in (_NUMERAL.sub("", text), unit.title)]
    return names[0] in (names[1], unit.name.lower())


def _weigh_period(case: _Case, line: Line) -> _Other | Period | None:
    """The period that a line names: that of the table or another one; None if it names none."""
    dataset, decided = case.dataset, case.decided
    if any(column.kind is NAM for column in dataset.columns):
        return None  # each record says its year
    texts = [_NUMERAL.sub("", text) for text in line.texts]
    if not line.sure:
        texts = [text for text in texts if len(text.split()) <= _FEW_WORDS]
    read = read_meaning if line.heads else read_line_meaning
    meant = next(filter(None, (read(text, dataset) for text in texts)), None)
    if meant is not None and meant.of_all:
        return _Other(f"“{' '.join(line.texts)}”, tức là {meant.what}", line)
    labels = name_periods(texts, dataset, int(decided.label[:4]), case.submission.day)
    if labels and (line.sure or any(read_alone(text, dataset.cadence) for text in texts)):
        return _decide_below(case, line) if line.heads else _weigh_labels(case, line, labels)
    return decided if any(map(says_this_time, texts)) else _weigh_other_spans(case, line, texts)


def _weigh_labels(case: _Case, line: Line, labels: frozenset[str]) -> _Other | Period:
    """Whether a section that names periods names that of the table."""
    cadence = case.dataset.cadence
    # The days of the records tell which part of the period a month is.
    near = case.dataset.dated is not None and any(_overlap(cadence, each, case.decided) for each in labels)
    if near or labels == {case.decided.label}:
        return case.decided
    return _Other(describe_labels(labels), line)


def _weigh_other_spans(case: _Case, line: Line, texts: Sequence[str]) -> _Other | Period | None:
    """Whether the month, quarter or year of another cadence that a line names is that of the table."""
    spans = [span for text in texts for span in _read_other_spans(text, case.dataset, case.decided)]
    if not spans:
        return None
    inside = any(_overlap(cadence, label, case.decided) for cadence, label in spans)
    return case.decided if inside else _Other(describe_labels(label for _, label in spans), line)


def _decide_below(case: _Case, line: Line) -> _Other | Period:
    """The period of the records below a heading with a title of its own."""
    table = replace(case.table, title=line.texts, above=(case.table.title,))
    found = decide_period(table, case.submission, case.dataset, case.commune, lettered=case.lettered)
    return found if isinstance(found, Period) else _Other(found.message.partition(".")[0], line)


def _overlap(cadence: Cadence, label: str, decided: Period) -> bool:
    """Whether some day of a calendar period lies in the period `decided`."""
    one = period((cadence, "calendar"), label)
    return one.start <= decided.end and decided.start <= one.end


def _read_other_spans(text: str, dataset: Dataset, decided: Period) -> Iterator[tuple[Cadence, str]]:
    """The month, quarter or year, other than the dataset's periods, that a line names and nothing else."""
    year = int(decided.label[:4])
    for cadence in _CADENCES:
        words = read_alone(text, cadence) if cadence != dataset.cadence else None
        if words is not None:
            named = read_period([words], cadence)
            numbers = [] if named else read_numbers([words], cadence)
            yield from ((cadence, label) for label in named)
            yield from ((cadence, of_year(cadence, number, year)) for number in numbers)


def _cut(
    case: _Case,
    owners: Sequence[tuple[int, _Other | bool]],
    periods: Sequence[tuple[int, _Other | Period]],
) -> Iterator[Piece]:
    """The table in pieces, by what the last lines above its records say."""
    rows = case.table.cells["_row"].to_numpy()
    whose, when = (np.searchsorted([at for at, _ in said], rows, side="left") for said in (owners, periods))
    said_by: dict[tuple[object, ...], tuple[_Other | Period, Mask]] = {}
    for one, other in sorted({*zip(whose.tolist(), when.tolist(), strict=True)}):
        owner = owners[one - 1][1] if one else True
        time = periods[other - 1][1] if other else case.decided
        said = owner if isinstance(owner, _Other) else time
        key = (said.whose, said.says) if isinstance(said, _Other) else (said.label,)
        here = (whose == one) & (when == other)
        first, mask = said_by.get(key, (said, np.zeros(len(rows), np.bool_)))
        said_by[key] = first, mask | here
    if [*said_by] == [(case.decided.label,)]:
        yield case.table, case.decided
        return
    for said, mask in said_by.values():
        piece = _take(case.table, mask)
        yield piece, said if isinstance(said, Period) else _describe(case, said, piece)


def _take(table: ReadTable, mask: Mask) -> ReadTable:
    """The records of a table that are in `mask`; what totals say of all of them is left out."""
    cells = table.cells.filter(pl.Series(mask))
    gone = table.cells.filter(pl.Series(~mask)).select(pl.col("_row").alias("row"))
    changes = table.changes.join(gone, on="row", how="anti", maintain_order="left")
    return replace(table, cells=cells, changes=changes, totals=pl.DataFrame())


def _describe(case: _Case, other: _Other, piece: ReadTable) -> Problem:
    """Why the records of `piece` are held."""
    table, line = case.table, other.line
    first, last = (piece.cells["_row"][at] for at in (0, -1))
    rows = f"dòng {first}" if first == last else f"từ dòng {first} đến dòng {last}"
    below = f"{piece.cells.height} bản ghi ở dưới ({rows}) chưa được tính"
    held = f"dòng {line.row} ghi {other.says}, {below}"
    unit = case.commune.unit(case.submission.unit)
    if other.whose and unit is not None:
        return replace(describe_other_owner(unit, [held], case.dataset, table.sheet), row=line.row)
    of = f"bảng này là của {describe_labels([case.decided.label])}"
    return replace(describe_disagreement(table, case.dataset, [of, held]), row=line.row)
