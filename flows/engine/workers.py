"""Runs work in worker processes, one per core; a crash, a hang or too much memory costs one item only."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import polars as pl

from flows.system.linux import limit_memory, open_processes

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

S = TypeVar("S")
T = TypeVar("T")

# Imported by the process that workers are forked from, before it starts any thread.
PRELOAD = ["flows.intake.cache"]

# Seconds that an idle worker may take to end.
_CLOSE_SECONDS = 5.0


class LostError(RuntimeError):
    """A worker died while working on an item, or exceeded the time limit (`late`)."""

    def __init__(self, *, late: bool) -> None:
        super().__init__("quá lâu" if late else "tiến trình đọc bị dừng")
        self.late = late


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the work on one item: `seconds`, and bytes of `memory` on top of what the worker uses."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Guard(Generic[S, T]):
    """The `limits` of the work on an item, and `lost`: the result of an item whose work died or raised.

    Items without limits are processed in this process.
    """

    limits: Callable[[S], Limits | None]
    lost: Callable[[S, Exception], T]


def process_context() -> ForkServerContext | SpawnContext:
    """The multiprocessing context: workers are forked from a server that has imported the readers."""
    return open_processes(PRELOAD)


@contextmanager
def start_workers(work: Callable[[S], T], guard: Guard[S, T] | None = None) -> Iterator[Callable[[S], T]]:
    """Yield a thread-safe function that runs `work` in a worker process, one process per running call.

    Raises:
        LostError: from the function, if its process died. With a `guard`, `guard.lost` gives the result.
    """
    pool = _Pool(work, guard)
    try:
        yield pool.run
    finally:
        pool.close()


def map_in_order(
    work: Callable[[S], T],
    items: Sequence[S],
    tick: Callable[[], None] = lambda: None,
    guard: Guard[S, T] | None = None,
) -> list[T]:
    """Run `work` on every item in worker processes; results in the order of `items`, `tick` after each."""
    if not items:
        return []
    count = min(len(items), count_cores())
    done: list[T] = []
    with start_workers(work, guard) as run, ThreadPoolExecutor(count) as threads:
        for result in threads.map(run, items):
            done.append(result)
            tick()
    return done


def map_ahead(work: Callable[..., T], items: Iterable[tuple[Any, ...]]) -> Iterator[T]:
    """Run `work` on every item in threads, ahead of the consumer; yields results in the order of `items`.

    At most one item per core is in progress, and only these and the next result are in memory.
    """
    count = count_cores()
    with ThreadPoolExecutor(count) as threads:
        waiting: deque[Future[T]] = deque()
        for item in items:
            waiting.append(threads.submit(work, *item))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def count_cores() -> int:
    """The number of threads of polars: the cores of the machine, or `POLARS_MAX_THREADS`."""
    return pl.thread_pool_size()


class _Pool(Generic[S, T]):
    """A pool of worker processes; a new one starts if none is idle."""

    def __init__(self, work: Callable[[S], T], guard: Guard[S, T] | None) -> None:
        self._work = work
        self._guard = guard
        self._idle: SimpleQueue[_Worker[S, T]] = SimpleQueue()

    def run(self, item: S) -> T:
        """Work on one item; thread-safe."""
        if self._guard is None:
            return self._run_in_worker(item, None)
        limits = self._guard.limits(item)
        try:
            return self._run_in_worker(item, limits) if limits else self._work(item)
        except Exception as error:
            return self._guard.lost(item, error)

    def _run_in_worker(self, item: S, limits: Limits | None) -> T:
        try:
            worker = self._idle.get_nowait()
        except Empty:
            worker = _Worker(self._work)
        try:
            result = worker.ask(item, limits)
        except LostError:
            worker.kill()
            raise
        finally:
            if worker.alive:
                self._idle.put(worker)
        return result

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get().close()


class _Worker(Generic[S, T]):
    """One process that works on items one after another, connected by a pipe."""

    def __init__(self, work: Callable[[S], T]) -> None:
        ours, theirs = process_context().Pipe()
        self._pipe: Connection = ours
        self._process = process_context().Process(target=_serve, args=(theirs, work), daemon=True)
        with _without_main_module():
            self._process.start()
        theirs.close()
        self.alive = True

    def ask(self, item: S, limits: Limits | None) -> T:
        try:
            self._pipe.send((item, limits))
            if limits and not self._pipe.poll(max(limits.seconds, 0.0)):
                raise LostError(late=True)
            good, answer = self._pipe.recv()
        except (EOFError, ConnectionError) as gone:
            raise LostError(late=False) from gone
        if not good:
            raise answer
        result: T = answer
        return result

    def close(self) -> None:
        """Close the pipe, so that the process cleans up and ends; kill it if that takes too long."""
        self._pipe.close()
        self._process.join(_CLOSE_SECONDS)
        self.kill()

    def kill(self) -> None:
        self.alive = False
        self._process.kill()
        self._process.join()
        self._pipe.close()


_start_lock = Lock()


@contextmanager
def _without_main_module() -> Iterator[None]:
    """Processes started in this context do not import the main program, which may take seconds.

    multiprocessing imports `__main__` in every new process. Our work always comes from modules, so the
    worker does not need it (the main program may be `dask worker`).
    """
    with _start_lock:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = program


def _serve(pipe: Connection, work: Callable[[S], T]) -> None:
    """Receive items and send back results, until the other process closes the pipe or ends."""
    # Imported modules are never garbage; checking them takes time and copies pages shared with the parent.
    gc.freeze()
    with suppress(EOFError, ConnectionError, KeyboardInterrupt):
        while True:
            item, limits = pipe.recv()
            limit_memory(limits.memory if limits else None)
            pipe.send(_answer(work, item))


def _answer(work: Callable[[S], T], item: S) -> tuple[bool, T | Exception]:
    try:
        return True, work(item)
    except MemoryError:
        # After a MemoryError this process may be in a bad state. Its end raises LostError in the other one.
        os._exit(1)
    except Exception as error:
        error.add_note(traceback.format_exc())
        return False, error
