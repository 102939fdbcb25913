"""One submission before it becomes a file: whose, which dataset and period, when, and its records."""

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
    """A fault that a change in a record brings: the record, the column it stands at, its code.

    A record of None says that the whole submission has it.
    """

    row: Row | None
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class SampleSubmission:
    """The records of one file; `rows` hold plain values, or `Typed` ones that are written as they are."""

    unit: str
    dataset: Dataset
    period: Period
    received: datetime
    rows: list[Row]
    latest: bool
    faults: list[RowFault] = field(default_factory=list)

    @property
    def day(self) -> date:
        """The day on which it comes in, by which its dates are judged."""
        return self.received.date()


def plan_submissions(
    world: World, dataset: str, unit: str, earlier: list[Row], later: list[Row]
) -> Iterable[SampleSubmission]:
    """The submissions of `unit` for the last two periods of `dataset`."""
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
