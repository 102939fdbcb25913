"""Reads moments with a time zone, as programs export them, as the day that they were in Vietnam."""

from __future__ import annotations

from datetime import date

import polars as pl

_MOMENT = (
    r"^(?<day>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})[ t](?<clock>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)"
    r" ?(?<zone>z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)$"
)
# Clocks in Vietnam were up to nine hours ahead of UTC before this day, and have been seven since.
_SEVEN_AHEAD_SINCE = date(1975, 6, 14)
_UTC = ("z", "utc", "gmt", "+00", "+0000")
_MIDNIGHT, _FIFTEEN, _SEVENTEEN = "00:00:00", "15:00:00", "17:00:00"


def read_moment(text: pl.Expr) -> pl.Expr:
    """The day of a moment; null if `text` is none, or may be one of two days.

    A moment in UTC before 15:00 is the same day in Vietnam. One at 17:00 exactly is midnight of the day that
    follows, if the column of the `table` has no other clock than the two that programs give to days without
    a time. Any other one from then on may be a clock in Vietnam that a program called UTC.
    """
    groups = text.str.to_lowercase().str.extract_groups(_MOMENT).struct
    day = groups.field("day").str.to_date("%Y-%m-%d", strict=False)
    clock = _write_out(groups.field("clock"))
    zone = groups.field("zone").str.replace(":", "", literal=True)
    today = day >= _SEVEN_AHEAD_SINCE
    utc, vietnam = zone.is_in(_UTC), zone.is_in(["+07", "+0700"])
    # Where clocks were eight or nine hours ahead, midnight has that zone.
    midnight = zone.is_in(["+08", "+0800", "+09", "+0900"]) & ~today & (clock == _MIDNIGHT)
    days_only = (~utc | clock.is_in([_MIDNIGHT, _SEVENTEEN])).all().over("table")
    same = vietnam | midnight | (utc & ((clock < _FIFTEEN) | (today & (clock < _SEVENTEEN))))
    return pl.when(same).then(day).when(utc & days_only & (clock == _SEVENTEEN)).then(day.dt.offset_by("1d"))


def _write_out(clock: pl.Expr) -> pl.Expr:
    """The clock with its seconds, and with decimals only if they are not zero."""
    whole = pl.when(clock.str.len_bytes() == 5).then(clock + ":00").otherwise(clock)
    return whole.str.replace("[.]0+$", "")
