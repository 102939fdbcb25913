"""Serves the page with uvicorn until it is stopped."""

from __future__ import annotations

from pathlib import Path

import uvicorn

from flows.root import Root
from flows.web.app import build_web, open_desk

#: Connections at once; more are told to come again.
_MOST_LINES = 400
_IDLE_SECONDS = 15


def serve_web(
    root: Root, host: str, port: int, *, certificate: tuple[Path, Path] | None, behind_tls: bool
) -> None:
    """Serve the page on `host` and `port`, by TLS with a `certificate` and its key, or behind who has one.

    Raises:
        OSError: the port is taken, or the certificate can't be read.
    """
    desk = open_desk(root, secure=certificate is not None or behind_tls)
    uvicorn.run(
        build_web(desk),
        host=host,
        port=port,
        ssl_certfile=certificate[0] if certificate else None,
        ssl_keyfile=certificate[1] if certificate else None,
        proxy_headers=behind_tls,
        forwarded_allow_ips="127.0.0.1",
        server_header=False,
        access_log=False,
        log_level="warning",
        limit_concurrency=_MOST_LINES,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=10,
    )
