"""Reads counts, measures, money and shares by their shape: no character goes until the shape is known.

A cell stored as a number is exact. Typed text follows the form: dots group thousands, a comma begins
the decimals; the English way round is taken where the column's other cells can only be read so.
"""

from __future__ import annotations

import polars as pl

from flows.clean.measures import scale_of
from flows.clean.reading import IS_NUMBER, STORED, TEXT, KindReader, Setting
from flows.clean.text import DASHES, fold
from flows.read.table import CellType

_EXACT = r"^-?[0-9]+(?:\.[0-9]+)?$"
_GROUPED = tuple(f"^[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+$" for sign in (r"\.", ",", " "))
_TWO_READINGS = r"^[1-9][0-9]{0,2}[.,][0-9]{3}$"
_COMMA_DECIMALS = r"^(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+|[0-9]+),[0-9]+$"
_DOT_DECIMALS = r"^(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+|[0-9]+)\.[0-9]+$"
_DOT_GROUPS, _COMMA_GROUPS = (rf"^[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}}){{2,}}$" for sign in (r"\.", ","))

_SIGN, _BODY, _BEHIND = pl.col("sign"), pl.col("body"), pl.col("behind")
_NUMBER, _SIZE = pl.col("number"), pl.col("size")


def _taken_apart(cells: pl.DataFrame) -> pl.DataFrame:
    """Splits typed numbers into `sign`, `body` and the unit `behind` them, folded."""
    parts = (
        TEXT.str.replace(DASHES, "-")
        .str.extract_groups(r"^([+-]?) ?([0-9](?:[0-9., ]*[0-9])?) ?([^0-9]*)$")
        .struct
    )
    return cells.with_columns(
        sign=parts.field("1").replace("+", ""),
        body=parts.field("2"),
        behind=fold(parts.field("3")).replace("", None),
    )


def _whole() -> pl.Expr:
    """Digits of a whole number, its thousands grouped by one sign or not at all."""
    grouped = pl.any_horizontal(_BODY.str.contains(shape) for shape in _GROUPED)
    return (
        pl.when(grouped)
        .then(_BODY.str.replace_all("[., ]", ""))
        .when(_BODY.str.contains("^[0-9]+(?:[.,]0{1,2})?$"))
        .then(_BODY.str.replace("[.,]0+$", ""))
    )


def _comma_decimals() -> pl.Expr:
    read = _BODY.str.replace_all("[. ]", "").str.replace(",", ".", literal=True)
    return pl.when(_BODY.str.contains(_COMMA_DECIMALS)).then(read)


def _dot_decimals() -> pl.Expr:
    return pl.when(_BODY.str.contains(_DOT_DECIMALS)).then(_BODY.str.replace_all("[, ]", ""))


def _spelled(never_decimal: pl.Expr) -> pl.Expr:
    """The number that the body spells, with a dot before its decimals; null where no shape fits.

    `1.234` alone has two readings: that of its table's other cells in the column, the form's when these tell
    nothing, and none when they disagree. Where decimals make no sense it is 1234.
    """
    two = _BODY.str.contains(_TWO_READINGS)
    comma = (
        (~two & (_BODY.str.contains(_COMMA_DECIMALS) | _BODY.str.contains(_DOT_GROUPS))).any().over("table")
    )
    dot = (~two & (_BODY.str.contains(_DOT_DECIMALS) | _BODY.str.contains(_COMMA_GROUPS))).any().over("table")
    sure = pl.coalesce(_whole(), _comma_decimals(), _dot_decimals())
    return (
        pl.when(~two | never_decimal)
        .then(sure)
        .when(comma & dot)
        .then(None)
        .when(dot)
        .then(pl.coalesce(_dot_decimals(), _whole()))
        .otherwise(pl.coalesce(_comma_decimals(), _whole()))
    )


def _numbered(cells: pl.DataFrame, never_decimal: pl.Expr) -> pl.DataFrame:
    """Adds `number`: exact for cells stored as numbers, by shape for typed ones."""
    exact = pl.when(IS_NUMBER & TEXT.str.contains(_EXACT)).then(TEXT)
    typed = pl.when(STORED == CellType.TEXT).then(pl.concat_str(_SIGN, _spelled(never_decimal)))
    return cells.with_columns(number=pl.coalesce(exact, typed).cast(pl.Float64, strict=False))


def _plain_count(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return typed.cast(pl.Int64, strict=False)


def _read_count(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    typed = pl.when((STORED == CellType.TEXT) & _BEHIND.is_null()).then(pl.concat_str(_SIGN, _whole()))
    return _taken_apart(cells).with_columns(value=typed.cast(pl.Int64, strict=False))


def _plain_measure(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    own = scale_of(setting.column)
    if own.size_of(setting.unit) != own.size:
        return pl.lit(None, pl.Float64)
    sure = (stored == CellType.NUMBER) | ~typed.str.contains(".", literal=True)
    return pl.when(sure & typed.str.contains(_EXACT)).then(typed.cast(pl.Float64, strict=False))


def _read_measure(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """A cell's own unit comes before the heading's; with neither it is in the contract's."""
    own = scale_of(setting.column)
    stated = own.size_of(setting.unit)
    if stated is None:
        return cells.with_columns(value=pl.lit(None, pl.Float64))
    behind = _BEHIND.replace_strict(own.sizes, default=None, return_dtype=pl.Int64)
    size = pl.when(_BEHIND.is_null()).then(pl.lit(stated, pl.Int64)).otherwise(behind)
    in_dong = (_SIZE == 1) & pl.lit(setting.column.kind.name == "so_tien")
    numbered = _numbered(_taken_apart(cells).with_columns(size=size), in_dong)
    converted = (_NUMBER * _SIZE / own.size).round_sig_figs(15)
    return numbered.with_columns(
        value=pl.when(own.size == _SIZE).then(_NUMBER).otherwise(converted),
        change=pl.when((own.size != _SIZE) & (_NUMBER != 0)).then(pl.lit("doi_don_vi")),
    )


def _plain_share(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    """A cell stored as a number is a share as it is; only one above 1 may be a percentage."""
    number = pl.when((stored == CellType.NUMBER) & typed.str.contains(_EXACT)).then(typed.cast(pl.Float64))
    return pl.when(number.abs() <= 1).then(number)


def _read_share(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Percentages carry their sign or stand under a heading that has it; else it is a share as it is."""
    column, own = setting.column, scale_of(setting.column)
    if own.size_of(setting.unit) is None:
        return cells.with_columns(value=pl.lit(None, pl.Float64))
    headed = pl.lit("%" in column.label or column.unit == "%" or setting.unit is not None)
    percent = _BEHIND.is_in(list(own.sizes)).fill_null(value=False) | (headed & _BEHIND.is_null())
    numbered = _numbered(_taken_apart(cells), pl.lit(value=False))
    as_is = IS_NUMBER & (_NUMBER.abs() <= 1)
    return numbered.with_columns(
        value=pl.when(percent & ~as_is)
        .then((_NUMBER / 100).round_sig_figs(15))
        .when(_BEHIND.is_null())
        .then(_NUMBER),
        change=pl.when(IS_NUMBER & percent & ~as_is).then(pl.lit("doi_don_vi")),
    )


COUNT = KindReader(_plain_count, _read_count)
MEASURE = KindReader(_plain_measure, _read_measure)
SHARE = KindReader(_plain_share, _read_share)
