"""A Prefect server of our own: a schedule does not fire on the short-lived one of a single run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

# A machine that never ran it makes its database first, which takes over twenty seconds.
STARTS_WITHIN_SECONDS = 180


@contextmanager
def served() -> Iterator[str]:
    """Start the server, wait until it answers, give the address of its API; it stops with the context.

    Raises:
        TimeoutError: it did not answer in time.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    words = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        words, env=os.environ | {"PREFECT_API_URL": api}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"{api}/health", server)
        yield api
    finally:
        server.terminate()
        server.wait()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError("Máy chủ Prefect không khởi động được.")
