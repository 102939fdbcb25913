"""`dulieuxa doctor`: checks whether a root is ready for a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import open_console, say

if TYPE_CHECKING:
    from flows.root import Root


def command(
    root: RootOption = Path(),
    fix: Annotated[bool, typer.Option("--fix", help="Sửa những gì sửa được, rồi kiểm tra lại.")] = False,
    trust_clock: Annotated[
        bool,
        typer.Option(
            "--trust-clock", help="Cùng --fix: giờ máy đúng, tệp ghi ngày nhận chưa tới là nhận lúc này."
        ),
    ] = False,
) -> None:
    """Kiểm tra thư mục của xã: đĩa, quyền, khóa, từng tệp đã lưu. Mã thoát 1 nếu có gì không ổn.

    Đọc lại từng byte của kho tệp nộp, mọi bản công bố, nhật ký, phần đã lưu. Thử nối từng nguồn [nguon] của
    xa.toml, không lấy gì. Với --fix: biên nhận, nhật ký,
    khóa hỏng được chép lại từ bản sao; nội dung nộp chép lại từ raw/inbox; bản công bố hỏng được dựng lại từ
    kho, không được thì để riêng vào var/hong; curated/latest trỏ lại cho đúng; phần đã lưu hỏng thì bỏ.

    Ví dụ: dulieuxa doctor --root /srv/xa --fix
    """
    from flows.collect.folder import look_through
    from flows.collect.sources.kinds import check_sources
    from flows.mend.health import check_health, find_unowned_folders
    from flows.mend.result import look_and_note
    from flows.notify.standing import check_telling
    from flows.root import Root, read_contracts
    from schemas.registry import load

    commune_root = Root(root.resolve())
    commune = read_contracts(commune_root, load()).commune
    units = frozenset(unit.name for unit in commune.units)
    commune_root.prepare(units)
    if trust_clock and not fix:
        raise typer.BadParameter("--trust-clock chỉ dùng cùng --fix")
    if fix:
        _fix(commune_root, trust_clock)
    well = True
    checks = (
        *check_health(commune_root),
        *check_telling(commune_root, commune),
        *check_sources(commune_root),
    )
    for good, sentence in checks:
        say(f"{'✓' if good else '✗'} {sentence}")
        well = well and good
    for damage in (found := look_and_note(commune_root)):
        say(f"✗ {damage}")
    well = well and not found
    if not found:
        say("✓ Đã soát từng byte: không có gì hỏng")
    for obstacle in look_through(commune_root.inbox)[1]:
        say(f"✗ Không nhận được {obstacle}")
        well = False
    if strange := [folder.name for folder in find_unowned_folders(commune_root, units)]:
        say(f"! Thư mục trong {commune_root.inbox} không của đơn vị nào: {', '.join(strange)}")
    if not well:
        raise typer.Exit(1)


def _fix(commune_root: Root, trust_clock: bool) -> None:
    from flows.engine.plain import PlainRunner
    from flows.mend.fix import mend_root
    from schemas.registry import load

    for mended in mend_root(
        commune_root, load(), PlainRunner(open_console(err=True)), trust_clock=trust_clock
    ):
        say(f"→ {mended}")
