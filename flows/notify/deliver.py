"""Sends the letters that are to be sent now, and notes each as soon as the mail server took it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flows.books.contacts import Contacts
from flows.notify.letters import News, Recipient, list_recipients, may_tell, write_letter
from flows.notify.send import NotSentError, Reply
from flows.notify.settings import NoticeSettings
from flows.notify.told import (
    Letter,
    Trouble,
    clear_away,
    find_uncertain,
    lay_out,
    note_sent,
    note_trouble,
    read_told,
    read_trouble,
)
from flows.protect import Key
from flows.root import Root
from schemas.notices import Role

#: Sends a letter: the address of the mail server, the address of the person, the letter.
Sender = Callable[[str, str, Letter], None]
#: Sends an answer to a mail.
Replier = Callable[[str, str, Letter, Reply], None]


@dataclass(frozen=True, slots=True)
class Telling:
    """What became of the letters: how many were sent, how many wait for working hours, what went wrong."""

    sent: int
    waiting: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to write and send letters."""

    root: Root
    contacts: Contacts
    key: Key
    settings: NoticeSettings
    now: datetime
    send: Sender
    reply: Replier

    def token(self, address: str) -> str:
        """Stands for a person in the book."""
        return self.key.token("lien_he", address.lower())


def send_all(desk: Desk, news: News, sender: str, ping_failed: str | None) -> Telling:
    """Send what is to be sent now; a letter that a killed run may have sent goes first, as it was."""
    sent, what = 0, []
    known = {desk.token(one.address) for one in desk.contacts.lines}
    undelivered = {who: said for who, said in read_trouble(desk.root).undelivered.items() if who in known}
    try:
        sent += _finish(desk, news, sender)
        for who, letter in write_letters(desk, news, lambda role: _may(desk, news, role)):
            undelivered.pop(letter.person, None)
            try:
                _deliver(desk, sender, who.address, letter)
                sent += 1
            except NotSentError as failed:
                if failed.for_all:
                    raise
                undelivered[letter.person] = f"Thư cho {who.contacts[0].line}: {failed}."
    except NotSentError as failed:
        what.append(f"Chưa gửi được thư: {failed}; sẽ thử lại.")
    waiting = sum(1 for _ in write_letters(desk, news, lambda role: not _may(desk, news, role)))
    trouble = Trouble(what=what, undelivered=undelivered, ping=ping_failed)
    note_trouble(desk.root, trouble, desk.now)
    return Telling(sent, waiting, trouble.sentences)


def _may(desk: Desk, news: News, role: Role) -> bool:
    return may_tell(role, desk.now, desk.settings.times, news.commune)


def write_letters(desk: Desk, news: News, may: Callable[[Role], bool]) -> Iterator[tuple[Recipient, Letter]]:
    """The letters to everybody in those of his roles in which he may be told."""
    told, contacts = read_told(desk.root), desk.contacts.on(news.day)
    alone = {one.unit for one in contacts} - {one.unit for one in contacts if one.role == "nguoi_nop"}
    for who in list_recipients(contacts):
        token = desk.token(who.address)
        roles = [role for role in who.roles if may(role)]
        if letter := write_letter(news, who, roles, frozenset(alone), told.to(token), token):
            yield who, letter


def _finish(desk: Desk, news: News, sender: str) -> int:
    """Send the letter that a killed run may have sent, if it is not noted as sent; returns how many.

    It stays laid out until the server takes it, or will surely not.
    """
    letter, people = find_uncertain(desk.root, news.day), desk.contacts.on(news.day)
    address = next(
        (one.address for one in people if letter and desk.token(one.address) == letter.person), None
    )
    sent = 0
    if letter is not None and address is not None and letter.id not in read_told(desk.root).ids:
        try:
            desk.send(sender, address, letter)
            note_sent(desk.root, letter, desk.now)
            sent = 1
        except NotSentError as failed:
            if failed.for_all:
                raise
    clear_away(desk.root)
    return sent


def _deliver(desk: Desk, sender: str, address: str, letter: Letter) -> None:
    """Send a letter and note it. Killed in between, the next run finds it laid out and sends it again."""
    lay_out(desk.root, letter)
    try:
        desk.send(sender, address, letter)
    except NotSentError:
        clear_away(desk.root)
        raise
    note_sent(desk.root, letter, desk.now)
    clear_away(desk.root)
