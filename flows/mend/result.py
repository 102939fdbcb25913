"""Keeps what the last look over a whole root found, so that `status` can say it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from flows.books.seal import to_text, unseal
from flows.files import write_private
from flows.mend.look import look_over
from flows.root import HERE, Root

#: A look that is older says nothing of today.
_OLDEST = timedelta(days=8)
# So many damages are named; the rest is counted.
_NAMED = 50


def look_and_note(root: Root) -> list[str]:
    """Look over the root, keep the result; returns a Vietnamese sentence for each damage."""
    found = [str(damage) for damage in look_over(root)]
    note_look(root, found)
    return found


def note_look(root: Root, found: Sequence[str]) -> None:
    """Keep what a look over the whole root found."""
    at = datetime.now(HERE).isoformat(timespec="seconds")
    said = {"at": at, "count": len(found), "found": [*found[:_NAMED]]}
    write_private(root.last_look, to_text(said, indent=1).encode())


def describe_last_look(root: Root) -> Iterator[str]:
    """When everything was looked over last and what was found, in Vietnamese; whether that is long ago."""
    said = _read_last_look(root)
    if said is None:
        yield "Chưa soát toàn bộ lần nào. Chạy: dulieuxa verify"
        return
    at = datetime.fromisoformat(said["at"])
    result = f"{said['count']} chỗ hỏng" if said["count"] else "không có gì hỏng"
    late = "; đã quá một tuần, chạy lại: dulieuxa verify" if datetime.now(HERE) - at > _OLDEST else ""
    yield f"Soát toàn bộ lần cuối: {at:%H:%M %d/%m/%Y}, {result}{late}"
    yield from said["found"]


def count_damages(root: Root) -> int:
    """How many damages the last look over the whole root found; 0 if it was never looked over."""
    said = _read_last_look(root)
    return int(said["count"]) if said else 0


def _read_last_look(root: Root) -> dict[str, Any] | None:
    try:
        return unseal(json.loads(root.last_look.read_bytes()), must=True)
    except (OSError, ValueError, AttributeError):
        return None
