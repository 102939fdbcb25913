"""A Prefect server for runs to tell: the one that is named, else our own, which starts beside other work."""

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

# A machine that never ran it makes its database first, which takes over twenty seconds.
STARTS_WITHIN_SECONDS = 180

# Planning runs, looking for those that are late or gone: for a server that stands for longer than one.
_BRIEF = {
    "PREFECT_UI_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}


@contextmanager
def serve_prefect(*, brief: bool = False) -> Iterator[Callable[[], None]]:
    """Within it flows tell a server: the one that Prefect's settings name, else our own.

    What is given waits until the server answers: to be called before a flow runs. One for a `brief` time
    shows no pages and plans no runs.

    Raises:
        TimeoutError: when called, and the server did not answer in time.
    """
    if not _named():
        with _own(_BRIEF if brief else {}) as (api, wait):
            # Takes a second, in which the server starts.
            from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

            if not PREFECT_API_URL.value():
                with temporary_settings({PREFECT_API_URL: api}):
                    yield wait
                return
    yield lambda: None


def _named() -> bool:
    """Whether a server is named, as far as is known before Prefect is imported."""
    settings = sys.modules.get("prefect.settings")
    return bool(os.environ.get("PREFECT_API_URL") or (settings and settings.PREFECT_API_URL.value()))


@contextmanager
def _own(settings: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a server of our own, which stops with the context, and what waits for it to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    words = [sys.executable, "-m", __name__, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    environment = os.environ | settings | {"PREFECT_API_URL": api}
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere
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


def _end_with_the_other_side() -> None:
    """Stop this server when the process that started it is gone, even by a kill."""
    # Not through Python's file, whose lock would stand in the way of an end that comes from elsewhere.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    Thread(target=_end_with_the_other_side, daemon=True).start()
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
