"""Turns the text of a table into typed values, every repair logged; nothing is dropped, nothing judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.clean.changes import list_changes
from flows.clean.lost_zeros import restore_zeros
from flows.clean.measures import refuse_unknown_units
from flows.clean.readers import READERS
from flows.clean.reading import Reading, Setting, complete, make_nulls
from flows.clean.ticks import read_blanks_as_no
from flows.read.table import CellType, Problem, ReadTable
from schemas.contract import UNREAD, Column, Dataset, stored_column, typed_column, unread_column
from schemas.kinds import CO_KHONG, NGAY_SINH, SO_DINH_DANH
from schemas.kinds.dates import PRECISION, precision
from schemas.units import Commune

# Where a cell stands when not in its record's row (`thon.row`) or its column's letter (`ngay_sinh.letter`).
_PLACES = r"^.+[.](?:row|letter)$"
_TABLE = "_table"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A table after cleaning, row for row.

    `frame` has `_row` and, for every column X of the contract, `X` (its kind's type), `X.typed` (as
    typed), `X.unread` (null where read, else one of `UNREAD`), for birth dates `X.do_chinh_xac`
    (`ngay`, `thang`, `nam`), and the table's `.row`, `.letter`. `changes` has `CHANGES_SCHEMA`, one
    row a repaired cell. `problems` are headings whose unit of measure is not known.
    """

    frame: pl.DataFrame
    changes: pl.DataFrame
    problems: tuple[Problem, ...]


def clean(table: ReadTable, dataset: Dataset, commune: Commune) -> Cleaned:
    """Read every column of `table` as its kind in `dataset`; columns that it lacks are all null."""
    return clean_all([table], dataset, commune)[0]


def clean_all(tables: Sequence[ReadTable], dataset: Dataset, commune: Commune) -> list[Cleaned]:
    """Each of `tables` cleaned as by itself; those of one layout are read in one pass."""
    alike: dict[object, list[int]] = {}
    for at, table in enumerate(tables):
        alike.setdefault((*table.cells.columns, *sorted(table.units.items())), []).append(at)
    found: dict[int, Cleaned] = {}
    for places in alike.values():
        found |= zip(places, _together([tables[at] for at in places], dataset, commune), strict=True)
    return [found[at] for at in range(len(tables))]


def _together(tables: Sequence[ReadTable], dataset: Dataset, commune: Commune) -> Iterator[Cleaned]:
    """Clean tables of one layout."""
    numbered = (
        each.cells.with_columns(pl.lit(at, pl.UInt32).alias(_TABLE)) for at, each in enumerate(tables)
    )
    cells = pl.concat(numbered)
    settings = [
        Setting(column, commune, tables[0].units.get(column.name))
        for column in dataset.columns
        if typed_column(column.name) in cells.columns
    ]
    cells = _with_stored(cells, (setting.column.name for setting in settings))
    readings = _readings(cells, settings)
    for name, reading in readings.items():
        if dataset[name].kind is SO_DINH_DANH:
            readings[name] = restore_zeros(reading, dataset, readings)
    columns = (
        series for column in dataset.columns for series in _columns(column, cells, readings.get(column.name))
    )
    frame = pl.DataFrame([cells["_row"], *columns, *cells.select(pl.col(_PLACES))])
    changes = _changes(cells, readings, tables)
    start = 0
    for at, table in enumerate(tables):
        height = table.cells.height
        own = pl.concat([table.changes, changes.get((at,), table.changes.clear())])
        yield Cleaned(frame.slice(start, height), own, refuse_unknown_units(table, dataset))
        start += height


def _changes(
    cells: pl.DataFrame, readings: Mapping[str, Reading], tables: Sequence[ReadTable]
) -> Mapping[tuple[object, ...], pl.DataFrame]:
    """The repairs made in each table, by `(its number,)`."""
    found = [
        list_changes(reading.answers, name, cells, [table.letters.get(name) for table in tables])
        for name, reading in readings.items()
        if reading.answers is not None
    ]
    if not found:
        return {}
    return pl.concat(found).partition_by("table", as_dict=True, include_key=False, maintain_order=True)


def _readings(cells: pl.DataFrame, settings: Iterable[Setting]) -> dict[str, Reading]:
    """Each column as read; the plain cells of all columns are read in one parallel pass."""
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
    readings = {setting.column.name: _reading(cells, values, setting) for setting in settings}
    yes_or_no = [setting.column.name for setting in settings if setting.column.kind is CO_KHONG]
    forms = {name: (cells[typed_column(name)], readings[name]) for name in yes_or_no}
    return readings | read_blanks_as_no(forms, cells[_TABLE])


def _reading(cells: pl.DataFrame, values: pl.DataFrame, setting: Setting) -> Reading:
    name, kind = setting.column.name, setting.column.kind
    plain = Reading(values[name], values[unread_column(name)])
    typed, stored = cells[typed_column(name)], cells[stored_column(name)]
    return complete(plain, typed, stored, cells[_TABLE], READERS[kind.name], setting)


def _with_stored(cells: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """`cells` with the type of text that a section row lent to its records and no cell of theirs holds."""
    lent = [stored_column(name) for name in names if stored_column(name) not in cells.columns]
    return cells.with_columns(pl.lit(CellType.TEXT, pl.UInt8).alias(each) for each in lent) if lent else cells


def _columns(column: Column, cells: pl.DataFrame, reading: Reading | None) -> list[pl.Series]:
    name = column.name
    if reading is None:
        nothing = {name: column.kind.dtype, typed_column(name): pl.String, unread_column(name): UNREAD}
        if column.kind is NGAY_SINH:
            nothing[precision(name)] = PRECISION
        return [make_nulls(cells.height, dtype).alias(each) for each, dtype in nothing.items()]
    read = [reading.value.alias(name), cells[typed_column(name)], reading.unread.alias(unread_column(name))]
    return [*read, _precision(reading).alias(precision(name))] if column.kind is NGAY_SINH else read


def _precision(reading: Reading) -> pl.Series:
    """A birth date is known to the day unless its cell said less."""
    known = pl.select(pl.when(reading.value.is_not_null()).then(pl.lit("ngay", PRECISION))).to_series()
    if reading.answers is None:
        return known
    return known.scatter(reading.answers["at"], reading.answers["precision"].cast(PRECISION))
