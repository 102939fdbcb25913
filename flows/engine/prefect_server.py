"""Provides the Prefect server that flows report to: the configured one, or a temporary one of our own.

Whoever may write to a server can make the programs that ask it for work run anything. Our own server answers
only who knows a secret that is made when it starts.
"""

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
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from threading import Event, Thread
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import flows.engine.prefect_settings  # noqa: F401 - before prefect
from flows.errors import OpenLineError, PortTakenError
from flows.files import write_private
from flows.system.linux import own_id

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


# In Linux' table of sockets: the state of one that listens, and the column with its user.
_LISTENS, _OWNER = "0A", 7


@contextmanager
def serve_prefect(
    *, brief: bool = False, port: int | None = None, password: Path | None = None
) -> Iterator[Callable[[], None]]:
    """Run flows in this context: they report to the server in Prefect's settings, or to our own.

    Yields a function that waits until the server answers; call it before a flow runs. A `brief` server
    of our own has no UI and schedules no runs. Our own listens at `port`, or at any that is free. The file
    `password` holds its secret, for its pages, as long as it runs.

    Raises:
        OpenLineError: the server in the settings is on another machine, and the line to it is not encrypted.
        PortTakenError: another program listens at `port`.
        TimeoutError: from the function, if the server does not answer in time.
    """
    _refuse_open_line(os.environ.get("PREFECT_API_URL"))
    if not _is_configured():
        secret = f"dulieuxa:{token_urlsafe(32)}"
        with _start_own(secret, port, _BRIEF if brief else {}) as (api, wait), _kept_in(password, secret):
            # The import takes a second; meanwhile the server starts.
            from prefect.settings import (  # noqa: PLC0415
                PREFECT_API_AUTH_STRING,
                PREFECT_API_URL,
                temporary_settings,
            )

            if not PREFECT_API_URL.value():
                with temporary_settings({PREFECT_API_URL: api, PREFECT_API_AUTH_STRING: secret}):
                    try:
                        yield wait
                    finally:
                        _send_the_rest()
                return
    # A profile of Prefect's may name a server, too.
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415 - slow to import

    _refuse_open_line(PREFECT_API_URL.value())
    yield lambda: None


def _refuse_open_line(address: str | None) -> None:
    """Refuse a server on another machine that would be told its secret, and our runs, without encryption."""
    if not address:
        return
    told = urlsplit(address)
    if told.scheme == "https" or (told.scheme == "http" and _is_this_machine(told.hostname or "")):
        return
    raise OpenLineError(
        f"PREFECT_API_URL chỉ tới máy chủ Prefect {told.hostname or 'không rõ tên'} mà đường truyền không "
        "được mã hóa: mật khẩu của máy chủ đó ai ở giữa cũng đọc được, và có mật khẩu thì sai khiến được máy "
        "này. Đặt lại địa chỉ bắt đầu bằng `https`, hoặc bỏ biến này để dùng máy chủ riêng trên máy này."
    )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _send_the_rest() -> None:
    """Send what Prefect has not sent yet, logs and states of tasks, while our server still takes them."""
    from prefect.events.worker import EventsWorker  # noqa: PLC0415 - Prefect is imported late
    from prefect.logging.handlers import APILogHandler  # noqa: PLC0415

    EventsWorker.drain_all(timeout=30)
    APILogHandler().flush()


@contextmanager
def _kept_in(file: Path | None, secret: str) -> Iterator[None]:
    """Keep the secret in a file that only its owner can read."""
    if file is None:
        yield
        return
    write_private(file, secret.encode(), durable=False)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _is_configured() -> bool:
    """Whether a server is configured, as far as this is known without importing Prefect."""
    settings = sys.modules.get("prefect.settings")
    return bool(os.environ.get("PREFECT_API_URL") or (settings and settings.PREFECT_API_URL.value()))


@contextmanager
def _start_own(
    secret: str, port: int | None, settings: Mapping[str, str]
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Start a server that stops with the context; yields its API address and a function to wait for it.

    If the server stops before, this program does, too: somebody else may take its address.
    """
    port = _find_port(port)
    api = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", __name__, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    # Other users see the words of a command, but not its environment.
    secrets = {"PREFECT_API_AUTH_STRING": secret, "PREFECT_SERVER_API_AUTH_STRING": secret}
    environment = os.environ | settings | secrets | {"PREFECT_API_URL": api}
    done = Event()
    devnull = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=devnull, stderr=devnull
    ) as server:
        Thread(target=_stop_with, args=(server, done), daemon=True).start()
        try:
            yield api, lambda: _wait(api, port, server)
        finally:
            done.set()
            server.terminate()


def _find_port(wanted: int | None) -> int:
    with socket.socket() as free:
        if wanted:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            free.bind(("127.0.0.1", wanted or 0))
        except OSError:
            raise PortTakenError(
                f"Cổng {wanted} đang có chương trình khác dùng: chọn cổng khác bằng --port; hoặc, nếu đó là "
                "máy chủ Prefect muốn dùng chung, đặt PREFECT_API_URL, PREFECT_API_AUTH_STRING rồi chạy lại."
            ) from None
        return int(free.getsockname()[1])


def _stop_with(server: subprocess.Popen[bytes], done: Event) -> None:
    server.wait()
    if not done.is_set():
        os.kill(os.getpid(), signal.SIGTERM)


def _wait(api: str, port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{api}/health", timeout=5):  # noqa: S310 - our own address
                if _is_ours(port):
                    return
                break
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("Máy chủ Prefect không khởi động được.")


def _is_ours(port: int) -> bool:
    """Whether this user listens at the port; known on Linux only. Somebody else may have been quicker."""
    table = Path("/proc/net/tcp")
    if not table.exists():
        return True
    sockets = [line.split() for line in table.read_text("ascii").splitlines()[1:]]
    owners = {each[_OWNER] for each in sockets if each[1].endswith(f":{port:04X}") and each[3] == _LISTENS}
    return owners == {str(own_id())}


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
