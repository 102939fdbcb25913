"""Keeps, lists and discards archived submissions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flows.collect.submission import Submission
from flows.files import write_private
from flows.root import Root

# A receipt has this key if the policy of retention removed the content.
_PURGED = "purged"
# Under which name the file lies in the inbox, if the submission bears another.
_DROPPED_AS = "dropped_as"


@dataclass(frozen=True, slots=True)
class ArchiveReceipt:
    """The receipt of a submission: the name of its file in the inbox, whether its content was purged."""

    submission: Submission
    dropped_as: str
    purged: bool


def keep(root: Root, submission: Submission, data: bytes, dropped_as: str | None = None) -> None:
    """Put a submission into the archive. The receipt comes last: a content with a receipt is complete."""
    if not submission.content(root).exists():
        write_private(submission.content(root), data)
    if not submission.receipt(root).exists():
        other = {} if dropped_as in (None, submission.file) else {_DROPPED_AS: dropped_as}
        _write_receipt(root, submission, **other)


def _write_receipt(root: Root, submission: Submission, **more: object) -> None:
    receipt = json.dumps(submission.to_json() | more, ensure_ascii=False, indent=1).encode()
    write_private(submission.receipt(root), receipt)


def discard(root: Root, one: Submission) -> None:
    """Remove a submission; its content stays if another submission has the same."""
    one.receipt(root).unlink(missing_ok=True)
    content = one.content(root)
    if not list(content.parent.glob(f"{one.sha256}.*.json")):
        content.unlink(missing_ok=True)
        if not any(content.parent.iterdir()):
            content.parent.rmdir()


def purge_content(root: Root, one: Submission) -> None:
    """Remove the content of a submission. Its receipt stays: its file must not be taken for a new one."""
    receipts = [each for each in read_receipts(root) if each.submission.sha256 == one.sha256]
    for each in receipts:
        if each.submission == one:
            _write_receipt(root, one, **{_DROPPED_AS: each.dropped_as, _PURGED: True})
    if all(each.purged or each.submission == one for each in receipts):
        one.content(root).unlink(missing_ok=True)


def remove_orphans(root: Root) -> None:
    """Remove contents without a receipt: a kill between the two leaves them, and nothing lists them.

    Their submissions are still in the inbox, or were discarded. Only for who holds the root's lock.
    """
    for content in root.archive.glob("*/*"):
        if content.suffix != ".json" and not list(content.parent.glob(f"{content.name}.*.json")):
            content.unlink()


def read_receipts(root: Root) -> Iterator[ArchiveReceipt]:
    """Every receipt of the archive, in the order of their paths."""
    for path in sorted(root.archive.glob("*/*.json")):
        said = json.loads(path.read_bytes())
        dropped_as, purged = said.pop(_DROPPED_AS, said["file"]), said.pop(_PURGED, False)
        yield ArchiveReceipt(Submission.from_json(said), dropped_as, purged)


def list_archived(root: Root, as_of: date) -> list[Submission]:
    """All archived submissions received until `as_of`, in order of arrival."""
    at_hand = (each.submission for each in read_receipts(root) if not each.purged)
    return sorted(one for one in at_hand if one.day <= as_of)
