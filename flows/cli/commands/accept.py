"""`dulieuxa accept`: says whose a submission is that is held because folder, title and name disagree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption


def command(
    submission: Annotated[
        str,
        typer.Argument(metavar="TỆP", help="Mã tệp ghi ở phiếu nhận, hoặc phần đầu của mã."),
    ],
    unit: Annotated[str, typer.Option("--unit", help="Đơn vị mà số liệu là của họ.")],
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Ai xác nhận, vì sao; được ghi vào kho lưu.")],
    root: RootOption = Path(),
) -> None:
    """Xác nhận một tệp bị giữ (tep.khac_don_vi) là của đơn vị nào; lần chạy sau tính cho đơn vị đó.

    Ví dụ: dulieuxa accept 3f9a1c --unit T07 --reason "Trưởng thôn xác nhận qua điện thoại"
    """
    from datetime import datetime

    from flows.collect.archive import give_to, list_archived
    from flows.root import HERE, Root, read_contracts
    from schemas.registry import load

    place = Root(root.resolve())
    owner = read_contracts(place, load()).commune.unit(unit)
    if owner is None:
        raise typer.BadParameter(f"không có đơn vị {unit}", param_hint="--unit")
    now = datetime.now(HERE)
    with place.lock():
        found = [one for one in list_archived(place, now.date()) if one.sha256.startswith(submission)]
        if not found:
            raise typer.BadParameter(f"kho lưu không có tệp nào có mã bắt đầu bằng {submission}")
        if len(found) > 1:
            where = "; ".join(f"{one.sha256[:12]} của {one.unit}, {one.file}" for one in found)
            raise typer.BadParameter(f"nhiều tệp có mã bắt đầu như vậy: {where}")
        give_to(place, found[0], unit, reason, now.isoformat(timespec="seconds"))
    typer.echo(f"Tệp {found[0].sha256[:12]} được tính cho {owner.title} từ lần chạy sau.")
