"""Reads stored numbers whose number format shows another number, words beside it, or nothing.

What the clerk sees is taken where it has one meaning: 120000000 shown as 120 under a heading in triệu đồng is
120. Otherwise the likelier number is taken, and the cell has the flaw `mo_ho`. The text of such a cell names
its format (`flows.read.number_formats.name_format`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from flows.clean.measures import Scale, scale_of
from flows.clean.reading import IS_NUMBER, TYPED, Setting
from flows.clean.text import fold_one
from flows.read.number_formats import COMPARISONS, FORMATTED, FormatSection, parse_format

Read = Callable[[pl.DataFrame, Setting], pl.DataFrame]

_STORED = pl.col("number")
_DIGITS = 15
# Words for thousands; the single letters only where the number shown is divided too (m is also metres).
_THOUSANDS = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tr": 10**6, "tỷ": 10**9, "tỉ": 10**9}
_LETTERS = {"k": 10**3, "m": 10**6, "b": 10**9}


@dataclass(frozen=True, slots=True)
class _Meaning:
    """By what a stored number is multiplied to give the value, and whether that is doubtful."""

    factor: float
    doubtful: bool = False


def with_formats(read: Read) -> Read:
    """`read`, and beside it the reading of cells whose text names a format."""

    def read_all(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
        formatted = cells.select(IS_NUMBER & TYPED.str.contains(FORMATTED)).to_series()
        if not formatted.any():
            return read(cells, setting)
        others = read(cells.filter(~formatted), setting)
        return pl.concat([others, _read_formatted(cells.filter(formatted), setting)], how="diagonal")

    return read_all


def _read_formatted(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    parts = TYPED.str.extract_groups(FORMATTED).struct
    cells = cells.with_columns(number=parts.field("1").cast(pl.Float64), format=parts.field("2"))
    meant = [
        _apply(left, section, setting)
        for (code,), same in cells.group_by("format", maintain_order=True)
        for left, section in _split_sections(same, str(code))
    ]
    dtype = setting.column.kind.dtype
    value = pl.col("value").round_sig_figs(_DIGITS)
    whole = pl.when(value == value.floor()).then(value) if dtype == pl.Int64 else value
    return pl.concat(meant).with_columns(value=whole.cast(dtype, strict=False))


def _split_sections(cells: pl.DataFrame, code: str) -> list[tuple[pl.DataFrame, FormatSection]]:
    """The cells of one format, by the section that shows them."""
    found = []
    for section in parse_format(code):
        applies = pl.lit(value=True)
        if section.condition is not None:
            applies = COMPARISONS[section.condition[0]](_STORED, section.condition[1])
        found.append((cells.filter(applies), section))
        cells = cells.filter(~applies)
    return [*found, (cells, FormatSection(shows=False))]


def _apply(cells: pl.DataFrame, section: FormatSection, setting: Setting) -> pl.DataFrame:
    """Add `value`, `change` and `unread`; no value if the unit of the heading is unknown."""
    scale = scale_of(setting.column)
    stated = scale.size_of(setting.unit)
    if stated is None:
        return cells.with_columns(
            value=pl.lit(None, pl.Float64), change=pl.lit(None, pl.String), unread=pl.lit(None, pl.String)
        )
    kind = setting.column.kind.name
    meaning = (
        _weigh_share(section)
        if kind == "ty_le"
        else _weigh(section, scale, stated, counts=kind == "so_luong")
    )
    as_stored = stated / scale.size
    # Divided, it may be shown as zero, which nobody means. Zero itself is zero, however it is shown.
    lost = _STORED.abs() / 1000**section.thousands < 0.5 * 10.0**-section.places
    lost = lost & pl.lit(section.thousands > 0)
    doubtful = (_STORED != 0) & (lost | pl.lit(meaning.doubtful))
    changed = (_STORED != 0) & ~doubtful & pl.lit(meaning.factor != as_stored)
    return cells.with_columns(
        value=_STORED * pl.when(lost).then(as_stored).otherwise(meaning.factor),
        change=pl.when(changed).then(pl.lit("dinh_dang")),
        unread=pl.when(doubtful).then(pl.lit("mo_ho")),
    )


def _weigh_share(section: FormatSection) -> _Meaning:
    """A share is stored as a part of one; behind a percent sign that is only written, as per cent."""
    written = fold_one(section.words) == "%"
    if section.thousands or section.odd or not section.shows or section.percent == written:
        return _Meaning(1, doubtful=section.tells)
    return _Meaning(0.01 if written else 1)


def _weigh(section: FormatSection, scale: Scale, stated: int, *, counts: bool) -> _Meaning:
    """What a number means in a column of counts or measures.

    Args:
        section: What is shown of it.
        scale: The unit of the contract and those that can be converted to it.
        stated: The size of the unit in which the heading says it is.
        counts: Whether the column holds counts.
    """
    as_stored = stated / scale.size
    divided = 1000**section.thousands
    if section.odd or section.percent or not section.shows:
        return _Meaning(as_stored, doubtful=True)
    if section.words:
        named = _size_of(section, scale)
        if named is None:
            # Behind a count stands what is counted.
            return _Meaning(as_stored, doubtful=not counts or bool(section.thousands))
        as_shown = named / divided / scale.size
        # The sign of the currency is in formats that are chosen for their looks.
        looks = named == 1 and "đồng" in scale.sizes
        sure = as_shown == as_stored or not (counts or looks)
        return _Meaning(as_shown if sure else as_stored, doubtful=not sure)
    as_shown = as_stored / divided
    if divided in (1, stated):
        return _Meaning(as_shown)
    return _Meaning(as_shown if stated % divided == 0 else as_stored, doubtful=True)


def _size_of(section: FormatSection, scale: Scale) -> int | None:
    words = fold_one(section.words)
    thousands = {**_THOUSANDS, **(_LETTERS if section.thousands else {"k": _LETTERS["k"]})}
    money_or_count = scale.unit is None or "đồng" in scale.sizes
    return scale.sizes.get(words) or (thousands.get(words) if money_or_count else None)
