"""Hands a draft in: the file as it came and the corrected copy go into the inbox, a receipt into a book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flows.books.book import hand_ins_of
from flows.collect.hand_in import hand_in
from flows.files import one_at_a_time
from flows.root import HERE, Root
from flows.web.drafts import KeptDraft

#: How a file came, in its receipt.
VIA = "trang nộp"


@dataclass(frozen=True, slots=True)
class HandIn:
    """What a unit's book says of one hand-in.

    `files` are name and SHA-256 of what was put into the inbox, the original first.
    """

    number: int
    when: str
    who: str
    files: tuple[Mapping[str, str], ...]
    corrected: int
    blocking: int | None
    warnings: int | None
    parts: tuple[Mapping[str, Any], ...]
    causes: tuple[Mapping[str, Any], ...]


class HandInBook:
    """The receipts of what was handed in on the page: a book a unit."""

    def __init__(self, root: Root) -> None:
        self._root = root

    def list_of(self, unit: str) -> list[HandIn]:
        """The receipts of one unit, the newest first."""
        said = hand_ins_of(self._root, unit).read()
        return sorted(map(_from_json, said), key=lambda one: one.number, reverse=True)

    def find(self, unit: str, number: int) -> HandIn | None:
        """The unit's receipt with this number."""
        return next((one for one in self.list_of(unit) if one.number == number), None)

    def hand_in(self, draft: KeptDraft, who: str) -> HandIn:
        """Put the draft's files into the inbox, the original first, and write the receipt."""
        with one_at_a_time(self._root.state / "web" / "da_nop.khoa"):
            return self._hand_in(draft, who)

    def _hand_in(self, draft: KeptDraft, who: str) -> HandIn:
        unit, result = draft.file.unit, draft.result if draft.is_current else None
        paths = [draft.file.original]
        if draft.file.corrections and result is not None:
            paths.append(draft.file.folder / result["copy"])
        now, files = datetime.now(HERE), []
        for at, path in enumerate(paths):
            data = path.read_bytes()
            # What arrives last counts: the corrected copy comes just after the original.
            moment = now + timedelta(milliseconds=at)
            reference = f"{draft.id}.{at}"
            put = hand_in(self._root, unit, path.name, data, received=moment, via=VIA, reference=reference)
            files.append({"name": put.path.name, "submission": sha256(data).hexdigest()})
        one = HandIn(
            number=1 + max((each.number for each in self.list_of(unit)), default=0),
            when=now.isoformat(timespec="seconds"),
            who=who,
            files=tuple(files),
            corrected=len(draft.file.corrections),
            blocking=None if result is None else result["blocking"],
            warnings=None if result is None else result["warnings"],
            parts=() if result is None else tuple(result["parts"]),
            causes=() if result is None else tuple(_without_values(each) for each in result["causes"]),
        )
        hand_ins_of(self._root, unit).add(_to_json(one))
        return one


def _without_values(cause: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: cause[key] for key in ("severity", "message", "count")}


def _to_json(one: HandIn) -> dict[str, Any]:
    return {name: getattr(one, name) for name in HandIn.__dataclass_fields__}


def _from_json(said: Mapping[str, Any]) -> HandIn:
    listed = {name: tuple(said[name]) for name in ("files", "parts", "causes")}
    return HandIn(**{**said, **listed})
