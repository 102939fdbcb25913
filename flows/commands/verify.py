"""`dulieuxa verify`: proves a release byte by byte."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands import RootOption


def command(
    release: Annotated[str | None, typer.Argument(metavar="ID", help="Mặc định là bản đang cho xem.")] = None,
    root: RootOption = Path(),
) -> None:
    """Chứng minh từng byte của một bản công bố đúng như lúc công bố. Mã thoát 1 nếu không.

    Ví dụ: dulieuxa verify 20261124
    """
    from flows.manifest import files
    from flows.release import named
    from flows.root import Root
    from flows.verify import wrong

    place = named(Root(root.resolve()), release)
    found = wrong(place)
    for line in found:
        typer.echo(line)
    if found:
        raise typer.Exit(1)
    typer.echo(f"{place.name}: {len(files(place)) + 1} tệp đúng từng byte.")
