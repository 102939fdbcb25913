"""`dulieuxa releases`: what was published."""

from __future__ import annotations

from pathlib import Path

import typer

from flows.cli.commands import RootOption


def command(root: RootOption = Path()) -> None:
    """Liệt kê các bản công bố, bản đang cho xem có dấu *.

    Ví dụ: dulieuxa releases --root /srv/xa
    """
    from flows.release import journal
    from flows.release.publish import read_manifests, read_published
    from flows.root import Root

    of = Root(root.resolve())
    at = {line.release: line.at for line in journal.read_journal(of)}
    shown, known = read_published(of), read_manifests(of)
    for name, said in known.items():
        rows = sum(entry["rows"] for entry in said["files"] if entry["path"].startswith("data/"))
        typer.echo(
            f"{'*' if name == shown else ' '} {name}  tính đến {said['as_of']}  "
            f"{len(said['inputs'])} tệp nộp  {rows} bản ghi  cho xem lúc {at.get(name, 'không rõ')}"
            + ("  có thay đổi bất thường đã xác nhận" if "acknowledged" in said else "")
        )
    if not known:
        typer.echo("Chưa có bản công bố nào.")
