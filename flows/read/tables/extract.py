"""Takes a table's records off its sheet: for each contract column the text and how it was stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.read.sheet import Mask, Sheet, index_of, text_types
from flows.read.table import CellType
from flows.read.tables.body import Body
from flows.read.tables.heading import Path
from flows.read.tables.routing import Fit
from schemas.contract import Column, Dataset, stored_column, typed_column
from schemas.kinds.words import NO, YES


@dataclass(frozen=True, slots=True)
class ExtractedCells:
    """Cells of a table as `Table.cells` holds them, and the letter of each column."""

    cells: pl.DataFrame
    letters: Mapping[str, str]


def extract_cells(
    sheet: Sheet, body: Body, fit: Fit, columns: Mapping[str, Sequence[Path]]
) -> ExtractedCells:
    """The records of a table, columns in the contract's order."""
    letters = {c.name: columns[c.name][0].letter for c in fit.dataset.columns if c.name in columns}
    series = [_numbers(sheet, body, body.records)]
    for column in fit.dataset.columns:
        paths = columns.get(column.name, ())
        if len(paths) == 2 and paths[0].levels[-1] != paths[1].levels[-1]:
            series += (_by_tick if column.of else _by_sex)(sheet, body, column, paths)
        elif paths:
            series += _plain(sheet, body, column.name, paths[0].letter)
    frame = pl.DataFrame(series)
    frame = _with_sex(frame, sheet, body, fit.dataset, columns)
    letters = {**letters, **_letter_of_sex(frame, letters, fit.dataset)}
    return _with_places(frame, sheet, body, fit.dataset, letters)


def extract_totals(sheet: Sheet, body: Body, taken: ExtractedCells) -> pl.DataFrame:
    """The total rows of a table, in the columns of its records."""
    rows = body.having("tong")
    series = [_numbers(sheet, body, rows)]
    for name, letter in taken.letters.items():
        series += _plain(sheet, body, name, letter, rows)
    return pl.DataFrame(series)


def _numbers(sheet: Sheet, body: Body, rows: Mask) -> pl.Series:
    numbers = sheet.numbers().slice(body.start, len(body.codes))
    return numbers if rows.all() else numbers.filter(pl.Series(rows))


def _plain(sheet: Sheet, body: Body, name: str, letter: str, rows: Mask | None = None) -> list[pl.Series]:
    """Text and `CellType` of one column, of the records unless `rows` says which."""
    text, kind = sheet.take(index_of(letter), body.start, body.records if rows is None else rows)
    return [text.alias(typed_column(name)), kind.alias(stored_column(name))]


def _by_sex(sheet: Sheet, body: Body, column: Column, paths: Sequence[Path]) -> list[pl.Series]:
    """One column from two, for men and for women; `<name>.letter` says in which letter each cell stands."""
    one, other = (_plain(sheet, body, column.name, path.letter) for path in paths)
    first = one[0].is_not_null()
    both = first & other[0].is_not_null()
    # Both filled is for the clerk to settle: the two texts together can't be read as a date.
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


def _by_tick(sheet: Sheet, body: Body, column: Column, paths: Sequence[Path]) -> list[pl.Series]:
    """One of two values, by which column is ticked (`<name>.letter`); text that is no tick stays as it is."""
    typed = [sheet.take(index_of(path.letter), body.start, body.records)[0] for path in paths]
    frame = pl.DataFrame([text.alias(path.letter) for text, path in zip(typed, paths, strict=True)])
    chosen = [_chosen(path.letter, value) for path, value in zip(paths, column.of, strict=True)]
    in_second = chosen[0].is_null() & chosen[1].is_not_null()
    first, second = (pl.lit(path.letter) for path in paths)
    return frame.select(
        # Both ticked is for the clerk to settle: the two together are no value of the list.
        pl.concat_str(chosen, separator=" / ", ignore_nulls=True)
        .replace("", None)
        .alias(typed_column(column.name)),
        pl.lit(CellType.TEXT.value, pl.UInt8).alias(stored_column(column.name)),
        pl.when(in_second).then(second).otherwise(first).alias(f"{column.name}.letter"),
    ).get_columns()


def _chosen(letter: str, value: str) -> pl.Expr:
    said = pl.col(letter).str.strip_chars().str.to_lowercase()
    return pl.when(said.is_in(YES)).then(pl.lit(value)).when(~said.is_in(NO)).then(pl.col(letter))


def _with_sex(
    frame: pl.DataFrame, sheet: Sheet, body: Body, dataset: Dataset, columns: Mapping[str, Sequence[Path]]
) -> pl.DataFrame:
    """`frame` with the sex that the choice between two birth-date columns states, unless a column does."""
    target, split = _sex_column(dataset), _split_column(frame, columns)
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


def _letter_of_sex(frame: pl.DataFrame, letters: Mapping[str, str], dataset: Dataset) -> Mapping[str, str]:
    target, split = _sex_column(dataset), _split_column(frame, letters)
    if target is None or split is None or target in letters:
        return {}
    return {target: letters[split]}


def _sex_column(dataset: Dataset) -> str | None:
    return next((column.name for column in dataset.columns if column.of == ("Nam", "Nữ")), None)


def _split_column(frame: pl.DataFrame, columns: Iterable[str]) -> str | None:
    return next((name for name in columns if f"{name}.letter" in frame.columns), None)


def _with_places(
    frame: pl.DataFrame, sheet: Sheet, body: Body, dataset: Dataset, letters: dict[str, str]
) -> ExtractedCells:
    """The thôn that section rows carry, where the row itself names none."""
    thon = next((c.name for c in dataset.columns if c.kind.name == "thon"), None)
    # Where the rows are the thôn themselves, a section above them is something else.
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
    above = [(sheet.number(section.row), section.label) for section in places]
    return ExtractedCells(_carried(frame, above, thon), letters)


def _carried(frame: pl.DataFrame, places: Sequence[tuple[int, str]], thon: str) -> pl.DataFrame:
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
            pl.when(~own).then(pl.col("_of")).alias(f"{thon}.row"),
        )
        .drop("_place", "_of")
    )
