"""`dulieuxa rollback`: show readers a former release again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption


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

    of = Root(root.resolve())
    with of.lock():
        place = find_release(of, release)
        roll_back(of, place, reason)
    typer.echo(f"Đang cho xem: {place}")
