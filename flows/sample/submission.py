"""Declares a sample submission before it becomes a file: unit, dataset, period, time, records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from flows.sample.people.person import Row
from flows.sample.world import World
from schemas.contract import Dataset
from schemas.periods import Period


@dataclass(frozen=True, slots=True)
class RowFault:
    """A planted fault: the record, the column that it is reported at, and its code.

    `row` is None for a fault of the whole submission.
    """

    row: Row | None
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class SampleSubmission:
    """The records of one file; values in `rows` are plain, or `Typed` if they must be written unchanged."""

    unit: str
    dataset: Dataset
    period: Period
    received: datetime
    rows: list[Row]
    latest: bool
    faults: list[RowFault] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day of submission, which the checks of its dates use."""
        return self.received.date()


def plan_submissions(
    world: World, dataset: str, unit: str, earlier: list[Row], later: list[Row]
) -> Iterable[SampleSubmission]:
    """Yield the submissions of `unit` for the last two periods of `dataset`."""
    periods = world.periods(dataset)
    for period, rows in zip(periods, (earlier, later), strict=True):
        yield SampleSubmission(
            unit,
            world.datasets[dataset],
            period,
            world.received(unit, dataset, period),
            rows,
            latest=period is periods[1],
        )
