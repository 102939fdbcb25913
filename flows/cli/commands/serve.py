"""`dulieuxa serve`: runs every day on a schedule."""

from __future__ import annotations

from pathlib import Path

from flows.cli.commands import RootOption


def command(root: RootOption = Path()) -> None:
    """Chạy hằng ngày lúc 06:00 giờ Việt Nam, cho đến khi dừng bằng Ctrl+C."""
    from flows.daily import serve

    serve(root.resolve())
