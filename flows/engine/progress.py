"""Shows the progress of a step: a bar on a terminal, one plain line elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text


@contextmanager
def show_step(console: Console, title: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """Show a step of `total` parts; yields the function to call after each part."""
    if not console.is_terminal:
        console.print(Text(f"{title}…"))
        yield lambda: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=total)
        yield lambda: progress.advance(task)
        progress.update(task, total=total or 1, completed=total or 1)
