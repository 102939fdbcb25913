"""Finds the days that were missed while nothing ran, as far as they change something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import polars as pl

from flows.collect.archive import list_archived
from flows.release.publish import day_of, list_releases
from flows.release.refusal import read_refusal
from flows.roll_call import OWED_PART, call_roll
from flows.root import Root
from schemas.registry import Contracts

_DAY = timedelta(days=1)


def list_days_to_run(root: Root, contracts: Contracts, planned: date, today: date) -> list[date]:
    """The days that a run planned for the day `planned` is to run today, oldest first.

    Of the days since the last one that ran, those that change something: a submission was received on them,
    a deadline was found to be over, a waiver ended. Any other day would repeat the one before. `planned`
    itself is run in any case if it is `today`. So each missed day is run once, in order, however many runs
    are late and in whatever order they start. A day that the audit refused had its run.
    """
    last = max((day for day in _list_days_run(root) if day <= today), default=None)
    if last is None:
        return [planned]
    until = min(planned, today - _DAY)
    missed = (last + _DAY * number for number in range(1, (until - last).days + 1))
    changing = _Changes(root, contracts, last)
    return [*(day for day in missed if changing.come_on(day)), *([planned] if planned == today else [])]


def _list_days_run(root: Root) -> Iterator[date]:
    for name in list_releases(root):
        yield datetime.strptime(day_of(name), "%Y%m%d").date()
    refusal = read_refusal(root)
    # What a damaged note of a refusal says is no day.
    if refusal is not None and (said := str(refusal["as_of"]))[:1].isdigit():
        yield date.fromisoformat(said)


class _Changes:
    """What happens on days after `last`, the last one that was run."""

    def __init__(self, root: Root, contracts: Contracts, last: date) -> None:
        self._contracts = contracts
        self._received = {one.day for one in list_archived(root, date.max)}
        self._ended = {waiver.until for waiver in contracts.waivers}
        self._handed_in = _read_handed_in(root, last)

    def come_on(self, day: date) -> bool:
        """Whether the release of `day` says something else than that of the day before."""
        before = day - _DAY
        return day in self._received or before in self._ended or self._is_somebody_late_since(before, day)

    def _is_somebody_late_since(self, due: date, day: date) -> bool:
        called = call_roll(self._contracts.commune, self._contracts.datasets, self._handed_in, day)
        return called.filter((pl.col("state") == "chua_co") & (pl.col("due") == due)).height > 0


def _read_handed_in(root: Root, last: date) -> pl.DataFrame:
    """What had come by the day `last`, as `call_roll` takes it."""
    places = [root.releases / name for name in list_releases(root) if day_of(name) <= f"{last:%Y%m%d}"]
    wanted = [*OWED_PART, "received"]
    nil = (pl.col("state") == "khong_phat_sinh").alias("nil")
    if not places:
        return pl.DataFrame(
            schema=dict.fromkeys(OWED_PART, pl.String) | {"received": pl.Date, "nil": pl.Boolean}
        )
    newest = max(places, key=lambda place: day_of(place.name))
    called = pl.read_parquet(newest / "roll_call.parquet")
    return called.filter(pl.col("received").is_not_null()).select(*wanted, nil)
