"""`dulieuxa web`: serves the page on which units hand in and everybody reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say

_PORT = 8420


def command(
    root: RootOption = Path(),
    host: Annotated[
        str, typer.Option("--host", help="Địa chỉ mạng của trang; mặc định chỉ máy này mở được.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Cổng của trang.")] = _PORT,
    cert: Annotated[
        Path | None,
        typer.Option("--cert", exists=True, dir_okay=False, help="Chứng thư mã hóa đường truyền."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", exists=True, dir_okay=False, help="Khóa của chứng thư.")
    ] = None,
    behind_tls: Annotated[
        bool,
        typer.Option(
            "--behind-tls",
            help="Trang đứng sau máy chủ trung gian, bên ấy mã hóa đường truyền.",
        ),
    ] = False,
) -> None:
    """Mở trang để các đơn vị nộp tệp, sửa ngay chỗ sai, và mọi người xem, cho đến khi dừng bằng Ctrl+C.

    Máy khác chỉ mở được khi đường truyền được mã hóa: đưa --cert và --key, hoặc đặt sau một máy chủ trung
    gian (--behind-tls). Tạo tài khoản: “dulieuxa user add”. Tệp nộp ở đây vào raw/inbox như mọi tệp; lượt
    chạy hằng ngày tính chúng.

    Ví dụ: dulieuxa web --root /srv/xa --host 0.0.0.0 --cert may.pem --key may.key
    """
    if (cert is None) != (key is None):
        raise typer.BadParameter("cần cả hai: chứng thư và khóa của nó", param_hint="--cert, --key")
    if host not in ("127.0.0.1", "::1", "localhost") and cert is None:
        raise typer.BadParameter(
            f"mật khẩu sẽ đi trần trên mạng: mở ở {host} thì đưa --cert và --key; sau máy chủ trung gian"
            " thì giữ 127.0.0.1 và dùng --behind-tls",
            param_hint="--host",
        )
    from flows.root import Root, read_contracts
    from flows.web.accounts import AccountBook
    from flows.web.serve import serve_web
    from schemas.registry import load

    place = Root(root.resolve())
    read_contracts(place, load())
    if not AccountBook(place).all():
        say("Chưa có tài khoản nào: “dulieuxa user add ky --role ky_su” tạo một tài khoản.", err=True)
    said = f"{'https' if cert else 'http'}://{host}:{port}"
    say(f"Trang mở ở {said}; dừng bằng Ctrl+C.", err=True)
    certificate = (cert, key) if cert and key else None
    serve_web(place, host, port, certificate=certificate, behind_tls=behind_tls)
