"""Judges drafts in warm worker processes, the quick part first, and draws what is to be seen of them."""

from __future__ import annotations

import asyncio
import itertools
import os
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePath
from queue import PriorityQueue
from threading import Thread
from typing import Any, Protocol

import polars as pl

from flows.check import Checked, check
from flows.engine.workers import Guard, Limits, LostError, start_workers
from flows.files import write_private
from flows.forms import build_form, list_known_rows
from flows.forms.form import FormRequest
from flows.intake.cache import read_one_by_one
from flows.read.formats.container import Container, detect
from flows.read.problems import RefusedError
from flows.read.table import ROLES
from flows.returns.corrected import Correction, Original, correct_workbook
from flows.returns.workbooks import mark_copy
from flows.root import Root, read_contracts
from flows.web.picture import draw_row, draw_sheets
from schemas import registry
from schemas.periods import in_words, latest_ended
from schemas.registry import Contracts

# As for the readers of a day's run: a plain xlsx takes twenty times its size, we allow for sixty.
_BYTES_PER_SECOND = 100_000
_MEMORY, _MEMORY_PER_BYTE = 1 << 30, 60
_NICE = 5
_CAUSE_CELLS = 8


class WebJob(Protocol):
    """One thing to do in a worker process."""

    @property
    def size(self) -> int:
        """Bytes of the file that it is about; they decide how long it may take."""
        ...

    def do(self) -> Any:
        """Do it."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that somebody is about to hand in, as the jobs need it.

    `folder` is its own; `version` counts how often its corrections changed.
    """

    root: Path
    folder: Path
    name: str
    unit: str
    size: int
    corrections: tuple[Correction, ...] = ()
    version: int = 0

    @property
    def original(self) -> Path:
        """The file as it came."""
        return self.folder / "goc" / self.name

    def write_copy(self, contracts: Contracts) -> Path:
        """The file that is judged: the original, or the copy with the corrections, written now."""
        if not self.corrections:
            return self.original
        data = self.original.read_bytes()
        one = Original(data, self.name, sha256(data).hexdigest(), self.unit)
        made = correct_workbook(one, self.corrections, contracts.datasets)
        workbook = detect(data) is Container.WORKBOOK
        copy = self.folder / f"sua_{self.version}" / name_copy(self.name, workbook=workbook)
        write_private(copy, made, durable=False)
        return copy


def name_copy(name: str, *, workbook: bool) -> str:
    """The name of the corrected copy; of a file that is no workbook it is an xlsx."""
    path = PurePath(name)
    return f"{path.stem} (sửa trên trang){path.suffix if workbook else '.xlsx'}"


@dataclass(frozen=True, slots=True)
class Warm:
    """Loads what judging needs, so that the first file does not wait for it."""

    root: Path
    size: int = 0

    def do(self) -> Any:
        """Load contracts, and judge a file of nothing."""
        os.nice(_NICE)
        contracts = load_contracts(self.root)
        probe = self.root / "var" / "web" / "thu.csv"
        write_private(probe, "Mã hộ;Họ và tên chủ hộ\n1;A\n".encode(), durable=False)
        unit = contracts.commune.units[-1].name
        check(probe, unit, date(2026, 11, 28), contracts)


@dataclass(frozen=True, slots=True)
class JudgeJob:
    """Judge a draft as of `day`; `beside` what the archive has, or alone, which is much quicker."""

    draft: Draft
    day: date
    beside: bool

    @property
    def size(self) -> int:
        """See `WebJob`."""
        return self.draft.size

    def do(self) -> dict[str, Any]:
        """What the page shows of the file."""
        contracts = load_contracts(self.draft.root)
        path = self.draft.write_copy(contracts)
        root = Root(self.draft.root) if self.beside else None
        checked = check(path, self.draft.unit, self.day, contracts, root, read_one_by_one)
        return describe_checked(checked, path, contracts, self.draft.corrections) | {
            "version": self.draft.version,
            "whole": self.beside,
            "copy": path.relative_to(self.draft.folder).as_posix(),
        }


@dataclass(frozen=True, slots=True)
class RowJob:
    """Draw one row of a draft's sheet."""

    draft: Draft
    sheet: str
    row: int

    @property
    def size(self) -> int:
        """See `WebJob`."""
        return self.draft.size

    def do(self) -> list[dict[str, Any]]:
        """Every cell of the row."""
        contracts = load_contracts(self.draft.root)
        path = self.draft.write_copy(contracts)
        return draw_row(path.read_bytes(), path.name, self.sheet, self.row, contracts.datasets)


@dataclass(frozen=True, slots=True)
class MarkJob:
    """Make the marked workbook of a draft."""

    draft: Draft
    day: date

    @property
    def size(self) -> int:
        """See `WebJob`."""
        return self.draft.size

    def do(self) -> bytes | None:
        """The workbook; None if the file can't be opened."""
        contracts = load_contracts(self.draft.root)
        path = self.draft.write_copy(contracts)
        checked = check(path, self.draft.unit, self.day, contracts, Root(self.draft.root), read_one_by_one)
        # A file without any readable row is not opened again: it may be malicious.
        return mark_copy(path, path.name, checked.marks, contracts.datasets) if checked.rows_seen else None


@dataclass(frozen=True, slots=True)
class FormJob:
    """Make the prefilled form of a dataset for a unit."""

    root: Path
    dataset: str
    unit: str
    day: date
    size: int = 0

    def do(self) -> tuple[str, bytes]:
        """The file's name and content."""
        contracts, root = load_contracts(self.root), Root(self.root)
        wanted, owner = contracts.datasets[self.dataset], contracts.commune.unit(self.unit)
        rows = list_known_rows(root, wanted, self.unit, contracts, self.day)
        request = FormRequest(wanted, owner, latest_ended(wanted.cadence, wanted.basis, self.day))
        data = build_form(request, contracts.commune, contracts.hash[:12], rows)
        return f"bieu_mau_{self.dataset}_{self.unit}_{request.period.label}.xlsx", data


_contracts: dict[Path, tuple[object, Contracts]] = {}


def load_contracts(path: Path) -> Contracts:
    """The contracts of the root at `path`; read again when a file that declares them changed."""
    files = [path / "xa.toml", *sorted((path / "schemas").rglob("*"))]
    stamp = tuple((str(each), each.stat().st_mtime_ns) for each in files if each.is_file())
    known = _contracts.get(path)
    if known is None or known[0] != stamp:
        known = stamp, read_contracts(Root(path), registry.load())
        _contracts[path] = known
    return known[1]


def describe_checked(
    checked: Checked, path: Path, contracts: Contracts, corrections: tuple[Correction, ...] = ()
) -> dict[str, Any]:
    """What the page shows of a judged file, with values as typed: it goes to the unit that owns them."""
    datasets = contracts.datasets
    edited = {f"{one.sheet}!{one.cell}" for one in corrections}
    drawn = draw_sheets(checked, path.read_bytes(), path.name, datasets, edited)
    return {
        "blocking": checked.blocking,
        "warnings": checked.faults.height - checked.blocking,
        "rows_seen": checked.rows_seen,
        "left_out": [[ROLES[role], count] for role, count in checked.left_out.items()],
        "repaired": checked.marks.changes.height,
        "repairs": checked.marks.changes.head(_CAUSE_CELLS).to_dicts(),
        "parts": [
            {
                "title": datasets[one.dataset].title,
                "period": in_words(one.period.label),
                "records": one.records,
                "accepted": one.accepted,
                "quarantined": one.quarantined,
                "repeated": one.repeated,
                "refused": one.refused,
                "nil": one.nil,
            }
            for one in checked.parts
        ],
        "compared": [
            f"So với {one.former}: {one.change.added} bản ghi mới, {one.change.removed} không còn, "
            f"{one.change.changed} đổi nội dung, {one.change.same} giữ nguyên."
            for one in checked.compared
        ],
        "unknown": [*checked.unknown],
        "causes": list_causes(checked.marks.faults),
        **drawn,
    }


def list_causes(faults: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry a cause, the first to mend first: what is wrong, how often, in which cells."""
    causes = []
    for _, cause in faults.group_by("cause", maintain_order=True):
        first = cause.row(0, named=True)
        cells = [row for row in cause.head(_CAUSE_CELLS).iter_rows(named=True) if row["cell"] or row["row"]]
        causes.append(
            {
                "severity": first["severity"],
                "message": first["message"],
                "heading": first["heading"],
                "sheet": first["sheet"],
                "whole": first["row"] is None,
                "proposal": first["proposal"],
                "count": cause.height,
                "cells": [
                    {"cell": each["cell"] or f"dòng {each['row']}", "row": each["row"]} for each in cells
                ],
            }
        )
    return causes


def _do(job: WebJob) -> Any:
    return job.do()


class BenchError(RuntimeError):
    """A job failed or its process died; the message says what to tell people, in Vietnamese."""


class Bench:
    """A few worker processes that do jobs, the most urgent first, in the order in which they came.

    A job that takes more than `seconds`, or longer for a large file, is ended; people are told that it is
    `late`. No more than `most` may wait.
    """

    def __init__(self, count: int, *, seconds: float, late: str, most: int) -> None:
        self._count = count
        self._seconds = seconds
        self._late = late
        self._most = most
        self._queue: PriorityQueue[tuple[int, int, WebJob | None, Future[Any]]] = PriorityQueue()
        self._numbers = itertools.count()
        self._stack = ExitStack()
        self._threads: list[Thread] = []

    def start(self, warm: WebJob | None = None) -> None:
        """Start the processes, and let each do `warm` first."""
        run = self._stack.enter_context(start_workers(_do, Guard(self._limit, self._lost)))
        self._threads = [Thread(target=self._work, args=(run, warm), daemon=True) for _ in range(self._count)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the processes; what still waits is not done."""
        for _ in self._threads:
            self._queue.put((-1, next(self._numbers), None, Future()))
        for thread in self._threads:
            thread.join()
        self._stack.close()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return self._queue.qsize()

    async def do(self, job: WebJob, urgency: int = 0) -> Any:
        """Do a job; the smaller the number, the more urgent.

        Raises:
            BenchError: it took too long or too much memory, or too many jobs wait.
        """
        if self.waiting >= self._most:
            raise BenchError("Đang có nhiều việc chờ máy làm. Thử lại sau một phút.")
        return await asyncio.wrap_future(self.put(job, urgency))

    def put(self, job: WebJob, urgency: int = 0) -> Future[Any]:
        """Put a job into the queue."""
        future: Future[Any] = Future()
        self._queue.put((urgency, next(self._numbers), job, future))
        return future

    def _limit(self, job: WebJob) -> Limits:
        seconds = self._seconds + job.size / _BYTES_PER_SECOND
        return Limits(seconds, _MEMORY + _MEMORY_PER_BYTE * job.size)

    def _lost(self, _: WebJob, error: Exception) -> Any:
        if isinstance(error, LostError):
            return BenchError(self._late)
        if isinstance(error, RefusedError):
            return BenchError("Không mở được tệp này như một bảng nên không làm được việc đó.")
        return error

    def _work(self, run: Any, warm: WebJob | None) -> None:
        if warm is not None:
            run(warm)
        while True:
            _, _, job, future = self._queue.get()
            if job is None:
                return
            if not future.set_running_or_notify_cancel():
                continue
            result = run(job)
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
