"""Reads yes and no; on a form that clerks fill with ticks, an empty cell means no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from flows.clean.reading import TEXT, KindReader, Reading, Setting
from flows.clean.text import fold, fold_one, tidy
from schemas.kinds.words import HAND_TICKS, NO, TICKS, YES

_MEANING = {**{fold_one(word): True for word in YES}, **{fold_one(word): False for word in NO}}
_AS_USUALLY_TYPED = {
    form(word): meaning
    for words, meaning in ((YES, True), (NO, False))
    for word in words
    for form in (str.lower, str.upper, str.capitalize)
}


def _plain(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return typed.replace_strict(_AS_USUALLY_TYPED, default=None, return_dtype=pl.Boolean)


def _read(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    return cells.with_columns(
        value=fold(TEXT).replace_strict(_MEANING, default=None, return_dtype=pl.Boolean)
    )


def read_blanks_as_no(
    columns: Mapping[str, tuple[pl.Series, Reading]], tables: pl.Series
) -> dict[str, Reading]:
    """Decide whether blank cells of yes-or-no columns mean no, or are missing.

    Blank means no in a column that has a tick. A column without any answer, beside another that has a tick,
    may say no everywhere or have been forgotten: it is left open (`trong_ca_cot`). Otherwise a blank cell is
    missing. Each table is decided by itself.

    Args:
        columns: For each yes-or-no column its typed text and its reading.
        tables: The number of the table of each row.
    """
    blank = {name: reading.unread.eq_missing("thieu") for name, (_, reading) in columns.items()}
    if not any(cells.any() for cells in blank.values()):
        return {name: reading for name, (_, reading) in columns.items()}
    ticked = {name: _find_ticked_tables(typed, reading, tables) for name, (typed, reading) in columns.items()}
    on_ticked_form = tables.is_in(pl.concat([*ticked.values()]).unique().implode())
    readings: dict[str, Reading] = {}
    for name, (_, reading) in columns.items():
        is_empty = ~tables.is_in(tables.filter(~blank[name]).unique().implode())
        means_no, is_open = blank[name] & tables.is_in(ticked[name].implode()), is_empty & on_ticked_form
        readings[name] = _set_blanks(reading, means_no, is_open)
    return readings


def _set_blanks(reading: Reading, means_no: pl.Series, is_open: pl.Series) -> Reading:
    if not means_no.any() and not is_open.any():
        return reading
    unread = reading.unread.set(means_no, value=None).set(is_open, value="trong_ca_cot")
    return replace(reading, value=reading.value.set(means_no, value=False), unread=unread)


def _find_ticked_tables(typed: pl.Series, reading: Reading, tables: pl.Series) -> pl.Series:
    """The numbers of the tables in which a cell of the column is ticked."""
    spellings = pl.DataFrame({"typed": typed, "table": tables, "value": reading.value}).unique()
    text = tidy(pl.col("typed")).str.to_lowercase()
    is_tick = text.is_in(TICKS) | (text.is_in(HAND_TICKS) & pl.col("value"))
    return spellings.filter(is_tick)["table"].unique()


TICK = KindReader(_plain, _read)
