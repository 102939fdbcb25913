"""Tells everybody what changed, once: composes the letters, sends them, notes what was said to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from flows.books.contacts import read_contacts
from flows.engine.screen import say, say_all
from flows.errors import AuditRefusedError, DamagedReleaseError, LockedError
from flows.files import PRIVATE_FILE, make_private, write_file
from flows.notify import ping
from flows.notify.answers import answer_mails
from flows.notify.deliver import Desk, Replier, Sender, Telling, send_all, write_letters
from flows.notify.engineer import list_concerns, make_concern
from flows.notify.letters import News
from flows.notify.runs import LONGEST, look_at_runs, say_why
from flows.notify.send import NotSentError, send_letter, send_reply, to_eml
from flows.notify.settings import read_settings
from flows.notify.standing import NO_SENDER, is_configured
from flows.notify.told import (
    Trouble,
    note_bad_day,
    note_ping,
    note_trouble,
    now_here,
    read_told,
    read_trouble,
)
from flows.notify.view import ReleaseView, view_release
from flows.protect import read_key
from flows.release.publish import read_published
from flows.release.refusal import read_refusal
from flows.root import Root, read_contracts, read_site
from schemas.declared import DeclarationError
from schemas.registry import Contracts, load


def tell(
    root: Root,
    contracts: Contracts,
    now: datetime,
    deliver: Sender = send_letter,
    reply: Replier = send_reply,
) -> Telling:
    """Tell everybody what changed since he was told last, as of the day of `now`.

    Raises:
        DeclarationError: the contacts, or another declaration of the root, can't be read.
        LockedError: another process is telling.
    """
    root.prepare()
    with root.hold("bao_tin"):
        contracts = read_contracts(root, contracts)
        settings = read_settings(root)
        contacts = read_contacts(settings.contacts, contracts.commune)
        desk = Desk(root, contacts, read_key(root), settings, now, deliver, reply)
        _note_refusal(root, now)
        ping_failed = _ping(desk)
        news = _gather(desk, contracts, ping_failed)
        if settings.sender is not None:
            done = send_all(desk, news, settings.sender, ping_failed)
            return _answer(desk, contracts, settings.sender, done)
        trouble = Trouble(what=[NO_SENDER] if contacts.lines else [], ping=ping_failed)
        note_trouble(root, trouble, now)
        return Telling(0, 0, trouble.sentences)


def _answer(desk: Desk, contracts: Contracts, sender: str, done: Telling) -> Telling:
    """Answer the mails that brought files; what goes wrong is told with the rest, and tried again."""
    view, _ = _view_shown(desk.root, contracts)
    if view is None:
        return done
    answers: list[str | None] = []
    try:
        answers.extend(answer_mails(desk, view, sender))
    except NotSentError as error:
        answers.append(f"Chưa gửi được thư trả lời: {error}; sẽ thử lại.")
    failed = [each for each in answers if each is not None]
    sent = done.sent + len(answers) - len(failed)
    return replace(done, sent=sent, problems=(*done.problems, *failed))


@contextmanager
def telling(root: Root, day: date) -> Iterator[None]:
    """Tell people after a scheduled day, whatever becomes of it. What goes wrong here never fails the day."""
    try:
        yield
    except Exception as error:
        _tell_after(root, day, error)
        raise
    _tell_after(root, day, None)


def note_refusal(root: Root, day: date, refused: AuditRefusedError) -> None:
    """Note that the audit refused `day`, for those who are told; a day published later clears it away."""
    if is_configured(root):
        note_bad_day(root, day, "tu_choi", _join(refused.faults, refused.surprises), now_here())


def tell_safely(root: Root) -> None:
    """Tell people what is to be told by now; what goes wrong is kept for `status` and tried again."""
    _tell_after(root, now_here().date(), None)


def _tell_after(root: Root, day: date, error: Exception | None) -> None:
    """Tell people of a `day` that ended with `error`."""
    now = now_here()
    try:
        if not is_configured(root):
            return
        if error is not None and not isinstance(error, LockedError):
            note_bad_day(root, day, "hong", say_why(error), now)
        done = tell(root, load(), now)
        say(*(f"Báo tin: {trouble}" for trouble in done.problems), err=True)
    except LockedError as held:
        # The other one tells it.
        say(f"Báo tin: {held}", err=True)
    except Exception as failed:
        # What a declaration says of itself is for `status` and the engineer's terminal, not for letters.
        said = str(failed) if isinstance(failed, DeclarationError) else say_why(failed)
        why = f"Báo tin không được: {said}"
        say_all(why, err=True)
        # A disk that takes no note must not fail the day either; it was said.
        with suppress(OSError):
            note_trouble(root, replace(read_trouble(root), what=[why]), now)


def write_all(root: Root, contracts: Contracts, now: datetime, folder: Path) -> list[tuple[str, str]]:
    """Write the letters that are to be sent into `folder`, whatever the hour; nothing is sent or noted.

    Returns the name and the subject of each.
    """
    contracts = read_contracts(root, contracts)
    settings = read_settings(root)
    contacts = read_contacts(settings.contacts, contracts.commune)
    desk = Desk(root, contacts, read_key(root), settings, now, send_letter, send_reply)
    news = _gather(desk, contracts, read_trouble(root).ping)
    make_private(folder)
    written: list[tuple[str, str]] = []
    for who, letter in write_letters(desk, news, lambda _: True):
        first = who.contacts[0]
        name = f"{len(written) + 1:03}-{first.unit or 'xa'}-{first.role}.eml"
        write_file(folder / name, to_eml(who.address, letter), mode=PRIVATE_FILE, durable=False)
        written.append((name, letter.subject))
    return written


def _note_refusal(root: Root, now: datetime) -> None:
    """Note the day that the audit refused last: once a day is published, the refusal is gone."""
    said = read_refusal(root)
    if said is None:
        return
    try:
        day = date.fromisoformat(said["as_of"])
    except ValueError:
        day = now.date()
    note_bad_day(root, day, "tu_choi", _join(said["faults"], said["surprises"]), now)


def _join(faults: Sequence[str], surprises: Sequence[str]) -> str:
    return "; ".join([*faults, *surprises])[:LONGEST]


def _gather(desk: Desk, contracts: Contracts, ping_failed: str | None) -> News:
    """Everything there is to tell; also that the watching address can't be called."""
    root, now, times = desk.root, desk.now, desk.settings.times
    view, damage = _view_shown(root, contracts)
    runs = look_at_runs(root, read_told(root), now, times)
    undelivered = read_trouble(root).undelivered.values()
    concerns = list_concerns(root, contracts.commune, desk.contacts, view, now.date())
    concerns += [make_concern("Thư không đến được", said) for said in undelivered]
    concerns += [make_concern("Báo sống", ping_failed)] if ping_failed else []
    concerns += [make_concern("Bản đang cho xem", damage)] if damage else []
    today = view if view is not None and view.as_of == now.date() else None
    return News(now.date(), contracts.commune, today, runs, concerns, times)


def _view_shown(root: Root, contracts: Contracts) -> tuple[ReleaseView | None, str | None]:
    """The release that readers see, and what is wrong with it."""
    shown = read_published(root)
    if shown is None:
        return None, None
    try:
        return view_release(root.releases / shown, contracts, read_site(root)), None
    except (DamagedReleaseError, OSError, pl.exceptions.PolarsError):
        return None, "Bản đang cho xem không đọc được. Xem: dulieuxa doctor."


def _ping(desk: Desk) -> str | None:
    """Call the watching address once after a good day; returns why that failed, today or last."""
    root, day, address = desk.root, desk.now.date(), desk.settings.ping
    if address is None or day.isoformat() in read_told(root).pinged:
        return None
    if day not in look_at_runs(root, read_told(root), desk.now, desk.settings.times).published:
        return read_trouble(root).ping
    why = ping.call(address)
    if why is None:
        note_ping(root, day, desk.now)
    return why
