"""`dulieuxa rollback`: shows an earlier release to readers again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say


def command(
    release: Annotated[str, typer.Argument(metavar="ID", help="Bản công bố, hoặc phần đầu của tên nó.")],
    reason: Annotated[
        str | None, typer.Option(metavar="LÝ_DO", help="Vì sao quay lại; được ghi lại.")
    ] = None,
    root: RootOption = Path(),
) -> None:
    """Cho xem lại một bản công bố trước, ngay lập tức; việc này được ghi vào curated/journal.jsonl.

    Ví dụ: dulieuxa rollback 20261123 --reason "Số của công an nhầm kỳ"
    """
    from flows.release.publish import find_release, roll_back
    from flows.root import Root

    commune_root = Root(root.resolve())
    with commune_root.lock():
        place = find_release(commune_root, release)
        roll_back(commune_root, place, reason)
    say(f"Đang cho xem: {place}")
