"""`dulieuxa trace`: shows the submissions behind an indicator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say


def command(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="Tên chỉ tiêu.")],
    key: Annotated[
        str | None, typer.Argument(metavar="KEY", help="Mã thôn hoặc đơn vị; mặc định toàn xã.")
    ] = None,
    root: RootOption = Path(),
) -> None:
    """Một chỉ tiêu từ đâu ra: tử số, mẫu số, cận, những tệp nào, lỗi nào.

    Ví dụ: dulieuxa trace thon_phu_5g; dulieuxa trace ho_dung_vneid T05
    """
    from flows.release.intact import require_intact
    from flows.release.manifest import read_manifest
    from flows.release.publish import find_release
    from flows.release.trace import trace
    from flows.root import Root
    from schemas.registry import load

    known = load().indicators
    if indicator not in known:
        raise typer.BadParameter(f"không có chỉ tiêu {indicator}; có: {', '.join(known)}")
    shown = find_release(Root(root.resolve()), None)
    require_intact(shown)
    say(*trace(shown, known[indicator], key or read_manifest(shown)["commune"]["code"]))
