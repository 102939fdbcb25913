"""`dulieuxa import`: loads files of the past as received when they were written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say


def command(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            exists=True,
            file_okay=False,
            help="Thư mục tệp cũ, mỗi đơn vị một thư mục con; mặc định là raw/inbox.",
        ),
    ] = None,
    root: RootOption = Path(),
    as_written: Annotated[
        bool,
        typer.Option("--as-received-when-written", help="Tính là nhận vào giờ ghi trên tệp. Bắt buộc."),
    ] = False,
) -> None:
    """Nạp tệp đã nhận từ trước: mỗi tệp tính là nhận vào giờ ghi trên tệp, không phải lúc này.

    Chỉ dùng một lần, khi chuyển từ cách làm cũ sang. Hằng ngày, run tự nhận tệp mới theo giờ tệp tới.

    Ví dụ: dulieuxa import tep_cu --as-received-when-written
    """
    from flows.collect.load import load_files
    from flows.forget.gate import make_gate
    from flows.root import Root, read_contracts
    from schemas.registry import load

    if not as_written:
        raise typer.BadParameter(
            "lệnh này tính giờ nhận theo giờ ghi trên tệp, có thể sai; thêm lựa chọn này nếu đúng ý",
            param_hint="--as-received-when-written",
        )
    place = Root(root.resolve())
    contracts = read_contracts(place, load())
    place.prepare(unit.name for unit in contracts.commune.units)
    collected = load_files(place, folder.resolve() if folder else None, make_gate(place, contracts))
    for obstacle in collected.obstacles:
        say(f"Không nạp được {obstacle}.", err=True)
    if collected.new:
        first, last = collected.new[0].day, collected.new[-1].day
        say(f"Đã nạp {len(collected.new)} tệp, nhận từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}.")
    else:
        say("Không có tệp nào mới.")
    if collected.obstacles:
        raise typer.Exit(1)
