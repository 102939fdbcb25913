"""The commands of `dulieuxa`: one module each, named after its command, found by listing this folder.

A module has a function `command`, whose docstring is its help. It imports what it needs inside, so
that `--help` and wrong usage answer at once.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

RootOption = Annotated[
    Path,
    typer.Option(
        "--root",
        envvar="DULIEUXA_ROOT",
        exists=True,
        file_okay=False,
        help="Thư mục của xã, chứa raw/, curated/ và var/.",
    ),
]
DateOption = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d", "%d/%m/%Y"], help="Ngày tính; mặc định là hôm nay."),
]


def day_of(when: datetime | None) -> date:
    """The day asked for, else today where the commune is."""
    from flows.root import HERE

    return when.date() if when else datetime.now(HERE).date()
