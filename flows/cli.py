"""The command `dulieuxa`."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows.collect import HERE
from flows.root import LockedError, Root

app = typer.Typer(
    help="Dữ liệu xã: thu tệp của các đơn vị, kiểm đúng, đủ, sạch, sống, "
    "công bố Parquet, chỉ tiêu và báo cáo lỗi.",
    epilog="Mã thoát: 0 xong; 1 có lỗi chặn (check); 2 dùng sai; 3 không công bố; 4 đang có lượt chạy khác; "
    "5 lỗi của chương trình.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

LOCKED = 4
OUR_FAULT = 5

RootOption = Annotated[
    Path,
    typer.Option("--root", envvar="DULIEUXA_ROOT", help="Thư mục của xã, chứa raw/, curated/ và var/."),
]
DateOption = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d", "%d/%m/%Y"], help="Ngày tính; mặc định là hôm nay."),
]


@app.command()
def run(
    root: RootOption = Path(),
    when: DateOption = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Chạy không qua Prefect; bản công bố y hệt.")
    ] = False,
) -> None:
    """Chạy một ngày: thu tệp, đọc, kiểm tra, tính chỉ tiêu, công bố, viết báo cáo.

    Ví dụ: dulieuxa run --root /srv/xa --date 2026-11-24
    """
    console = Console()
    day = _day(when)
    if plain:
        from flows.day import run_day
        from flows.plain import PlainRunner
        from schemas.registry import load

        outcome = run_day(Root(root.resolve()), load(), day, PlainRunner(console))
    else:
        from flows.daily import daily

        outcome = daily(root.resolve(), day)
    from flows.summary import COLUMNS, by_unit, targets
    from schemas.registry import load

    table = Table(*COLUMNS, title=f"Ngày {day:%d/%m/%Y}")
    for row in by_unit(outcome, load().commune):
        table.add_row(*row)
    console.print(table)
    console.print(f"Chỉ tiêu kỳ mới nhất: {targets(outcome)}", highlight=False)
    console.print(f"Tệp mới: {len(outcome.new)}" if outcome.new else "Không có tệp nào mới.", highlight=False)
    said = "Bản công bố không đổi" if outcome.unchanged else "Đã công bố"
    console.print(f"{said}: {outcome.release}", highlight=False, soft_wrap=True)
    console.print(f"Báo cáo: {outcome.release / 'reports' / 'index.html'}", highlight=False, soft_wrap=True)


@app.command()
def serve(root: RootOption = Path()) -> None:
    """Chạy hằng ngày lúc 06:00 giờ Việt Nam, cho đến khi dừng bằng Ctrl+C."""
    from flows.daily import serve as serve_daily

    serve_daily(root.resolve())


@app.command()
def sample(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Thư mục của xã mẫu; tệp nằm ở DIR/raw/inbox/.")
    ],
    seed: Annotated[int, typer.Option(help="Cùng số này thì tệp giống nhau từng byte.")] = 7,
    persons: Annotated[int, typer.Option(min=100, help="Số người.")] = 12_000,
    clean: Annotated[bool, typer.Option("--clean", help="Không gài lỗi nào.")] = False,
    truth: Annotated[Path | None, typer.Option(help="Ghi mọi lỗi đã gài vào tệp CSV này.")] = None,
) -> None:
    """Đặt ra tệp nộp của một xã mẫu, người và số đều không có thật.

    Ví dụ: dulieuxa sample xa_mau --truth loi_gai.csv; rồi dulieuxa run --root xa_mau --date 2026-11-24
    """
    from flows.sample import write

    made = write(folder, seed=seed, persons=persons, clean=clean, truth=truth)
    typer.echo(f"Đã ghi {made.files} tệp của {made.persons} người vào {folder / 'raw' / 'inbox'}.")


def _day(when: datetime | None) -> date:
    return when.date() if when else datetime.now(HERE).date()


def main() -> None:
    """Entry point: turns what may go wrong into a sentence and an exit code."""
    try:
        app()
    except LockedError as locked:
        typer.echo(str(locked), err=True)
        sys.exit(LOCKED)
    except Exception as error:
        # A traceback may carry what somebody typed: only where it happened is told.
        typer.echo(
            f"Lỗi của chương trình ({type(error).__name__}) tại {_place(error)}. Chưa công bố gì.", err=True
        )
        if os.environ.get("DULIEUXA_DEBUG"):
            raise
        sys.exit(OUR_FAULT)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "không rõ"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
