"""Keeps, lists and discards archived submissions."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from flows.books.seal import to_text, unseal
from flows.collect.submission import Meant, Submission
from flows.files import hash_file, make_private, write_private
from flows.root import Root

# When the submission was given to another unit.
_GIVEN_AWAY = "given_away"
# A receipt has this key if the policy of retention removed the content.
_PURGED = "purged"
# Under which name the file lies in the inbox, if the submission bears another.
_DROPPED_AS = "dropped_as"
# How the submission came, if not by the folder, and by what that way knows it.
_VIA, _REFERENCE = "via", "reference"
# How the name of a file begins that does not lie in the folder of its unit.
_ELSEWHERE = "../"


@dataclass(frozen=True, slots=True)
class ArchiveReceipt:
    """The receipt of a submission: the name of its file in the inbox, whether its content was purged.

    `via` is how it came, if not by the folder; `reference` by what that way knows it, like a Message-ID.
    """

    submission: Submission
    dropped_as: str
    purged: bool
    given_away: str | None = None
    via: str | None = None
    reference: str | None = None

    def write(self, root: Root) -> None:
        """Write the receipt, whether there is one or not."""
        more = {
            _DROPPED_AS: self.dropped_as if self.dropped_as != self.submission.file else None,
            _PURGED: self.purged or None,
            _GIVEN_AWAY: self.given_away,
            _VIA: self.via,
            _REFERENCE: self.reference,
        }
        said = self.submission.to_json() | {key: value for key, value in more.items() if value is not None}
        _write_twice(root, self.submission.receipt(root), to_text(said, indent=1).encode())


def _write_twice(root: Root, receipt: Path, text: bytes) -> None:
    """Write a receipt, then its second copy: of the two, the receipt is never the older one."""
    write_private(receipt, text)
    _write_second(root, receipt.name, text)


def _write_second(root: Root, name: str, text: bytes, *, durable: bool = True) -> None:
    make_private(root.copies)
    write_private(_seconds(root) / name, text, durable=durable)


def _second(root: Root, receipt: Path) -> Path:
    """Where the second copy of a receipt lies."""
    return _seconds(root) / receipt.name


def _seconds(root: Root) -> Path:
    return root.copies / "bien_nhan"


def name_elsewhere(folder: str, name: str) -> str:
    """The name that a receipt gives to a file which never lay in the folder of its unit."""
    return f"{_ELSEWHERE}{folder}/{name}"


def keep(
    root: Root,
    submission: Submission,
    data: bytes,
    dropped_as: str | None = None,
    came: tuple[str, str] | None = None,
) -> None:
    """Put a submission into the archive. The receipt comes last: a content with a receipt is complete.

    `came` are way and reference of what came by another way than the folder.
    """
    via, reference = came or (None, None)
    if not submission.content(root).exists():
        write_private(submission.content(root), data)
    if not submission.receipt(root).exists():
        dropped = dropped_as or submission.file
        ArchiveReceipt(submission, dropped, purged=False, via=via, reference=reference).write(root)


def exchange(root: Root, old: Submission, data: bytes | None, rename: Callable[[str], str]) -> Submission:
    """Put a submission with other content and names in the place of `old`; the rest of its receipt stays.

    Args:
        root: The root.
        old: The submission; afterwards the archive does not have it.
        data: The new content; None if it stays, or was purged.
        rename: Makes the new name from the old one, of the submission and of its file in the inbox.
    """
    receipt = _receipt_of(root, old)
    new = replace(old, file=rename(old.file))
    if data is not None:
        new = replace(new, sha256=sha256(data).hexdigest(), size=len(data))
        if not receipt.purged and not new.content(root).exists():
            write_private(new.content(root), data)
    changed = replace(receipt, submission=new, dropped_as=rename(receipt.dropped_as))
    if changed != receipt:
        changed.write(root)
    if new.who != old.who:
        discard(root, old)
    return new


def is_content_of(content: Path, one: Submission) -> bool:
    """Whether the file `content` can be read and holds what was handed in."""
    try:
        return hash_file(content) == one.sha256
    except OSError:
        return False


def discard(root: Root, one: Submission) -> None:
    """Remove a submission; its content stays if another submission has the same."""
    # The second copy first: a receipt that is gone alone comes back from it.
    _second(root, one.receipt(root)).unlink(missing_ok=True)
    one.receipt(root).unlink(missing_ok=True)
    content = one.content(root)
    if not list(content.parent.glob(f"{one.sha256}.*.json")):
        content.unlink(missing_ok=True)
        if not any(content.parent.iterdir()):
            content.parent.rmdir()


def purge_content(root: Root, one: Submission) -> None:
    """Remove the content of a submission. Its receipt stays: its file is not to be taken for a new one."""
    replace(_receipt_of(root, one), purged=True).write(root)
    if not _is_needed(one.content(root)):
        one.content(root).unlink(missing_ok=True)


def _is_needed(content: Path) -> bool:
    """Whether a receipt of a content is not purged; a damaged one may be of a submission that counts."""
    receipts = map(_read_receipt, content.parent.glob(f"{content.name}.*.json"))
    return any(each is None or not each.purged for each in receipts)


def list_after(receipts: Iterable[ArchiveReceipt], now: datetime) -> list[ArchiveReceipt]:
    """Receipts that say a file was received on a day after `now`, in order of arrival: a clock was wrong."""
    late = [each for each in receipts if each.submission.day > now.date()]
    return sorted(late, key=lambda each: each.submission)


def find_moment(receipts: Iterable[ArchiveReceipt], now: datetime) -> datetime | None:
    """The moment of what happens `now`: after all receipts, though our clock was set back a little.

    None if our clock shows a day before that of a receipt: one of the two is wrong.
    """
    there = list(receipts)
    if list_after(there, now):
        return None
    moments = (datetime.fromisoformat(each.submission.received) for each in there)
    return max([now, *(each + timedelta(microseconds=1) for each in moments)])


def redate(root: Root, receipts: Iterable[ArchiveReceipt], now: datetime) -> None:
    """Say that submissions were received now, in the order of `receipts`."""
    for at, each in enumerate(receipts):
        moment = (now + timedelta(microseconds=at)).isoformat()
        replace(each, submission=replace(each.submission, received=moment)).write(root)


def remove_orphans(root: Root) -> None:
    """Remove contents that no receipt needs: a kill between the two leaves them, and nothing lists them.

    Their submissions are still in the inbox, were discarded or purged, or had a receipt that was set aside,
    which every run names. Only for who holds the root's lock.
    """
    for content in root.archive.glob("*/*"):
        if content.suffix != ".json" and not _is_needed(content):
            content.unlink()


def read_receipts(root: Root) -> list[ArchiveReceipt]:
    """Every receipt of the archive, in the order of their paths; damaged ones are left out."""
    return scan_receipts(root)[0]


def scan_receipts(root: Root) -> tuple[list[ArchiveReceipt], list[Path]]:
    """Every receipt that can be read, and the paths of the damaged ones, both in the order of paths.

    A power failure or a full disk cuts a receipt; somebody may have changed one by hand.
    """
    receipts: list[ArchiveReceipt] = []
    damaged: list[Path] = []
    for path in sorted(root.archive.glob("*/*.json")):
        receipt = _read_receipt(path)
        if receipt is None:
            damaged.append(path)
        else:
            receipts.append(receipt)
    return receipts, damaged


def list_receipts_of(root: Root, content: str) -> list[ArchiveReceipt]:
    """The receipts of all submissions with the content of this SHA-256."""
    paths = (root.archive / content[:2]).glob(f"{content}.*.json")
    return [each for each in map(_read_receipt, paths) if each is not None]


def is_last(root: Root, dropped: tuple[str, str], content: str) -> bool:
    """Whether the archive has `content` as the last one of a file of the inbox, by its unit and name."""

    def of_file(receipts: Iterable[ArchiveReceipt]) -> list[Submission]:
        same = (each for each in receipts if (each.submission.unit, each.dropped_as) == dropped)
        return sorted(each.submission for each in same)

    # Most often the archive does not have the content: to see that is cheap.
    if not content or not of_file(list_receipts_of(root, content)):
        return False
    return of_file(read_receipts(root))[-1].sha256 == content


def _receipt_of(root: Root, one: Submission) -> ArchiveReceipt:
    return _read_receipt(one.receipt(root)) or ArchiveReceipt(one, one.file, purged=False)


def _read_receipt(path: Path) -> ArchiveReceipt | None:
    """The receipt at `path`; None if it is damaged."""
    try:
        said = unseal(json.loads(path.read_bytes()), must=False)
        if said is None:
            return None
        dropped_as, purged = said.pop(_DROPPED_AS, said["file"]), said.pop(_PURGED, False)
        more = {key: said.pop(key, None) for key in (_GIVEN_AWAY, _VIA, _REFERENCE)}
        receipt = ArchiveReceipt(Submission.from_json(said), dropped_as, purged, **more)
        datetime.fromisoformat(receipt.submission.received)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return receipt


def restore_receipts(
    root: Root, receipts: Iterable[ArchiveReceipt], damaged: Iterable[Path]
) -> list[ArchiveReceipt]:
    """Write damaged or lost receipts anew from their second copies, and make copies that are missing.

    `receipts` and `damaged` are those of the archive. Returns the receipts that came back.
    """
    seconds = {path.name: path for path in _seconds(root).glob("*.json")}
    at_hand = {each.submission.receipt(root).name: each for each in receipts}
    for name, each in at_hand.items():
        if name not in seconds:
            text = each.submission.receipt(root).read_bytes()
            _write_second(root, name, text, durable=False)
    wanted = {path.name for path in damaged} | (seconds.keys() - at_hand.keys())
    back = [_read_receipt(seconds[name]) for name in sorted(wanted & seconds.keys())]
    restored = [each for each in back if each is not None]
    for each in restored:
        each.write(root)
    return restored


def mend_receipts(root: Root) -> tuple[list[ArchiveReceipt], list[Path], list[Path]]:
    """Mend receipts from their second copies, and set those aside that are damaged in both.

    Returns:
        The receipts of the archive, the paths of those that came back, and of those that were set aside.
    """
    receipts, damaged = scan_receipts(root)
    restored = [each.submission.receipt(root) for each in restore_receipts(root, receipts, damaged)]
    if restored:
        receipts, damaged = scan_receipts(root)
    set_aside(root, damaged)
    return receipts, restored, damaged


def list_lost_receipts(root: Root) -> list[Path]:
    """Where receipts lay of which only the second copy is left."""
    names = sorted(path.name for path in _seconds(root).glob("*.json"))
    places = (root.archive / name[:2] / name for name in names)
    return [place for place in places if not place.exists()]


def find_damaged_seconds(root: Root) -> list[Path]:
    """Second copies of receipts that are damaged, or missing, or say something else than the receipt."""
    if not _seconds(root).is_dir():
        # No run of this version was there yet.
        return []
    receipts = (each.submission.receipt(root) for each in read_receipts(root))
    pairs = ((receipt, _second(root, receipt)) for receipt in receipts)
    return [second for receipt, second in pairs if _read_receipt(receipt) != _read_receipt(second)]


def copy_receipt(root: Root, second: Path) -> None:
    """Write a second copy anew from its receipt."""
    write_private(second, (root.archive / second.name[:2] / second.name).read_bytes())


def find_lost(root: Root, receipts: Iterable[ArchiveReceipt]) -> list[ArchiveReceipt]:
    """Receipts whose content is gone, can't be read, or has another size; purged ones aside."""
    return [each for each in receipts if not each.purged and not _seems_whole(root, each.submission)]


def _seems_whole(root: Root, one: Submission) -> bool:
    try:
        seen = one.content(root).stat()
    except OSError:
        return False
    return seen.st_size == one.size and bool(seen.st_mode & 0o400)


def set_aside(root: Root, damaged: Iterable[Path]) -> None:
    """Move damaged receipts out of the archive: a file that still lies in the inbox is then taken again."""
    for path in damaged:
        make_private(root.damaged)
        path.replace(root.damaged / path.name)


def list_set_aside(root: Root) -> list[Path]:
    """Receipts that were set aside and whose files were not taken again: what they tell of counts nowhere."""
    aside = sorted(root.damaged.glob("*.json"))
    return [path for path in aside if not (root.archive / path.name[:2] / path.name).exists()]


def list_archived(root: Root, as_of: date) -> list[Submission]:
    """All archived submissions received until `as_of`, in order of arrival."""
    at_hand = (each.submission for each in read_receipts(root) if not each.purged)
    return sorted(_as_known(one, as_of) for one in at_hand if one.day <= as_of)


def _as_known(one: Submission, as_of: date) -> Submission:
    """The submission as it stood on the day `as_of`: taken out of the inbox later, it was still there."""
    later = one.gone is not None and datetime.fromisoformat(one.gone).date() > as_of
    return replace(one, gone=None) if later else one


def note_gone(
    root: Root,
    receipts: Iterable[ArchiveReceipt],
    present: Collection[tuple[str, str]],
    unsure: Collection[str],
    now: datetime | None,
) -> None:
    """Note which files are no longer in the inbox, and which are there again.

    `present` are unit and name of each file in the inbox; if there is none at all, its disk is not there.
    `unsure` are units whose folders could not be seen whole. Without a moment that can be right (`now`) no
    file is said to be gone: the next run with the right clock says so.
    """
    gone = now.isoformat(timespec="seconds") if now else None
    for each in receipts if present else ():
        one = each.submission
        is_there = (one.unit, each.dropped_as) in present and each.given_away is None
        was_there = not each.dropped_as.startswith(_ELSEWHERE)
        if is_there and one.gone is not None:
            replace(each, submission=replace(one, gone=None)).write(root)
        went = was_there and not is_there and one.gone is None and one.vouched is None
        if gone and went and one.unit not in unsure:
            replace(each, submission=replace(one, gone=gone)).write(root)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said of a submission in doubt, and why: whose it is, for which period, what it holds."""

    reason: str
    unit: str | None = None
    period: str | None = None
    meant: Meant | None = None


def answer(root: Root, one: Submission, said: Answer, now: datetime) -> Submission:
    """Record what was said of a submission: it is judged by that from now on, if need be as another unit's.

    Returns:
        The submission as it stands now.
    """
    receipt = _receipt_of(root, one)
    given = one
    if said.period is not None:
        given = replace(given, stated=said.period, stated_why=said.reason)
    if said.meant is not None:
        given = replace(given, meant=said.meant, meant_why=said.reason)
    if said.unit is not None:
        given = replace(given, unit=said.unit, vouched=said.reason, gone=None)
    if given.unit == one.unit:
        replace(receipt, submission=given).write(root)
        return given
    given = replace(given, received=now.isoformat())
    gone = now.isoformat(timespec="seconds")
    dropped_as = name_elsewhere(one.unit, receipt.dropped_as)
    replace(receipt, submission=given, dropped_as=dropped_as, purged=False, given_away=None).write(root)
    replace(receipt, submission=replace(one, gone=gone), given_away=gone).write(root)
    return given
