"""Provides the Prefect server that flows report to: the configured one, or a temporary one of our own."""

from __future__ import annotations

import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from urllib.error import URLError
from urllib.request import urlopen

import flows.engine.prefect_settings  # noqa: F401 - before prefect

# On a machine without Prefect's database the server creates it first, which takes over 20 seconds.
STARTS_WITHIN_SECONDS = 180

# What a server for a single run does not need: the UI, schedules, late runs, worker health, triggers.
_BRIEF = {
    "PREFECT_UI_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}


@contextmanager
def serve_prefect(*, brief: bool = False) -> Iterator[Callable[[], None]]:
    """Run flows in this context: they report to the server in Prefect's settings, or to our own.

    Yields a function that waits until the server answers; call it before a flow runs. A `brief` server
    of our own has no UI and schedules no runs.

    Raises:
        TimeoutError: from the function, if the server does not answer in time.
    """
    if not _is_configured():
        with _start_own(_BRIEF if brief else {}) as (api, wait):
            # The import takes a second; meanwhile the server starts.
            from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

            if not PREFECT_API_URL.value():
                with temporary_settings({PREFECT_API_URL: api}):
                    yield wait
                return
    yield lambda: None


def _is_configured() -> bool:
    """Whether a server is configured, as far as this is known without importing Prefect."""
    settings = sys.modules.get("prefect.settings")
    return bool(os.environ.get("PREFECT_API_URL") or (settings and settings.PREFECT_API_URL.value()))


@contextmanager
def _start_own(settings: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """Start a server that stops with the context; yields its API address and a function to wait for it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", __name__, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    environment = os.environ | settings | {"PREFECT_API_URL": api}
    devnull = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=devnull, stderr=devnull
    ) as server:
        try:
            yield api, lambda: _wait(f"{api}/health", server)
        finally:
            server.terminate()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("Máy chủ Prefect không khởi động được.")


def _end_with_parent() -> None:
    """Stop this server when the process that started it ends, even if that one is killed.

    The parent holds the other end of our stdin: reading returns as soon as the parent is gone.
    """
    # `sys.stdin` would hold its lock while it waits, and the interpreter could not shut down.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    Thread(target=_end_with_parent, daemon=True).start()
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
