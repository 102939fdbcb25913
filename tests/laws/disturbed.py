"""A small day that is watched while it runs, to be killed or refused at any of its file operations."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from rich.console import Console

from flows.audit.auditor import Answer, Audit, Auditor
from flows.audit.facts import AuditCase
from flows.audit.pages import write_audit_pages
from flows.day import run_day
from flows.engine import workers
from flows.engine.plain import PlainRunner
from flows.engine.prefect_server import serve_prefect
from flows.release.manifest import AUDIT
from flows.release.publish import read_published
from flows.release.verify import find_damage
from flows.root import Root
from schemas.registry import load
from tests.laws.as_written import collect_as_written

# Whoever starts the process that others are forked from first, it has imported what is killed here.
workers.PRELOAD.append("tests.laws.disturbed")

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
HEAD = ["Tháng 11 năm 2026", "Ngày phản ánh;Nhà mạng;Nội dung;Trạng thái;Ngày giải quyết"]
CHANGING = {
    "os.rename",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.truncate",
    "os.chmod",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class InThisProcess(PlainRunner):
    """So that every file operation is done where it is watched."""

    def each(
        self, title: str, work: Callable[[Any], Any], items: Sequence[Any], guard: Any = None
    ) -> list[Any]:
        return [work(item) for item in items]


class Lenient(Auditor):
    """Audits nothing: that is proven elsewhere, and takes seconds to import."""

    def __init__(self) -> None: ...

    def prepare(self) -> None: ...

    def begin(self, case: AuditCase) -> Answer:
        write_audit_pages(case.folder / AUDIT, [], case.as_of)
        return lambda: Audit(0, (), ())


@contextmanager
def lenient() -> Iterator[Lenient]:
    yield Lenient()


def day(root: Path, as_of: date) -> str:
    runner = InThisProcess(Console(quiet=True))
    with patch("flows.day.collect", collect_as_written):
        return run_day(Root(root), load(), as_of, runner, audits=lenient).release.name


def watched(root: Path, strike: Callable[[int], None]) -> list[str]:
    """Call `strike` before each operation that changes something under `root`, with its number."""
    seen: list[str] = []
    inside = str(root)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        changes = event in CHANGING or (event == "open" and isinstance(args[2], int) and args[2] & WRITING)
        if changes and any(
            isinstance(arg, str | os.PathLike) and str(arg).startswith(inside) for arg in args[:2]
        ):
            seen.append(event)
            strike(len(seen))

    sys.addaudithook(hook)
    return seen


def killed_at(root: Path, at: int) -> None:
    def strike(number: int) -> None:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    watched(root, strike)
    day(root, TUESDAY)


def by_prefect(root: Path) -> None:
    """Tuesday as a flow that reports to the server in Prefect's settings."""
    from flows import daily  # noqa: PLC0415 - takes seconds

    with (
        patch("flows.day.collect", collect_as_written),
        patch("flows.daily.run_day", partial(run_day, audits=lenient)),
    ):
        daily.daily(root, TUESDAY)


def plainly(root: Path) -> None:
    """Tuesday without Prefect."""
    day(root, TUESDAY)


@contextmanager
def prefect_answering(home: Path) -> Iterator[Mapping[str, str]]:
    """A server of Prefect; yields the settings of those who report to it."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setenv("PREFECT_HOME", str(home))
        with serve_prefect(brief=True) as answered:
            answered()
            from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL  # noqa: PLC0415 - slow

            told = {each.name: str(each.value()) for each in (PREFECT_API_URL, PREFECT_API_AUTH_STRING)}
            yield {"PREFECT_HOME": str(home)} | told


def killed_after(
    work: Callable[[Path], None], root: Path, seconds: float, settings: Mapping[str, str]
) -> bool:
    """Kill the process that does `work` so many seconds after it begins; returns whether it was at work."""
    process = _at_work(work, root, settings)
    process.join(seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def seconds_of(work: Callable[[Path], None], root: Path, settings: Mapping[str, str]) -> float:
    """How long `work` takes."""
    process = _at_work(work, root, settings)
    begun = time.monotonic()
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - begun


def _at_work(work: Callable[[Path], None], root: Path, settings: Mapping[str, str]) -> BaseProcess:
    """A process that does `work` from now on; all that this takes is imported."""
    ours, theirs = workers.process_context().Pipe()
    process = workers.process_context().Process(target=_begin, args=(work, root, settings, theirs))
    process.start()
    ours.recv()
    return process


def _begin(work: Callable[[Path], None], root: Path, settings: Mapping[str, str], begun: Connection) -> None:
    os.environ.update(settings)
    if work is by_prefect:
        import_module("flows.daily")
    begun.send(None)
    work(root)


def failing_from(root: Path, at: int, number: int) -> None:
    """From operation `at` on, whatever is created fails as a disk fails that is full, or read-only."""

    def strike(count: int) -> None:
        if count >= at:
            raise OSError(number, os.strerror(number))

    watched(root, strike)
    try:
        day(root, TUESDAY)
    except OSError as error:
        os._exit(7 if error.errno == number else 8)
    os._exit(9)


def counted(root: Path, answer: Any) -> None:
    seen = watched(root, lambda _: None)
    day(root, TUESDAY)
    answer.send(len(seen))


def child(work: Callable[..., None], *args: object) -> int | None:
    process = workers.process_context().Process(target=work, args=args)
    process.start()
    process.join(120)
    return process.exitcode


def complaints(root: Path, name: str, count: int) -> None:
    folder = root / "raw" / "inbox" / "T01"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{at + 1:02}/11/2026;VNPT;Việc {at};Mới;" for at in range(count)]
    (folder / name).write_text("\n".join([*HEAD, *rows]), encoding="utf-8")
    os.utime(folder / name, (1_795_400_000, 1_795_400_000))


def whole(root: Path) -> str:
    """The release that a reader sees, proven byte by byte."""
    shown = read_published(Root(root))
    assert shown is not None
    assert find_damage(root / "curated" / "releases" / shown) == []
    return shown
