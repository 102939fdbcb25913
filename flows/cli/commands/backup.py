"""`dulieuxa backup`: copies everything that can't be made again to another disk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say

_DAMAGED = 1


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Nơi giữ bản sao, trên một đĩa khác.")],
    root: RootOption = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Không sao gì: đọc lại từng byte của bản sao xem còn đúng không.")
    ] = False,
) -> None:
    """Sao lưu khóa, kho tệp nộp, mọi bản công bố, nhật ký, cấu hình; lần sau chỉ chép phần đã đổi.

    Ai đã được xóa khỏi xã (erase, purge) thì cũng mất khỏi bản sao ở lần sao lưu kế tiếp. Bản sao chứa
    khóa và dữ liệu cá nhân: giữ ở nơi chỉ người trực máy mở được.

    Ví dụ: dulieuxa backup /mnt/dia_ngoai/xa
    """
    from flows.backup.backup import back_up, find_damage, read_backup
    from flows.root import Root, read_contracts
    from schemas.registry import load

    if check:
        made = read_backup(folder).made
        damaged = [*find_damage(folder)]
        say(*damaged)
        if damaged:
            raise typer.Exit(_DAMAGED)
        say(f"Bản sao lưu lúc {made}: mọi tệp đúng từng byte.")
        return
    place = Root(root.resolve())
    kept = back_up(place, read_contracts(place, load()).commune.code, folder)
    size = sum(entry.size for entry in kept.tree.files.values())
    say(f"Đã sao lưu {len(kept.tree.files)} tệp, {size / 1e6:,.0f} MB, vào {folder}.")
