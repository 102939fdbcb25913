"""Defines the Prefect flow of a province: the day of each commune as a Dask task, then the release."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import dask
import fsspec
from distributed.security import Security
from prefect import flow, serve, task
from prefect.cache_policies import NO_CACHE
from prefect_dask.task_runners import DaskTaskRunner
from prefect_dask.utils import get_dask_client

import flows.engine.prefect_settings  # noqa: F401 - before prefect
from flows.audit.auditor import start_auditor
from flows.engine.prefect_runs import make_deployment, mark_crashed
from flows.engine.prefect_server import serve_prefect
from flows.engine.usual import PORT
from flows.engine.progress import show_step
from flows.engine.screen import open_console, say
from flows.errors import message_of
from flows.protect import read_key
from flows.province.commune import CommuneFailedError, CommuneTask, CommuneFigures, run_commune
from flows.province.duplicates import find_duplicates
from flows.province.release import Gathered, NothingToRollUpError, publish_province
from flows.province.storage import open_root
from flows.root import HERE

# Tells the processes of scheduled runs what to roll up.
_SERVED = "DULIEUXA_TINH"

dask.config.set(
    {
        # Workers start child processes to read files; daemon processes may not.
        "distributed.worker.daemon": False,
        # There is one worker with one task per core, so polars needs no more threads.
        "distributed.nanny.pre-spawn-environ.POLARS_MAX_THREADS": "1",
    }
)


@dataclass(frozen=True, slots=True)
class ProvinceOutcome:
    """Result of a roll-up: the province's release, and by root each commune's figures or why it failed."""

    release: str
    shares: Mapping[str, CommuneFigures]
    failed: Mapping[str, str]


commune_day = task(
    name="ngay-cua-xa", description="Một ngày của một xã", persist_result=False, cache_policy=NO_CACHE
)(run_commune)


@flow(name="dulieuxa-tinh", flow_run_name="ngay-{as_of}", persist_result=False)
def province(roots: Sequence[str], out: str, as_of: date) -> ProvinceOutcome:
    """Một ngày của nhiều xã: mỗi xã một việc trên Dask, rồi cộng lại thành bản công bố của tỉnh."""
    with (
        open_root(out, as_of, new=True) as root,
        root.lock(),
        start_auditor() as auditor,
        _working_set(out) as tokens_folder,
    ):
        auditor.prepare()
        key = read_key(root)
        tasks = {
            each: CommuneTask(each, as_of, key, f"{tokens_folder}/{number}.parquet")
            for number, each in enumerate(roots)
        }
        shares, failed = _run_communes(tasks)
        if not shares:
            raise NothingToRollUpError(failed)
        with get_dask_client() as client:
            duplicates = find_duplicates(client, [tasks[each].tokens for each in shares])
        place = publish_province(root, Gathered(shares, failed, duplicates), as_of, auditor)
    return ProvinceOutcome(f"{out}/{place.relative_to(root.path).as_posix()}", shares, failed)


def _run_communes(tasks: Mapping[str, CommuneTask]) -> tuple[dict[str, CommuneFigures], dict[str, str]]:
    """Run all tasks; returns by root the figures of each commune, or why it failed."""
    futures = {root: commune_day.submit(task) for root, task in tasks.items()}
    shares: dict[str, CommuneFigures] = {}
    failed: dict[str, str] = {}
    with show_step(open_console(), "Các xã", len(futures)) as tick:
        for root, future in futures.items():
            try:
                share = future.result()
            except CommuneFailedError as failure:
                failed[root] = str(failure)
            except Exception as lost:
                # The worker died repeatedly, or could not be reached. The other communes go on.
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

    `roots` and `out` are paths or URLs (s3://...). Tasks run on the Dask scheduler at the address
    `scheduler` or, without one, in `workers` processes on this machine (at most one per core). They report
    to the Prefect server of `PREFECT_API_URL`, or to one of our own.

    Raises:
        NothingToRollUpError: every commune failed.
        AuditRefusedError: the audit found faults; the previous release stays published.
        LockedError: another run holds `out`.
    """
    places = list(dict.fromkeys(map(_make_absolute, roots)))
    runner = DaskTaskRunner(address=scheduler) if scheduler else _run_here(workers or len(places))
    with serve_prefect() as wait_for_server:
        wait_for_server()
        run_province = province.with_options(task_runner=runner)  # type: ignore[arg-type] # its own kind of future
        return run_province(places, _make_absolute(out), as_of)


@flow(name="dulieuxa-tinh-hang-ngay", persist_result=False)
def every_day_of_province(as_of: date | None = None) -> str:
    """Hôm nay của tỉnh mà `dulieuxa roll-up --cron` được gọi cho; không chạy được cho thư mục nào khác."""
    served = json.loads(os.environ[_SERVED])
    day = as_of or datetime.now(HERE).date()
    return roll_up(served["roots"], served["out"], day, served["scheduler"], served["workers"]).release


def serve_province(
    roots: Sequence[str], out: str, cron: str, scheduler: str | None, workers: int | None
) -> None:
    """Roll up on the schedule `cron`, in Vietnam's time, until stopped; arguments as of `roll_up`.

    What is rolled up is told to the runs by this process alone, never by Prefect's server.
    """
    places, out = [*map(_make_absolute, roots)], _make_absolute(out)
    told = {"roots": places, "out": out, "scheduler": scheduler, "workers": workers}
    os.environ[_SERVED] = json.dumps(told)
    whose = f"tinh-{sha256(out.encode()).hexdigest()[:6]}"
    said = f"{len(places)} xã, bản công bố của tỉnh ở `{out}`."
    with serve_prefect(port=PORT) as answered:
        deployment = make_deployment(every_day_of_province, whose, said, ["dulieuxa", "tinh"], cron)
        answered()
        mark_crashed([whose])
        say(f"Tổng hợp theo lịch “{cron}” giờ Việt Nam: {said} Dừng bằng Ctrl+C.")
        serve(deployment, print_starting_message=False)


def _run_here(workers: int) -> DaskTaskRunner:
    """Run tasks on a cluster on this machine, for which only we have the certificates of this run.

    A scheduler carries out whatever it is asked to, and every user of the machine could ask.
    """
    security = Security.temporary()  # type: ignore[no-untyped-call]
    return DaskTaskRunner(
        cluster_kwargs=start_local(workers) | {"security": security}, client_kwargs={"security": security}
    )


def start_local(workers: int) -> dict[str, Any]:
    """Arguments for a local Dask cluster: at most one worker per core, silent on the terminal."""
    return {
        "n_workers": max(1, min(workers, os.cpu_count() or 1)),
        "threads_per_worker": 1,
        # Each core already has a worker.
        "env": {"POLARS_MAX_THREADS": "1"},
        "dashboard_address": "127.0.0.1:0",
        "silence_logs": logging.CRITICAL,
    }


def _make_absolute(where: str) -> str:
    """Make a path absolute, since workers have other working directories; URLs stay as they are."""
    return where.rstrip("/") if "://" in where else str(Path(where).resolve())


@contextmanager
def _working_set(out: str) -> Iterator[str]:
    """Create an empty folder at `out` for the tokens of this roll-up, removed at the end; yields its URL."""
    fs, path = fsspec.url_to_fs(f"{out}/var/lam_viec")
    if fs.exists(path):
        fs.rm(path, recursive=True)
    fs.makedirs(path, exist_ok=True)
    try:
        yield f"{out}/var/lam_viec"
    finally:
        if fs.exists(path):
            fs.rm(path, recursive=True)
