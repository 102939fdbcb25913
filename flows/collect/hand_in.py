"""Puts a file that came by a page, a mail or another system into the inbox, with the moment at which it came.

The moment and the way are noted in `var/nop/` before the file appears in the inbox; whoever takes the file
into the archive finds the note by unit, name and content. Killed in between, a note without its file is left,
which the next run removes: who handed in was told of nothing, and hands in again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b, sha256
from itertools import count
from pathlib import Path, PurePath
from unicodedata import normalize

from flows.books.seal import to_text, unseal
from flows.collect.archive import is_last, list_receipts_of
from flows.collect.folder import LARGEST, Found, describe, read_open, refuse_handed_in
from flows.files import (
    PRIVATE_FILE,
    clear_half_written,
    make_like,
    one_at_a_time,
    write_new,
    write_over,
    write_private,
)
from flows.root import HERE, Root
from schemas.units import NAMES_A_FOLDER

#: Bytes of a name without its ending, and characters of an ending: a number may be added to the name.
_LONGEST_STEM, _LONGEST_ENDING = 180, 20
# What Windows forbids in a name; the inbox may be its share.
_FORBIDDEN = re.compile(r'[<>:"|?*]')


class HandInError(ValueError):
    """A file can't be handed in; says why in a Vietnamese sentence without its name."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Where a file lies in the inbox; `new` is False if the same was there, or in the archive, already."""

    path: Path
    new: bool


@dataclass(frozen=True, slots=True)
class Note:
    """How and when a file of the inbox came.

    Attributes:
        unit: The unit's folder.
        name: The name of the file in that folder.
        asked: The name under which it was handed in; another file may have had it.
        sha256: The SHA-256 of its content.
        received: When it came, as ISO text.
        via: The way on which it came, in Vietnamese.
        reference: By what that way knows it, like a Message-ID; may be empty.
    """

    unit: str
    name: str
    asked: str
    sha256: str
    received: str
    via: str
    reference: str

    @property
    def moment(self) -> datetime:
        """When it came."""
        return datetime.fromisoformat(self.received)


def hand_in(
    root: Root, unit: str, name: str, content: bytes, *, received: datetime, via: str, reference: str = ""
) -> HandedIn:
    """Put a file into the inbox of `unit`, whole or not at all, and note when and how it came.

    A file under this name that the archive has taken is replaced, since the new one corrects it; one that it
    has not taken yet stays, and the new one gets a name of its own. Nothing is written for a content that
    lies there already, nor for one that came before by the same `via` and `reference`: who is not sure that
    the call was done may repeat it.

    Args:
        root: The root.
        unit: The name of a unit of the commune.
        name: The name that the sender gave the file; of a path, only its last part counts.
        content: The file.
        received: When it came, with its time zone.
        via: The way on which it came, in Vietnamese, for the receipt.
        reference: By what that way knows this one hand-in, like a Message-ID.

    Raises:
        HandInError: the file is too large, or its name is not that of a file of a unit.
        ValueError: `unit` names no folder, or `received` has no time zone.
        OSError: the disk does not take it; nothing was handed in.
    """
    asked = make_name(name)
    if len(content) > LARGEST:
        raise HandInError(f"lớn hơn {LARGEST >> 20} MB nên không nhận; tách tệp rồi nộp lại")
    if not NAMES_A_FOLDER.fullmatch(unit) or received.tzinfo is None:
        raise ValueError("a unit's folder, and a moment with its time zone")
    root.prepare()
    folder = root.inbox / unit
    if folder.is_symlink():
        raise NotADirectoryError(f"{folder} is a link")
    make_like(folder, root.inbox)
    digest, moment = sha256(content).hexdigest(), received.astimezone(HERE).isoformat()
    with one_at_a_time(_notes(root) / ".khoa"):
        if reference and _came_before(root, unit, digest, via, reference):
            return HandedIn(folder / asked, new=False)
        for at in count(1):
            path = folder / (asked if at == 1 else _number(asked, at))
            taken = _read_hash(path)
            if taken == digest:
                return HandedIn(path, new=False)
            note = Note(unit, path.name, asked, digest, moment, via, reference)
            if _put(root, path, content, note, taken):
                return HandedIn(path, new=True)
    raise AssertionError("there is always one more name")


def _put(root: Root, path: Path, content: bytes, note: Note, there: str | None) -> bool:
    """Note how the file comes, then write it; False, and nothing is left, if what is `there` must stay."""
    found = describe(path, root.inbox)
    if path.is_symlink() or (there is not None and not is_last(root, (found.unit, found.name), there)):
        return False
    write_private(_path_of(root, note), to_text(asdict(note)).encode())
    if there is None:
        done = write_new(path, content, mode=PRIVATE_FILE)
    else:
        done = write_over(path, content, mode=PRIVATE_FILE, known=there)
    if not done:
        _path_of(root, note).unlink(missing_ok=True)
    return done


def make_name(name: str) -> str:
    """The name that a file gets which somebody calls `name`: in one folder, printable, not too long.

    Raises:
        HandInError: a file of this name is never taken: programs leave such files behind.
    """
    last = normalize("NFC", re.split(r"[/\\]", name)[-1]).strip()
    if last.strip(".") and (why := refuse_handed_in(last)):
        raise HandInError(why)
    plain = "".join(each if each.isprintable() else "_" for each in last)
    path = PurePath(_FORBIDDEN.sub("_", plain).strip(" .") or "tep")
    ending = path.suffix[:_LONGEST_ENDING]
    stem = path.stem if path.suffix == ending else path.name
    kept = stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
    return f"{kept}{ending if path.suffix == ending else ''}"


def _number(name: str, at: int) -> str:
    path = PurePath(name)
    return str(path.with_stem(f"{path.stem} (nộp lần {at})"))


def _read_hash(path: Path) -> str | None:
    """SHA-256 of the file at `path`; None without one, empty for what can't be read."""
    if not path.exists():
        return None
    try:
        found = Found(path, path.parent.name, path.name, path.parent)
        return sha256(read_open(found)[0]).hexdigest()
    except OSError:
        return ""


def _came_before(root: Root, unit: str, content: str, via: str, reference: str) -> bool:
    """Whether a content came by this way before: it is in the archive, or waits in the inbox."""
    key = (unit, via, reference)
    if any(
        (each.submission.unit, each.via, each.reference) == key for each in list_receipts_of(root, content)
    ):
        return True
    return any(
        (note.unit, note.via, note.reference) == key
        and _read_hash(root.inbox / note.unit / note.name) == content
        for note in _read_notes(root, content).values()
    )


def find_note(root: Root, found: Found, content: str) -> Note | None:
    """The note of a file in the inbox whose content has the SHA-256 `content`; None if it has none."""
    parts = found.path.relative_to(root.inbox).parts if found.within == root.inbox else ()
    return _read_note(_place(root, *parts, content)) if len(parts) == 2 else None


def drop_note(root: Root, note: Note) -> None:
    """Remove a note: the archive has the file."""
    _path_of(root, note).unlink(missing_ok=True)


def tidy_notes(root: Root, taken: Mapping[Path, str | None]) -> None:
    """Remove what killed processes left: notes whose file is not in the inbox, or is in the archive.

    `taken` has the SHA-256 of what the archive took last from each file of the inbox.
    """
    if not any(_notes(root).glob("*/*.json")):
        return
    with one_at_a_time(_notes(root) / ".khoa"):
        notes = _read_notes(root)
        folders = {root.inbox / note.unit for note in notes.values()}
        folders |= {path.parent for path in notes}
        clear_half_written(folder for folder in folders if folder.is_dir())
        for path, note in notes.items():
            place = root.inbox / note.unit / note.name
            if taken.get(place) == note.sha256 or _read_hash(place) not in (note.sha256, ""):
                path.unlink(missing_ok=True)


def _notes(root: Root) -> Path:
    return root.state / "nop"


def _place(root: Root, unit: str, name: str, content: str) -> Path:
    which = blake2b(f"{unit}/{name}".encode(errors="surrogateescape"), digest_size=6).hexdigest()
    return _notes(root) / content[:2] / f"{content}.{which}.json"


def _path_of(root: Root, note: Note) -> Path:
    return _place(root, note.unit, note.name, note.sha256)


def _read_notes(root: Root, content: str = "") -> dict[Path, Note]:
    """The notes, or those of one `content`."""
    paths = _notes(root).glob(f"{content[:2] or '*'}/{content}*.json")
    read = {path: _read_note(path) for path in paths}
    return {path: note for path, note in read.items() if note is not None}


def _read_note(path: Path) -> Note | None:
    """The note at `path`; None without one, or if it is damaged."""
    try:
        said = unseal(json.loads(path.read_bytes()), must=True)
        note = Note(**said) if said else None
        return note if note and note.moment.tzinfo else None
    except (OSError, ValueError, TypeError):
        return None
