"""`dulieuxa restore`: makes a root from its backup, in any place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.engine.screen import say


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="Bản sao lưu của xã.")
    ],
    root: Annotated[
        Path, typer.Option("--root", file_okay=False, help="Thư mục mới của xã: chưa có, hoặc còn trống.")
    ],
) -> None:
    """Khôi phục một xã từ bản sao lưu, vào thư mục mới; mỗi tệp được đối chiếu từng byte trước đã.

    Ví dụ: dulieuxa restore /mnt/dia_ngoai/xa --root /srv/xa_moi
    """
    from flows.backup.backup import restore

    kept = restore(folder, root)
    say(f"Đã khôi phục {len(kept.tree.files)} tệp như lúc {kept.made} vào {root}.")
    say(f"Kiểm lại cả xã: dulieuxa verify --root {root}")
