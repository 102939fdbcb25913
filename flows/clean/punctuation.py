"""Decides what dots and commas mean in a column of numbers: groups of thousands or decimals.

`1.234` and `1,234` have two readings. The other cells of the column decide, then the other columns of its
table, then the separator of its file and the size of its other numbers. Where these prove nothing, or both
readings, the likelier one is taken and the cell is doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from flows.clean import number_shapes as shapes
from flows.clean.measures import scale_of
from flows.clean.number_shapes import has
from flows.clean.reading import TYPED, Setting
from flows.clean.text import tidy
from flows.read.table import CellType, ReadTable
from schemas.contract import stored_column, typed_column
from schemas.kinds.numbers import NUMBER_KINDS

#: One row per table: whether a tail behind a dot or a comma is a group; whether that is doubtful, or so firm
#: that the size of the number does not matter; and the least and greatest of the column's other numbers, sign
#: and zeros aside (null if it has none).
PUNCTUATION_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "table": pl.UInt32,
    "dot_groups": pl.Boolean,
    "dot_doubtful": pl.Boolean,
    "dot_firm": pl.Boolean,
    "comma_groups": pl.Boolean,
    "comma_doubtful": pl.Boolean,
    "comma_firm": pl.Boolean,
    "low": pl.Float64,
    "high": pl.Float64,
}

_MAY_BE_TAIL = r"[.,][0-9]{3}(?:[^0-9.,]|$)"
_OF_COLUMN = ("column", "table")
_BIG = 100
_ENOUGH = 3


def add_punctuation(
    settings: Sequence[Setting], cells: pl.DataFrame, values: pl.DataFrame, tables: Sequence[ReadTable]
) -> list[Setting]:
    """`settings` with `punctuation` for the columns of numbers that have cells of two readings.

    Args:
        settings: The columns of one layout.
        cells: The cells of all `tables`.
        values: The values of the plain cells; null for all others.
        tables: The tables; their total rows are evidence too.
    """
    numbers = [setting for setting in settings if setting.column.kind.name in NUMBER_KINDS]
    spelled = {setting.column.name: _spell(setting, cells, values, tables) for setting in numbers}
    asked = {name for name, column in spelled.items() if column["typed"].str.contains(_MAY_BE_TAIL).any()}
    if not asked:
        return list(settings)
    flags = pl.concat([_find_shapes(spelled[each.column.name], each) for each in numbers])
    sizes = pl.concat([_measure(spelled[name], cells, values, name) for name in sorted(asked)])
    separators = pl.DataFrame(
        {"table": range(len(tables)), "separator": [table.separator for table in tables]},
        schema={"table": pl.UInt32, "separator": pl.String},
    )
    decided = _decide(flags.join(sizes, on=_OF_COLUMN, how="left").join(separators, on="table", how="left"))
    of_column = decided.partition_by("column", as_dict=True, include_key=False)
    return [
        replace(each, punctuation=of_column[each.column.name,].select(*PUNCTUATION_SCHEMA))
        if each.column.name in asked
        else each
        for each in settings
    ]


def _spell(
    setting: Setting, cells: pl.DataFrame, values: pl.DataFrame, tables: Sequence[ReadTable]
) -> pl.DataFrame:
    """The distinct spellings (`typed`, `table`) of a column that are no plain numbers, totals among them."""
    name = setting.column.name
    typed, stored = typed_column(name), stored_column(name)
    unusual = values[name].is_null() & (cells[stored] == CellType.TEXT) & cells[typed].is_not_null()
    texts = [cells.filter(unusual).select(pl.col(typed).alias("typed"), pl.col("_table").alias("table"))]
    for at, table in enumerate(tables):
        if typed in table.totals.columns:
            total = table.totals.filter(pl.col(typed).is_not_null(), pl.col(stored) == CellType.TEXT)
            texts.append(total.select(pl.col(typed).alias("typed"), pl.lit(at, pl.UInt32).alias("table")))
    return pl.concat(texts).unique()


def _find_shapes(spelled: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """One row per table with text in the column: which shapes its numbers have."""
    scale = scale_of(setting.column)
    stated = scale.size_of(setting.unit)
    kind = setting.column.kind.name
    whole = kind == "so_luong" or (kind == "so_tien" and stated == 1)
    cells = shapes.split(spelled.with_columns(text=tidy(TYPED)))
    behind = pl.col("behind").replace_strict(scale.sizes, default=None, return_dtype=pl.Int64)
    in_dong = pl.lit(kind == "so_tien") & (behind == 1)
    # Counts and amounts in đồng have no decimals, so their tails are groups.
    tail_is_group = pl.lit(whole) | in_dong.fill_null(value=False)
    dot, comma = has(shapes.DOT_TAIL), has(shapes.COMMA_TAIL)
    not_zeros = ~has("000$") | pl.lit(kind == "so_tien")
    flags = {
        "dot_tail": dot & ~tail_is_group,
        "comma_tail": comma & ~tail_is_group,
        "dot_group": has(shapes.DOT_GROUPS) | (dot & tail_is_group),
        "comma_group": has(shapes.COMMA_GROUPS) | (comma & tail_is_group),
        "dot_decimal": has(shapes.DOT_DECIMALS) & ~dot,
        "comma_decimal": has(shapes.COMMA_DECIMALS) & ~comma,
        # Cells of one reading with three decimals or more, and all with just three.
        "long_dot": has(shapes.DOT_DECIMALS) & ~dot & has(r"\.[0-9]{3,}$"),
        "long_comma": has(shapes.COMMA_DECIMALS) & ~comma & has(",[0-9]{3,}$"),
        "three_dot": has(r"\.[0-9]{3}$") & ~has(shapes.DOT_GROUPS) & ~(dot & tail_is_group),
        "three_comma": has(",[0-9]{3}$") & ~has(shapes.COMMA_GROUPS) & ~(comma & tail_is_group),
        # Of a count, three zeros may be decimals: they prove nothing.
        "proves_dot": has(shapes.DOT_GROUPS) | (dot & tail_is_group & not_zeros),
        "proves_comma": has(shapes.COMMA_GROUPS) | (comma & tail_is_group & not_zeros),
        "spaced": has(shapes.SPACED_GROUPS),
        "no_thousands": (dot | comma) & not_zeros,
    }
    found = cells.group_by("table").agg(
        flag.fill_null(value=False).any().alias(name) for name, flag in flags.items()
    )
    return found.with_columns(column=pl.lit(setting.column.name), whole=pl.lit(whole))


def _measure(spelled: pl.DataFrame, cells: pl.DataFrame, values: pl.DataFrame, name: str) -> pl.DataFrame:
    """One row per table: the sizes of the numbers of a column that have one reading."""
    plain = cells.select(
        pl.col("_table").alias("table"),
        number=values[name].cast(pl.Float64),
        ungrouped=(pl.col(stored_column(name)) == CellType.TEXT)
        & pl.col(typed_column(name)).str.contains("[0-9]{4}"),
    )
    sure = shapes.split(spelled.with_columns(text=tidy(TYPED))).filter(
        pl.col("behind").is_null(), ~shapes.is_tail()
    )
    read = pl.coalesce(shapes.read_decimals(), shapes.read_groups())
    typed = sure.select("table", number=read.cast(pl.Float64), ungrouped=pl.lit(value=False))
    number = pl.col("number").abs()
    return (
        pl.concat([plain, typed])
        .filter(pl.col("number").is_not_null())
        .group_by("table")
        .agg(
            low=number.filter(number != 0).min(),
            high=number.filter(number != 0).max(),
            big=number.filter(number >= _BIG).n_unique(),
            fractional=(number != number.floor()).any(),
            ungrouped=pl.col("ungrouped").any(),
        )
        .with_columns(column=pl.lit(name))
    )


def _decide(columns: pl.DataFrame) -> pl.DataFrame:
    """`PUNCTUATION_SCHEMA` and `column`, from the shapes of every column, its sizes and the separator."""
    comma_is_decimal = pl.col("comma_decimal") | pl.col("dot_group")
    dot_is_decimal = pl.col("dot_decimal") | pl.col("comma_group")
    columns = columns.with_columns(
        vietnamese=comma_is_decimal,
        english=dot_is_decimal,
        vietnamese_proof=pl.col("comma_decimal") | pl.col("proves_dot"),
        english_proof=pl.col("dot_decimal") | pl.col("proves_comma"),
    )
    columns = columns.with_columns(
        (pl.col(way).sum().over("table") > pl.col(way)).alias(f"{way}_beside")
        for way in ("vietnamese", "english", "vietnamese_proof", "english_proof")
    )
    plain_wholes = ((pl.col("big") >= _ENOUGH) & ~pl.col("fractional") & ~pl.col("ungrouped")).fill_null(
        value=False
    )
    columns = columns.with_columns(
        plain_wholes=plain_wholes, ungrouped=pl.col("ungrouped").fill_null(value=False)
    )
    return columns.with_columns(
        *_decide_mark("dot", "comma", "vietnamese", "english", ";"),
        *_decide_mark("comma", "dot", "english", "vietnamese", ","),
    )


def _decide_mark(mark: str, other: str, own: str, opposite: str, separator: str) -> Iterator[pl.Expr]:
    """Whether tails behind `mark` are groups, and whether that is doubtful, or firm.

    Args:
        mark: The mark.
        other: The other mark.
        own: The way of writing in which `mark` groups.
        opposite: The way in which it begins the decimals.
        separator: The separator of files whose program writes the own way.
    """
    for_it, against_it = pl.col(own), pl.col(opposite)
    beside, against_beside = pl.col(f"{own}_beside"), pl.col(f"{opposite}_beside")
    proved_beside = pl.col(f"{own}_proof_beside")
    unproved = ~for_it & ~against_it
    both_tails = pl.col("dot_tail") & pl.col("comma_tail")
    usual = pl.col("separator") == separator
    # Where no program is known, as Vietnamese is written.
    likely = pl.col("separator").ne_missing(",") if mark == "dot" else usual
    groups = (
        pl.when("whole")
        .then(pl.lit(value=True))
        .when(for_it != against_it)
        .then(for_it)
        .when(unproved & pl.col("plain_wholes"))
        .then(pl.lit(value=True))
        .when("spaced")
        .then(pl.lit(value=False))
        .when(beside != against_beside)
        .then(beside)
        .otherwise(likely.fill_null(value=False))
    )
    doubtful = (
        pl.when("whole")
        # Three zeros are decimals in the lists of some programs.
        .then(pl.col(f"{mark}_decimal") | (~pl.col("no_thousands") & against_beside & ~proved_beside))
        .when(for_it & ~against_it)
        # Beside as many decimals as a group has digits, a group is like a slip of the mark.
        .then(pl.col("spaced") | pl.col(f"three_{other}"))
        .when(against_it & ~for_it)
        .then(both_tails & ~pl.col(f"long_{mark}"))
        .when(~unproved | both_tails)
        .then(pl.lit(value=True))
        .when("plain_wholes")
        .then(against_beside)
        .when("spaced")
        .then(pl.lit(value=True))
        .when(beside | against_beside)
        .then(beside & against_beside)
        .otherwise(pl.col("ungrouped") | ~usual.fill_null(value=False))
    )
    firm = (unproved & pl.col("plain_wholes")) | (against_it & ~for_it & pl.col(f"long_{mark}"))
    yield groups.alias(f"{mark}_groups")
    yield doubtful.alias(f"{mark}_doubtful")
    yield firm.alias(f"{mark}_firm")
