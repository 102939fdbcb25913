"""What work costs in processor time: to be compared with other work, never with a number of seconds."""

from __future__ import annotations

import time
from collections.abc import Callable


def cost(work: Callable[[], object], goes: int = 3) -> float:
    """The cost of the cheapest of several goes: the one that other programs disturbed least."""
    return min(_once(work) for _ in range(goes))


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
