"""`dulieuxa erase`: removes one person's data at that person's request."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say

if TYPE_CHECKING:
    from flows.forget.erasure import Cleared, Proof, Subject
    from flows.root import Root
    from schemas.registry import Contracts

_STILL_THERE = 1
_WRONG = 2


def command(
    person: Annotated[str, typer.Argument(metavar="IDENTIFIER", help="Số định danh, hoặc mã băm.")],
    reason: Annotated[str, typer.Option(metavar="LÝ_DO", help="Yêu cầu nào, số văn bản nào; được ghi lại.")],
    root: RootOption = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False,
) -> None:
    """Xóa một người theo yêu cầu của chính người đó, khắp thư mục của xã; không lấy lại được.

    Ở hộp thư và kho tệp nộp, dòng có số định danh của người đó bị xóa trắng; tên, điện thoại mà chỉ người đó
    có thì thay bằng “Đã xóa” ở mọi tệp khác. Mọi bản công bố có người đó được dựng lại từ kho (mỗi bản mất
    bằng một lượt chạy) và có tên mới; `verify` và `verify --rebuild` vẫn đúng. Bản nào không dựng lại được
    thì bị xóa. Tệp nộp sau này có số đó thì dòng đó bị bỏ ngay khi nhận. Cuối cùng tìm lại khắp thư mục của
    xã: còn thấy ở đâu thì in ra, mã thoát 1. Bằng chứng ghi ở var/da_quen.jsonl, không có tên hay số.

    Không làm được: tên trùng với người khác (không biết là ai); tệp ảnh, PDF, tệp có mật khẩu (được liệt kê);
    tệp nộp sau chỉ có tên mà không có số; bản sao lưu ở nơi khác. Bị ngắt giữa chừng thì gõ lại đúng lệnh đó.

    Ví dụ: dulieuxa erase 038085012345 --reason "Đơn số 12 ngày 20/11/2026"
    """
    from flows.forget.erasure import find_subject
    from flows.forget.find import find_in_archive, find_in_releases, note_access
    from flows.forget.tombstones import count_unfinished
    from flows.root import Root, read_contracts
    from schemas.registry import load

    commune_root = Root(root.resolve())
    contracts = read_contracts(commune_root, load())
    who = find_subject(commune_root, person, contracts)
    if who is None:
        say("Không phải số định danh, hoặc kho tệp nộp không có ai có mã băm này.", err=True)
        raise typer.Exit(_WRONG)
    places = [
        *find_in_releases(commune_root, set(who.tokens)),
        *find_in_archive(commune_root, who.person, contracts),
    ]
    note_access(commune_root, set(who.tokens), f"xóa: {reason}", places)
    if not places and not count_unfinished(commune_root):
        say("Không có dữ liệu của người này.")
        return
    say(f"Thấy ở {len(places)} tệp.")
    if not yes:
        typer.confirm("Xóa hẳn dữ liệu của người này, không lấy lại được?", abort=True)
    _erase(commune_root, contracts, who, reason)


def _erase(commune_root: Root, contracts: Contracts, who: Subject, reason: str) -> None:
    from flows.forget import tombstones
    from flows.forget.erasure import clear, prove
    from flows.forget.find import find_in_releases
    from flows.forget.republish import republish
    from flows.release.publish import read_published
    from flows.returns.shares import fill_shares

    with commune_root.lock():
        mark = tombstones.note_request(commune_root, who.person.number, who.tokens, reason)
        holding = {place.what.partition("/")[0] for place in find_in_releases(commune_root, set(who.tokens))}
        cleared = clear(commune_root, contracts, who.person, mark)
        names = republish(
            commune_root, contracts, holding, who.records, lambda name: say(f"Dựng lại {name}", err=True)
        )
        if shown := read_published(commune_root):
            # What units were given back has the person, too.
            say(*fill_shares(commune_root, contracts.commune, commune_root.releases / shown), err=True)
        proof = prove(commune_root, who, contracts)
        if not proof.left and not proof.rows:
            tombstones.note_done(
                commune_root, mark, **asdict(cleared), releases=names, sealed=len(proof.sealed), left=0
            )
    _print(cleared, names, proof)


def _print(cleared: Cleared, names: dict[str, str | None], proof: Proof) -> None:
    say(f"Đã viết lại {cleared.files} tệp nộp: xóa {cleared.rows} dòng, sửa {cleared.cells} ô.")
    for old, new in names.items():
        say(f"Bản công bố {old} → {new}" if new else f"Bản công bố {old} không dựng lại được: đã xóa.")
    if proof.sealed:
        say(f"{len(proof.sealed)} tệp ảnh, PDF hoặc có mật khẩu không đọc được để tìm:")
        say(*(f"  {path}" for path in proof.sealed))
    for path in proof.left:
        say(f"Vẫn còn ở {path}", err=True)
    if proof.left or proof.rows:
        say(f"Vẫn còn {proof.rows} dòng ở các bản công bố.", err=True)
        raise typer.Exit(_STILL_THERE)
    say("Đã tìm lại khắp thư mục của xã: không còn ở đâu.")
