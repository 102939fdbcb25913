"""Reads yes and no; on a form that is ticked, an empty cell says no."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.clean.reading import TEXT, KindReader, Reading, Setting
from flows.clean.text import fold, fold_one, tidy
from schemas.kinds.words import NO, TICKS, YES

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
    """Readings of yes-or-no columns, given with their typed text, as the forms mean blank cells.

    Blank says no in a column with a tick, and in one that says nothing at all beside one with a tick.
    In any other it is missing. `tables` numbers the table of each row: every one is a form by itself.
    """
    blank = {name: reading.unread.eq_missing("thieu") for name, (_, reading) in columns.items()}
    if not any(cells.any() for cells in blank.values()):
        return {name: reading for name, (_, reading) in columns.items()}
    ticked = {name: _ticked(typed, tables) for name, (typed, _) in columns.items()}
    on_ticked_form = tables.is_in(pl.concat([*ticked.values()]).unique())
    found: dict[str, Reading] = {}
    for name, (_, reading) in columns.items():
        says_nothing = ~tables.is_in(tables.filter(~blank[name]).unique())
        means_no = blank[name] & (tables.is_in(ticked[name]) | (on_ticked_form & says_nothing))
        found[name] = _said_no(reading, means_no) if means_no.any() else reading
    return found


def _said_no(reading: Reading, blank: pl.Series) -> Reading:
    return Reading(
        reading.value.set(blank, value=False), reading.unread.set(blank, value=None), reading.answers
    )


def _ticked(typed: pl.Series, tables: pl.Series) -> pl.Series:
    """Those tables where a cell is ticked."""
    spellings = pl.DataFrame({"typed": typed, "table": tables}).unique()
    is_tick = tidy(pl.col("typed")).str.to_lowercase().is_in(TICKS)
    return spellings.filter(is_tick)["table"].unique()


TICK = KindReader(_plain, _read)
