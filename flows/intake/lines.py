"""Weighs the lines between the records of a table: they may name another unit or another period."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.clean.text import toneless
from flows.collect.submission import Submission
from flows.intake.beside import is_of_units, list_beside, spell_period
from flows.intake.other_time import read_line_meaning, read_meaning, says_this_time
from flows.intake.owner import describe_other_owner, describe_unit, find_code, find_named
from flows.intake.period import (
    decide_period,
    describe_disagreement,
    describe_labels,
    find_answer,
    name_periods,
)
from flows.intake.sections import describe_section, is_vouched, weigh_sections
from flows.read.sheet import Mask
from flows.read.table import Line, Problem, ReadTable
from schemas.contract import Cadence, Dataset
from schemas.kinds import NAM
from schemas.periods import Period, of_year, period, read_alone, read_numbers, read_period
from schemas.units import Commune, Unit

#: A part of a table, and its period or why it is held.
Piece: TypeAlias = tuple[ReadTable, Period | Problem]
Numbers: TypeAlias = npt.NDArray[np.int64]

_NUMERAL = re.compile(r"^\W*(?:(?:\d{1,2}|[IVX]{1,6}|[A-HĐa-hđ])\s*[.)/:–-]+\s*)?")
_TOTAL = re.compile(r"(?i)^\W*(?:(?:t[ổôo]ng|c[ộọo]ng|s[ốôo]|h[ộọo]|người|nguoi)\b\W*)+")
_BEFORE_NAME = re.compile(r"^(?:(?:đơn vị|nhà mạng|doanh nghiệp|khu)\s*:?\s+)?(?:thôn |phố )?(.*?)\W*$")
_CADENCES: tuple[Cadence, ...] = ("thang", "quy", "nam")
# What is hardly more than the words themselves.
_FEW_WORDS = 5
_FEW_ROWS = 5


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
    """What a line says its records are, other than those of the table: `whose` unit, or a period.

    Lines with the same `kind` say the same; `says` is what it says, without names of people. If a cell of a
    column that the form lacks says so, `column` is the letter of that column. `not_meant` says that they are
    none of the report.
    """

    says: str
    line: Line
    kind: str
    whose: bool = False
    column: str | None = None
    not_meant: str | None = None


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
    or that says that they are planned or cumulated (`tep.khac_ky`), or none of the report
    (`tep.ngoai_bao_cao`). Below a heading of its own, the title
    names the period of its records. What somebody said of the submission is not weighed.

    Args:
        table: The table as read.
        decided: The period that was decided for it.
        submission: Its file, and the day on which it came.
        dataset: The contract of the table.
        commune: Gives the units that submit the dataset, and the first year of the plan.
        lettered: Whether `T9` is the name of a sheet for a month.
    """
    if not (table.lines or table.beside) or not table.cells.height:
        return [(table, decided)]
    case = _Case(table, decided, submission, dataset, commune, lettered)
    said = _Sayings(table, decided)
    if submission.vouched is None:
        said.add(partial(_weigh_owner, case))
        said.add_beside(partial(_weigh_cell, case, whose=True))
    if find_answer(submission, dataset) is None:
        said.add(partial(_weigh_period, case))
        said.add_beside(partial(_weigh_cell, case, whose=False))
    if not is_vouched(table, submission):
        said.add(partial(_weigh_section, case, weigh_sections(table.lines, dataset)))
    return [*_cut(case, said)]


class _Sayings:
    """What lines say of the records of a table: by record a number, 0 for what was decided for the table."""

    def __init__(self, table: ReadTable, decided: Period) -> None:
        self._table, self._lines = table, table.lines
        self._rows = table.cells["_row"].to_numpy()
        self._known = {(False, decided.label): 0}
        self.every: list[_Other | Period] = [decided]
        self.of_records = np.zeros(len(self._rows), np.int64)

    def add(self, weigh: Callable[[Line], _Other | Period | None]) -> None:
        """Add what `weigh` finds of records of which nothing was said before."""
        found = [(line, self._number(said)) for line in self._lines if (said := weigh(line)) is not None]
        below = self._spread_down([(line.row, number) for line, number in found if not line.closes])
        above = self._spread_up({line.row: number for line, number in found if line.closes})
        for numbers in (below, above):
            self.of_records = np.where(self.of_records > 0, self.of_records, numbers)

    def add_beside(self, weigh: Callable[[str, str, str, int], _Other | Period | None]) -> None:
        """Add what `weigh` finds in the cells beside records of which nothing was said before."""
        for letter, heading, texts in list_beside(self._table):
            said: dict[str, int] = {}
            for text in texts.drop_nulls().unique(maintain_order=True):
                row = int(self._rows[(texts == text).arg_true()[0]])
                found = weigh(letter, heading, text, row)
                said[text] = 0 if found is None else self._number(found)
            numbers = texts.replace_strict(said, default=0, return_dtype=pl.Int64).to_numpy()
            self.of_records = np.where(self.of_records > 0, self.of_records, numbers)

    def _number(self, said: _Other | Period) -> int:
        key = (said.whose, said.kind) if isinstance(said, _Other) else (False, said.label)
        if key not in self._known:
            self._known[key] = len(self.every)
            self.every.append(said)
        return self._known[key]

    def _spread_down(self, said: Sequence[tuple[int, int]]) -> Numbers:
        """What is said in the last line above each record."""
        at = np.searchsorted([row for row, _ in said], self._rows, side="left")
        return np.array([0, *(number for _, number in said)], np.int64)[at]

    def _spread_up(self, said: Mapping[int, int]) -> Numbers:
        """What is said in the total below each record, if no section begins in between."""
        if not said:
            return np.zeros(len(self._rows), np.int64)
        totals = [line.row for line in self._lines if line.closes]
        begins = [line.row for line in self._lines if line.sure and not line.closes]
        at = np.searchsorted(totals, self._rows, side="left")
        rows, numbers = np.array([*totals, 0]), np.array([*(said.get(row, 0) for row in totals), 0], np.int64)
        same = np.searchsorted(begins, self._rows) == np.searchsorted(begins, rows[at])
        return np.where(same, numbers[at], 0)


def _weigh_owner(case: _Case, line: Line) -> _Other | Period | None:
    """The unit that a line names: another one, the sender (then what was decided); None if it names none."""
    texts = _strip_total(line.texts) if line.closes else line.texts
    owing = case.commune.owing(case.dataset)
    named = find_named(texts, owing)
    if line.closes or not line.sure:
        named = tuple(unit for unit in named if any(_is_just(text, unit) for text in texts))
    # `T02` alone may be a thôn or a month.
    codes = [find_code(_NUMERAL.sub("", text), owing, case.decided) for text in texts]
    named = (*named, *(unit for unit in codes if unit is not None))
    if not named:
        return None
    if any(unit.name == case.submission.unit for unit in named):
        return case.decided
    says = " hoặc ".join(map(describe_unit, named))
    return _Other(says, line, says, whose=True)


def _weigh_cell(
    case: _Case, letter: str, heading: str, text: str, row: int, *, whose: bool
) -> _Other | Period | None:
    """What a cell of a column that the form lacks says of its record."""
    if is_of_units(heading) != whose or len(text.split()) > _FEW_WORDS:
        return None
    said = text if whose else spell_period(heading, text, case.dataset)
    found = (_weigh_owner if whose else _weigh_period)(case, Line(row, (said,)))
    if not isinstance(found, _Other):
        return found
    return replace(found, says=f"cột “{heading}” ghi “{text}”", column=letter)


def _weigh_section(case: _Case, sections: Mapping[int, str | None], line: Line) -> _Other | Period | None:
    """Whether a line says that its records are none of the report, or ends such a section."""
    said = sections.get(line.row, case.decided)
    if said is None:
        return case.decided
    return _Other(said, line, said, not_meant=said) if isinstance(said, str) else None


def _strip_total(texts: Sequence[str]) -> tuple[str, ...]:
    """What total rows are of: "Phố 2" of "Cộng Phố 2"."""
    return tuple(_TOTAL.sub("", unicodedata.normalize("NFC", text)) for text in texts)


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
    if line.closes:
        texts = [text for text in _strip_total(texts) if read_alone(text, dataset.cadence)]
        labels = name_periods(texts, dataset, int(decided.label[:4]), case.submission.day)
        return _weigh_labels(case, line, labels) if labels else None
    if not line.sure:
        texts = [text for text in texts if len(text.split()) <= _FEW_WORDS]
    read = read_meaning if line.heads else read_line_meaning
    meant = next(filter(None, (read(text, dataset) for text in texts)), None)
    if meant is not None and meant.of_all:
        return _Other(meant.what, line, meant.what)
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
    return _Other(describe_labels(labels), line, describe_labels(labels))


def _weigh_other_spans(case: _Case, line: Line, texts: Sequence[str]) -> _Other | Period | None:
    """Whether the month, quarter or year of another cadence that a line names is that of the table."""
    spans = [span for text in texts for span in _read_other_spans(text, case.dataset, case.decided)]
    if not spans:
        return None
    inside = any(_overlap(cadence, label, case.decided) for cadence, label in spans)
    named = describe_labels(label for _, label in spans)
    return case.decided if inside else _Other(named, line, named)


def _decide_below(case: _Case, line: Line) -> _Other | Period:
    """The period of the records below a heading with a title of its own."""
    table = replace(case.table, title=line.texts, above=(case.table.title,))
    found = decide_period(table, case.submission, case.dataset, case.commune, lettered=case.lettered)
    if isinstance(found, Period):
        return found
    why = found.message.partition(".")[0]
    return _Other(f"{' '.join(line.texts)} ({why})", line, why)


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


def _cut(case: _Case, said: _Sayings) -> Iterator[Piece]:
    """The table in pieces, by what is said of its records."""
    for number in np.unique(said.of_records).tolist():
        mine, what = said.of_records == number, said.every[number]
        piece = case.table if mine.all() else _take(case.table, mine)
        yield piece, what if isinstance(what, Period) else _describe(case, what, piece)


def _take(table: ReadTable, mask: Mask) -> ReadTable:
    """The records of a table that are in `mask`; what totals say of all of them is left out."""
    cells = table.cells.filter(pl.Series(mask))
    gone = table.cells.filter(pl.Series(~mask)).select(pl.col("_row").alias("row"))
    changes = table.changes.join(gone, on="row", how="anti", maintain_order="left")
    return replace(table, cells=cells, changes=changes, totals=pl.DataFrame())


def _describe(case: _Case, other: _Other, piece: ReadTable) -> Problem:
    """Why the records of `piece` are held."""
    table, line = case.table, other.line
    if other.column is not None:
        return _describe_beside(case, other, piece)
    first, last = (piece.cells["_row"][at] for at in (0, -1))
    if other.not_meant is not None:
        rows = first, last, piece.cells.height
        return describe_section(table, case.dataset, line, other.not_meant, rows)
    which = f"dòng {first}" if first == last else f"từ dòng {first} đến dòng {last}"
    where = "ở trên" if line.closes else "ở dưới"
    held = f"dòng {line.row} ghi {other.says}, {piece.cells.height} bản ghi {where} ({which}) chưa được tính"
    unit = case.commune.unit(case.submission.unit)
    if other.whose and unit is not None:
        return replace(describe_other_owner(unit, [held], case.dataset, table.sheet), row=line.row)
    of = f"bảng này là của {describe_labels([case.decided.label])}"
    return replace(describe_disagreement(table, case.dataset, [of, held]), row=line.row)


def _describe_beside(case: _Case, other: _Other, piece: ReadTable) -> Problem:
    """Why the records of `piece` are held, if a column that the form lacks says what they are."""
    rows = piece.cells["_row"].to_list()
    more = "…" if len(rows) > _FEW_ROWS else ""
    where = f"dòng {', '.join(map(str, rows[:_FEW_ROWS]))}{more}"
    held = f"{other.says}: {len(rows)} bản ghi ({where}) chưa được tính"
    unit = case.commune.unit(case.submission.unit)
    if other.whose and unit is not None:
        found = describe_other_owner(unit, [held], case.dataset, case.table.sheet)
    else:
        of = f"bảng này là của {describe_labels([case.decided.label])}"
        found = describe_disagreement(case.table, case.dataset, [of, held])
    return replace(found, row=other.line.row, column=other.column)
