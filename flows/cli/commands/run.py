"""`dulieuxa run`: runs one day and publishes its release."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.commands import DateOption, RootOption, day_of

if TYPE_CHECKING:
    from flows.day import DayOutcome


def command(
    root: RootOption = Path(),
    when: DateOption = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Chạy không qua Prefect; bản công bố y hệt.")
    ] = False,
    acknowledge: Annotated[
        str | None,
        typer.Option(metavar="LÝ_DO", help="Công bố dù có thay đổi bất thường; lý do được ghi lại."),
    ] = None,
    sure: Annotated[bool, typer.Option("--yes", help="Chạy cả cho một ngày chưa tới.")] = False,
) -> None:
    """Chạy một ngày: thu tệp, đọc, kiểm tra, tính chỉ tiêu, công bố, viết báo cáo.

    Ví dụ: dulieuxa run --root /srv/xa --date 2026-11-24
    """
    console = Console()
    day = day_of(when)
    if day > day_of(None) and not sure:
        raise typer.BadParameter(
            f"{day:%d/%m/%Y} chưa tới: bản của ngày ấy sẽ che bản mọi ngày trước nó. Thêm --yes nếu đúng ý",
            param_hint="--date",
        )
    run = _run_plain if plain else _run_by_prefect
    outcome = run(root.resolve(), day, console, acknowledge)
    _print(outcome, root.resolve(), day, console)


def _run_plain(root: Path, day: date, console: Console, acknowledged: str | None) -> DayOutcome:
    from flows.day import run_day
    from flows.engine.plain import PlainRunner
    from flows.root import Root
    from schemas.registry import load

    return run_day(Root(root), load(), day, PlainRunner(console), acknowledged)


def _run_by_prefect(root: Path, day: date, _: Console, acknowledged: str | None) -> DayOutcome:
    from flows.engine.prefect_server import serve_prefect

    with serve_prefect(brief=True) as wait_for_server:
        # The import takes seconds; meanwhile the server starts.
        from flows.daily import daily

        wait_for_server()
        return daily(root, day, acknowledged)


def _print(outcome: DayOutcome, root: Path, day: date, console: Console) -> None:
    from flows.root import Root, read_contracts
    from flows.summary import COLUMNS, count_targets, summarize_units
    from schemas.registry import load

    table = Table(title=f"Ngày {day:%d/%m/%Y}")
    for at, name in enumerate(COLUMNS):
        table.add_column(name, justify="right" if at else "left", no_wrap=True)
    for row in summarize_units(outcome, read_contracts(Root(root), load()).commune):
        table.add_row(*row)
    if outcome.shown != outcome.release:
        console.print(_warn_not_shown(outcome.shown.name), highlight=False)
    for obstacle in outcome.obstacles:
        console.print(f"[yellow]Không nhận được[/] {escape(str(obstacle))}.", highlight=False, soft_wrap=True)
    console.print(table)
    if outcome.shown != outcome.release:
        verb = "Đã ghi, không cho xem"
    else:
        verb = "Bản công bố không đổi" if outcome.unchanged else "Đã công bố"
    for line in (
        f"Chỉ tiêu kỳ mới nhất: {count_targets(outcome)}",
        f"Tệp mới: {len(outcome.new)}" if outcome.new else "Không có tệp nào mới.",
        f"{verb}: {outcome.release}",
        f"Báo cáo: {outcome.release / 'reports' / 'index.html'}",
    ):
        console.print(line, highlight=False, soft_wrap=True)


def _warn_not_shown(shown: str) -> str:
    from flows.release.publish import day_of as day_of_release

    day = datetime.strptime(day_of_release(shown), "%Y%m%d").date()
    return (
        f"[bold red]Người đọc KHÔNG thấy bản này:[/] họ vẫn thấy bản của ngày {day:%d/%m/%Y}, là ngày sau. "
        f"Nếu bản ấy sai ngày, quay lại bằng dulieuxa rollback."
    )
