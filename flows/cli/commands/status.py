"""`dulieuxa status`: shows the published release, the last refusal and missing submissions."""

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

    commune_root = Root(root.resolve())
    shown = read_published(commune_root)
    if shown is None:
        typer.echo("Chưa có bản công bố nào. Chạy: dulieuxa run")
    else:
        for line in describe_status(commune_root.releases / shown):
            typer.echo(line)
    if refusal := read_refusal(commune_root):
        typer.echo(f"Ngày {refusal['as_of']} không được công bố (xem {commune_root.refused / 'index.html'}):")
        typer.echo(str(AuditRefusedError(refusal["faults"], refusal["surprises"])))
