"""Runs the steps of a day one after another, without Prefect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rich.console import Console

from flows.engine.progress import show_step
from flows.engine.runner import Step
from flows.engine.workers import Guard, map_in_order

S = TypeVar("S")
T = TypeVar("T")


class PlainRunner:
    """A `Runner` without Prefect: steps run in this process, the items of `each` in worker processes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, step: Step, work: Callable[..., T], *args: object) -> T:
        """Run one step."""
        with show_step(self._console, step.title):
            return work(*args)

    def each(
        self, step: Step, work: Callable[[S], T], items: Sequence[S], guard: Guard[S, T] | None = None
    ) -> list[T]:
        """Run `work` on every item in worker processes; results in the order of `items`."""
        with show_step(self._console, step.title, len(items)) as tick:
            return map_in_order(work, items, tick, guard)
