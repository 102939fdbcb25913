"""`dulieuxa check`: checks a file before it is submitted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import DateOption, RootOption, day_of, write_for_clerk
from flows.engine.screen import marked, say, show_document

if TYPE_CHECKING:
    import polars as pl
    from rich.text import Text

    from flows.check import Checked
    from flows.settle.model import Comparison
    from schemas.contract import Dataset

# Most cells listed for one cause; the marked workbook has all of them.
_CELLS = 8
_DEEP = 8
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
    from flows.collect.folder import LARGEST, show_path
    from flows.root import Root, read_contracts
    from schemas.registry import load

    place = Root(root.resolve())
    contracts = read_contracts(place, load())
    if unit is not None and contracts.commune.unit(unit) is None:
        raise typer.BadParameter(f"không có đơn vị {unit}", param_hint="--unit")
    if marked is not None and len(files) > 1:
        raise typer.BadParameter("chỉ đánh dấu được một tệp mỗi lần", param_hint="--marked")
    for path in files:
        if path.stat().st_size > LARGEST:
            raise typer.BadParameter(
                f"{show_path(path, path.parent)} lớn hơn {LARGEST >> 20} MB nên không đọc"
            )
    checked = [check(path, unit, day_of(when), contracts, place) for path in files]
    if as_data:
        show_document(json.dumps(to_json(checked), ensure_ascii=False, indent=1) + "\n")
    else:
        titles = {name: dataset.title for name, dataset in contracts.datasets.items()}
        for one in checked:
            _print(one, titles)
    if marked is not None:
        _mark(checked[0], marked, contracts.datasets)
    if any(one.blocking for one in checked):
        raise typer.Exit(_BLOCKED)


def _mark(checked: Checked, target: Path, datasets: Mapping[str, Dataset]) -> None:
    from flows.returns.workbooks import mark_copy

    # A file without any readable row is not opened again: it may be malicious.
    book = mark_copy(checked.path, checked.path.name, checked.marks, datasets) if checked.rows_seen else None
    if not book:
        say("Không mở được tệp nên không đánh dấu được.", err=True)
        return
    write_for_clerk(target, book)
    say(f"Đã ghi tệp đánh dấu: {target}", err=True)


def _print(checked: Checked, titles: dict[str, str]) -> None:
    from flows.read.table import ROLES
    from schemas.periods import in_words

    say(marked("[bold]{}[/]", checked.path))
    for one in checked.parts:
        came_to = (
            "chưa được nhận; các cột đọc được đã kiểm luôn để sửa một lần"
            if one.refused
            else f"{one.accepted} bản ghi dùng được, {one.quarantined} bị giữ lại"
        )
        say(f"  {titles[one.dataset]}, {in_words(one.period.label)}: {came_to}")
    if left_out := "; ".join(f"{count} {ROLES[role]}" for role, count in checked.left_out.items()):
        say(f"  Đã đọc {checked.rows_seen} dòng; không phải bản ghi: {left_out}")
    say(*(f"  {_describe_change(change)}" for change in checked.compared))
    if checked.marks.changes.height:
        say(f"  {checked.marks.changes.height} ô được tự sửa mà không đổi nghĩa")
    for _, cause in checked.marks.faults.group_by("cause", maintain_order=True):
        _print_cause(cause)
    _print_noticed(checked)
    warnings = checked.faults.height - checked.blocking
    if checked.faults.is_empty():
        say(marked("  [green]Không có lỗi nào.[/]"))
    else:
        say(f"  {checked.blocking} lỗi chặn, {warnings} cảnh báo")
    say(*(marked("  [dim]{}[/]", sentence) for sentence in checked.unknown))


def _print_noticed(checked: Checked) -> None:
    from flows.read.clerk_marks import MARKS

    counts = [f"{count} {MARKS[kind]}" for kind, count in checked.noticed.counts.items()]
    if counts:
        say(f"  Tệp có: {'; '.join(counts)}")
    for comment in checked.noticed.comments[:_CELLS]:
        say(marked("[bold]{}[/] {}", comment.cell, comment.text), indent=_DEEP)
    if (left := len(checked.noticed.comments) - _CELLS) > 0:
        say(f"và {left} ghi chú nữa", indent=_DEEP)


def _describe_change(one: Comparison) -> str:
    change = one.change
    return (
        f"So với {one.former}: {change.added} bản ghi mới, {change.removed} không còn, "
        f"{change.changed} đổi nội dung, {change.same} giữ nguyên"
    )


def _print_cause(cause: pl.DataFrame) -> None:
    from schemas.contract import SEVERITIES

    first = cause.row(0, named=True)
    colour = "red" if first["severity"] == "chan" else "yellow"
    where = f" ({cause.height} chỗ)" if cause.height > 1 else ""
    sheet = marked(" [dim]Trang tính “{}”.[/]", first["sheet"]) if first["sheet"] else ""
    severity = marked(f"[{colour}]{{}}[/]", SEVERITIES[first["severity"]])
    say(marked("{} {}{}{}", severity, first["message"], where, sheet), indent=2)
    for row in cause.head(_CELLS).iter_rows(named=True):
        if text := _describe_cell(row):
            say(text, indent=_DEEP)
    if cause.height > _CELLS:
        say(f"và {cause.height - _CELLS} chỗ nữa", indent=_DEEP)


def _describe_cell(row: dict[str, str | int | None]) -> Text:
    place = row["cell"] or (f"dòng {row['row']}" if row["row"] else "")
    told = [marked("[bold]{}[/]", place)] if place else []
    if row["value"] is not None:
        told.append(marked("đang ghi “{}”", row["value"]))
    if row["proposal"]:
        told.append(marked("→ ghi [bold]{}[/]", row["proposal"]))
    return marked(" ".join("{}" for _ in told), *told)
