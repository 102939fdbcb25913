"""Reads many files in processes of their own, with limits of memory and time: a crash is one refused file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Timer
from typing import Any

from flows.read.faults import problem
from flows.read.reader import read_file, refusal
from flows.read.table import Doc
from flows.read.worker import MEMORY, receive, send
from schemas.contract import Dataset
from schemas.kinds import Kind

Source = bytes | Path

_SLOW = "Đọc tệp mất quá lâu so với cỡ của tệp: tệp hỏng hoặc được làm để gây hại."
_SECONDS = 20.0
_BYTES_A_SECOND = 200_000
# Text is parsed without unpacking anything, by code that gives back an error and not a crash.
_PARSED_APART = (b"PK", b"\xd0\xcf", b"\x09", b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b" ", b"\r", b"\n", b"\t")


def read_many(
    files: Iterable[tuple[Source, str]],
    datasets: Mapping[str, Dataset],
    workers: int | None = None,
    *,
    seconds: float = _SECONDS,
) -> Iterator[Doc]:
    """The Doc of each file, in the order given.

    A file that crashes its process, or takes too much memory or time, is refused with `tep.nguy_hiem`;
    the others are read all the same.

    Args:
        files: Content or path of each file, and its name.
        datasets: The contracts, by name.
        workers: How many processes read at the same time; one for each processor by default.
        seconds: Time allowed for a small file; large ones get more.
    """
    count = workers or os.cpu_count() or 1
    pool = _Pool(datasets, seconds)
    waiting: deque[Future[Doc]] = deque()
    with ThreadPoolExecutor(count) as threads:
        try:
            for source, name in files:
                waiting.append(threads.submit(pool.read, source, name))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for left in waiting:
                left.cancel()
            pool.close()


class _Pool:
    """Worker processes that are idle now; a new one starts when none is."""

    def __init__(self, datasets: Mapping[str, Dataset], seconds: float) -> None:
        self._datasets = datasets
        self._slim = {name: _slim(dataset) for name, dataset in datasets.items()}
        self._seconds = seconds
        self._idle: SimpleQueue[_Worker] = SimpleQueue()

    def read(self, source: Source, name: str) -> Doc:
        start, size = _start_and_size(source)
        if not start.startswith(_PARSED_APART):
            data = source.read_bytes() if isinstance(source, Path) else source
            return read_file(data, name, self._datasets)
        worker = _Worker(self._slim) if self._idle.empty() else self._idle.get()
        try:
            doc = worker.read(source, name, self._seconds + size / _BYTES_A_SECOND)
        except (EOFError, OSError):
            worker.kill()
            return refusal(problem("tep.nguy_hiem", _SLOW if worker.late else MEMORY))
        self._idle.put(worker)
        return doc

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get().close()


class _Worker:
    """One process that reads files."""

    def __init__(self, datasets: Mapping[str, Dataset]) -> None:
        root = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flows.read.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, "POLARS_MAX_THREADS": "1"},
        )
        self.late = False
        self._ask(datasets)

    def _ask(self, message: object) -> Any:
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise EOFError
        send(questions, message)  # type: ignore[arg-type]
        return receive(answers)  # type: ignore[arg-type]

    def read(self, source: Source, name: str, seconds: float) -> Doc:
        timer = Timer(seconds, self._too_late)
        timer.start()
        try:
            doc: Doc = self._ask((str(source) if isinstance(source, Path) else source, name))
        finally:
            timer.cancel()
        return doc

    def _too_late(self) -> None:
        self.late = True
        self._process.kill()

    def kill(self) -> None:
        self._process.kill()
        self.close()

    def close(self) -> None:
        """Lets the process end: it does when its pipe closes."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()


def _start_and_size(source: Source) -> tuple[bytes, int]:
    if isinstance(source, bytes):
        return source[:8], len(source)
    with source.open("rb") as file:
        return file.read(8), source.stat().st_size


def _slim(dataset: Dataset) -> Dataset:
    """The contract without its rules, which reading doesn't need and which can't go to another process."""
    columns = tuple(replace(column, kind=_bare(column.kind)) for column in dataset.columns)
    return replace(dataset, columns=columns, rules=(), cross=())


def _bare(kind: Kind) -> Kind:
    return replace(kind, own=())
