"""`dulieuxa serve`: runs every day on a schedule."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption, check_cron
from flows.engine.usual import EVERY_DAY, PORT


def command(
    root: RootOption = Path(),
    cron: Annotated[
        str,
        typer.Option(
            "--cron", metavar="LỊCH", help="Lịch chạy theo giờ Việt Nam: phút, giờ, ngày, tháng, thứ."
        ),
    ] = EVERY_DAY,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Cổng của trang theo dõi trên máy này.")
    ] = PORT,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Nhiều nhất bao nhiêu lượt chạy cùng lúc.")
    ] = None,
) -> None:
    """Chạy hằng ngày lúc 06:00 giờ Việt Nam, cho đến khi dừng bằng Ctrl+C.

    Mỗi lúc một lượt; lượt sau chờ lượt trước. Máy tắt vài ngày thì khi chạy lại, các ngày bị lỡ mà có thay
    đổi được chạy bù theo thứ tự, mỗi ngày một lần. Nhiều xã trên một máy: mỗi xã một --port, hoặc chung
    một máy chủ Prefect qua PREFECT_API_URL.

    Ví dụ: dulieuxa serve --root /srv/xa --cron "30 5 * * 1-5" --port 4201
    """
    check_cron(cron)
    from flows.daily import serve

    serve(root.resolve(), cron=cron, port=port, limit=limit)
