"""Runs work on many items in worker processes, as many as there are cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")

# Imported once by the process that workers are forked from, before it holds any thread.
PRELOAD = ["flows.digest"]


@contextmanager
def workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of at most `count` workers, one a core."""
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    with ProcessPoolExecutor(max(1, min(count, os.cpu_count() or 1)), mp_context=context) as pool:
        yield pool


def in_order(work: Callable[[S], T], items: Sequence[S], tick: Callable[[], None] = lambda: None) -> list[T]:
    """`work` of every item, in the order of `items`; `tick` is called as each is done."""
    if not items:
        return []
    with workers(len(items)) as pool:
        done: list[T] = []
        for result in pool.map(work, items):
            done.append(result)
            tick()
        return done
