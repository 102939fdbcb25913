"""Worker processes, as many as there are cores; work that crashes, hangs or swells costs one item at most."""

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
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from types import ModuleType
from typing import Any, Generic, TypeVar

import polars as pl

S = TypeVar("S")
T = TypeVar("T")

# Imported once by the process that workers are forked from, before it holds any thread.
PRELOAD = ["flows.intake.cache"]

# Seconds that a process may take to end once it is not needed any more.
_PARTING = 5.0


class LostError(RuntimeError):
    """A worker died over an item, or took longer than it may (`late`)."""

    def __init__(self, *, late: bool) -> None:
        super().__init__("quá lâu" if late else "tiến trình đọc bị dừng")
        self.late = late


@dataclass(frozen=True, slots=True)
class Limits:
    """How long work on an item may take, in seconds, and how many bytes it may take beyond what is held."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Guard(Generic[S, T]):
    """How far work on an item may go, and what the item comes to when it dies there or raises.

    Work on an item without limits is done in this process.
    """

    limits: Callable[[S], Limits | None]
    lost: Callable[[S, Exception], T]


def process_context() -> ForkServerContext:
    """How processes are started: forked from one that has imported what reading needs."""
    found = get_context("forkserver")
    found.set_forkserver_preload(PRELOAD)
    return found


@contextmanager
def start_workers(work: Callable[[S], T], guard: Guard[S, T] | None = None) -> Iterator[Callable[[S], T]]:
    """`work`, to be called from several threads, each call done by a process of its own.

    Raises:
        LostError: when called, and its process died; never where a guard says what becomes of the item.
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
    """`work` of every item, in the order of `items`; `tick` is called as each is done."""
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
    """`work` of every item, in their order, done by threads while what came before is put to use.

    As many are under way as there are cores; no more than these and the one to be used next are held.
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
    """How many processors this process may use: as many as polars, which `POLARS_MAX_THREADS` may bound."""
    return pl.thread_pool_size()


class _Pool(Generic[S, T]):
    """Workers that are idle now; a new one starts when none is."""

    def __init__(self, work: Callable[[S], T], guard: Guard[S, T] | None) -> None:
        self._work = work
        self._guard = guard
        self._idle: SimpleQueue[_Worker[S, T]] = SimpleQueue()

    def run(self, item: S) -> T:
        """Work on one item; safe to call from many threads."""
        if self._guard is None:
            return self._apart(item, None)
        limits = self._guard.limits(item)
        try:
            return self._apart(item, limits) if limits else self._work(item)
        except Exception as error:
            return self._guard.lost(item, error)

    def _apart(self, item: S, limits: Limits | None) -> T:
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
    """One process that works on items one after another."""

    def __init__(self, work: Callable[[S], T]) -> None:
        ours, theirs = process_context().Pipe()
        self._pipe: Connection = ours
        self._process = process_context().Process(target=_serve, args=(theirs, work), daemon=True)
        with _program_left_out():
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
        """Let the process end by itself, as one does that hears no more; it tidies up what it made."""
        self._pipe.close()
        self._process.join(_PARTING)
        self.kill()

    def kill(self) -> None:
        self.alive = False
        self._process.kill()
        self._process.join()
        self._pipe.close()


_one_start = Lock()


@contextmanager
def _program_left_out() -> Iterator[None]:
    """A process that starts in here does not import the program that was called, which may take seconds.

    Work comes from modules: the program itself, `dask worker` say, has nothing that a worker needs.
    """
    with _one_start:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = program


def _serve(pipe: Connection, work: Callable[[S], T]) -> None:
    """Answer each item with what work on it gives, until the other side closes the pipe or is killed."""
    # What was imported stays: looking for garbage among it takes time, and copies pages that are shared.
    gc.freeze()
    with suppress(EOFError, ConnectionError, KeyboardInterrupt):
        while True:
            item, limits = pipe.recv()
            _limit_memory(limits)
            pipe.send(_answer(work, item))


def _answer(work: Callable[[S], T], item: S) -> tuple[bool, T | Exception]:
    try:
        return True, work(item)
    except MemoryError:
        # What is left of this process is not worth trusting: its end tells the other side.
        os._exit(1)
    except Exception as error:
        error.add_note(traceback.format_exc())
        return False, error


def _limit_memory(limits: Limits | None) -> None:
    """Let this process take so many bytes beyond what it holds now, where the system can limit that."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    status = Path("/proc/self/status")
    if limits is not None and status.exists():
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmData"))
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (int(held.split()[1]) * 1024 + limits.memory, hard))
