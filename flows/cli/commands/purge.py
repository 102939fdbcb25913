"""`dulieuxa purge`: removes releases and submissions past their retention time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say


def command(
    root: RootOption = Path(),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ liệt kê, không xóa gì.")] = False,
) -> None:
    """Xóa bản công bố và tệp nộp đã hết hạn lưu ([luu_giu] trong xa.toml); ghi lại ở var/da_xoa.jsonl.

    Ví dụ: dulieuxa purge --dry-run
    """
    from flows.release.purge import plan_purge, purge
    from flows.root import Root, read_contracts
    from schemas.registry import load

    commune_root = Root(root.resolve())
    with commune_root.lock():
        what = plan_purge(commune_root, read_contracts(commune_root, load()).retention)
        if not dry_run:
            purge(commune_root, what)
    verb = "Sẽ xóa" if dry_run else "Đã xóa"
    for name in what.releases:
        say(f"{verb} bản công bố {name}")
    for one in what.submissions:
        say(f"{verb} tệp nộp {one.sha256[:12]} của {one.unit}, nhận ngày {one.day:%d/%m/%Y}")
    if not (what.releases or what.submissions):
        say("Không có gì hết hạn lưu.")
