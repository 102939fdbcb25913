"""Reads yes and no; on a form that is ticked, an empty cell says no."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.clean.reading import TEXT, Reader, Reading, Setting
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


def with_blanks_as_no(columns: Mapping[str, tuple[pl.Series, Reading]]) -> dict[str, Reading]:
    """Readings of a table's yes-or-no columns, given with their typed text, as its form means blank cells.

    Blank says no in a column with a tick, and in one that says nothing at all beside one with a tick.
    In any other it is missing.
    """
    blank = {name: reading.doc.eq_missing("thieu") for name, (_, reading) in columns.items()}
    if not any(cells.any() for cells in blank.values()):
        return {name: reading for name, (_, reading) in columns.items()}
    ticked = {name for name, (typed, _) in columns.items() if _ticked(typed)}
    return {
        name: _said_no(reading, blank[name]) if name in ticked or (ticked and blank[name].all()) else reading
        for name, (_, reading) in columns.items()
    }


def _said_no(reading: Reading, blank: pl.Series) -> Reading:
    return Reading(reading.value.set(blank, value=False), reading.doc.set(blank, value=None), reading.answers)


def _ticked(typed: pl.Series) -> bool:
    spellings = pl.DataFrame({"typed": typed.unique()})
    return bool(spellings.select(tidy(pl.col("typed")).str.to_lowercase().is_in(TICKS).any()).item())


TICK = Reader(_plain, _read)
