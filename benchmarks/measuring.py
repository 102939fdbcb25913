"""What all benchmarks share: seconds of a piece of work, a quiet run of a day, the line that is printed."""

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
    """Seconds that one go takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def a_day(root: Path, contracts: Contracts, as_of: date) -> DayOutcome:
    """One day without Prefect and without a word, as `dulieuxa run --plain` does it."""
    return run_day(Root(root), contracts, as_of, PlainRunner(Console(quiet=True)))


def tell(name: str, figure: float, floor: float) -> None:
    """Print the line of one benchmark: its name, its figure, its floor, their ratio."""
    print(f"{name} {figure:.2f} {floor:.2f} {figure / floor:.2f}", flush=True)
