"""`dulieuxa accept`: says once what is right of a submission that is held because its facts disagree."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say

if TYPE_CHECKING:
    from flows.collect.submission import Meant, Submission
    from flows.root import Root
    from schemas.registry import Contracts


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
    from flows.collect.archive import Answer, answer, find_moment, list_after, read_receipts
    from flows.collect.inbox import describe_wrong_clock
    from flows.root import HERE, Root, read_contracts
    from schemas.periods import in_words
    from schemas.registry import load

    place = Root(root.resolve())
    contracts = read_contracts(place, load())
    if unit is None and period is None and corrections is None:
        raise typer.BadParameter("nói rõ xác nhận điều gì: --unit, --period, --corrections hoặc --whole")
    meant: Meant | None = None if corrections is None else "sua" if corrections else "ca_bang"
    if unit is not None and contracts.commune.unit(unit) is None:
        raise typer.BadParameter(f"không có đơn vị {unit}", param_hint="--unit")
    now = datetime.now(HERE)
    with place.lock():
        receipts = read_receipts(place)
        moment = find_moment(receipts, now)
        if moment is None:
            raise typer.BadParameter(describe_wrong_clock(list_after(receipts, now)[-1].submission.day))
        found = _find(place, submission, now.date())
        if period is not None:
            _check_period(period, unit or found.unit, contracts)
        said = Answer(reason, unit, period, meant)
        given = answer(place, found, said, moment)
    owner = contracts.commune.unit(given.unit)
    what = [
        f"của {owner.title}" if unit and owner else "",
        f"cho {in_words(period)}" if period else "",
        _MEANT[meant] if meant else "",
    ]
    say(f"Tệp {found.sha256[:12]} được tính là {', '.join(filter(None, what))} từ lần chạy sau.")


def _find(root: Root, start: str, today: date) -> Submission:
    """The one archived submission whose code begins with `start`.

    Raises:
        typer.BadParameter: there is none, or several.
    """
    from flows.collect.archive import list_archived

    found = [one for one in list_archived(root, today) if one.sha256.startswith(start)]
    if not found:
        raise typer.BadParameter(f"kho lưu không có tệp nào có mã bắt đầu bằng {start}")
    if len(found) > 1:
        where = "; ".join(f"{one.sha256[:12]} của {one.unit}, {one.file}" for one in found)
        raise typer.BadParameter(f"nhiều tệp có mã bắt đầu như vậy: {where}")
    return found[0]


def _check_period(label: str, name: str, contracts: Contracts) -> None:
    """Refuse a period that no dataset of the unit has."""
    from schemas.periods import is_label

    unit = contracts.commune.unit(name)
    owed = (dataset for dataset in contracts.datasets.values() if unit and dataset.unit == unit.kind)
    if not any(is_label(dataset, label) for dataset in owed):
        raise typer.BadParameter(f"{name} không nộp bảng nào cho kỳ {label}", param_hint="--period")
