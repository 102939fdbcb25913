"""Reads yes and no; on a form that is ticked, an empty cell says no."""

from __future__ import annotations

import polars as pl

from flows.clean.reading import TEXT, Reader, Reading, Setting
from flows.clean.text import fold, fold_one, tidy

TICKS = ("x", "✓", "✔", "☑", "√")
YES = (*TICKS, "có", "co", "c", "1", "đúng", "yes", "true")
NO = ("không", "khong", "ko", "k", "0", "no", "false", "☐")

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


def blanks_mean_no(typed: pl.Series, reading: Reading) -> Reading:
    """`reading` of the column `typed`, its blank cells false if any cell of it is ticked."""
    blank = reading.doc.eq_missing("thieu")
    if not blank.any() or not _ticked(typed):
        return reading
    return Reading(reading.value.set(blank, value=False), reading.doc.set(blank, value=None), reading.answers)


def _ticked(typed: pl.Series) -> bool:
    spellings = pl.DataFrame({"typed": typed.unique()})
    return bool(spellings.select(tidy(pl.col("typed")).str.to_lowercase().is_in(TICKS).any()).item())


TICK = Reader(_plain, _read)
