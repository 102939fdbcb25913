"""`dulieuxa rotate`: replaces the key of the tokens that stand for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say


def command(
    root: RootOption = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False,
) -> None:
    """Đổi khóa của mã băm: từ bản sau mọi người có mã mới, mã cũ không ai tạo lại được nữa.

    Sổ theo dõi lỗi bắt đầu lại từ đầu, vì mã của bản ghi cũng đổi. Ví dụ: dulieuxa rotate
    """
    from flows.cache import clear_all
    from flows.protect import key_file, rotate_key
    from flows.root import Root

    of = Root(root.resolve())
    if damage := key_file(of).describe_damage():
        say(damage)
        say("Lệnh này thay tệp đó bằng một khóa mới.")
    if not yes:
        typer.confirm("Mã cũ và mã mới không nối được với nhau nữa. Đổi khóa?", abort=True)
    with of.lock():
        rotate_key(of)
        # Nothing in them can be read without the old key.
        clear_all(of)
    say("Đã đổi khóa. Bản công bố sau dùng mã mới; giữ khóa mới ở nơi an toàn: var/key")
