"""`dulieuxa accept`: says once what is right of a submission that is held because its facts disagree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say

if TYPE_CHECKING:
    from flows.collect.submission import Meant

_MEANT = {"sua": "các dòng sửa của lần nộp trước", "ca_bang": "cả bảng"}


def command(
    submission: Annotated[
        str,
        typer.Argument(metavar="TỆP", help="Mã tệp ghi ở phiếu nhận, hoặc phần đầu của mã."),
    ],
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Ai xác nhận, vì sao; được ghi vào kho lưu.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Đơn vị mà số liệu là của họ.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="Kỳ của số liệu, ví dụ 2026-11, 2026-Q4, 2026.")
    ] = None,
    corrections: Annotated[
        bool | None,
        typer.Option("--corrections/--whole", help="Chỉ gồm các dòng sửa của lần nộp trước; hay là cả bảng."),
    ] = None,
    root: RootOption = Path(),
) -> None:
    """Xác nhận một tệp đang bị nghi ngờ: của đơn vị nào, cho kỳ nào, hay chỉ gồm các dòng sửa.

    Ví dụ: dulieuxa accept 3f9a1c --unit T07 --reason "Trưởng thôn xác nhận qua điện thoại"
    """
    from flows.collect.answers import AnswerError, record_answer
    from flows.collect.archive import Answer
    from flows.root import Root, read_contracts
    from schemas.periods import in_words
    from schemas.registry import load

    place = Root(root.resolve())
    contracts = read_contracts(place, load())
    meant: Meant | None = None if corrections is None else "sua" if corrections else "ca_bang"
    try:
        given = record_answer(place, submission, Answer(reason, unit, period, meant), contracts)
    except AnswerError as wrong:
        hint = f"--{wrong.about}" if wrong.about else None
        raise typer.BadParameter(str(wrong), param_hint=hint) from None
    owner = contracts.commune.unit(given.unit)
    what = [
        f"của {owner.title}" if unit and owner else "",
        f"cho {in_words(period)}" if period else "",
        _MEANT[meant] if meant else "",
    ]
    say(f"Tệp {given.sha256[:12]} được tính là {', '.join(filter(None, what))} từ lần chạy sau.")
