"""Takes the files that come by mail: the sender, by the contacts, says whose they are.

A mail is left as it is in its mailbox. What was read is remembered by the mailbox's numbers; a mail that is
there again under another number is known by its Message-ID, which the receipts have. A mail whose files can't
be taken is held: it is looked at again at every fetch, and told until it could be taken or is gone.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailAttachment,
    MailBox,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailBoxStartTls,
    MailMessage,
)

from flows.collect.archive import list_receipts_of
from flows.collect.folder import Obstacle, mask
from flows.collect.hand_in import HandInError, hand_in
from flows.collect.sources.fetch import Fetched
from flows.collect.sources.mails import MailedFile, MailTaken, read_answered
from flows.collect.sources.memory import Memory, write_memory
from flows.collect.sources.model import Access, SourceAwayError, SourceError
from flows.collect.sources.people import People
from flows.root import HERE
from flows.system.litter import is_litter
from schemas.sources import SourceSetting

_TLS_PORT, _STARTTLS_PORT = 993, 143
_AT_ONCE = 20
#: A mail carries its files in letters: four for three bytes, and its text beside them.
_PER_MB = 3 << 19
#: A mail that could not be answered for so long is not answered any more.
_WAITS = timedelta(days=14)
#: At most so many held mails are looked at again.
_HELD = 500
_DATE = re.compile(rb'UID (\d+)\b.*?INTERNALDATE "([^"]+)"|INTERNALDATE "([^"]+)".*?UID (\d+)\b', re.DOTALL)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UNIT = re.compile(r"\[\s*([A-Za-z0-9._-]+)\s*\]")
# Signatures, cards and invitations that mail programs add.
_ADDED = re.compile(
    r"application/(?:pkcs7|pgp|x-pkcs7).*|text/(?:calendar|x?-?vcard|directory)|text/rfc822-headers"
)
#: The header of our own letters.
OWN_HEADER = "x-dulieuxa-ma"


@dataclass(frozen=True, slots=True)
class _Arrived:
    """When a mail came into the mailbox, and its size."""

    at: datetime
    size: int


@contextmanager
def open_mailbox(access: Access) -> Iterator[BaseMailBox]:
    """Log in by TLS and open the folder of the mailbox; what goes wrong until it is closed is told."""
    said = access.setting
    context = ssl.create_default_context(cafile=access.certificates())
    try:
        left = access.deadline.left()
        mailbox: BaseMailBox = (
            MailBoxStartTls(said.may_chu or "", said.cong or _STARTTLS_PORT, left, context)
            if said.starttls
            else MailBox(said.may_chu or "", said.cong or _TLS_PORT, left, None, None, context)
        )
        try:
            login = mailbox.login if (access.password or "").isascii() else mailbox.login_utf8
            login(said.tai_khoan or "", access.password or "", None)
            mailbox.folder.set(said.hop_thu)
            yield mailbox
        finally:
            mailbox.client.shutdown()
    except MailboxLoginError:
        raise SourceError("máy chủ không nhận tài khoản hoặc mật khẩu này") from None
    except MailboxFolderSelectError:
        raise SourceError("không có thư mục này trong hộp thư (hop_thu)") from None
    except ssl.SSLCertVerificationError:
        raise SourceError(
            "chứng chỉ của máy chủ không đúng: có thể máy khác đang giả làm máy chủ; nếu máy chủ dùng "
            "chứng chỉ riêng thì ghi chung_chi_tep"
        ) from None
    except SourceError:
        raise
    except (OSError, imaplib.IMAP4.error, ImapToolsError):
        raise SourceAwayError("không nối được máy chủ, hoặc bị ngắt giữa chừng") from None


def take_mails(access: Access, memory: Memory, people: People) -> Fetched:
    """Hand in the files of all new mails, and remember which were read.

    Raises:
        SourceError: the mailbox can't be used any more; what was taken until then is remembered.
    """
    with open_mailbox(access) as mailbox:
        this = _Round(access, memory, people, mailbox)
        this.remove_answered()
        return this.take()


def count_mails(access: Access) -> int:
    """How many mails the mailbox has."""
    with open_mailbox(access) as mailbox:
        return int(mailbox.folder.status(access.setting.hop_thu, ["MESSAGES"])["MESSAGES"])


class _Round:
    """One look through a mailbox."""

    def __init__(self, access: Access, memory: Memory, people: People, mailbox: BaseMailBox) -> None:
        self._access, self._memory, self._people, self._mailbox = access, memory, people, mailbox
        self._setting: SourceSetting = access.setting
        self._untaken: list[Obstacle] = []
        self._new = 0
        status = mailbox.folder.status(self._setting.hop_thu, ["UIDVALIDITY"])
        series = int(status["UIDVALIDITY"])
        if memory.mark.get("series") != series:
            # The mailbox was made anew and counts from the start: receipts know its mails by Message-ID.
            memory.mark = {"series": series, "upto": 0, "held": [], "taken": []}

    def take(self) -> Fetched:
        """Hand in the files of new mails, and of held ones that can be taken by now."""
        mark = self._memory.mark
        upto = int(mark["upto"])
        present = {int(uid) for uid in self._mailbox.uids("ALL")}
        held = [uid for uid in mark["held"] if uid in present]
        self._memory.mark = {**mark, "held": held}
        new = sorted(uid for uid in present if uid > upto)
        most = self._setting.nhieu_nhat
        if len(new) > most:
            rest = f"còn {len(new) - most} thư nữa, lần sau lấy tiếp (nhieu_nhat = {most})"
            self._untaken.append(Obstacle(self._setting.title, rest))
        if len(held) > _HELD:
            rest = f"còn {len(held) - _HELD} thư cũ hơn không lấy được; xem rồi chuyển khỏi hộp thư"
            self._untaken.append(Obstacle(self._setting.title, rest))
        try:
            for uids in _in_groups([*held[-_HELD:], *new[:most]]):
                self._take_group(uids)
                write_memory(self._access.root, self._setting.name, self._memory)
        finally:
            write_memory(self._access.root, self._setting.name, self._memory)
        return Fetched(self._new, tuple(self._untaken))

    def _take_group(self, uids: Sequence[int]) -> None:
        arrived = self._ask(uids)
        for uid in uids:
            self._access.deadline.left()
            if uid not in arrived:
                # Somebody moved it away meanwhile.
                self._remember(uid, held=False)
                continue
            at, size = arrived[uid].at, arrived[uid].size
            if size > self._setting.lon_nhat_mb * _PER_MB:
                self._hold(uid, at, f"thư lớn hơn {self._setting.lon_nhat_mb} MB (lon_nhat_mb)")
            elif uid in self._memory.mark["held"] and (why := self._still_refused(uid)):
                self._hold(uid, at, why)
            else:
                for mail in self._fetch(uid, whole=True):
                    self._take_mail(uid, mail, at)

    def _still_refused(self, uid: int) -> str | None:
        """Why a held mail can't be taken now either, from its head alone."""
        return next((self._refuse(mail) for mail in self._fetch(uid, whole=False)), None)

    def _ask(self, uids: Sequence[int]) -> dict[int, _Arrived]:
        """When each mail came, by its number; mails that are gone are left out."""
        numbers = ",".join(map(str, uids))
        _, lines = self._mailbox.client.uid("FETCH", numbers, "(UID INTERNALDATE RFC822.SIZE)")
        found: dict[int, _Arrived] = {}
        for line in lines:
            text = line if isinstance(line, bytes) else b" ".join(line or ())
            if (dated := _DATE.search(text)) and (sized := _SIZE.search(text)):
                uid = int(dated[1] or dated[4])
                found[uid] = _Arrived(_read_moment(dated[2] or dated[3]), int(sized[1]))
        return found

    def _fetch(self, uid: int, *, whole: bool) -> list[MailMessage]:
        return [*self._mailbox.fetch(uid_list=[str(uid)], mark_seen=False, headers_only=not whole)]

    def _take_mail(self, uid: int, mail: MailMessage, at: datetime) -> None:
        files = [one for one in mail.attachments if _is_handed_in(one)]
        units = self._units_of(mail)
        if _header(mail, OWN_HEADER) or (not files and (not units or _is_automatic(mail))):
            self._remember(uid, held=False)
        elif why := self._refuse(mail):
            self._hold(uid, at, why)
        else:
            self._hand_in(uid, mail, at, files, _which(mail.subject, units))

    def _units_of(self, mail: MailMessage) -> Iterable[str]:
        """The units for which the sender of a mail may hand in."""
        return self._people.senders.get(mail.from_.strip().lower(), ())

    def _refuse(self, mail: MailMessage) -> str | None:
        """Why the files of a mail can't be taken; None if they can."""
        units = {*self._units_of(mail)}
        if not units:
            return "người gửi không có trong danh sách liên hệ; thêm vào lien_he.csv nếu là người của đơn vị"
        if not _which(mail.subject, units):
            codes = ", ".join(sorted(units))
            return (
                f"người gửi nộp cho nhiều đơn vị ({codes}): tiêu đề thư cần có mã đơn vị, như [{min(units)}]"
            )
        checker = self._setting.may_chu_xac_thuc
        if checker is not None and not _is_authentic(mail, checker):
            return "không chắc thư do đúng người này gửi (DMARC không đạt); hỏi lại người gửi"
        return None

    def _hand_in(
        self, uid: int, mail: MailMessage, at: datetime, files: Sequence[MailAttachment], unit: str
    ) -> None:
        message_id = _plain("".join(_header(mail, "message-id")[:1]), 200)
        series = self._memory.mark["series"]
        brought: list[MailedFile] = []
        for number, one in enumerate(files, 1):
            name = one.filename or f"tệp đính kèm {number}"
            reference = f"{message_id or f'thư {series}/{uid}'}#{number}"
            why_not = ""
            try:
                self._new += hand_in(
                    self._access.root,
                    unit,
                    name,
                    one.payload,
                    received=at,
                    via=self._setting.title,
                    reference=reference,
                ).new
            except HandInError as error:
                why_not = str(error)
                self._untaken.append(Obstacle(f"{self._setting.title}: {mask(name)}", why_not))
            content = sha256(one.payload).hexdigest()
            brought.append(MailedFile(reference, content, why_not))
        subject = _plain(mail.subject, 200)
        taken = MailTaken(
            series,
            uid,
            mail.from_.strip(),
            unit,
            message_id,
            subject,
            at.isoformat(),
            _is_automatic(mail),
            brought,
        )
        self._remember(uid, held=False, taken=taken)

    def _hold(self, uid: int, at: datetime, why: str) -> None:
        """Tell of a mail whose files can't be taken, by the time of its arrival, without naming anybody."""
        place = f"{self._setting.title}: thư đến lúc {at:%H:%M:%S ngày %d/%m/%Y}"
        self._untaken.append(Obstacle(place, why))
        self._remember(uid, held=True)

    def _remember(self, uid: int, *, held: bool, taken: MailTaken | None = None) -> None:
        mark = self._memory.mark
        others = [each for each in mark["held"] if each != uid]
        self._memory.mark = {
            **mark,
            "upto": max(int(mark["upto"]), uid),
            "held": [*others, *([uid] if held else [])],
            "taken": [*mark["taken"], *([asdict(taken)] if taken else [])],
        }

    def remove_answered(self) -> None:
        """Forget mails that were answered; delete them where that is declared, once the archive has all."""
        answered = read_answered(self._access.root, self._setting.name)
        kept, gone = [], []
        oldest = (datetime.now(HERE) - _WAITS).isoformat()
        for said in self._memory.mark["taken"]:
            mail = MailTaken.from_json(said)
            if mail.key not in answered and mail.arrived > oldest:
                kept.append(said)
            elif self._setting.xoa_sau_khi_nhan and self._has_all(mail):
                gone.append(str(mail.uid))
        if gone:
            self._mailbox.delete(gone)
        self._memory.mark = {**self._memory.mark, "taken": kept}
        write_memory(self._access.root, self._setting.name, self._memory)

    def _has_all(self, mail: MailTaken) -> bool:
        """Whether the archive has all that a mail brought."""
        root = self._access.root
        return bool(mail.files) and all(
            any(each.submission.unit == mail.unit for each in list_receipts_of(root, one.sha256))
            for one in mail.files
        )


def _in_groups(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[at : at + _AT_ONCE] for at in range(0, len(uids), _AT_ONCE))


def _read_moment(said: bytes) -> datetime:
    """The moment of an INTERNALDATE; now where the server writes none."""
    try:
        return datetime.strptime(said.decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(HERE)
    except (ValueError, OverflowError):
        return datetime.now(HERE)


def _is_handed_in(one: MailAttachment) -> bool:
    """Whether an attachment is a file that somebody hands in, not a picture in the text or a signature."""
    shown = (
        one.content_id and one.content_type.startswith("image/") and one.content_disposition != "attachment"
    )
    added = _ADDED.fullmatch(one.content_type) is not None
    left_behind = is_litter(re.split(r"[/\\]", one.filename or "")[-1])
    return not (shown or added or left_behind or one.content_type == "message/rfc822")


def _which(subject: str, units: Iterable[str]) -> str:
    """The unit for which a mail hands in: the sender's only one, or the one named in brackets; or nothing."""
    units = [*units]
    named = [unit for unit in units if unit.lower() in {each.lower() for each in _UNIT.findall(subject)}]
    found = named if len(named) == 1 else units
    return found[0] if len(found) == 1 else ""


def _is_authentic(mail: MailMessage, checker: str) -> bool:
    """Whether our own mail server says of the sender that it is he: its word stands above all others'."""
    said = _header(mail, "authentication-results")
    if not said:
        return False
    server, _, results = said[0].partition(";")
    return server.strip().split(" ")[0].lower() == checker.lower() and bool(
        re.search(r"(?:^|[;\s])dmarc\s*=\s*pass\b", results, re.IGNORECASE)
    )


def _header(mail: MailMessage, name: str) -> Sequence[str]:
    """What a mail says in all its headers of this name, the uppermost first."""
    return cast("Mapping[str, Sequence[str]]", mail.headers).get(name, ())


def _is_automatic(mail: MailMessage) -> bool:
    """Whether a program sent a mail (RFC 3834): an answer to that may be answered for ever."""
    said = "".join(_header(mail, "auto-submitted")[:1]).strip().lower()
    return said not in ("", "no") or bool(_header(mail, "list-id"))


def _plain(text: str, most: int) -> str:
    return "".join(each if each.isprintable() else " " for each in text).strip()[:most]
