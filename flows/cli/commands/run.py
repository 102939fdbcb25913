"""`dulieuxa run`: runs one day and publishes its release."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import DateOption, RootOption, day_of
from flows.engine.screen import marked, open_console, say, show_table

if TYPE_CHECKING:
    from rich.text import Text

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
    day = day_of(when)
    if day > day_of(None) and not sure:
        raise typer.BadParameter(
            f"{day:%d/%m/%Y} chưa tới: bản của ngày ấy sẽ che bản mọi ngày trước nó. Thêm --yes nếu đúng ý",
            param_hint="--date",
        )
    run = _run_plain if plain else _run_by_prefect
    outcome = run(root.resolve(), day, acknowledge)
    _print(outcome, root.resolve(), day)


def _run_plain(root: Path, day: date, acknowledged: str | None) -> DayOutcome:
    from flows.day import run_day
    from flows.engine.plain import PlainRunner
    from flows.root import Root
    from schemas.registry import load

    return run_day(Root(root), load(), day, PlainRunner(open_console()), acknowledged)


def _run_by_prefect(root: Path, day: date, acknowledged: str | None) -> DayOutcome:
    from flows.engine.prefect_server import serve_prefect

    with serve_prefect(brief=True) as wait_for_server:
        # The import takes seconds; meanwhile the server starts.
        from flows.daily import daily

        wait_for_server()
        return daily(root, day, acknowledged)


def _print(outcome: DayOutcome, root: Path, day: date) -> None:
    from flows.root import Root, read_contracts
    from flows.summary import COLUMNS, count_targets, summarize_units
    from schemas.registry import load

    if outcome.shown != outcome.release:
        say(_warn_not_shown(outcome.shown.name))
    say(*(marked("[yellow]Không nhận được[/] {}.", obstacle) for obstacle in outcome.obstacles))
    say(*(marked("[yellow]Hỏng:[/] {}", said) for said in outcome.damaged))
    say(*(marked("[yellow]Cần xem:[/] {}", said) for said in outcome.warned))
    rows = summarize_units(outcome, read_contracts(Root(root), load()).commune)
    show_table(COLUMNS, rows, title=f"Ngày {day:%d/%m/%Y}", wrap=False, numbers_from=1)
    if outcome.shown != outcome.release:
        verb = "Đã ghi, không cho xem"
    else:
        verb = "Bản công bố không đổi" if outcome.unchanged else "Đã công bố"
    say(
        f"Chỉ tiêu kỳ mới nhất: {count_targets(outcome)}",
        f"Tệp mới: {len(outcome.new)}" if outcome.new else "Không có tệp nào mới.",
        f"{verb}: {outcome.release}",
        f"Báo cáo: {outcome.release / 'reports' / 'index.html'}",
    )


def _warn_not_shown(shown: str) -> Text:
    from flows.release.publish import day_of as day_of_release

    day = datetime.strptime(day_of_release(shown), "%Y%m%d").date()
    return marked(
        "[bold red]Người đọc KHÔNG thấy bản này:[/] họ vẫn thấy bản của ngày {}, là ngày sau. "
        "Nếu bản ấy sai ngày, quay lại bằng dulieuxa rollback.",
        f"{day:%d/%m/%Y}",
    )
