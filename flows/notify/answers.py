"""Answers mails that brought files, once each: what was read of every file, and the marked workbooks.

A mail is answered as soon as the release that readers see has all its files. An answer that a killed run may
have sent is sent again under the same id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from flows import words
from flows.collect.archive import list_receipts_of
from flows.collect.sources.mails import MailedFile, MailTaken, list_unanswered, note_answered
from flows.collect.submission import Who
from flows.notify.deliver import Desk
from flows.notify.send import NotSentError, Reply, is_private
from flows.notify.told import Letter
from flows.notify.unit import describe_came
from flows.notify.view import ReleaseView
from flows.release.places import UNITS
from flows.release.publish import read_published
from flows.returns.receipts import find_marked
from flows.root import Root, read_own_settings
from schemas.sources import SourceSetting

#: Bytes of all workbooks in one answer: more is refused by many mail servers.
LARGEST = 8 << 20
_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class _Read:
    """What is to be said of one file, and its marked workbook."""

    said: str
    marked: Path | None = None


def answer_mails(desk: Desk, view: ReleaseView, sender: str) -> Iterator[str | None]:
    """Answer what can be answered by now; yields for each answer None, or a sentence why it was not taken.

    Raises:
        NotSentError: the mail server takes no letter at all now.
    """
    release = desk.root.releases / (read_published(desk.root) or "")
    senders = desk.contacts.list_senders(desk.now.date())
    for source in read_own_settings(desk.root).sources:
        if source.loai != "imap" or not source.tra_loi:
            continue
        for mail in list_unanswered(desk.root, source.name):
            if mail.unit not in senders.get(mail.sender.lower(), ()):
                # Who is no longer of the unit is told nothing about it.
                continue
            read = [_look_up(desk.root, release, view, mail, one) for one in mail.files]
            if all(read):
                yield _answer(desk, sender, source, mail, view, [one for one in read if one])


def _look_up(root: Root, release: Path, view: ReleaseView, mail: MailTaken, one: MailedFile) -> _Read | None:
    """What the release says of a file; None as long as it does not have it."""
    if one.why_not:
        return _Read(f"không nhận được, vì {one.why_not}.")
    own = [each for each in list_receipts_of(root, one.sha256) if each.submission.unit == mail.unit]
    same = [each for each in own if each.reference == one.reference] or own
    if not same:
        return None
    who: Who = same[0].submission.who
    rows = [row for row in view.unit(mail.unit).came if (row["file"], row["submission"]) == who[1:]]
    if not rows:
        return None
    said = " ".join(describe_came(view, mail.unit, row) for row in rows)
    return _Read(said, find_marked(release, who))


def _answer(
    desk: Desk,
    sender: str,
    source: SourceSetting,
    mail: MailTaken,
    view: ReleaseView,
    read: Sequence[_Read],
) -> str | None:
    """Answer one mail; returns why the answer was not taken, if it was not."""
    marked = [one.marked for one in read if one.marked]
    sent = marked if source.kem_tra_bai and is_private(sender) and _fits(marked) else []
    letter = _write(desk, mail, view, read, _say_marked(view, mail.unit, marked, sent))
    why = None
    try:
        desk.reply(sender, mail.sender, letter, Reply(mail.message_id, sent))
    except NotSentError as failed:
        if failed.for_all:
            raise
        why = f"Thư trả lời cho đơn vị {mail.unit}: {failed}."
    # What the server does not take from us now it does not take later either.
    note_answered(desk.root, source.name, mail)
    return why


def _fits(marked: Sequence[Path]) -> bool:
    return sum(path.stat().st_size for path in marked) <= LARGEST


def _say_marked(view: ReleaseView, unit: str, marked: Sequence[Path], sent: Sequence[Path]) -> str:
    if not marked:
        return "Không có ô nào phải đánh dấu."
    if sent:
        return "Kèm thư này là tệp đã đánh dấu ô sai: sửa trong tệp ấy rồi gửi lại."
    return f"Tệp đã đánh dấu ô sai: {view.pages}{UNITS}/{unit}.html, hoặc hỏi người giữ máy chủ của xã."


def _write(desk: Desk, mail: MailTaken, view: ReleaseView, read: Sequence[_Read], marked: str) -> Letter:
    commune = view.names.commune
    name = blake2b(f"{mail.key} {mail.message_id}".encode(), digest_size=8).hexdigest()
    arrived = words.moment(datetime.fromisoformat(mail.arrived).isoformat())
    lines = [f"Tệp thứ {at}: {one.said}" for at, one in enumerate(read, 1)]
    nothing = "Thư không có tệp đính kèm nào, nên chưa nộp được gì. Đính kèm tệp rồi gửi lại."
    text = "\n".join(
        [
            f"Kính gửi {view.names.unit(mail.unit)}:",
            "",
            f"Đã nhận thư đến lúc {arrived}.",
            *(["", *lines, "", marked] if lines else [nothing]),
            "",
            "--",
            f"Thư tự động từ dữ liệu của {commune.name}, tính đến ngày {words.day(view.as_of)}.",
            f"Mã thư: {name}. Hai thư cùng mã là một thư được gửi lại.",
            "",
        ]
    )
    subject = " ".join(f"Re: {mail.subject or f'[{commune.name}]'}".split())[:_SUBJECT]
    return Letter(name, desk.token(mail.sender), view.as_of.isoformat(), subject, text, [], {})
