"""Cleans tables: reads each column as the kind that its contract states, and logs every repair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.clean.changes import list_changes
from flows.clean.date_evidence import Occasion
from flows.clean.date_order import settle_orders
from flows.clean.lost_zeros import restore_zeros
from flows.clean.measures import refuse_unknown_units
from flows.clean.mistaken_sizes import tell_mistaken_sizes
from flows.clean.punctuation import add_punctuation
from flows.clean.readers import READERS
from flows.clean.reading import Reading, Setting, complete, make_nulls
from flows.clean.short_years import settle_short_years
from flows.clean.tick_words import settle_words
from flows.clean.ticks import read_blanks_as_no
from flows.read.table import CellType, Problem, ReadTable
from schemas.contract import UNREAD, Column, Dataset, note_column, stored_column, typed_column, unread_column
from schemas.kinds import CO_KHONG, NGAY_SINH, SO_DINH_DANH
from schemas.kinds.dates import PRECISION, precision
from schemas.units import Commune

# Where a cell is if not in the row of its record (`thon.row`) or its column's letter (`ngay_sinh.letter`).
_PLACES = r"^.+[.](?:row|letter)$"
_TABLE = "_table"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A table after cleaning, with the same rows in the same order.

    Attributes:
        frame: `_row` and, for every column X of the contract, `X` (the type of its kind), `X.typed` (the
            text), `X.unread` (null if read, else one of `UNREAD`), for birth dates `X.do_chinh_xac` (the
            precision: `ngay`, `thang`, `nam`), if a cell has one `X.note` (a sentence about its flaw), and
            the `.row` and `.letter` columns of the table.
        changes: One row per repaired cell (`CHANGES_SCHEMA`).
        problems: One problem per heading whose unit of measure is unknown.
    """

    frame: pl.DataFrame
    changes: pl.DataFrame
    problems: tuple[Problem, ...]


def clean(table: ReadTable, dataset: Dataset, commune: Commune, occasion: Occasion | None = None) -> Cleaned:
    """Clean one table; contract columns that it lacks become null."""
    return clean_all([table], dataset, commune, [occasion])[0]


def clean_all(
    tables: Sequence[ReadTable],
    dataset: Dataset,
    commune: Commune,
    occasions: Sequence[Occasion | None] | None = None,
) -> list[Cleaned]:
    """Clean tables of one dataset; the results come in the same order. Tables of one layout share a pass.

    The occasion of each table, if it is known, helps to tell the day of a date from its month.
    """
    known = occasions or [None] * len(tables)
    by_layout: dict[object, list[int]] = {}
    for at, table in enumerate(tables):
        layout = (*table.cells.columns, *sorted(table.units.items()), table.from_1904)
        by_layout.setdefault(layout, []).append(at)
    cleaned: dict[int, Cleaned] = {}
    for places in by_layout.values():
        some, when = [tables[at] for at in places], [known[at] for at in places]
        cleaned |= zip(places, _clean_layout(some, dataset, commune, when), strict=True)
    return [cleaned[at] for at in range(len(tables))]


def _clean_layout(
    tables: Sequence[ReadTable],
    dataset: Dataset,
    commune: Commune,
    occasions: Sequence[Occasion | None],
) -> Iterator[Cleaned]:
    """Clean tables with the same columns and units in one pass."""
    numbered = (
        each.cells.with_columns(pl.lit(at, pl.UInt32).alias(_TABLE)) for at, each in enumerate(tables)
    )
    cells = pl.concat(numbered)
    settings = [
        Setting(column, commune, tables[0].units.get(column.name), from_1904=tables[0].from_1904)
        for column in dataset.columns
        if typed_column(column.name) in cells.columns
    ]
    cells = _add_stored(cells, (setting.column.name for setting in settings))
    readings = _read_columns(cells, settings, tables)
    typed = {each.column.name: cells[typed_column(each.column.name)] for each in settings}
    readings |= tell_mistaken_sizes(readings, settings, typed, cells[_TABLE])
    readings |= settle_short_years(readings, dataset, occasions)
    letters = [table.letters for table in tables]
    readings |= settle_orders(readings, dataset, cells, cells[_TABLE], letters, occasions)
    for name, reading in readings.items():
        if dataset[name].kind is SO_DINH_DANH:
            readings[name] = restore_zeros(reading, dataset, readings)
    columns = (
        series
        for column in dataset.columns
        for series in _build_columns(column, cells, readings.get(column.name))
    )
    frame = pl.DataFrame([cells["_row"], *columns, *cells.select(pl.col(_PLACES))])
    changes = _log_changes(cells, readings, tables)
    start = 0
    for at, table in enumerate(tables):
        height = table.cells.height
        own = pl.concat([table.changes, changes.get((at,), table.changes.clear())])
        yield Cleaned(frame.slice(start, height), own, refuse_unknown_units(table, dataset))
        start += height


def _log_changes(
    cells: pl.DataFrame, readings: Mapping[str, Reading], tables: Sequence[ReadTable]
) -> Mapping[tuple[object, ...], pl.DataFrame]:
    """The repairs made in each table; the key is a tuple with the number of the table."""
    logs = [
        list_changes(reading.answers, name, cells, [table.letters.get(name) for table in tables])
        for name, reading in readings.items()
        if reading.answers is not None
    ]
    if not logs:
        return {}
    return pl.concat(logs).partition_by("table", as_dict=True, include_key=False, maintain_order=True)


def _read_columns(
    cells: pl.DataFrame, settings: Sequence[Setting], tables: Sequence[ReadTable]
) -> dict[str, Reading]:
    """Read each column; the plain cells of all columns are read in one parallel polars pass."""
    plain = [pl.col("_row")]
    for setting in settings:
        name = setting.column.name
        typed, reader = pl.col(typed_column(name)), READERS[setting.column.kind.name]
        blank = typed.is_null() if cells[typed_column(name)].null_count() else pl.lit(value=False)
        value = reader.plain(typed, pl.col(stored_column(name)), setting)
        if (cells[stored_column(name)] >= CellType.ERROR).any():
            value = pl.when(pl.col(stored_column(name)) < CellType.ERROR).then(value)
        plain.append(value.alias(name))
        plain.append(pl.when(blank).then(pl.lit("thieu", UNREAD)).alias(unread_column(name)))
    values = cells.select(plain)
    settings = add_punctuation(settings, cells, values, tables)
    readings = {setting.column.name: _read_column(cells, values, setting) for setting in settings}
    forms: dict[str, tuple[pl.Series, Reading]] = {}
    for column in (setting.column for setting in settings if setting.column.kind is CO_KHONG):
        texts = cells[typed_column(column.name)]
        forms[column.name] = texts, settle_words(texts, readings[column.name], cells[_TABLE], column)
    return readings | read_blanks_as_no(forms, cells[_TABLE])


def _read_column(cells: pl.DataFrame, values: pl.DataFrame, setting: Setting) -> Reading:
    name, kind = setting.column.name, setting.column.kind
    plain = Reading(values[name], values[unread_column(name)])
    typed, stored = cells[typed_column(name)], cells[stored_column(name)]
    return complete(plain, typed, stored, cells[_TABLE], READERS[kind.name], setting)


def _add_stored(cells: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Add missing `.stored` columns: their text came from section rows, not from cells, so it is TEXT."""
    missing = [stored_column(name) for name in names if stored_column(name) not in cells.columns]
    return (
        cells.with_columns(pl.lit(CellType.TEXT, pl.UInt8).alias(each) for each in missing)
        if missing
        else cells
    )


def _build_columns(column: Column, cells: pl.DataFrame, reading: Reading | None) -> list[pl.Series]:
    name = column.name
    if reading is None:
        nothing = {name: column.kind.dtype, typed_column(name): pl.String, unread_column(name): UNREAD}
        if column.kind is NGAY_SINH:
            nothing[precision(name)] = PRECISION
        return [make_nulls(cells.height, dtype).alias(each) for each, dtype in nothing.items()]
    read = [reading.value.alias(name), cells[typed_column(name)], reading.unread.alias(unread_column(name))]
    read += [] if reading.notes is None else [reading.notes.alias(note_column(name))]
    return [*read, _build_precision(reading).alias(precision(name))] if column.kind is NGAY_SINH else read


def _build_precision(reading: Reading) -> pl.Series:
    """The precision of birth dates: the day, unless the cell states only the month or the year."""
    known = pl.select(pl.when(reading.value.is_not_null()).then(pl.lit("ngay", PRECISION))).to_series()
    if reading.answers is None:
        return known
    return known.scatter(reading.answers["at"], reading.answers["precision"].cast(PRECISION))
