"""Helpers of all benchmarks: time a function, run a day, print a result."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from rich.console import Console

from flows.day import DayOutcome, run_day
from flows.engine.plain import PlainRunner
from flows.root import Root
from schemas.registry import Contracts


def seconds(work: Callable[[], object]) -> float:
    """The seconds that one call of `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def a_day(root: Path, contracts: Contracts, as_of: date) -> DayOutcome:
    """Run one day without Prefect and without output, like `dulieuxa run --plain`."""
    return run_day(Root(root), contracts, as_of, PlainRunner(Console(quiet=True)))


def tell(name: str, figure: float, floor: float) -> None:
    """Print the line of one benchmark: name, measured figure, figure compared with (`floor`), ratio."""
    print(f"{name} {figure:.2f} {floor:.2f} {figure / floor:.2f}", flush=True)
