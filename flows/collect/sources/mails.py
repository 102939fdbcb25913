"""Knows the mails that were taken from a mailbox, and which of them were answered.

Who fetches writes the one file, who answers writes the other: neither waits for the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.books.seal import to_text, unseal
from flows.collect.sources.memory import Memory, read_memory
from flows.files import write_private
from flows.root import Root


@dataclass(frozen=True, slots=True)
class MailedFile:
    """A file that came by mail: the reference of its receipt, its SHA-256, why it was not taken, if so."""

    reference: str
    sha256: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class MailTaken:
    """A mail whose files were taken, until it is answered.

    Attributes:
        series: The mailbox's number for its numbering.
        uid: The number of the mail.
        sender: The address of the sender.
        unit: The unit for which he hands in.
        message_id: Its Message-ID, empty without one.
        subject: Its subject.
        arrived: When it came into the mailbox, as ISO text.
        automatic: Whether a program sent it: it gets no answer.
        files: What it brought.
    """

    series: int
    uid: int
    sender: str = field(repr=False)
    unit: str
    message_id: str
    subject: str = field(repr=False)
    arrived: str
    automatic: bool
    files: Sequence[MailedFile]

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> MailTaken:
        """A mail as it is remembered."""
        return cls(**said | {"files": [MailedFile(**each) for each in said["files"]]})

    @property
    def key(self) -> str:
        """What names it in the list of those that were answered."""
        return f"{self.series}/{self.uid}"


def list_taken(memory: Memory) -> list[MailTaken]:
    """The mails that were taken, as far as they are remembered."""
    return [MailTaken.from_json(each) for each in memory.mark.get("taken", ())]


def list_unanswered(root: Root, name: str) -> list[MailTaken]:
    """The mails of the mailbox `name` that are to be answered."""
    answered = read_answered(root, name)
    mails = list_taken(read_memory(root, name))
    return [mail for mail in mails if mail.key not in answered and not mail.automatic]


def read_answered(root: Root, name: str) -> set[str]:
    """The keys of mails that were answered."""
    try:
        said = unseal(json.loads(_path_of(root, name).read_bytes()), must=True)
    except (OSError, ValueError, AttributeError):
        return set()
    return set(said["answered"]) if said else set()


def note_answered(root: Root, name: str, mail: MailTaken) -> None:
    """Note that a mail was answered; those that are not remembered any more are left out."""
    known = {each.key for each in list_taken(read_memory(root, name))}
    _write(root, name, (read_answered(root, name) & known) | {mail.key})


def _write(root: Root, name: str, answered: Iterable[str]) -> None:
    write_private(_path_of(root, name), to_text({"answered": sorted(answered)}).encode())


def _path_of(root: Root, name: str) -> Path:
    # No source has a name with a dot.
    return root.state / "nguon" / f"{name}.tra_loi.json"
