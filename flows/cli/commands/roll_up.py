"""`dulieuxa roll-up`: runs the day of many communes and publishes the province's release."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import DateOption, check_cron, day_of
from flows.engine.screen import say, say_all
from flows.errors import MissingPartError

if TYPE_CHECKING:
    from flows.province.flow import ProvinceOutcome

_NOT_PUBLISHED = 3
# What the extra `province` of this package brings.
_PROVINCE = ("dask", "distributed", "fsspec", "prefect_dask", "s3fs")


def command(
    roots: Annotated[
        list[str], typer.Argument(metavar="ROOT...", help="Thư mục hoặc địa chỉ (s3://…) của từng xã.")
    ],
    out: Annotated[
        str, typer.Option(metavar="DIR", help="Thư mục hoặc địa chỉ của tỉnh; bản công bố ở DIR/curated/.")
    ],
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Bộ điều phối Dask, ví dụ tls://10.0.0.5:8786; mặc định chạy trên máy này.",
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Số tiến trình trên máy này; mặc định mỗi lõi một.")
    ] = None,
    when: DateOption = None,
    cron: Annotated[
        str | None,
        typer.Option(
            "--cron",
            metavar="LỊCH",
            help="Chạy theo lịch này (phút, giờ, ngày, tháng, thứ, giờ Việt Nam) cho đến khi Ctrl+C.",
        ),
    ] = None,
) -> None:
    """Chạy một ngày của nhiều xã, cộng thành số liệu của tỉnh: chỉ tiêu, điểm, xếp hạng, định danh trùng xã.

    Xã nào hỏng được nêu tên, các xã khác vẫn được công bố. Mã thoát 3 khi không xã nào chạy được.

    Ví dụ: dulieuxa roll-up xa/90001 xa/90002 --out tinh --date 2026-11-24
    """
    from flows.engine.prefect_server import serve_prefect

    _require_province()
    if scheduler and not scheduler.startswith(("tls://", "tcp://127.0.0.1:")):
        raise typer.BadParameter(
            "khóa của tỉnh đi qua bộ điều phối, và nó làm mọi việc được giao: giữa các máy chỉ dùng tls://",
            param_hint="--scheduler",
        )
    if cron:
        check_cron(cron)
        from flows.province.flow import serve_province

        serve_province(roots, out, cron, scheduler, workers)
        return
    day = day_of(when)
    with serve_prefect() as wait_for_server:
        # The import takes seconds; meanwhile the server starts.
        from flows.province.flow import roll_up
        from flows.province.release import NothingToRollUpError

        wait_for_server()
        try:
            outcome = roll_up(roots, out, day, scheduler, workers)
        except NothingToRollUpError as nothing:
            say_all(str(nothing), err=True)
            raise typer.Exit(_NOT_PUBLISHED) from None
    _print(outcome)


def _require_province() -> None:
    """Refuse to start without the libraries of the extra `province`.

    Raises:
        MissingPartError: some are not installed.
    """
    if missing := [name for name in _PROVINCE if find_spec(name) is None]:
        raise MissingPartError(
            f"Máy này chưa cài phần của tỉnh (thiếu {', '.join(missing)}). Chạy `make province` trong "
            "thư mục của chương trình; nếu đã cài bằng pip thì chạy `pip install 'dulieuxa[province]'`."
        )


def _print(outcome: ProvinceOutcome) -> None:
    records = sum(share.records for share in outcome.shares.values())
    for root, why in sorted(outcome.failed.items()):
        say(f"Xã không chạy được: {root}: {why}", err=True)
    say(f"{len(outcome.shares)} xã, {records} bản ghi.")
    say(f"Đã công bố: {outcome.release}")
