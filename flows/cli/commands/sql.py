"""`dulieuxa sql`: queries a release in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say, say_all, show_document, show_table

_WRONG = 2


def command(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Câu hỏi SQL.")],
    release: Annotated[str | None, typer.Option(metavar="ID", help="Mặc định là bản đang cho xem.")] = None,
    as_csv: Annotated[
        bool,
        typer.Option(
            "--csv",
            help="Ghi kết quả dạng CSV; chữ mở đầu như một công thức (=, +, -, @) được thêm dấu ' ở trước, "
            "để bảng tính hiện đúng chữ đó mà không tính.",
        ),
    ] = False,
    root: RootOption = Path(),
) -> None:
    """Hỏi bản công bố bằng SQL (DuckDB): mỗi bảng, mỗi bộ dữ liệu là một bảng cùng tên.

    Bảng mở của bộ dan_cu tên là open.dan_cu, và như thế với mọi bộ dữ liệu.

    Ví dụ: dulieuxa sql "select _unit, count(*) from ho_gia_dinh group by _unit"
    """
    import duckdb

    from flows.release.publish import find_release
    from flows.release.sql import list_damaged, open_database, to_csv
    from flows.root import Root

    place = find_release(Root(root.resolve()), release)
    for table, fault in list_damaged(place.resolve()).items():
        say(f"Bảng {table} không hỏi được. {fault}; dulieuxa doctor --fix dựng lại.", err=True)
    with open_database(place.resolve()) as database:
        try:
            result = database.sql(query)
            frame = None if result is None else result.pl()
        except duckdb.Error as error:
            say_all(f"Câu hỏi không chạy được: {error}", err=True)
            raise typer.Exit(_WRONG) from None
    if frame is None:
        return
    if as_csv:
        show_document(to_csv(frame))
    else:
        show_table(frame.columns, frame.iter_rows())
