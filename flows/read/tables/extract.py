"""Extracts the records of a table: for each contract column the text of the cells and how it was stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from flows.read.sheet import Mask, Sheet, index_of, text_types
from flows.read.table import CellType
from flows.read.tables.body import Body, Section
from flows.read.tables.heading import Path
from flows.read.tables.routing import Fit
from flows.read.tables.row_words import is_total
from schemas.contract import Column, Dataset, stored_column, typed_column
from schemas.kinds.numbers import NUMBER_KINDS
from schemas.kinds.words import HAND_TICKS, NO, YES

_OF_PAGE = re.compile(r"(?i)trang|mang|chuy[ểe]n|l[ũu]y|d[ồo]n|page")


@dataclass(frozen=True, slots=True)
class ExtractedCells:
    """The cells of a table (see `ReadTable.cells`) and the letter of each column."""

    cells: pl.DataFrame
    letters: Mapping[str, str]


def extract_cells(
    sheet: Sheet, body: Body, fit: Fit, columns: Mapping[str, Sequence[Path]]
) -> ExtractedCells:
    """The records of a table, with the columns in the order of the contract.

    Args:
        sheet: The sheet.
        body: The roles of the rows.
        fit: The dataset of the table.
        columns: For each contract column its headings: one, or two if its values are split by sex.
    """
    letters = {c.name: columns[c.name][0].letter for c in fit.dataset.columns if c.name in columns}
    series = [_select_numbers(sheet, body, body.records)]
    for column in fit.dataset.columns:
        paths = columns.get(column.name, ())
        if len(paths) == 2 and paths[0].levels[-1] != paths[1].levels[-1]:
            series += (_merge_by_tick if column.of else _merge_by_sex)(sheet, body, column, paths)
        elif paths:
            series += _extract_column(sheet, body, column, paths[0].letter)
    frame = pl.DataFrame(series)
    frame = _add_sex(frame, sheet, body, fit.dataset, columns)
    letters = {**letters, **_find_sex_letter(frame, letters, fit.dataset)}
    return _add_places(frame, sheet, body, fit.dataset, letters)


def extract_totals(sheet: Sheet, body: Body, taken: ExtractedCells, dataset: Dataset) -> pl.DataFrame:
    """The total rows of a table, with its columns that add up; without rows or columns if it has none."""
    rows = body.having("tong")
    summed = {name: letter for name, letter in taken.letters.items() if dataset[name].is_summed}
    if not summed or not rows.any():
        return pl.DataFrame()
    series = [_select_numbers(sheet, body, rows)]
    for name, letter in summed.items():
        series += _extract_column(sheet, body, dataset[name], letter, rows)
    return pl.DataFrame(series)


def _select_numbers(sheet: Sheet, body: Body, rows: Mask) -> pl.Series:
    numbers = sheet.numbers().slice(body.start, len(body.codes))
    return numbers if rows.all() else numbers.filter(pl.Series(rows))


def _extract_column(
    sheet: Sheet, body: Body, column: Column, letter: str, rows: Mask | None = None
) -> list[pl.Series]:
    """Text and `CellType` of one column, for the records or for the given `rows`."""
    take = sheet.take_numbers if column.kind.name in NUMBER_KINDS else sheet.take
    text, kind = take(index_of(letter), body.start, body.records if rows is None else rows)
    return [text.alias(typed_column(column.name)), kind.alias(stored_column(column.name))]


def _merge_by_sex(sheet: Sheet, body: Body, column: Column, paths: Sequence[Path]) -> list[pl.Series]:
    """Merge two columns, for men and for women; `<name>.letter` has the letter of each cell."""
    one, other = (_extract_column(sheet, body, column, path.letter) for path in paths)
    first = one[0].is_not_null()
    both = first & other[0].is_not_null()
    # If both are filled, the clerk must decide: the two texts joined can't be read as a date, so it is a
    # fault.
    text = pl.select(
        pl.when(both).then(one[0] + " / " + other[0]).when(first).then(one[0]).otherwise(other[0])
    ).to_series()
    kind = pl.select(
        pl.when(both).then(pl.lit(CellType.TEXT.value, pl.UInt8)).when(first).then(one[1]).otherwise(other[1])
    ).to_series()
    place = pl.select(
        pl.when(first | other[0].is_null()).then(pl.lit(paths[0].letter)).otherwise(pl.lit(paths[1].letter))
    ).to_series()
    return [
        text.alias(typed_column(column.name)),
        kind.alias(stored_column(column.name)),
        place.alias(f"{column.name}.letter"),
    ]


def _merge_by_tick(sheet: Sheet, body: Body, column: Column, paths: Sequence[Path]) -> list[pl.Series]:
    """One of two values, by the column that is ticked (`<name>.letter`); text other than a tick is kept."""
    typed = [sheet.take(index_of(path.letter), body.start, body.records)[0] for path in paths]
    frame = pl.DataFrame([text.alias(path.letter) for text, path in zip(typed, paths, strict=True)])
    marks = {mark.strip().lower() for text in typed for mark in text.drop_nulls().unique()}
    yes = (*YES, *HAND_TICKS) if len(marks) == 1 else YES
    chosen = [_read_tick(path.letter, value, yes) for path, value in zip(paths, column.of, strict=True)]
    in_second = chosen[0].is_null() & chosen[1].is_not_null()
    first, second = (pl.lit(path.letter) for path in paths)
    return frame.select(
        # If both are ticked, the clerk must decide: the two values joined are not in the list, so it is a
        # fault.
        pl.concat_str(chosen, separator=" / ", ignore_nulls=True)
        .replace("", None)
        .alias(typed_column(column.name)),
        pl.lit(CellType.TEXT.value, pl.UInt8).alias(stored_column(column.name)),
        pl.when(in_second).then(second).otherwise(first).alias(f"{column.name}.letter"),
    ).get_columns()


def _read_tick(letter: str, value: str, yes: Sequence[str]) -> pl.Expr:
    tick = pl.col(letter).str.strip_chars().str.to_lowercase()
    return pl.when(tick.is_in(yes)).then(pl.lit(value)).when(~tick.is_in(NO)).then(pl.col(letter))


def _add_sex(
    frame: pl.DataFrame, sheet: Sheet, body: Body, dataset: Dataset, columns: Mapping[str, Sequence[Path]]
) -> pl.DataFrame:
    """Add the sex of each record, from the birth-date column that is filled, unless a column states it."""
    target, split = _find_sex_column(dataset), _find_split_column(frame, columns)
    if target is None or split is None or target in columns:
        return frame
    men, women = (
        sheet.take(index_of(path.letter), body.start, body.records)[0].is_not_null()
        for path in columns[split]
    )
    sex = pl.select(
        pl.when(men & ~women).then(pl.lit("Nam")).when(women & ~men).then(pl.lit("Nữ"))
    ).to_series()
    return frame.with_columns(
        sex.alias(typed_column(target)), text_types(frame.height).alias(stored_column(target))
    )


def _find_sex_letter(frame: pl.DataFrame, letters: Mapping[str, str], dataset: Dataset) -> Mapping[str, str]:
    target, split = _find_sex_column(dataset), _find_split_column(frame, letters)
    if target is None or split is None or target in letters:
        return {}
    return {target: letters[split]}


def _find_sex_column(dataset: Dataset) -> str | None:
    return next((column.name for column in dataset.columns if column.of == ("Nam", "Nữ")), None)


def _find_split_column(frame: pl.DataFrame, columns: Iterable[str]) -> str | None:
    return next((name for name in columns if f"{name}.letter" in frame.columns), None)


def _add_places(
    frame: pl.DataFrame, sheet: Sheet, body: Body, dataset: Dataset, letters: dict[str, str]
) -> ExtractedCells:
    """Add the thôn of the section row above to records that state none."""
    thon = next((c.name for c in dataset.columns if c.kind.name == "thon"), None)
    # If each record is a thôn, a section above it is something else.
    if thon is None or thon in dataset.key[:1]:
        return ExtractedCells(frame, letters)
    places = [section for section in body.sections if section.is_place]
    if not places and typed_column(thon) not in frame.columns:
        places = body.sections
    if not places:
        return ExtractedCells(frame, letters)
    if typed_column(thon) not in frame.columns:
        letters = {**letters, thon: places[0].letter}
        blank = [
            pl.lit(None, pl.String).alias(typed_column(thon)),
            pl.lit(0, pl.UInt8).alias(stored_column(thon)),
        ]
        frame = frame.with_columns(blank)
    above: list[tuple[int, str | None]] = [(sheet.number(each.row), each.label) for each in places]
    above += [(sheet.number(row), None) for row in _find_ends(sheet, body, places)]
    return ExtractedCells(_carry_down(frame, sorted(above, key=lambda each: each[0]), thon), letters)


def _find_ends(sheet: Sheet, body: Body, places: Sequence[Section]) -> list[int]:
    """The rows of totals that end the group above them: some record is in between, and no page ends there."""
    records, starts = np.flatnonzero(body.records) + body.start, [section.row for section in places]
    ends: list[int] = []
    for row in (np.flatnonzero(body.having("tong")) + body.start).tolist():
        at, before = np.searchsorted(records, row), ends[-1] if ends else -1
        if any(cell and is_total(cell) and _OF_PAGE.search(cell) for cell in sheet.row(row)):
            # "Mang sang" on the next page takes up the group again.
            if ends and np.searchsorted(records, before) == at:
                ends.pop()
            continue
        section = np.searchsorted(starts, row)
        if section and np.searchsorted(records, starts[section - 1]) < at:
            ends.append(row)
    return ends


def _carry_down(frame: pl.DataFrame, places: Sequence[tuple[int, str | None]], thon: str) -> pl.DataFrame:
    schema = {"_row": pl.UInt32, "_place": pl.String}
    above = pl.DataFrame(places, schema=schema, orient="row")
    above = above.with_columns(pl.col("_row").alias("_of"))
    own = pl.col(typed_column(thon)).is_not_null()
    return (
        frame.join_asof(above, on="_row", check_sortedness=False)
        .with_columns(
            pl.when(own)
            .then(pl.col(typed_column(thon)))
            .otherwise(pl.col("_place"))
            .alias(typed_column(thon)),
            pl.when(~own & pl.col("_place").is_not_null()).then(pl.col("_of")).alias(f"{thon}.row"),
        )
        .drop("_place", "_of")
    )
