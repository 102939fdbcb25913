"""Keeps, lists and discards archived hand-ins."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

from flows.collect.hand_in import HandIn
from flows.files import _store
from flows.root import Root


def keep(root: Root, hand_in: HandIn, data: bytes) -> None:
    """Put a hand-in into the archive, its receipt last: what has a receipt is whole."""
    _store(hand_in.content(root), data)
    _store(hand_in.receipt(root), json.dumps(asdict(hand_in), ensure_ascii=False, indent=1).encode())


def discard(root: Root, one: HandIn) -> None:
    """Take a hand-in out of the archive; its content only where no other hand-in has the same."""
    one.receipt(root).unlink(missing_ok=True)
    content = one.content(root)
    if not list(content.parent.glob(f"{one.submission}.*.json")):
        content.unlink(missing_ok=True)


def archived(root: Root, as_of: date) -> list[HandIn]:
    """Every hand-in of the archive received by `as_of`, in order of arrival."""
    receipts = (json.loads(path.read_bytes()) for path in sorted(root.archive.glob("*/*.json")))
    return sorted(hand_in for hand_in in (HandIn(**receipt) for receipt in receipts) if hand_in.day <= as_of)
