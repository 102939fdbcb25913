"""`dulieuxa sql`: queries a release in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows.cli.commands import RootOption

_WRONG = 2


def command(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Câu hỏi SQL.")],
    release: Annotated[str | None, typer.Option(metavar="ID", help="Mặc định là bản đang cho xem.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Ghi kết quả dạng CSV.")] = False,
    root: RootOption = Path(),
) -> None:
    """Hỏi bản công bố bằng SQL (DuckDB): mỗi bảng, mỗi bộ dữ liệu là một bảng cùng tên.

    Ví dụ: dulieuxa sql "select _unit, count(*) from ho_gia_dinh group by _unit"
    """
    import duckdb

    from flows.release.publish import find_release
    from flows.release.sql import open_database
    from flows.root import Root

    place = find_release(Root(root.resolve()), release)
    with open_database(place.resolve()) as database:
        try:
            result = database.sql(query)
            frame = None if result is None else result.pl()
        except duckdb.Error as error:
            typer.echo(f"Câu hỏi không chạy được: {error}", err=True)
            raise typer.Exit(_WRONG) from None
    if frame is None:
        return
    if as_csv:
        typer.echo(frame.write_csv(), nl=False)
        return
    table = Table(*frame.columns)
    for row in frame.iter_rows():
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console().print(table)
