"""Tells amounts that were likely typed in a smaller unit: đồng under a heading in triệu, kg under tấn.

Such an amount is a thousand or a million times too large. Nobody can prove it, so the number typed is taken,
and told with what it would be in the smaller unit (flaw `nham_don_vi`). One with its own unit is sure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

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

# From which size on an amount is too large for the thôn of a record, by the unit of the contract.
_TOO_LARGE = {"tấn": 300, "Mbps": 2_000, "kWp": 1_000}
_THOUSANDTH = {"tấn": "kg", "Mbps": "Kbps", "kWp": "Wp"}
_FAR_BEYOND = 100
# One place may have a solar farm, and the others a few roofs.
_MAY_STAND_OUT = frozenset({"kWp"})

_NameSmaller = Callable[[float], tuple[str, str, int]]

_N, _ROUNDED, _REST = pl.col("number"), pl.col("rounded"), pl.col("rest")


def tell_mistaken_sizes(
    readings: Mapping[str, Reading],
    settings: Sequence[Setting],
    typed: Mapping[str, pl.Series],
    tables: pl.Series,
) -> dict[str, Reading]:
    """The columns of amounts that are likely in another unit than the heading says.

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
        least = _least_doubtful(setting, stated)
        if least is None or stated is None:
            continue
        number = (readings[name].value * (scale.size / stated)).round_sig_figs(_DIGITS)
        if not (number >= least).any():
            continue
        cells = pl.DataFrame([number.alias("number"), typed[name].alias("typed"), tables.alias("table")])
        cells = cells.with_columns(bare=~pl.col("typed").str.contains(r"\pL"))
        if setting.column.kind.name == "so_tien":
            found, smaller = _find_mistaken_money(cells, stated), partial(_name_smaller_money, stated)
        else:
            unit = str(scale.unit)
            found, smaller = _find_mistaken(cells, unit), partial(_name_smaller, unit)
        at = (found & readings[name].unread.is_null()).arg_true()
        if at.len():
            told[name] = _tell(readings[name], at, number.gather(at), smaller)
    return told


def _least_doubtful(setting: Setting, stated: int | None) -> int | None:
    """The least number, as typed, that may be in another unit; None if none of the column may."""
    scale = scale_of(setting.column)
    if setting.column.kind.name == "so_tien":
        return _LARGE if stated is not None and stated >= _MILLION else None
    return _TOO_LARGE.get(str(scale.unit)) if stated == scale.size else None


def _find_mistaken(cells: pl.DataFrame, unit: str) -> pl.Series:
    """Amounts that are too large, as are all of the column, or that are far beyond its others."""
    large = _N.ge(_TOO_LARGE[unit])
    most = pl.when(~large & (_N > 0)).then(_N)
    others = most.count().over("table")
    all_large = (others == 0) & (large.sum().over("table") >= _ENOUGH)
    far = (
        (others >= _ENOUGH)
        & _N.ge(_FAR_BEYOND * most.max().over("table"))
        & pl.lit(unit not in _MAY_STAND_OUT)
    )
    found = pl.col("bare") & large & (all_large | far)
    return cells.select(found.fill_null(value=False)).to_series()


def _find_mistaken_money(cells: pl.DataFrame, stated: int) -> pl.Series:
    impossible = _IMPOSSIBLE_IN_BILLIONS if stated >= _BILLION else _IMPOSSIBLE
    bare = pl.col("bare")
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


def _tell(reading: Reading, at: pl.Series, numbers: pl.Series, smaller: _NameSmaller) -> Reading:
    says = {number: _say(number, *smaller(number)) for number in numbers.unique()}
    notes = make_nulls(reading.value.len(), pl.String) if reading.notes is None else reading.notes.clone()
    return replace(
        reading,
        unread=reading.unread.clone().scatter(at, "nham_don_vi"),
        notes=notes.scatter(at, numbers.replace_strict(says, return_dtype=pl.String)),
    )


def _name_smaller_money(stated: int, number: float) -> tuple[str, str, int]:
    """The unit of a heading, the smaller one that was likely meant, and how often it is in the first."""
    if stated < _BILLION:
        return "triệu đồng", "đồng", stated
    return ("tỷ đồng", "triệu đồng", 1_000) if number < _BILLION else ("tỷ đồng", "đồng", stated)


def _name_smaller(unit: str, number: float) -> tuple[str, str, int]:
    """The same for a measure; every unit has a thousand of the smaller one."""
    return unit, _THOUSANDTH[unit], 1_000


def _say(number: float, heading: str, smaller: str, times: int) -> str:
    """The two readings of an amount: as typed, and in a smaller unit."""
    return (
        f"Đang tính là {_spell(number)} {heading}; nếu đã gõ bằng {smaller} thì là {_spell(number / times)} "
        f"{heading}."
    )


def _spell(number: float) -> str:
    grouped = f"{number:,.6f}".rstrip("0").rstrip(".")
    return grouped.translate(str.maketrans(",.", ".,"))
