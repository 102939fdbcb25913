"""A small commune's day, made once and looked at by many tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from rich.console import Console

from flows.audit import auditor
from flows.day import DayOutcome, run_day
from flows.engine.plain import PlainRunner
from flows.release.publish import find_release
from flows.root import Root
from flows.sample import write
from schemas.registry import Contracts, load
from tests.arrived import receive
from tests.outside import OUTSIDE
from tests.waiting import wait_for

TODAY = date(2026, 11, 24)

# How long a machine takes says nothing about the code.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where `CI` is set, a test that was skipped for a missing program is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("CI") or reporter is None:
        return
    skipped = [(one.nodeid, str(one.longrepr)) for one in reporter.stats.get("skipped", ())]
    for test, reason in skipped:
        if OUTSIDE not in reason:
            reporter.write_line(f"skipped, which CI does not allow: {test}: {reason}", red=True)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@dataclass(frozen=True)
class Day:
    """A root after its day, and what was planted in it."""

    root: Root
    release: Path
    truth: pl.DataFrame

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.release / f"{name}.parquet")


@pytest.fixture(scope="session", autouse=True)
def _one_process_for_audits() -> Iterator[None]:
    """Great Expectations takes seconds to import: the days of all tests share the process that has it."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        start_workers = auditor.start_workers
        started = cache(lambda work: stack.enter_context(start_workers(work)))
        patch.setattr(auditor, "start_workers", lambda work: nullcontext(started(work)))
        yield


def run_plainly(
    root: Path, as_of: date = TODAY, contracts: Contracts | None = None, acknowledged: str | None = None
) -> DayOutcome:
    runner = PlainRunner(Console(quiet=True))
    receive(Root(root), as_of, contracts)
    return run_day(Root(root), contracts or load(), as_of, runner, acknowledged)


def lines(rows: Sequence[Sequence[object]]) -> str:
    return "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in rows)


@pytest.fixture
def other_commune(tmp_path: Path) -> Path:
    """The root of a commune that is not the one of this installation; nothing was run yet."""
    root = tmp_path / "xa_khac"
    (root / "schemas").mkdir(parents=True)
    (root / "schemas" / "xa.csv").write_text(
        "ma_xa,ten_xa,ten_tinh,tu_ngay\n90001,Xã Mẫu,Tỉnh Mẫu,2026-09-15\n"
    )
    (root / "schemas" / "thon.csv").write_text("ma_thon,ten_thon,xa_cu\nA1,Thôn Mẫu Một,Xã Cũ\n")
    return root


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of this worker's own with what `make` puts into it: one worker does, the others copy that."""
    own = factory.mktemp(name)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        make(own)
        return own
    shared = factory.getbasetemp().parent / name
    done, failed = (shared.with_suffix(f".{end}") for end in ("done", "failed"))
    try:
        shared.mkdir()
    except FileExistsError:
        wait_for(lambda: done.exists() or failed.exists())
    else:
        try:
            make(shared)
        except BaseException:
            failed.touch()
            raise
        done.touch()
    assert done.exists(), f"another worker could not make {name}"
    return Path(shutil.copytree(shared, own, symlinks=True, dirs_exist_ok=True))


def day_of(folder: Path) -> Day:
    """The day of the commune in `folder`, and what was planted in it."""
    root = Root(folder / "xa")
    return Day(root, find_release(root, None), pl.read_csv(folder / "truth.csv", infer_schema_length=0))


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The day of a sample commune of 600 people with planted faults."""

    def make(folder: Path) -> None:
        write(folder / "xa", persons=600, truth=folder / "truth.csv")
        run_plainly(folder / "xa")

    return day_of(made_once(tmp_path_factory, "planted", make))


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The day of the same commune with nothing planted."""

    def make(folder: Path) -> None:
        write(folder / "xa", persons=600, clean=True, truth=folder / "truth.csv")
        run_plainly(folder / "xa")

    return day_of(made_once(tmp_path_factory, "clean", make))
