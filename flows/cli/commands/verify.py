"""`dulieuxa verify`: checks every byte of a release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import open_console, say

if TYPE_CHECKING:
    from flows.root import Root

_DAMAGED = 1


def command(
    release: Annotated[str | None, typer.Argument(metavar="ID", help="Mặc định là bản đang cho xem.")] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Dựng lại cả bản từ kho tệp nộp rồi so từng byte.")
    ] = False,
    root: RootOption = Path(),
) -> None:
    """Chứng minh từng byte của một bản công bố đúng như lúc công bố. Mã thoát 1 nếu không.

    Không nói bản nào: soát cả mọi bản công bố, kho tệp nộp, nhật ký và khóa; kết quả có ở status.
    Với --rebuild: bản đó còn dựng lại được từ kho, đúng từng byte, tức không ai sửa số. Không công bố gì.

    Ví dụ: dulieuxa verify 20261124 --rebuild
    """
    from flows.mend.result import look_and_note
    from flows.release.manifest import list_files
    from flows.release.publish import find_release
    from flows.release.verify import find_damage
    from flows.root import Root

    commune_root = Root(root.resolve())
    place = find_release(commune_root, release)
    damage = look_and_note(commune_root) if release is None else find_damage(place)
    if rebuild and not damage:
        damage = _rebuild(commune_root, place)
    say(*damage)
    if damage:
        raise typer.Exit(_DAMAGED)
    say(f"{place.name}: {len(list_files(place)) + 1} tệp đúng từng byte.")
    if release is None:
        say("Mọi bản công bố, kho tệp nộp, nhật ký và khóa: không có gì hỏng.")
    if rebuild:
        say("Dựng lại từ kho: đúng từng byte.")


def _rebuild(commune_root: Root, place: Path) -> list[str]:
    from flows.engine.plain import PlainRunner
    from flows.rebuild import NotRebuildableError, find_differences
    from schemas.registry import load

    try:
        return find_differences(commune_root, load(), place, PlainRunner(open_console(err=True)))
    except NotRebuildableError as gone:
        return [f"Không dựng lại được {place.name}: {gone}."]
