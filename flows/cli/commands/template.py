"""`dulieuxa template`: writes a dataset's form to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import DateOption, RootOption, day_of, write_for_clerk
from flows.engine.screen import say


def command(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="Tên bộ dữ liệu, ví dụ ho_gia_dinh.")],
    unit: Annotated[
        str | None, typer.Option("--unit", help="Đơn vị sẽ điền, ví dụ T01 hoặc cong_an.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Ghi vào tệp này.")] = None,
    root: RootOption = Path(),
    when: DateOption = None,
) -> None:
    """Làm biểu mẫu Excel để điền: có danh sách chọn, dòng ví dụ, tiêu đề khóa, và những gì xã đã biết.

    Ví dụ: dulieuxa template ho_gia_dinh --unit T01 -o T01.xlsx
    """
    from flows.forms import build_form, list_known_rows
    from flows.forms.form import FormRequest
    from flows.root import Root, read_contracts
    from schemas.periods import latest_ended
    from schemas.registry import load

    commune_root = Root(root.resolve())
    contracts = read_contracts(commune_root, load())
    wanted = contracts.datasets.get(dataset)
    if wanted is None:
        raise typer.BadParameter(f"không có bộ dữ liệu {dataset}; có: {', '.join(contracts.datasets)}")
    owners = {owner.name: owner for owner in contracts.commune.owing(wanted)}
    if unit is not None and unit not in owners:
        raise typer.BadParameter(f"đơn vị {unit} không nộp bảng này; có: {', '.join(owners)}")
    # If only one unit owes the dataset, it need not be named.
    owner = owners[unit] if unit else next(iter(owners.values())) if len(owners) == 1 else None
    day = day_of(when)
    rows = list_known_rows(commune_root, wanted, owner.name if owner else "", contracts, day)
    request = FormRequest(wanted, owner, latest_ended(wanted.cadence, wanted.basis, day))
    data = build_form(request, contracts.commune, contracts.hash[:12], rows)
    owned = [owner.name] if owner else []
    target = out or Path("_".join(["bieu_mau", dataset, *owned, request.period.label]) + ".xlsx")
    write_for_clerk(target, data)
    known = f", đã điền sẵn {rows.height} dòng" if rows.height else ""
    say(f"Đã ghi {target}{known}.")
