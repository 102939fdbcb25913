"""`dulieuxa doctor`: what would make a run fail."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.cli.commands import RootOption


def command(root: RootOption = Path()) -> None:
    """Kiểm tra thư mục của xã: đĩa, quyền, khóa, vết của lượt chạy bị ngắt. Mã thoát 1 nếu có gì không ổn.

    Ví dụ: dulieuxa doctor --root /srv/xa
    """
    from flows.cli.health import check_health, find_unowned_folders
    from flows.root import Root, read_contracts
    from schemas.registry import load

    of = Root(root.resolve())
    units = frozenset(unit.name for unit in read_contracts(of, load()).commune.units)
    of.prepare(units)
    well = True
    for good, said in check_health(of):
        typer.echo(f"{'✓' if good else '✗'} {said}")
        well = well and good
    if strange := [folder.name for folder in find_unowned_folders(of, units)]:
        typer.echo(f"! Thư mục trong {of.inbox} không của đơn vị nào: {', '.join(strange)}")
    if not well:
        raise typer.Exit(1)
