"""Says for `status` and `doctor` whether people are told, and what keeps them from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flows import words
from flows.books.contacts import read_contacts
from flows.notify.settings import PING, SENDER, read_settings, secret_file
from flows.notify.told import now_here, read_told, read_trouble
from flows.root import Root
from schemas.declared import DeclarationError
from schemas.units import Commune

NO_SENDER = "Có người liên hệ nhưng chưa khai máy chủ thư, nên chưa báo tin cho ai."
_WEEK = timedelta(days=7)


def is_configured(root: Root) -> bool:
    """Whether there is anybody to tell, or an address that watches the days."""
    settings = read_settings(root)
    return settings.contacts.exists() or settings.ping is not None


def describe_telling(root: Root) -> Iterator[str]:
    """How many letters were sent lately, and what went wrong since when; nothing if nobody is to be told."""
    try:
        if not is_configured(root):
            return
    except DeclarationError as wrong:
        yield f"Báo tin không được: {wrong}"
        return
    told, trouble = read_told(root), read_trouble(root)
    count = told.count_since(now_here() - _WEEK)
    last = f", thư cuối lúc {words.moment(told.last)}" if told.last else ""
    yield f"Báo tin: {count} thư trong 7 ngày qua{last}"
    if trouble.sentences:
        yield f"Báo tin có trục trặc từ {words.moment(trouble.since)}:"
        yield from (f"- {said}" for said in trouble.sentences)


def check_telling(root: Root, commune: Commune) -> Iterator[tuple[bool, str]]:
    """Yield the result of each check: whether it passed, and a Vietnamese sentence."""
    if not is_configured(root):
        return
    settings = read_settings(root)
    try:
        contacts = read_contacts(settings.contacts, commune)
    except DeclarationError as wrong:
        yield False, str(wrong)
        return
    yield from ((False, fault) for fault in contacts.faults)
    if contacts.lines:
        known = settings.sender is not None
        yield known, "Có nơi gửi thư báo tin" if known else NO_SENDER
    for path in (settings.contacts, secret_file(root, SENDER), secret_file(root, PING)):
        if path.exists() and path.stat().st_mode & 0o077:
            yield False, f"{path} người khác cũng đọc được; chạy: chmod 600 {path}"
    yield from ((False, said) for said in read_trouble(root).sentences)
