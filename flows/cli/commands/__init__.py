"""The commands of `dulieuxa`: each module of this folder is a command with the module's name.

A module has a function `command`, whose docstring is the help. Modules are imported inside of it, so
that `--help` and usage errors answer at once.
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


def write_for_clerk(target: Path, data: bytes) -> None:
    """Write a file that a command was asked for; only its owner can read it.

    Raises:
        BadParameter: it can't be written there. Windows lets nobody replace a workbook that Excel has open.
    """
    from flows.files import write_private

    try:
        write_private(target, data)
    except PermissionError:
        raise typer.BadParameter(
            f"không ghi được {target}: tệp đang mở trong chương trình khác (đóng lại rồi chạy lại), "
            "hoặc không có quyền ghi ở đó"
        ) from None


def check_cron(text: str) -> None:
    """Refuse a schedule that Prefect does not understand.

    Raises:
        BadParameter: it does not.
    """
    from flows.engine.prefect_runs import is_cron

    if not is_cron(text):
        raise typer.BadParameter(
            f"“{text}” không phải lịch chạy: cần phút, giờ, ngày, tháng, thứ, ví dụ 30 5 * * 1-5",
            param_hint="--cron",
        )


def day_of(when: datetime | None) -> date:
    """The date of `when`, or today in Vietnam's time zone."""
    from flows.root import HERE

    return when.date() if when else datetime.now(HERE).date()
