"""Keeps, lists and discards archived submissions."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from flows.collect.submission import Submission
from flows.files import make_private, write_private
from flows.root import Root

# When the submission was given to another unit.
_GIVEN_AWAY = "given_away"
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
    given_away: str | None = None

    def write(self, root: Root) -> None:
        """Write the receipt, whether there is one or not."""
        more = {
            _DROPPED_AS: self.dropped_as if self.dropped_as != self.submission.file else None,
            _PURGED: self.purged or None,
            _GIVEN_AWAY: self.given_away,
        }
        said = self.submission.to_json() | {key: value for key, value in more.items() if value is not None}
        receipt = json.dumps(said, ensure_ascii=False, indent=1).encode()
        write_private(self.submission.receipt(root), receipt)


def keep(root: Root, submission: Submission, data: bytes, dropped_as: str | None = None) -> None:
    """Put a submission into the archive. The receipt comes last: a content with a receipt is complete."""
    if not submission.content(root).exists():
        write_private(submission.content(root), data)
    if not submission.receipt(root).exists():
        ArchiveReceipt(submission, dropped_as or submission.file, purged=False).write(root)


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
            replace(each, purged=True).write(root)
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
    """Every receipt of the archive, in the order of their paths; damaged ones are left out."""
    for path in sorted(root.archive.glob("*/*.json")):
        if (receipt := _read_receipt(path)) is not None:
            yield receipt


def _read_receipt(path: Path) -> ArchiveReceipt | None:
    """The receipt at `path`; None if it is damaged."""
    try:
        said = json.loads(path.read_bytes())
        dropped_as, purged = said.pop(_DROPPED_AS, said["file"]), said.pop(_PURGED, False)
        given_away = said.pop(_GIVEN_AWAY, None)
        receipt = ArchiveReceipt(Submission.from_json(said), dropped_as, purged, given_away)
        datetime.fromisoformat(receipt.submission.received)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return receipt


def list_damaged(root: Root) -> list[Path]:
    """Receipts that can't be read: cut by a power failure or a full disk, or changed by hand."""
    return [path for path in sorted(root.archive.glob("*/*.json")) if _read_receipt(path) is None]


def set_aside_damaged(root: Root) -> list[Path]:
    """Move damaged receipts out of the archive, so that their files are taken again; returns where to."""
    aside = []
    for path in list_damaged(root):
        place = root.state / "hong" / path.name
        make_private(place.parent)
        aside.append(path.replace(place))
    return aside


def list_archived(root: Root, as_of: date) -> list[Submission]:
    """All archived submissions received until `as_of`, in order of arrival."""
    at_hand = (each.submission for each in read_receipts(root) if not each.purged)
    return sorted(_as_known(one, as_of) for one in at_hand if one.day <= as_of)


def _as_known(one: Submission, as_of: date) -> Submission:
    """The submission as it stood on the day `as_of`: taken out of the inbox later, it was still there."""
    later = one.gone is not None and datetime.fromisoformat(one.gone).date() > as_of
    return replace(one, gone=None) if later else one


def note_gone(root: Root, present: Collection[tuple[str, str]], unsure: Collection[str], now: str) -> None:
    """Note which files are no longer in the inbox, and which are there again.

    `present` are unit and name of each file in the inbox; if there is none at all, its disk is not there.
    `unsure` are units whose folders could not be seen whole.
    """
    for each in read_receipts(root) if present else ():
        one = each.submission
        is_there = (one.unit, each.dropped_as) in present and each.given_away is None
        if is_there and one.gone is not None:
            replace(each, submission=replace(one, gone=None)).write(root)
        if not is_there and one.gone is None and one.vouched is None and one.unit not in unsure:
            replace(each, submission=replace(one, gone=now)).write(root)


def give_to(root: Root, one: Submission, unit: str, reason: str, now: str) -> Submission:
    """Say that a submission is of `unit`, its own or another one: it is judged as that unit's from now on."""
    (receipt,) = (each for each in read_receipts(root) if each.submission == one)
    given = replace(one, unit=unit, vouched=reason, gone=None)
    if unit == one.unit:
        replace(receipt, submission=given).write(root)
        return given
    given = replace(given, received=now)
    # No file of the other unit's folder has this name.
    ArchiveReceipt(given, f"../{one.unit}/{receipt.dropped_as}", purged=False).write(root)
    replace(receipt, submission=replace(one, gone=now), given_away=now).write(root)
    return given
