"""Runs the steps of a day one after the other, without Prefect, and shows how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows.pool import in_order

S = TypeVar("S")
T = TypeVar("T")


class PlainRunner:
    """Progress bars on a terminal, one plain line a step elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, title: str, work: Callable[..., T], *args: object) -> T:
        """Run one step."""
        with self._bar(title, total=None) as _:
            return work(*args)

    def each(self, title: str, work: Callable[[S], T], items: Sequence[S]) -> list[T]:
        """Run `work` on every item in worker processes."""
        with self._bar(title, total=len(items)) as tick:
            return in_order(work, items, tick)

    def _bar(self, title: str, total: int | None) -> _Bar:
        return _Bar(self._console, title, total)


class _Bar:
    """One step's progress; on no terminal just its title."""

    def __init__(self, console: Console, title: str, total: int | None) -> None:
        self._title, self._total = title, total
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Callable[[], None]:
        if not self._console.is_terminal:
            self._console.print(f"{self._title}…", highlight=False)
        self._progress.start()
        task = self._progress.add_task(self._title, total=self._total)
        return lambda: self._progress.advance(task)

    def __exit__(self, *failure: object) -> None:
        self._progress.stop()
