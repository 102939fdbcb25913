"""Tells amounts of money that were likely typed in đồng under a heading in triệu or tỷ đồng.

Such an amount is a million times too large. Nobody can prove it, so the number typed is taken and told
together with what it would be in the smaller unit (flaw `nham_don_vi`). An amount with its own unit is sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from flows.clean.measures import scale_of
from flows.clean.reading import Reading, Setting, make_nulls

_MILLION, _BILLION = 10**6, 10**9
_DIGITS = 15
# Amounts in đồng are round; in triệu or tỷ, round ones from this size on are rare.
_ROUND, _LARGE = 1_000, 10_000
# A round amount is unlikely if it is so large, and so many times beyond those that are not round.
_UNLIKELY, _FAR = 1_000_000, 30
# No enterprise of a commune takes in so much: 10.000 tỷ đồng; no commune produces so much: 1.000.000 tỷ.
_IMPOSSIBLE, _IMPOSSIBLE_IN_BILLIONS = 10_000_000, 1_000_000
# If all amounts are round, or all others are small, less is needed.
_ENOUGH, _ALL_LARGE, _VERY_FAR = 3, 100_000, 100_000

_N, _ROUNDED, _REST = pl.col("number"), pl.col("rounded"), pl.col("rest")


def tell_mistaken_sizes(
    readings: Mapping[str, Reading],
    settings: Sequence[Setting],
    typed: Mapping[str, pl.Series],
    tables: pl.Series,
) -> dict[str, Reading]:
    """The columns of money in which amounts are likely in another unit than the heading says.

    Args:
        readings: Every column as read.
        settings: The columns.
        typed: The text of every cell, by column.
        tables: The number of the table of every cell; each is judged by itself.
    """
    told: dict[str, Reading] = {}
    for setting in settings:
        name, scale = setting.column.name, scale_of(setting.column)
        stated = scale.size_of(setting.unit)
        if setting.column.kind.name != "so_tien" or stated is None or stated < _MILLION:
            continue
        number = (readings[name].value * (scale.size / stated)).round_sig_figs(_DIGITS)
        if not (number >= _LARGE).any():
            continue
        cells = pl.DataFrame([number.alias("number"), typed[name].alias("typed"), tables.alias("table")])
        at = (_find_mistaken(cells, stated) & readings[name].unread.is_null()).arg_true()
        if at.len():
            told[name] = _tell(readings[name], at, number.gather(at), stated)
    return told


def _find_mistaken(cells: pl.DataFrame, stated: int) -> pl.Series:
    impossible = _IMPOSSIBLE_IN_BILLIONS if stated >= _BILLION else _IMPOSSIBLE
    bare = ~pl.col("typed").str.contains(r"\pL")
    cells = cells.with_columns(rounded=bare & (_N % _ROUND == 0) & (_N >= _LARGE)).with_columns(
        rest=pl.when(_N > 0, ~_ROUNDED).then(_N)
    )
    most, others = _REST.max().over("table"), _REST.count().over("table")
    filled = (_N > 0).sum().over("table")
    beyond = _N.gt(_FAR * most).fill_null(value=True)
    cells = cells.with_columns(mistaken=(bare & _N.ge(impossible)) | (_ROUNDED & (_N >= _UNLIKELY) & beyond))
    usual = 2 * pl.col("mistaken").sum().over("table") > filled
    all_large = (_ROUNDED & (_N >= _ALL_LARGE)).sum().over("table") == filled
    far = (others >= _ENOUGH) & (_N >= _ALL_LARGE) & _N.ge(_VERY_FAR * most)
    found = pl.col("mistaken") | (
        _ROUNDED & (usual | far.fill_null(value=False) | (all_large & (filled >= _ENOUGH)))
    )
    return cells.select(found.fill_null(value=False)).to_series()


def _tell(reading: Reading, at: pl.Series, numbers: pl.Series, stated: int) -> Reading:
    heading = "tỷ đồng" if stated >= _BILLION else "triệu đồng"
    says = {number: _say(number, stated, heading) for number in numbers.unique()}
    notes = make_nulls(reading.value.len(), pl.String) if reading.notes is None else reading.notes.clone()
    return replace(
        reading,
        unread=reading.unread.clone().scatter(at, "nham_don_vi"),
        notes=notes.scatter(at, numbers.replace_strict(says, return_dtype=pl.String)),
    )


def _say(number: float, stated: int, heading: str) -> str:
    """The two readings of an amount: as typed, and in a smaller unit."""
    smaller, unit = (_MILLION, "triệu đồng") if stated >= _BILLION and number < _BILLION else (1, "đồng")
    meant = number * smaller / stated
    return f"Đang tính là {_spell(number)} {heading}; nếu đã gõ bằng {unit} thì là {_spell(meant)} {heading}."


def _spell(number: float) -> str:
    grouped = f"{number:,.6f}".rstrip("0").rstrip(".")
    return grouped.translate(str.maketrans(",.", ".,"))
