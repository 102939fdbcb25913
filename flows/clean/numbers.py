"""Reads counts, measures, money and shares; a text is a number only if it matches one of the known patterns.

Deleting separators without a pattern would read `1.2345` as 12345 (DESIGN.md §11). A cell stored as a
number is exact. In typed text dots group thousands and a comma begins the decimals; the English convention is
used if the other cells of the column can only be read that way.
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


def _split(cells: pl.DataFrame) -> pl.DataFrame:
    """Split typed numbers into `sign`, `body` and the folded unit `behind` them."""
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


def _read_whole() -> pl.Expr:
    """The digits of a whole number; its thousands may be grouped, with the same separator everywhere."""
    grouped = pl.any_horizontal(_BODY.str.contains(shape) for shape in _GROUPED)
    return (
        pl.when(grouped)
        .then(_BODY.str.replace_all("[., ]", ""))
        .when(_BODY.str.contains("^[0-9]+(?:[.,]0{1,2})?$"))
        .then(_BODY.str.replace("[.,]0+$", ""))
    )


def _read_comma_decimals() -> pl.Expr:
    read = _BODY.str.replace_all("[. ]", "").str.replace(",", ".", literal=True)
    return pl.when(_BODY.str.contains(_COMMA_DECIMALS)).then(read)


def _read_dot_decimals() -> pl.Expr:
    return pl.when(_BODY.str.contains(_DOT_DECIMALS)).then(_BODY.str.replace_all("[, ]", ""))


def _read_body(never_decimal: pl.Expr) -> pl.Expr:
    """The number in `body`, with a dot before its decimals; null if no pattern matches.

    `1.234` is ambiguous. It is read like the unambiguous cells of the same table and column; if there are
    none, the Vietnamese way (1234); if they disagree, it is not read. If `never_decimal`, it is always 1234.
    """
    ambiguous = _BODY.str.contains(_TWO_READINGS)
    comma = (
        (~ambiguous & (_BODY.str.contains(_COMMA_DECIMALS) | _BODY.str.contains(_DOT_GROUPS)))
        .any()
        .over("table")
    )
    dot = (
        (~ambiguous & (_BODY.str.contains(_DOT_DECIMALS) | _BODY.str.contains(_COMMA_GROUPS)))
        .any()
        .over("table")
    )
    sure = pl.coalesce(_read_whole(), _read_comma_decimals(), _read_dot_decimals())
    return (
        pl.when(~ambiguous | never_decimal)
        .then(sure)
        .when(comma & dot)
        .then(None)
        .when(dot)
        .then(pl.coalesce(_read_dot_decimals(), _read_whole()))
        .otherwise(pl.coalesce(_read_comma_decimals(), _read_whole()))
    )


def _add_number(cells: pl.DataFrame, never_decimal: pl.Expr) -> pl.DataFrame:
    """Add `number`: exact for cells stored as numbers, by pattern for typed ones."""
    exact = pl.when(IS_NUMBER & TEXT.str.contains(_EXACT)).then(TEXT)
    typed = pl.when(STORED == CellType.TEXT).then(pl.concat_str(_SIGN, _read_body(never_decimal)))
    return cells.with_columns(number=pl.coalesce(exact, typed).cast(pl.Float64, strict=False))


def _plain_count(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return typed.cast(pl.Int64, strict=False)


def _read_count(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    typed = pl.when((STORED == CellType.TEXT) & _BEHIND.is_null()).then(pl.concat_str(_SIGN, _read_whole()))
    return _split(cells).with_columns(value=typed.cast(pl.Int64, strict=False))


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
    in_dong = (_SIZE == 1) & pl.lit(setting.column.kind.name == "so_tien")
    numbered = _add_number(_split(cells).with_columns(size=size), in_dong)
    converted = (_NUMBER * _SIZE / own.size).round_sig_figs(15)
    return numbered.with_columns(
        value=pl.when(own.size == _SIZE).then(_NUMBER).otherwise(converted),
        change=pl.when((own.size != _SIZE) & (_NUMBER != 0)).then(pl.lit("doi_don_vi")),
    )


def _plain_share(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    """A stored number up to 1 is a share (Excel stores 85% as 0.85); a larger one may be a percentage."""
    number = pl.when((stored == CellType.NUMBER) & typed.str.contains(_EXACT)).then(typed.cast(pl.Float64))
    return pl.when(number.abs() <= 1).then(number)


def _read_share(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """A number is a percentage if its cell or its heading has the % sign, else a share (0..1)."""
    column, own = setting.column, scale_of(setting.column)
    if own.size_of(setting.unit) is None:
        return cells.with_columns(value=pl.lit(None, pl.Float64))
    headed = pl.lit("%" in column.label or column.unit == "%" or setting.unit is not None)
    percent = _BEHIND.is_in(list(own.sizes)).fill_null(value=False) | (headed & _BEHIND.is_null())
    numbered = _add_number(_split(cells), pl.lit(value=False))
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
