"""Runs the steps of a day as tasks of Prefect, which shows their counts and their progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast
from uuid import UUID

from prefect import get_run_logger, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import as_completed
from prefect.tasks import Task
from rich.console import Console

import flows.engine.prefect_settings  # noqa: F401 - before prefect
from flows.engine.progress import show_step
from flows.engine.runner import Step
from flows.engine.workers import Guard, count_cores, start_workers
from flows.errors import DISK

S = TypeVar("S")
T = TypeVar("T")

# Files per task: few enough to show progress, enough that starting a task costs little.
BATCH = 24
RETRY_SECONDS: list[float] = [2, 10, 30]


class PrefectRunner:
    """Runs each step as a task; the items of `each` side by side, a task a batch of them."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, step: Step, work: Callable[..., T], *args: object) -> T:
        """Run one step as a task."""
        run = _make_task(step, work)
        if step.retried:
            run = run.with_options(
                retries=len(RETRY_SECONDS),
                retry_delay_seconds=RETRY_SECONDS,
                retry_condition_fn=_was_caused_outside,
            )
        with show_step(self._console, step.title):
            result = run(*args)
        get_run_logger().info(f"{step.title}: {step.describe(result) if step.describe else 'xong'}")
        return result

    def each(
        self, step: Step, work: Callable[[S], T], items: Sequence[S], guard: Guard[S, T] | None = None
    ) -> list[T]:
        """Run one task a batch of items; the work itself is done by worker processes."""
        batches = [items[at : at + BATCH] for at in range(0, len(items), BATCH)]
        with start_workers(work, guard) as run, ThreadPoolExecutor(count_cores()) as threads:

            def one(batch: Sequence[S]) -> list[T]:
                return [*threads.map(run, batch)]

            submitted = _make_task(step, one)
            with show_step(self._console, step.title, len(batches)) as tick:
                futures = [submitted.submit(batch) for batch in batches]
                advance = _show_progress(step, len(batches))
                for done, _ in enumerate(as_completed(futures), 1):
                    tick()
                    advance(done)
            results = [result for future in futures for result in future.result()]
        get_run_logger().info(f"{step.title}: {len(items)}")
        return results


def _make_task(step: Step, work: Callable[..., T]) -> Task[..., T]:
    return task(name=step.name, description=step.title, persist_result=False, cache_policy=NO_CACHE)(work)


def _was_caused_outside(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a failure may pass by itself: a share that is away for a moment, not a fault of ours."""
    failure = state.result(raise_on_failure=False)
    return isinstance(failure, OSError) and failure.errno not in DISK


def _show_progress(step: Step, total: int) -> Callable[[int], None]:
    """Show on the run's page how far a long step has come; returns what tells it how many are done."""
    if total < 2:
        return lambda _done: None
    shown = cast("UUID", create_progress_artifact(0.0, key=step.name, description=step.title))

    def advance(done: int) -> None:
        update_progress_artifact(shown, 100.0 * done / total)

    return advance
