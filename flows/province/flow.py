"""The flow of a province in Prefect: the day of each commune a task on Dask, then the province's release."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dask
import fsspec
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect_dask.task_runners import DaskTaskRunner
from prefect_dask.utils import get_dask_client
from rich.console import Console

import flows.engine.prefect_settings  # noqa: F401 - before prefect
from flows.audit.auditor import start_auditor
from flows.engine.prefect_server import serve_prefect
from flows.engine.progress import show_step
from flows.errors import message_of
from flows.protect import read_key
from flows.province.commune import CommuneFailedError, CommuneTask, CommuneFigures, run_commune
from flows.province.duplicates import find_duplicates
from flows.province.release import Gathered, NothingToRollUpError, publish_province
from flows.province.storage import open_root

dask.config.set(
    {
        # Workers read files in processes of their own, which daemons may not start.
        "distributed.worker.daemon": False,
        # Each core has a worker with one task at a time: its polars needs no threads beside it.
        "distributed.nanny.pre-spawn-environ.POLARS_MAX_THREADS": "1",
    }
)


@dataclass(frozen=True, slots=True)
class ProvinceOutcome:
    """What a roll-up came to: the province's release, what each commune gave or why it failed, by root."""

    release: str
    shares: Mapping[str, CommuneFigures]
    failed: Mapping[str, str]


commune_day = task(name="Một ngày của một xã", persist_result=False, cache_policy=NO_CACHE)(run_commune)


@flow(name="dulieuxa-tinh", flow_run_name="ngay-{as_of}", persist_result=False, validate_parameters=False)
def province(roots: Sequence[str], out: str, as_of: date) -> ProvinceOutcome:
    """Một ngày của nhiều xã: mỗi xã một việc trên Dask, rồi cộng lại thành bản công bố của tỉnh."""
    with (
        open_root(out, as_of, new=True) as root,
        root.lock(),
        start_auditor() as auditing,
        _working_set(out) as tokens,
    ):
        auditing.prepare()
        key = read_key(root)
        tasks = {
            each: CommuneTask(each, as_of, key, f"{tokens}/{number}.parquet")
            for number, each in enumerate(roots)
        }
        shares, failed = _days(tasks)
        if not shares:
            raise NothingToRollUpError(failed)
        with get_dask_client() as client:
            found = find_duplicates(client, [tasks[each].tokens for each in shares])
        place = publish_province(root, Gathered(shares, failed, found), as_of, auditing)
    return ProvinceOutcome(f"{out}/{place.relative_to(root.path).as_posix()}", shares, failed)


def _days(tasks: Mapping[str, CommuneTask]) -> tuple[dict[str, CommuneFigures], dict[str, str]]:
    """What each commune gave, and why each of the others gave nothing, by root."""
    futures = {root: commune_day.submit(task) for root, task in tasks.items()}
    shares: dict[str, CommuneFigures] = {}
    failed: dict[str, str] = {}
    with show_step(Console(), "Các xã", len(futures)) as tick:
        for root, future in futures.items():
            try:
                share = future.result()
            except CommuneFailedError as failure:
                failed[root] = str(failure)
            except Exception as lost:
                # Its worker died again and again, or could not be reached: the others go on.
                failed[root] = message_of(lost)
            else:
                other = next((at for at, one in shares.items() if one.code == share.code), None)
                if other is None:
                    shares[root] = share
                else:
                    failed[root] = f"Trùng mã xã {share.code} với {other}."
            tick()
    return shares, failed


def roll_up(
    roots: Sequence[str], out: str, as_of: date, scheduler: str | None = None, workers: int | None = None
) -> ProvinceOutcome:
    """Run the day of the communes at `roots` and publish the province's release at `out`.

    Paths and URLs (s3://...) will do. The tasks go to the Dask scheduler at the address `scheduler`, else
    to `workers` processes on this machine, one a core; what they do is told to the Prefect server of
    `PREFECT_API_URL`, else to one of our own.

    Raises:
        NothingToRollUpError: every commune failed.
        AuditRefusedError: the province's tables are not as they must be; the former release stays.
        LockedError: another run holds `out`.
    """
    places = list(dict.fromkeys(map(_whole, roots)))
    runner = (
        DaskTaskRunner(address=scheduler)
        if scheduler
        else DaskTaskRunner(cluster_kwargs=start_local(workers or len(places)))
    )
    with serve_prefect() as answered:
        answered()
        asked = province.with_options(task_runner=runner)  # type: ignore[arg-type] # its own kind of future
        return asked(places, _whole(out), as_of)


def start_local(workers: int) -> dict[str, Any]:
    """What a cluster of worker processes on this machine is made of: one a core, silent on the terminal."""
    return {
        "n_workers": max(1, min(workers, os.cpu_count() or 1)),
        "threads_per_worker": 1,
        # Each core has a commune already.
        "env": {"POLARS_MAX_THREADS": "1"},
        "dashboard_address": ":0",
        "silence_logs": logging.CRITICAL,
    }


def _whole(where: str) -> str:
    """A URL as it is, a path made absolute: workers stand elsewhere."""
    return where.rstrip("/") if "://" in where else str(Path(where).resolve())


@contextmanager
def _working_set(out: str) -> Iterator[str]:
    """An empty folder at `out` for the tokens of this roll-up alone, gone when it ends."""
    fs, path = fsspec.url_to_fs(f"{out}/var/lam_viec")
    if fs.exists(path):
        fs.rm(path, recursive=True)
    fs.makedirs(path, exist_ok=True)
    try:
        yield f"{out}/var/lam_viec"
    finally:
        if fs.exists(path):
            fs.rm(path, recursive=True)
