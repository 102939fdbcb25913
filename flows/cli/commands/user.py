"""`dulieuxa user`: makes, lists, resets and removes the accounts of the page."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say, show_table


class Act(StrEnum):
    """What to do with an account."""

    ADD = "add"
    LIST = "list"
    RESET = "reset"
    REMOVE = "remove"


def command(
    act: Annotated[
        Act,
        typer.Argument(
            metavar="VIỆC", help="“add”: thêm; “list”: liệt kê; “reset”: đặt lại mật khẩu; “remove”: xóa."
        ),
    ],
    name: Annotated[str | None, typer.Argument(metavar="TÊN", help="Tên tài khoản, ví dụ lan.t01.")] = None,
    role: Annotated[
        str | None,
        typer.Option("--role", help="don_vi, ky_su, lanh_dao hoặc phan_tich; có --unit thì là don_vi."),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Đơn vị mà tài khoản nộp thay.")] = None,
    root: RootOption = Path(),
) -> None:
    """Quản lý tài khoản của trang (dulieuxa web): thêm, liệt kê, đặt lại mật khẩu, xóa.

    Mật khẩu đầu tiên chỉ hiện một lần; người dùng phải đổi khi đăng nhập lần đầu. Đặt lại mật khẩu hoặc xóa
    thì các phiên đang mở của tài khoản kết thúc ngay.

    Ví dụ: dulieuxa user add lan.t01 --unit T01
    """
    from flows.root import Root, read_contracts
    from flows.web.accounts import OF_UNIT, AccountBook, AccountError
    from schemas.registry import load

    place = Root(root.resolve())
    book = AccountBook(place)
    if act is Act.LIST:
        rows = [
            (
                one.name,
                one.role,
                one.unit or "",
                "chưa đổi mật khẩu" if one.must_change else "",
                one.made[:10],
            )
            for one in book.all().values()
        ]
        show_table(("tài khoản", "vai trò", "đơn vị", "", "từ ngày"), rows)
        return
    if name is None:
        raise typer.BadParameter("cần tên tài khoản", param_hint="TÊN")
    commune = read_contracts(place, load()).commune
    if unit is not None and commune.unit(unit) is None:
        raise typer.BadParameter(f"không có đơn vị {unit}", param_hint="--unit")
    try:
        if act is Act.REMOVE:
            book.remove(name)
            say(f"Đã xóa tài khoản {name}.")
            return
        password = (
            book.reset(name) if act is Act.RESET else book.add(name, role or (OF_UNIT if unit else ""), unit)
        )
    except AccountError as wrong:
        raise typer.BadParameter(str(wrong)) from None
    say(f"Tài khoản {name}, mật khẩu lần đầu: {password}")
