"""`dulieuxa purge`: remove what the policy no longer keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption


def command(
    root: RootOption = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ liệt kê, không xóa gì.")] = False,
) -> None:
    """Xóa bản công bố và tệp nộp đã hết hạn lưu (schemas/retention.py); ghi lại ở var/da_xoa.jsonl.

    Ví dụ: dulieuxa purge --dry-run
    """
    from flows.release.purge import plan, purge
    from flows.root import Root
    from schemas.retention import POLICY

    of = Root(root.resolve())
    with of.lock():
        what = plan(of, POLICY)
        if not dry_run:
            purge(of, what)
    verb = "Sẽ xóa" if dry_run else "Đã xóa"
    for name in what.releases:
        typer.echo(f"{verb} bản công bố {name}")
    for one in what.hand_ins:
        typer.echo(f"{verb} tệp nộp {one.submission[:12]} của {one.unit}, nhận ngày {one.day:%d/%m/%Y}")
    if not (what.releases or what.hand_ins):
        typer.echo("Không có gì hết hạn lưu.")
