"""The daily flow in Prefect: the same composition as a plain run, each step a task, and its schedule."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar, cast

import flows.engine.prefect_settings  # noqa: F401 - before prefect
from prefect import flow, task
from prefect import serve as serve_deployments
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.deployments.runner import RunnerDeployment
from prefect.futures import as_completed
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL
from rich.console import Console

from flows.day import DayOutcome, run_day
from flows.engine.runner import Step
from flows.engine.workers import Guard, count_cores, start_workers
from flows.engine.prefect_server import serve_prefect
from flows.engine.progress import show_step
from flows.engine.screen import open_console, say
from flows.errors import AuditRefusedError
from flows.mend.result import look_and_note
from flows.root import HERE, Root
from flows.summary import to_markdown
from schemas.registry import load

S = TypeVar("S")
T = TypeVar("T")

# Files per task: few enough to show progress, enough that starting a task costs little.
BATCH = 24
# Names the root that is served to the processes of its runs.
_SERVED = "DULIEUXA_ROOT"
RETRY_SECONDS: list[float] = [2, 10, 30]


class PrefectRunner:
    """Runs each step as a task; the items of `each` side by side, a task an item."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, step: Step, work: Callable[..., T], *args: object) -> T:
        """Run one step as a task."""
        run = task(name=step.title, persist_result=False, cache_policy=NO_CACHE)(work)
        if step.retried:
            run = run.with_options(retries=len(RETRY_SECONDS), retry_delay_seconds=RETRY_SECONDS)
        with show_step(self._console, step.title):
            return run(*args)

    def each(
        self, step: Step, work: Callable[[S], T], items: Sequence[S], guard: Guard[S, T] | None = None
    ) -> list[T]:
        """Run one task a batch of items; the work itself is done by worker processes."""
        batches = [items[at : at + BATCH] for at in range(0, len(items), BATCH)]
        with start_workers(work, guard) as run, ThreadPoolExecutor(count_cores()) as threads:

            def one(batch: Sequence[S]) -> list[T]:
                return [*threads.map(run, batch)]

            submitted = task(name=step.title, persist_result=False, cache_policy=NO_CACHE)(one)
            with show_step(self._console, step.title, len(batches)) as tick:
                futures = [submitted.submit(batch) for batch in batches]
                for _ in as_completed(futures):
                    tick()
            return [result for future in futures for result in future.result()]


@flow(name="dulieuxa", flow_run_name="ngay-{as_of}", persist_result=False, validate_parameters=False)
def daily(root: Path, as_of: date | None = None, acknowledged: str | None = None) -> DayOutcome:
    """Một ngày của một xã: thu tệp, đọc, kiểm tra, tính chỉ tiêu, công bố, báo cáo."""
    return _run(Root(Path(root)), as_of or _today(), acknowledged)


@flow(
    name="dulieuxa-hang-ngay",
    flow_run_name=lambda: f"ngay-{_today()}",
    persist_result=False,
    validate_parameters=False,
)
def every_day(acknowledged: str | None = None) -> DayOutcome:
    """Hôm nay của xã mà `dulieuxa serve` được gọi cho; không chạy được cho thư mục nào khác."""
    return _run(_served(), _today(), acknowledged)


def _today() -> date:
    return datetime.now(HERE).date()


def _run(root: Root, day: date, acknowledged: str | None) -> DayOutcome:
    try:
        outcome = run_day(root, load(), day, PrefectRunner(open_console()), acknowledged)
    except AuditRefusedError as refused:
        create_markdown_artifact(
            str(refused), key="khong-cong-bo", description=f"Ngày {day:%d/%m/%Y} không được công bố"
        )
        raise
    create_markdown_artifact(
        to_markdown(outcome), key="tom-tat-ngay", description=f"Tóm tắt ngày {day:%d/%m/%Y}"
    )
    return outcome


@flow(name="dulieuxa-soat", flow_run_name="soat", persist_result=False, validate_parameters=False)
def weekly() -> list[str]:
    """Soát từng byte: kho tệp nộp, mọi bản công bố, nhật ký, khóa; kết quả có ở `dulieuxa status`."""
    found = look_and_note(_served())
    said = "\n".join(f"- {damage}" for damage in found) or "Không có gì hỏng."
    create_markdown_artifact(said, key="soat-tung-byte", description="Soát từng byte hằng tuần")
    return found


def _served() -> Root:
    """The root that is served. A process gets it from the one that started it, never from Prefect's server.

    Raises:
        KeyError: nothing is served.
    """
    return Root(Path(os.environ[_SERVED]))


def serve(root: Path, cron: str = "0 6 * * *", look: str = "0 12 * * 0") -> None:
    """Run `every_day` at 06:00 Asia/Ho_Chi_Minh, `weekly` on Sundays at noon, until stopped.

    Uses the Prefect server of `PREFECT_API_URL` where one is named, else starts its own, with its secret in
    a file for whoever looks at its pages. Who may write to the server can't name another root.
    """
    Root(root).prepare()
    os.environ[_SERVED] = str(root)
    password = Root(root).state / "mat_khau_prefect"
    runs, looks = (Cron(each, timezone=str(HERE)) for each in (cron, look))
    with serve_prefect(password=password) as answered:
        answered()
        say(
            f"Chạy hằng ngày lúc 06:00 giờ Việt Nam cho {root}. Dừng bằng Ctrl+C.",
            "Soát từng byte mọi thứ đã lưu lúc 12:00 Chủ nhật.",
            f"Theo dõi: {PREFECT_API_URL.value().removesuffix('/api')}",
            *([f"Trang đó hỏi mật khẩu: dán nội dung tệp {password}"] if password.exists() else []),
        )
        serve_deployments(
            cast("RunnerDeployment", every_day.to_deployment("hang-ngay", schedule=runs)),
            cast("RunnerDeployment", weekly.to_deployment("hang-tuan", schedule=looks)),
            print_starting_message=False,
        )
