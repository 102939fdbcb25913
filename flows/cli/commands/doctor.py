"""`dulieuxa doctor`: checks whether a root is ready for a run."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say


def command(root: RootOption = Path()) -> None:
    """Kiểm tra thư mục của xã: đĩa, quyền, khóa, vết của lượt chạy bị ngắt. Mã thoát 1 nếu có gì không ổn.

    Ví dụ: dulieuxa doctor --root /srv/xa
    """
    from flows.cli.health import check_health, find_unowned_folders
    from flows.collect.folder import look_through
    from flows.root import Root, read_contracts
    from schemas.registry import load

    commune_root = Root(root.resolve())
    units = frozenset(unit.name for unit in read_contracts(commune_root, load()).commune.units)
    commune_root.prepare(units)
    well = True
    for good, sentence in check_health(commune_root):
        say(f"{'✓' if good else '✗'} {sentence}")
        well = well and good
    for obstacle in look_through(commune_root.inbox)[1]:
        say(f"✗ Không nhận được {obstacle}")
        well = False
    if strange := [folder.name for folder in find_unowned_folders(commune_root, units)]:
        say(f"! Thư mục trong {commune_root.inbox} không của đơn vị nào: {', '.join(strange)}")
    if not well:
        raise typer.Exit(1)
