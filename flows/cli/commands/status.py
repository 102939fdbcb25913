"""`dulieuxa status`: shows the published release, the last refusal and missing submissions."""

from __future__ import annotations

from pathlib import Path

from flows.cli.commands import RootOption
from flows.engine.screen import say, say_all


def command(root: RootOption = Path()) -> None:
    """Bản đang cho xem, lần từ chối gần nhất, ai chưa nộp, lỗi còn mở, lần soát gần nhất, việc báo tin.

    Ví dụ: dulieuxa status --root /srv/xa
    """
    from flows.errors import AuditRefusedError, DamagedReleaseError
    from flows.mend.look import find_target
    from flows.mend.result import describe_last_look
    from flows.notify.standing import describe_telling
    from flows.release.publish import list_releases, read_published
    from flows.release.refusal import read_refusal
    from flows.release.status import describe_status
    from flows.root import Root

    commune_root = Root(root.resolve())
    shown = read_published(commune_root)
    if shown is None:
        lost = find_target(commune_root)
        say(
            f"{commune_root.latest} bị mất: dulieuxa doctor --fix trỏ lại tới {lost}"
            if lost
            else "Chưa có bản công bố nào. Chạy: dulieuxa run"
        )
    else:
        try:
            say(*describe_status(commune_root.releases / shown))
        except DamagedReleaseError as damaged:
            say(str(damaged))
    if list_releases(commune_root):
        say(*describe_last_look(commune_root))
    say(*describe_telling(commune_root))
    if refusal := read_refusal(commune_root):
        say(f"Ngày {refusal['as_of']} không được công bố (xem {commune_root.refused / 'index.html'}):")
        say_all(str(AuditRefusedError(refusal["faults"], refusal["surprises"])))
