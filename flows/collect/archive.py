"""Keeps, lists and discards archived submissions, and tells which of them repeat another."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from flows.collect.submission import Submission
from flows.files import write_private
from flows.root import Root


def keep(root: Root, submission: Submission, data: bytes) -> None:
    """Put a submission into the archive. The receipt comes last: a content with a receipt is complete."""
    receipt = json.dumps(submission.to_json(), ensure_ascii=False, indent=1).encode()
    for path, content in ((submission.content(root), data), (submission.receipt(root), receipt)):
        if not path.exists():
            write_private(path, content)


def discard(root: Root, one: Submission) -> None:
    """Remove a submission; its content stays if another submission has the same."""
    one.receipt(root).unlink(missing_ok=True)
    content = one.content(root)
    if not list(content.parent.glob(f"{one.sha256}.*.json")):
        content.unlink(missing_ok=True)


def remove_orphans(root: Root) -> None:
    """Remove contents without a receipt, and half-written files: a killed run left them.

    Their submissions are still in the inbox, or were discarded. Only for who holds the root's lock.
    """
    for folder in root.archive.glob("*/"):
        received = {receipt.name.partition(".")[0] for receipt in folder.glob("[!.]*.json")}
        for path in folder.iterdir():
            if path.name.startswith(".") or (path.suffix != ".json" and path.name not in received):
                path.unlink()


def list_archived(root: Root, as_of: date) -> list[Submission]:
    """All archived submissions received until `as_of`, in order of arrival."""
    receipts = (json.loads(path.read_bytes()) for path in sorted(root.archive.glob("*/*.json")))
    return sorted(one for one in map(Submission.from_json, receipts) if one.day <= as_of)


def split_repeats(submissions: Iterable[Submission]) -> tuple[list[Submission], list[Submission]]:
    """Submissions with content that is new from their unit, and those with content it sent before."""
    seen: set[tuple[str, str]] = set()
    first: list[Submission] = []
    again: list[Submission] = []
    for submission in submissions:
        content = submission.unit, submission.sha256
        (again if content in seen else first).append(submission)
        seen.add(content)
    return first, again
