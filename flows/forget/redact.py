"""Removes one person from one file: blanks rows about him, replaces mentions of him, keeps the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.forget.neighbours import read_cells, take_out_split
from flows.forget.person import ERASED, ForgottenPerson
from flows.forget.traces import SealedError, join_runs, read_texts
from flows.read.formats.container import Container, detect
from flows.read.formats.encodings import as_utf8
from flows.read.problems import RefusedError
from flows.read.reader import read_sheets
from flows.read.recode import to_unicode
from flows.read.sheet import CellSheet, Sheet, letter_of
from flows.read.table import CellType
from flows.read.tables.heading import vocabulary_of
from flows.returns.xlsx.rebuilt import rebuild_workbook
from schemas.contract import Dataset

# A file without any readable table was refused anyway: all of it is replaced.
_NOTHING = f"{ERASED} theo yêu cầu của chủ thể dữ liệu.\n".encode()


@dataclass(frozen=True, slots=True)
class Redacted:
    """A file without the person; how many `rows` were about him and how many other `cells` mentioned him."""

    data: bytes
    rows: int
    cells: int


@dataclass(frozen=True, slots=True)
class _SearchedSheet:
    """A searched sheet: cells as `typed` and `without` the person, rows `gone` and cells `changed`.

    `split` says whether a mention was split over several cells.
    """

    sheet: Sheet
    typed: pl.DataFrame
    without: pl.DataFrame
    gone: pl.Series
    changed: pl.DataFrame
    split: bool

    @property
    def rows(self) -> int:
        """Number of rows about the person."""
        return int(self.gone.sum())

    @property
    def cells(self) -> int:
        """Number of cells in other rows that mention him."""
        return int(self.changed.select(pl.sum_horizontal(pl.all().sum())).item()) if self.changed.width else 0


def redact(
    data: bytes, name: str, person: ForgottenPerson, datasets: Mapping[str, Dataset]
) -> Redacted | None:
    """The file without `person`; None if it does not mention him anywhere that can be searched.

    A text file keeps its lines, unless a mention is split over several cells. Any other format becomes an
    xlsx with the same cells and nothing else: comments, properties and old shared strings might still
    mention him.
    """
    mentioned = _mentions(data, person)
    try:
        container = detect(data)
        searched = [
            _search_sheet(sheet, person) for sheet in read_sheets(data, name, vocabulary_of(datasets))
        ]
    except RefusedError:
        return Redacted(_NOTHING, 0, 1) if mentioned else None
    rows, cells = sum(each.rows for each in searched), sum(each.cells for each in searched)
    if not (rows or cells or mentioned):
        return None
    if container is Container.TEXT and not searched[0].split:
        lines = _redact_lines(data, searched[0], person)
        if not person.seen_in(join_runs(lines)):
            return Redacted(lines.encode(), rows, cells)
    return Redacted(
        rebuild_workbook([_rebuild_sheet(each, person) for each in searched]).close(), rows, cells
    )


def _mentions(data: bytes, person: ForgottenPerson) -> bool:
    """Whether the raw content of the file mentions the person."""
    try:
        return person.seen_in(read_texts(data))
    except SealedError:
        return False


def _search_sheet(sheet: Sheet, person: ForgottenPerson) -> _SearchedSheet:
    sheet, originals, _ = to_unicode(sheet)
    text = read_cells(sheet)
    typed = text.with_columns(
        pl.Series(letter_of(at), cells, dtype=pl.String) for at, cells in originals.items()
    )
    text = text.select(pl.all().str.normalize("NFC"))
    said = pl.all()
    for pattern, instead in person.mentions:
        said = said.str.replace_all(pattern, instead)
    without = text.select(said)
    without = without.with_columns(
        pl.when(~text[name].str.contains(person.phone_itself)).then(name).alias(name) for name in text.columns
    )
    split = take_out_split(without, person)
    without = split.cells
    gone = (
        text.select(pl.any_horizontal(pl.all().str.contains(person.itself)).fill_null(value=False))
        if text.width
        else pl.DataFrame({"gone": pl.Series([], dtype=pl.Boolean)})
    ).to_series() | split.about
    changed = pl.DataFrame({name: without[name].ne_missing(text[name]) & ~gone for name in text.columns})
    return _SearchedSheet(sheet, typed, without, gone, changed, split.found)


def _rebuild_sheet(searched: _SearchedSheet, person: ForgottenPerson) -> Sheet:
    """The sheet with rows about the person blanked and mentions of him replaced."""
    columns: list[list[str | None]] = []
    kinds: list[list[int] | None] = []
    for at, name in enumerate(searched.typed.columns):
        changed, kind = searched.changed[name], searched.sheet.column(at)[1]
        cells = pl.select(
            text=pl.when(~searched.gone).then(
                pl.when(changed).then(searched.without[name]).otherwise(searched.typed[name])
            ),
            kind=pl.when(changed).then(pl.lit(CellType.TEXT.value, pl.UInt8)).otherwise(kind),
        )
        columns.append(cells["text"].to_list())
        kinds.append(cells["kind"].to_list())
    sheet = searched.sheet
    title = person.taken_out_of(sheet.name)
    return CellSheet(title, sheet.merges, sheet.hidden, sheet.hidden_rows, columns, kinds)


def _redact_lines(data: bytes, searched: _SearchedSheet, person: ForgottenPerson) -> str:
    """The text without the person, with the same number of lines."""
    lines = as_utf8(data).decode().split("\n")
    starts = [*(int(number) - 1 for number in searched.sheet.numbers()), len(lines)]
    for row in searched.gone.arg_true().to_list():
        for line in range(starts[row], starts[row + 1]):
            lines[line] = ""
    touched: Sequence[int] = (
        searched.changed.select(pl.any_horizontal(pl.all())).to_series().arg_true().to_list()
        if searched.changed.width
        else ()
    )
    for row in touched:
        for line in range(starts[row], starts[row + 1]):
            lines[line] = person.taken_out_of(lines[line])
    return ("\r\n" if b"\r\n" in data else "\n").join(lines)
