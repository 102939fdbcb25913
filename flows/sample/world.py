"""Declares the inputs shared by all generators of sample data: seed, commune, periods, submission times."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flows.root import HERE
from schemas.contract import Dataset
from schemas.periods import Period, due, ended, is_working
from schemas.units import Commune

_DAY = timedelta(days=1)
_YEARS_BACK = 3


@dataclass(frozen=True, slots=True)
class World:
    """One invented commune: the same fields always give the same people, records and files.

    `share` is (k, n) for the k-th of n communes; it keeps their personal numbers and tax codes disjoint.
    """

    seed: int
    persons: int
    today: date
    commune: Commune
    datasets: Mapping[str, Dataset]
    share: tuple[int, int] = (0, 1)

    def rng(self, *purpose: object) -> random.Random:
        """A random generator for one purpose, so that a change in one generator does not affect others."""
        return random.Random(repr((self.seed, *map(str, purpose))))  # noqa: S311 - nothing secret

    def periods(self, dataset: str) -> tuple[Period, Period]:
        """The last two periods of `dataset` that ended before or on `today`, the older one first."""
        contract = self.datasets[dataset]
        since = self.today.replace(year=self.today.year - _YEARS_BACK, day=1)
        older, latest = ended(contract.cadence, contract.basis, since, self.today)[-2:]
        return older, latest

    def received(self, unit: str, dataset: str, period: Period) -> datetime:
        """The time of the submission: in working hours, after the period's end, not after the deadline."""
        rng = self.rng("received", unit, dataset, period.label)
        last = min(due(period, self.datasets[dataset].due, self.commune.moved), self.today)
        window = [period.end + _DAY * n for n in range(1, (last - period.end).days + 1)]
        days = [day for day in window if is_working(day, self.commune.moved)] or window or [last]
        clock = time(rng.choice((8, 9, 10, 14, 15, 16)), rng.randrange(60), rng.randrange(60))
        return datetime.combine(rng.choice(days), clock, HERE)
