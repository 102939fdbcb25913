"""Helpers of all benchmarks: time a function, run a day, print a result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import TypeAlias

from rich.console import Console

from flows.audit.auditor import Audit, Auditor, start_auditor
from flows.day import DayOutcome, run_day
from flows.engine.plain import PlainRunner
from flows.root import Root
from schemas.registry import Contracts

Audits: TypeAlias = Callable[[], AbstractContextManager[Auditor]]


def seconds(work: Callable[[], object]) -> float:
    """The seconds that one call of `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def a_day(root: Path, contracts: Contracts, as_of: date, audits: Audits = start_auditor) -> DayOutcome:
    """Run one day without Prefect and without output, like `dulieuxa run --plain`."""
    return run_day(Root(root), contracts, as_of, PlainRunner(Console(quiet=True)), audits=audits)


@contextmanager
def import_ahead() -> Iterator[tuple[Audits, float]]:
    """Import Great Expectations for the days of this context; gives their auditor, and how long it took."""
    with start_auditor() as auditing:
        auditing.prepare()
        took = seconds(auditing.begin_by(Audit, 0, (), ()))
        yield lambda: nullcontext(auditing), took


def tell(name: str, figure: float, floor: float) -> None:
    """Print the line of one benchmark: name, measured figure, figure compared with (`floor`), ratio."""
    print(f"{name} {figure:.2f} {floor:.2f} {figure / floor:.2f}", flush=True)
