"""Reads counts, measures, money and shares; a text is a number only if it has one of the known shapes.

A cell stored as a number has the 15 digits that Excel shows. In typed text three digits behind one mark have
two readings: `flows.clean.punctuation` decides by column, and a doubtful cell has the flaw `mo_ho`.
"""

from __future__ import annotations

import polars as pl

from flows.clean.measures import scale_of
from flows.clean.number_shapes import (
    DOT_TAIL,
    FOOTNOTE,
    SPACED_TAIL,
    digits,
    has,
    is_tail,
    read_decimals,
    read_groups,
    split,
)
from flows.clean.punctuation import PUNCTUATION_SCHEMA
from flows.clean.reading import IS_NUMBER, STORED, TEXT, KindReader, Setting
from flows.clean.shown_numbers import Read, with_formats
from flows.read.table import CellType
from schemas.contract import Column
from schemas.kinds.base import range_of

#: Significant digits of a number; the rest is noise of binary arithmetic.
DIGITS = 15
_EXACT = r"^-?[0-9]+(?:\.[0-9]+)?$"
# A reading is unlikely if it is so many times beyond the column's other numbers, while the other reading is
# among them or at most so few times beyond.
_FAR, _NEAR = 30, 3

_SIGN, _BEHIND = pl.col("sign"), pl.col("behind")
_NUMBER, _OTHER, _SIZE, _DOUBTFUL = pl.col("number"), pl.col("other"), pl.col("size"), pl.col("doubtful")
_GROUPS, _UNSURE = pl.col("groups"), pl.col("unsure")


def _add_punctuation(cells: pl.DataFrame, found: pl.DataFrame | None) -> pl.DataFrame:
    """Add what is known of the mark of a tail: `groups`, `unsure`, `firm`, `low` and `high`; else null."""
    if found is None:
        found = pl.DataFrame(schema=PUNCTUATION_SCHEMA).with_columns(
            pl.col("table").cast(cells["table"].dtype)
        )
    dot = has(r"\.[0-9]{3}$")
    return cells.join(found, on="table", how="left", maintain_order="left").with_columns(
        groups=pl.when(dot).then("dot_groups").otherwise("comma_groups"),
        unsure=pl.when(dot).then("dot_doubtful").otherwise("comma_doubtful"),
        firm=pl.when(dot).then("dot_firm").otherwise("comma_firm"),
    )


def _add_numbers(cells: pl.DataFrame, groups: pl.Expr, unsure: pl.Expr) -> pl.DataFrame:
    """Add `number`, `other` (what a tail means if not that; null for other shapes) and `doubtful`.

    Args:
        cells: The split cells, with their punctuation.
        groups: Whether the mark of a tail groups thousands.
        unsure: Whether that is doubtful.
    """
    as_groups, as_decimals, as_digits = (
        pl.concat_str(_SIGN, read()).cast(pl.Float64, strict=False)
        for read in (read_groups, read_decimals, digits)
    )
    typed = STORED == CellType.TEXT
    tail, spaced = typed & is_tail(), typed & has(SPACED_TAIL)
    exact = pl.when(IS_NUMBER & TEXT.str.contains(_EXACT)).then(TEXT.cast(pl.Float64, strict=False))
    sure = pl.when(typed & ~is_tail()).then(pl.coalesce(as_decimals, as_groups))
    read = cells.with_columns(
        number=pl.when(tail & groups)
        .then(as_groups)
        .when(tail)
        .then(as_decimals)
        .otherwise(pl.coalesce(exact, sure)),
        other=pl.when(tail & groups).then(as_decimals).when(tail | spaced).then(as_digits),
        doubtful=(tail & unsure) | (spaced & _UNSURE.fill_null(value=False)),
    )
    return read.with_columns(_NUMBER.round_sig_figs(DIGITS))


def _swap(cells: pl.DataFrame, unlikely: pl.Expr) -> pl.DataFrame:
    """Take the other reading where the first one is `unlikely`; that is doubtful."""
    swap = unlikely.fill_null(value=False)
    return cells.with_columns(
        number=pl.when(swap).then(_OTHER).otherwise(_NUMBER),
        other=pl.when(swap).then(_NUMBER).otherwise(_OTHER),
        doubtful=_DOUBTFUL | swap,
    )


def _is_far() -> pl.Expr:
    """Whether the reading is far from the column's other numbers while the other reading is near them."""
    number, other = (
        pl.max_horizontal(pl.col("low") / each.abs(), each.abs() / pl.col("high"))
        for each in (_NUMBER, _OTHER)
    )
    return ~pl.col("firm") & _BEHIND.is_null() & (number > _FAR) & (other < _NEAR)


def _name_doubt() -> pl.Expr:
    return pl.when(_DOUBTFUL & pl.col("value").is_not_null()).then(pl.lit("mo_ho"))


def _plain_count(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return typed.cast(pl.Int64, strict=False)


def _read_count(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """A count has no decimals: a tail is a group of thousands, and other decimals must be zeros."""
    marked = _add_punctuation(split(cells), setting.punctuation)
    typed = (STORED == CellType.TEXT) & _BEHIND.is_null()
    found = pl.when(is_tail()).then(read_groups()).otherwise(pl.coalesce(read_decimals(), read_groups()))
    noisy = found.cast(pl.Float64, strict=False).round_sig_figs(DIGITS)
    whole = pl.coalesce(
        found.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False),
        pl.when(found.str.contains(".", literal=True) & (noisy == noisy.floor())).then(
            noisy.cast(pl.Int64, strict=False)
        ),
    )
    sign = pl.when(_SIGN == "-").then(-1).otherwise(1)
    return marked.with_columns(
        value=pl.when(typed).then(whole * sign), doubtful=is_tail() & _UNSURE.fill_null(value=False)
    ).with_columns(unread=_name_doubt())


def _plain_measure(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    own = scale_of(setting.column)
    if own.size_of(setting.unit) != own.size:
        return pl.lit(None, pl.Float64)
    sure = (stored == CellType.NUMBER) | ~typed.str.contains(".", literal=True)
    return pl.when(sure & typed.str.contains(_EXACT)).then(typed.cast(pl.Float64, strict=False))


def _read_measure(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Read amounts in the unit of the cell, else of the heading; convert them to the contract's unit."""
    own = scale_of(setting.column)
    stated = own.size_of(setting.unit)
    if stated is None:
        return cells.with_columns(value=pl.lit(None, pl.Float64))
    behind = _BEHIND.replace_strict(own.sizes, default=None, return_dtype=pl.Int64)
    size = pl.when(_BEHIND.is_null()).then(pl.lit(stated, pl.Int64)).otherwise(behind)
    money = setting.column.kind.name == "so_tien"
    marked = _add_punctuation(split(cells), setting.punctuation).with_columns(
        size=size, in_dong=pl.lit(money) & (size == 1)
    )
    never_decimal = pl.col("in_dong")
    # In a column of other amounts a cell in đồng says so itself: it is sure.
    unsure_dong = _UNSURE.fill_null(value=False) & pl.lit(stated == 1)
    numbered = _add_numbers(
        marked,
        never_decimal | pl.coalesce(_GROUPS, has(DOT_TAIL)),
        pl.when(never_decimal).then(unsure_dong).otherwise(_UNSURE.fill_null(value=True)),
    )
    numbered = _doubt_parts_of_dong(_swap(numbered, ~never_decimal & _is_far()))
    numbered = _swap(numbered, _DOUBTFUL & _is_out_of_range(setting.column, own.size))
    converted = (_NUMBER * _SIZE / own.size).round_sig_figs(DIGITS)
    return numbered.with_columns(
        value=pl.when(own.size == _SIZE).then(_NUMBER).otherwise(converted),
        change=pl.when((own.size != _SIZE) & (_NUMBER != 0)).then(pl.lit("doi_don_vi")),
    ).with_columns(unread=_name_doubt())


def _doubt_parts_of_dong(cells: pl.DataFrame) -> pl.DataFrame:
    """A typed amount in đồng with decimals may be one in thousands."""
    part = pl.col("in_dong") & (STORED == CellType.TEXT) & (_NUMBER.floor() != _NUMBER)
    part = part.fill_null(value=False)
    return cells.with_columns(
        other=pl.when(part).then(_NUMBER * 1000).otherwise(_OTHER), doubtful=_DOUBTFUL | part
    )


def _is_out_of_range(column: Column, size: int) -> pl.Expr:
    """Whether the reading is out of the column's range while the other one is within."""
    low, high = range_of(column)
    within = (
        (each * _SIZE / size).is_between(low, float("inf") if high is None else high)
        for each in (_NUMBER, _OTHER)
    )
    return ~next(within) & next(within)


def _plain_share(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    """A stored number up to 1 is a share (Excel stores 85% as 0.85); a larger one may be a percentage."""
    number = pl.when((stored == CellType.NUMBER) & typed.str.contains(_EXACT)).then(typed.cast(pl.Float64))
    return pl.when(number.abs() <= 1).then(number)


def _read_share(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """A number is a percentage if its cell or its heading has the % sign, else a share (0..1).

    Thousands of per cent are unlikely, so a tail is taken for decimals.
    """
    column, own = setting.column, scale_of(setting.column)
    if own.size_of(setting.unit) is None:
        return cells.with_columns(value=pl.lit(None, pl.Float64))
    headed = pl.lit("%" in column.label or column.unit == "%" or setting.unit is not None)
    percent = _BEHIND.is_in(list(own.sizes)).fill_null(value=False) | (headed & _BEHIND.is_null())
    unsure = (_GROUPS | _UNSURE).fill_null(value=True)
    numbered = _add_numbers(_add_punctuation(split(cells), setting.punctuation), pl.lit(value=False), unsure)
    as_is = IS_NUMBER & (_NUMBER.abs() <= 1)
    # Typed under a heading with %, 0,85 may be a share or less than one per cent.
    small = (
        headed
        & (STORED == CellType.TEXT)
        & _BEHIND.is_null()
        & (_NUMBER.abs().max().over("table") < 1)
        & (_NUMBER != 0)
    )
    return numbered.with_columns(
        value=pl.when(percent & ~as_is)
        .then((_NUMBER / 100).round_sig_figs(DIGITS))
        .when(_BEHIND.is_null())
        .then(_NUMBER),
        change=pl.when(IS_NUMBER & percent & ~as_is).then(pl.lit("doi_don_vi")),
        doubtful=_DOUBTFUL | small.fill_null(value=False),
    ).with_columns(unread=_name_doubt())


def _with_footnotes(read: Read) -> Read:
    """`read`, with the name of the repair of numbers whose footnote is left out."""

    def read_all(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
        found = read(cells, setting)
        marked = pl.when(TEXT.str.contains(FOOTNOTE)).then(pl.lit("chu_thich"))
        own = [pl.col("change")] if "change" in found.columns else []
        return found.with_columns(change=pl.coalesce(*own, marked))

    return read_all


COUNT = KindReader(_plain_count, _with_footnotes(with_formats(_read_count)))
MEASURE = KindReader(_plain_measure, _with_footnotes(with_formats(_read_measure)))
SHARE = KindReader(_plain_share, _with_footnotes(with_formats(_read_share)))
