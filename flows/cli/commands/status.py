"""`dulieuxa status`: where the commune stands."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.cli.commands import RootOption


def command(root: RootOption = Path()) -> None:
    """Bản đang cho xem, lần từ chối gần nhất, ai chưa nộp, lỗi còn mở.

    Ví dụ: dulieuxa status --root /srv/xa
    """
    from flows.errors import AuditRefusedError
    from flows.release.publish import read_published
    from flows.release.refusal import read_refusal
    from flows.release.status import describe_status
    from flows.root import Root

    of = Root(root.resolve())
    shown = read_published(of)
    if shown is None:
        typer.echo("Chưa có bản công bố nào. Chạy: dulieuxa run")
    else:
        for line in describe_status(of.releases / shown):
            typer.echo(line)
    if said := read_refusal(of):
        typer.echo(f"Ngày {said['as_of']} không được công bố (xem {of.refused / 'index.html'}):")
        typer.echo(str(AuditRefusedError(said["faults"], said["surprises"])))
