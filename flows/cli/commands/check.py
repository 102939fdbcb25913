"""`dulieuxa check`: checks a file before it is submitted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from flows.cli.commands import DateOption, RootOption, day_of

if TYPE_CHECKING:
    import polars as pl

    from flows.check import Checked
    from flows.settle.model import Comparison
    from schemas.contract import Dataset

# Most cells listed for one cause; the marked workbook has all of them.
_CELLS = 8
_BLOCKED = 1


def command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="Tệp cần kiểm.")
    ],
    unit: Annotated[
        str | None, typer.Option("--unit", help="Đơn vị nộp; mặc định đoán theo thư mục chứa tệp.")
    ] = None,
    root: RootOption = Path(),
    when: DateOption = None,
    as_data: Annotated[bool, typer.Option("--json", help="Ghi kết quả dạng JSON.")] = False,
    marked: Annotated[
        Path | None, typer.Option("--marked", metavar="OUT.xlsx", help="Ghi tệp đã đánh dấu ô sai.")
    ] = None,
) -> None:
    """Kiểm tra tệp trước khi nộp, đúng như khi nhận. Mã thoát 1 khi có lỗi chặn.

    Ví dụ: dulieuxa check bao_cao.xlsx --unit T01 --marked sua.xlsx
    """
    from flows.check import check, to_json
    from flows.root import Root, read_contracts
    from schemas.registry import load

    place = Root(root.resolve())
    contracts = read_contracts(place, load())
    if unit is not None and contracts.commune.unit(unit) is None:
        raise typer.BadParameter(f"không có đơn vị {unit}", param_hint="--unit")
    if marked is not None and len(files) > 1:
        raise typer.BadParameter("chỉ đánh dấu được một tệp mỗi lần", param_hint="--marked")
    checked = [check(path, unit, day_of(when), contracts, place) for path in files]
    if as_data:
        typer.echo(json.dumps(to_json(checked), ensure_ascii=False, indent=1))
    else:
        console = Console(highlight=False)
        titles = {name: dataset.title for name, dataset in contracts.datasets.items()}
        for one in checked:
            _print(one, titles, console)
    if marked is not None:
        _mark(checked[0], marked, contracts.datasets)
    if any(one.blocking for one in checked):
        raise typer.Exit(_BLOCKED)


def _mark(checked: Checked, target: Path, datasets: Mapping[str, Dataset]) -> None:
    from flows.files import write_private
    from flows.returns.workbooks import mark_copy

    # A file without any readable row is not opened again: it may be malicious.
    book = mark_copy(checked.path, checked.path.name, checked.marks, datasets) if checked.rows_seen else None
    if not book:
        typer.echo("Không mở được tệp nên không đánh dấu được.", err=True)
        return
    write_private(target, book)
    typer.echo(f"Đã ghi tệp đánh dấu: {target}", err=True)


def _print(checked: Checked, titles: dict[str, str], console: Console) -> None:
    from flows.read.table import ROLES
    from schemas.periods import in_words

    console.print(f"[bold]{escape(str(checked.path))}[/]", soft_wrap=True)
    for one in checked.parts:
        came_to = (
            "chưa được nhận; các cột đọc được đã kiểm luôn để sửa một lần"
            if one.refused
            else f"{one.accepted} bản ghi dùng được, {one.quarantined} bị giữ lại"
        )
        console.print(f"  {titles[one.dataset]}, {in_words(one.period.label)}: {came_to}", soft_wrap=True)
    if left_out := "; ".join(f"{count} {ROLES[role]}" for role, count in checked.left_out.items()):
        console.print(f"  Đã đọc {checked.rows_seen} dòng; không phải bản ghi: {left_out}", soft_wrap=True)
    for change in checked.compared:
        console.print(f"  {_describe_change(change)}", soft_wrap=True)
    if checked.marks.changes.height:
        console.print(f"  {checked.marks.changes.height} ô được tự sửa mà không đổi nghĩa")
    for _, cause in checked.marks.faults.group_by("cause", maintain_order=True):
        _print_cause(cause, console)
    _print_noticed(checked, console)
    warnings = checked.faults.height - checked.blocking
    if checked.faults.is_empty():
        console.print("  [green]Không có lỗi nào.[/]")
    else:
        console.print(f"  {checked.blocking} lỗi chặn, {warnings} cảnh báo")
    for sentence in checked.unknown:
        console.print(f"  [dim]{escape(sentence)}[/]", soft_wrap=True)


def _print_noticed(checked: Checked, console: Console) -> None:
    from flows.read.clerk_marks import MARKS

    counts = [f"{count} {MARKS[kind]}" for kind, count in checked.noticed.counts.items()]
    if counts:
        console.print(f"  Tệp có: {'; '.join(counts)}", soft_wrap=True)
    for comment in checked.noticed.comments[:_CELLS]:
        console.print(Padding(f"[bold]{comment.cell}[/] {escape(comment.text)}", (0, 0, 0, 8)))
    if (left := len(checked.noticed.comments) - _CELLS) > 0:
        console.print(Padding(f"và {left} ghi chú nữa", (0, 0, 0, 8)))


def _describe_change(one: Comparison) -> str:
    change = one.change
    return (
        f"So với {escape(one.former)}: {change.added} bản ghi mới, {change.removed} không còn, "
        f"{change.changed} đổi nội dung, {change.same} giữ nguyên"
    )


def _print_cause(cause: pl.DataFrame, console: Console) -> None:
    from schemas.contract import SEVERITIES

    first = cause.row(0, named=True)
    colour = "red" if first["severity"] == "chan" else "yellow"
    where = f" ({cause.height} chỗ)" if cause.height > 1 else ""
    sheet = f" [dim]Trang tính “{escape(first['sheet'])}”.[/]" if first["sheet"] else ""
    title = f"[{colour}]{SEVERITIES[first['severity']]}[/] {escape(first['message'])}{where}{sheet}"
    console.print(Padding(title, (0, 0, 0, 2)))
    for row in cause.head(_CELLS).iter_rows(named=True):
        if text := _describe_cell(row):
            console.print(Padding(text, (0, 0, 0, 8)))
    if cause.height > _CELLS:
        console.print(Padding(f"và {cause.height - _CELLS} chỗ nữa", (0, 0, 0, 8)))


def _describe_cell(row: dict[str, str | int | None]) -> str:
    place = row["cell"] or (f"dòng {row['row']}" if row["row"] else "")
    typed = f" đang ghi “{escape(str(row['value']))}”" if row["value"] is not None else ""
    proposal = f" → ghi [bold]{escape(str(row['proposal']))}[/]" if row["proposal"] else ""
    return f"{f'[bold]{place}[/]' if place else ''}{typed}{proposal}".strip()
