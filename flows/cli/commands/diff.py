"""`dulieuxa diff`: shows what changed from one release to another."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say, show_table

if TYPE_CHECKING:
    import polars as pl

_SHOWN = 40


def command(
    one: Annotated[str | None, typer.Argument(metavar="A", help="Bản trước.")] = None,
    two: Annotated[
        str | None, typer.Argument(metavar="B", help="Bản sau; mặc định là bản đang cho xem.")
    ] = None,
    root: RootOption = Path(),
) -> None:
    """So hai bản công bố: cột, bản ghi thêm, sửa, mất, chỉ tiêu thay đổi. Mặc định so với bản trước nó.

    Ví dụ: dulieuxa diff 20261123 20261124
    """
    from flows.release.diff import compare_releases
    from flows.release.intact import require_intact
    from flows.release.manifest import read_manifest
    from flows.release.publish import find_release
    from flows.root import Root
    from schemas.datasets import load

    commune_root = Root(root.resolve())
    after = find_release(commune_root, two)
    start = one or read_manifest(after)["before"]
    if start is None:
        say(f"{after.name} là bản đầu tiên, không có bản nào trước nó.")
        return
    before = find_release(commune_root, start)
    for release in (before, after):
        require_intact(release)
    difference = compare_releases(before, after, load())
    say(f"Từ {before.name} đến {after.name}")
    if difference.nothing:
        say("Bản ghi và chỉ tiêu không đổi.")
    for table, column, was, now in difference.columns:
        say(f"Cột {table}.{column}: {was or 'không có'} → {now or 'không còn'}")
    _show(("Bộ dữ liệu", "Trước", "Sau", "Thêm", "Sửa", "Mất"), difference.rows)
    moved = ("Chỉ tiêu", "Kỳ", "Theo", "Khóa", "Trước", "Sau", "Trạng thái trước", "Trạng thái sau")
    _show(moved, difference.indicators)


def _show(head: tuple[str, ...], rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    shown = ([f"{each:.4g}" if isinstance(each, float) else each for each in row] for row in rows.iter_rows())
    show_table(head, islice(shown, _SHOWN), wrap=False)
    if rows.height > _SHOWN:
        say(f"và {rows.height - _SHOWN} dòng nữa")
