"""Takes one person out of one file: rows about him are blanked, mentions of him replaced, the rest stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.forget.person import ERASED, ForgottenPerson
from flows.forget.traces import SealedError, read_texts
from flows.read.formats.container import Container, detect
from flows.read.formats.text import as_utf8
from flows.read.problems import RefusedError
from flows.read.reader import read_sheets
from flows.read.recode import to_unicode
from flows.read.sheet import CellSheet, Sheet, letter_of
from flows.read.table import CellType
from flows.read.tables.heading import vocabulary_of
from flows.returns.xlsx.rebuilt import rebuild_workbook
from schemas.contract import Dataset

# A file that no table can be read from does not count: it goes as a whole.
_NOTHING = f"{ERASED} theo yêu cầu của chủ thể dữ liệu.\n".encode()


@dataclass(frozen=True, slots=True)
class Redacted:
    """A file without the person: how many `rows` were about him, how many other `cells` told of him."""

    data: bytes
    rows: int
    cells: int


@dataclass(frozen=True, slots=True)
class _Looked:
    """A sheet looked through: its cells as typed and without the person, rows about him, cells to change."""

    sheet: Sheet
    typed: pl.DataFrame
    without: pl.DataFrame
    gone: pl.Series
    changed: pl.DataFrame

    @property
    def rows(self) -> int:
        """How many rows are about the person."""
        return int(self.gone.sum())

    @property
    def cells(self) -> int:
        """How many cells of other rows tell of him."""
        return int(self.changed.select(pl.sum_horizontal(pl.all().sum())).item()) if self.changed.width else 0


def redact(
    data: bytes, name: str, person: ForgottenPerson, datasets: Mapping[str, Dataset]
) -> Redacted | None:
    """The file without `person`; None where it does not tell of him, as far as anybody can look.

    Text keeps its lines. Any other format becomes an xlsx of the same cells, without what is no cell
    (comments, properties, earlier versions of shared text), where a person might be left.
    """
    told = _told(data, person)
    try:
        container = detect(data)
        looked = [_looked(sheet, person) for sheet in read_sheets(data, name, vocabulary_of(datasets))]
    except RefusedError:
        return Redacted(_NOTHING, 0, 1) if told else None
    rows, cells = sum(each.rows for each in looked), sum(each.cells for each in looked)
    if not (rows or cells or told):
        return None
    if container is Container.TEXT:
        lines = _lines(data, looked[0], person)
        if not person.seen_in((lines,)):
            return Redacted(lines.encode(), rows, cells)
    return Redacted(rebuild_workbook([_without(each, person) for each in looked]).close(), rows, cells)


def _told(data: bytes, person: ForgottenPerson) -> bool:
    """Whether the file's own text tells of the person."""
    try:
        return person.seen_in(read_texts(data))
    except SealedError:
        return False


def _looked(sheet: Sheet, person: ForgottenPerson) -> _Looked:
    sheet, originals = to_unicode(sheet)
    text = pl.DataFrame({letter_of(at): sheet.column(at)[0] for at in range(sheet.width)})
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
    gone = (
        text.select(pl.any_horizontal(pl.all().str.contains(person.itself)).fill_null(value=False))
        if text.width
        else pl.DataFrame({"gone": pl.Series([], dtype=pl.Boolean)})
    ).to_series()
    changed = pl.DataFrame({name: without[name].ne_missing(text[name]) & ~gone for name in text.columns})
    return _Looked(sheet, typed, without, gone, changed)


def _without(looked: _Looked, person: ForgottenPerson) -> Sheet:
    """The sheet as cells, rows about the person blank, cells that told of him changed."""
    columns: list[list[str | None]] = []
    kinds: list[list[int] | None] = []
    for at, name in enumerate(looked.typed.columns):
        changed, kind = looked.changed[name], looked.sheet.column(at)[1]
        cells = pl.select(
            text=pl.when(~looked.gone).then(
                pl.when(changed).then(looked.without[name]).otherwise(looked.typed[name])
            ),
            kind=pl.when(changed).then(pl.lit(CellType.TEXT.value, pl.UInt8)).otherwise(kind),
        )
        columns.append(cells["text"].to_list())
        kinds.append(cells["kind"].to_list())
    sheet = looked.sheet
    title = person.taken_out_of(sheet.name)
    return CellSheet(title, sheet.merges, sheet.hidden, sheet.hidden_rows, columns, kinds)


def _lines(data: bytes, looked: _Looked, person: ForgottenPerson) -> str:
    """The text with the same number of lines."""
    text = as_utf8(data).decode("utf-8", "replace")
    ends = "\n" if "\n" in text else "\r"
    lines = text.split(ends)
    starts = [*(int(number) - 1 for number in looked.sheet.numbers()), len(lines)]
    for row in looked.gone.arg_true().to_list():
        for line in range(starts[row], starts[row + 1]):
            lines[line] = "\r" if ends == "\n" and lines[line].endswith("\r") else ""
    touched: Sequence[int] = (
        looked.changed.select(pl.any_horizontal(pl.all())).to_series().arg_true().to_list()
        if looked.changed.width
        else ()
    )
    for row in touched:
        for line in range(starts[row], starts[row + 1]):
            lines[line] = person.taken_out_of(lines[line])
    return ends.join(lines)
