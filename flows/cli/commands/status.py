"""`dulieuxa status`: shows the published release, the last refusal and missing submissions."""

from __future__ import annotations

from pathlib import Path

from flows.cli.commands import RootOption
from flows.engine.screen import say, say_all


def command(root: RootOption = Path()) -> None:
    """Bản đang cho xem, lần từ chối gần nhất, ai chưa nộp, lỗi còn mở.

    Ví dụ: dulieuxa status --root /srv/xa
    """
    from flows.errors import AuditRefusedError
    from flows.release.publish import read_published
    from flows.release.refusal import read_refusal
    from flows.release.status import describe_status
    from flows.root import Root

    commune_root = Root(root.resolve())
    shown = read_published(commune_root)
    if shown is None:
        say("Chưa có bản công bố nào. Chạy: dulieuxa run")
    else:
        say(*describe_status(commune_root.releases / shown))
    if refusal := read_refusal(commune_root):
        say(f"Ngày {refusal['as_of']} không được công bố (xem {commune_root.refused / 'index.html'}):")
        say_all(str(AuditRefusedError(refusal["faults"], refusal["surprises"])))
