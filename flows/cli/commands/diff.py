"""`dulieuxa diff`: shows what changed from one release to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows.cli.commands import RootOption

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
    from flows.release.manifest import read_manifest
    from flows.release.publish import find_release
    from flows.root import Root
    from schemas.datasets import load

    commune_root = Root(root.resolve())
    after = find_release(commune_root, two)
    start = one or read_manifest(after)["before"]
    if start is None:
        typer.echo(f"{after.name} là bản đầu tiên, không có bản nào trước nó.")
        return
    before = find_release(commune_root, start)
    difference = compare_releases(before, after, load())
    console = Console(highlight=False)
    console.print(f"Từ {before.name} đến {after.name}")
    if difference.nothing:
        console.print("Bản ghi và chỉ tiêu không đổi.")
    for table, column, was, now in difference.columns:
        console.print(f"Cột {table}.{column}: {was or 'không có'} → {now or 'không còn'}")
    _show(console, ("Bộ dữ liệu", "Trước", "Sau", "Thêm", "Sửa", "Mất"), difference.rows)
    moved = ("Chỉ tiêu", "Kỳ", "Theo", "Khóa", "Trước", "Sau", "Trạng thái trước", "Trạng thái sau")
    _show(console, moved, difference.indicators)


def _show(console: Console, head: tuple[str, ...], rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    table = Table()
    for name in head:
        table.add_column(name, no_wrap=True)
    for row in rows.head(_SHOWN).iter_rows():
        table.add_row(
            *(f"{cell:.4g}" if isinstance(cell, float) else str("" if cell is None else cell) for cell in row)
        )
    console.print(table)
    if rows.height > _SHOWN:
        console.print(f"và {rows.height - _SHOWN} dòng nữa")
