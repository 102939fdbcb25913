"""`dulieuxa find`: lists the releases and submissions that hold one person's data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import RootOption
from flows.engine.screen import say


def command(
    person: Annotated[str, typer.Argument(metavar="IDENTIFIER", help="Số định danh, hoặc mã băm.")],
    reason: Annotated[
        str, typer.Option(metavar="LÝ_DO", help="Vì sao hỏi; được ghi lại.")
    ] = "không nói lý do",
    root: RootOption = Path(),
) -> None:
    """Dữ liệu của một người đang ở đâu: bản công bố nào, tệp nộp nào. Ai hỏi, hỏi khi nào đều được ghi lại.

    Ví dụ: dulieuxa find 038085012345 --reason "Yêu cầu của chủ thể dữ liệu"
    """
    from flows.forget.find import find_in_archive, find_in_releases, note_access, tokens_of
    from flows.forget.search import list_people, person_of
    from flows.root import Root, read_contracts
    from schemas.registry import load

    commune_root = Root(root.resolve())
    contracts = read_contracts(commune_root, load())
    tokens = tokens_of(commune_root, person, contracts)
    published = find_in_releases(commune_root, tokens)
    submitted = []
    if person.strip().lower() not in tokens:
        who = person_of(person, list_people(commune_root, contracts))
        submitted = find_in_archive(commune_root, who, contracts) if who else []
    note_access(commune_root, tokens, reason, [*published, *submitted])
    for place in published:
        say(f"Bản công bố {place.what}: {place.rows} dòng")
    for place in submitted:
        rows = f"{place.rows} dòng" if place.rows else "nhắc tới người này, ngoài các bản ghi"
        say(f"Tệp nộp {place.what}: {rows}")
    if not (published or submitted):
        say("Không có dữ liệu của người này.")
