"""What runs the steps of a day: plainly, or as tasks of a scheduler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from flows.engine.workers import Guard

T = TypeVar("T")
S = TypeVar("S")


class Runner(Protocol):
    """Runs the steps of a day: plainly, or as tasks of a scheduler."""

    def step(self, title: str, work: Callable[..., T], *args: object) -> T:
        """Run one step."""
        ...

    def each(
        self, title: str, work: Callable[[S], T], items: Sequence[S], guard: Guard[S, T] | None = None
    ) -> list[T]:
        """Run `work` on every item, side by side, as far as `guard` lets it; results in their order."""
        ...
