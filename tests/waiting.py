"""Waits for what other processes do; how long that takes says nothing about the code."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# By then a process has hung, however slow the machine.
WITHIN_SECONDS = 400


def wait_for(found: Callable[[], T | None], every: float = 0.05) -> T:
    """What `found` gives once it gives something.

    Raises:
        TimeoutError: it never did.
    """
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        if answer := found():
            return answer
        time.sleep(every)
    raise TimeoutError(f"not seen within {WITHIN_SECONDS} seconds")
