"""Reads cells beside or below each other as one text: a name or a number may be split over several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import polars as pl

from flows.forget.person import ERASED, ForgottenPerson
from flows.read.problems import RefusedError
from flows.read.reader import read_sheets
from flows.read.recode import to_unicode
from flows.read.sheet import Sheet, letter_of
from flows.read.tables.heading import vocabulary_of
from schemas.contract import Dataset

_BESIDE, _BELOW = " ", "\n"
# No pattern of a person goes over this.
_APART = "\0"


@dataclass(frozen=True, slots=True)
class SplitMentions:
    """`cells` without mentions that were split over several of them, and the rows `about` the person.

    A row is about him if cells that hold nothing but parts of his number stand in it. `found` says whether
    there was any such mention.
    """

    cells: pl.DataFrame
    about: pl.Series
    found: bool


def list_joined(data: bytes, name: str, datasets: Mapping[str, Dataset]) -> Iterator[str]:
    """All cells of a file, row by row and column by column; nothing of a file that can't be read as a table.

    Blank cells of a row are passed over: merged cells leave such.
    """
    with suppress(RefusedError):
        for sheet in read_sheets(data, name, vocabulary_of(datasets)):
            yield from _join_cells(read_cells(to_unicode(sheet).sheet))


def read_cells(sheet: Sheet) -> pl.DataFrame:
    """The cells of a sheet as text, a column a letter."""
    return pl.DataFrame({letter_of(at): sheet.column(at)[0] for at in range(sheet.width)})


def _join_cells(cells: pl.DataFrame) -> Iterator[str]:
    if cells.width:
        cells = cells.select(pl.all().str.normalize("NFC"))
        yield _join_rows(cells).str.join(f"\n{_APART}\n").item()
        yield from _join_columns(cells)


def _join_rows(cells: pl.DataFrame) -> pl.Series:
    return cells.select(pl.concat_str(pl.all(), separator=_BESIDE, ignore_nulls=True)).to_series()


def _join_columns(cells: pl.DataFrame) -> pl.Series:
    below = cells.select(pl.all().fill_null(_APART).str.join(_BELOW))
    return pl.Series([*below.row(0)] if below.height else [], dtype=pl.String)


def take_out_split(cells: pl.DataFrame, person: ForgottenPerson) -> SplitMentions:
    """Replace what mentions the person over several cells: in the first of them, and nothing of it stays."""
    lines = _find(cells, person) if cells.width else ()
    if not lines:
        return SplitMentions(cells, pl.repeat(value=False, n=cells.height, eager=True), found=False)
    columns = [cells[name].to_list() for name in cells.columns]
    gone: set[int] = set()
    for along, at in lines:
        line = [column[at] for column in columns] if along else columns[at]
        whole = _take_out(line, _BESIDE if along else _BELOW, person, skip_blank=along)
        if along:
            for column, cell in zip(columns, line, strict=True):
                column[at] = cell
            if whole:
                gone.add(at)
    edited = pl.DataFrame(columns, schema=cells.schema, orient="col")
    return SplitMentions(edited, pl.int_range(cells.height, eager=True).is_in(list(gone)), found=True)


def _find(cells: pl.DataFrame, person: ForgottenPerson) -> list[tuple[bool, int]]:
    """The rows (True) and columns (False) whose joined cells mention the person."""
    patterns = [pattern for pattern, _ in person.mentions]
    return [
        (along, at)
        for along, joined in ((True, _join_rows(cells)), (False, _join_columns(cells)))
        for at in _any_of(joined, patterns).arg_true()
    ]


def _any_of(texts: pl.Series, patterns: Sequence[str]) -> pl.Series:
    found = [texts.str.contains(pattern).fill_null(value=False) for pattern in patterns]
    return pl.select(pl.any_horizontal(found)).to_series()


def _take_out(line: list[str | None], joint: str, person: ForgottenPerson, *, skip_blank: bool) -> bool:
    """Edit the cells of `line`; returns whether some held nothing but parts of the number."""
    about = False
    while found := _first_mention(line, joint, person, skip_blank=skip_blank):
        parts, is_number = found
        about = about or (is_number and all(part[1:] == (0, len(line[part[0]] or "")) for part in parts))
        for nth, (at, begin, end) in enumerate(parts):
            text = line[at] or ""
            line[at] = f"{text[:begin]}{'' if nth else ERASED}{text[end:]}" or None
    return about


def _first_mention(
    line: Sequence[str | None], joint: str, person: ForgottenPerson, *, skip_blank: bool
) -> tuple[list[tuple[int, int, int]], bool] | None:
    """The parts of a mention (cell, begin, end) and whether it is the number; None if there is none."""
    filled = [(at, text or _APART) for at, text in enumerate(line) if text or not skip_blank]
    said = joint.join(text for _, text in filled)
    for nth, search in enumerate(person.searches):
        match = search.search(said)
        if match is None:
            continue
        begin, end = match.end(1), match.start(match.re.groups)
        parts, start = [], 0
        for at, text in filled:
            first, last = max(begin - start, 0), min(end - start, len(text))
            if first < last:
                parts.append((at, first, last))
            start += len(text) + len(joint)
        return parts, nth == 0
    return None
