"""`dulieuxa releases`: lists all releases."""

from __future__ import annotations

from pathlib import Path

from flows.cli.commands import RootOption
from flows.engine.screen import say


def command(root: RootOption = Path()) -> None:
    """Liệt kê các bản công bố, bản đang cho xem có dấu *.

    Ví dụ: dulieuxa releases --root /srv/xa
    """
    from flows.release import journal
    from flows.release.publish import read_manifests, read_published
    from flows.root import Root

    commune_root = Root(root.resolve())
    at = {line.release: line.at for line in journal.read_journal(commune_root)}
    shown, known = read_published(commune_root), read_manifests(commune_root)
    for name, manifest in known.items():
        if manifest is None:
            say(f"{'*' if name == shown else ' '} {name}  bị hỏng: dulieuxa doctor --fix dựng lại từ kho")
            continue
        rows = sum(entry["rows"] for entry in manifest["files"] if entry["path"].startswith("data/"))
        say(
            f"{'*' if name == shown else ' '} {name}  tính đến {manifest['as_of']}  "
            f"{len(manifest['inputs'])} tệp nộp  {rows} bản ghi  cho xem lúc {at.get(name, 'không rõ')}"
            + ("  có thay đổi bất thường đã xác nhận" if "acknowledged" in manifest else "")
        )
    if not known:
        say("Chưa có bản công bố nào.")
