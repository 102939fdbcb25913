"""A mail that brought files is answered once, when the release has them; workbooks go to the unit alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from flows.collect import inbox
from flows.collect.hand_in import hand_in
from flows.collect.inbox import collect
from flows.collect.sources.mails import MailedFile, MailTaken, list_unanswered
from flows.collect.sources.memory import Memory, write_memory
from flows.notify.answers import LARGEST
from flows.notify.send import is_private
from flows.notify.settings import SENDER
from flows.notify.tell import tell
from flows.release.places import MARKED, UNITS, path_of_receipt
from flows.root import HERE
from tests.flows.notify.made import CONTRACTS, TUESDAY, Commune
from tests.mailbox import Mail, MailServer, serve_mail

CLERK = "mai@example.org"
CONTENT = b"a;b"
SHA = sha256(CONTENT).hexdigest()
MAIL = MailTaken(
    series=7,
    uid=1,
    sender=CLERK,
    unit="T01",
    message_id="<1@example.org>",
    subject="Báo cáo tháng 11",
    arrived=datetime.now(HERE).isoformat(),
    automatic=False,
    files=[MailedFile("<1@example.org>#1", SHA)],
)
NOW = datetime.combine(TUESDAY, datetime.min.time(), HERE) + timedelta(hours=9)
ROW = {
    "unit": "T01",
    "file": "a.csv",
    "submission": SHA,
    "received": NOW.isoformat(),
    "dataset": "ho_gia_dinh",
    "period": "2026-11",
    "state": "mot_phan",
    "rows_accepted": 10,
    "rows_quarantined": 2,
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    monkeypatch.setattr(inbox, "SETTLE_SECONDS", 0)
    with serve_mail() as box:
        monkeypatch.setenv(SENDER, box.url)
        yield box


def brought(commune: Commune, *mails: MailTaken) -> None:
    """The mailbox `thu` brought these mails; the archive has the file of the first."""
    text = '[nguon.thu]\nloai = "imap"\nmay_chu = "127.0.0.1"\ntai_khoan = "xa"\n'
    (commune.root.path / "xa.toml").write_text(text, encoding="utf-8")
    commune.declare(f"T01,Mai,{CLERK},nguoi_nop,")
    hand_in(
        commune.root,
        "T01",
        "a.csv",
        CONTENT,
        received=datetime.now(HERE),
        via="hộp thư “thu”",
        reference=MAIL.files[0].reference,
    )
    collect(commune.root)
    write_memory(commune.root, "thu", Memory(mark={"series": 7, "taken": [asdict(each) for each in mails]}))


def publish(commune: Commune, marked: bytes = b"workbook") -> None:
    commune.publish(TUESDAY, submissions=[ROW])
    reports = commune.root.latest.resolve() / "reports"
    page = reports / path_of_receipt("T01", "a.csv", SHA)
    book = reports / UNITS / "T01" / MARKED / "a (đã đánh dấu).xlsx"
    for path, content in (
        (page, f'<a href="../{MARKED}/a%20%28%C4%91%C3%A3%20%C4%91%C3%A1nh%20d%E1%BA%A5u%29.xlsx">'),
        (book, ""),
    ):
        path.parent.mkdir(parents=True)
        path.write_text(content)
    book.write_bytes(marked)


def answers(commune: Commune, server: MailServer) -> list[Mail]:
    """The answers since the last call; digests are left out."""
    server.mails.clear()
    done = tell(commune.root, CONTRACTS, NOW)
    assert done.sent == len(server.mails)
    return [mail for mail in server.mails if mail.message["Auto-Submitted"] == "auto-replied"]


def test_a_mail_is_answered_once_when_the_release_has_its_files(commune: Commune, server: MailServer) -> None:
    brought(commune, MAIL)
    commune.publish(TUESDAY)
    assert answers(commune, server) == []
    publish(commune)
    (answer,) = answers(commune, server)
    assert (answer.to, answer.subject) == (CLERK, "Re: Báo cáo tháng 11")
    assert answer.message["In-Reply-To"] == MAIL.message_id
    (book,) = answer.message.iter_attachments()
    assert book.get_filename() == "a (đã đánh dấu).xlsx"
    assert book.get_content() == b"workbook"
    text = answer.message.get_body().get_content()  # type: ignore[union-attr]
    assert "Tệp thứ 1: “Hộ gia đình" in text
    assert "10 dòng được công bố, 2 dòng bị giữ lại chờ sửa" in text
    assert "Kèm thư này là tệp đã đánh dấu ô sai" in text
    assert answers(commune, server) == []
    assert list_unanswered(commune.root, "thu") == []


def test_an_answer_that_was_not_taken_is_sent_later(commune: Commune, server: MailServer) -> None:
    brought(commune, MAIL)
    publish(commune)
    server.away = True
    assert answers(commune, server) == []
    server.away = False
    assert len(answers(commune, server)) == 1


def test_nobody_else_is_answered(commune: Commune, server: MailServer) -> None:
    brought(commune, replace(MAIL, sender="other@example.org"), replace(MAIL, uid=2, automatic=True))
    publish(commune)
    assert answers(commune, server) == []


def test_a_mail_without_a_file_and_one_that_could_not_be_taken_are_told(
    commune: Commune, server: MailServer
) -> None:
    refused = MailedFile("<3@example.org>#1", "0" * 64, "là lối tắt, không phải tệp")
    brought(commune, replace(MAIL, uid=2, files=[]), replace(MAIL, uid=3, files=[refused]))
    publish(commune)
    none, one = answers(commune, server)
    assert "Thư không có tệp đính kèm nào" in none.text
    assert "Tệp thứ 1: không nhận được, vì là lối tắt" in one.text


def test_a_large_workbook_is_not_sent(commune: Commune, server: MailServer) -> None:
    brought(commune, MAIL)
    publish(commune, b"x" * (LARGEST + 1))
    (answer,) = answers(commune, server)
    assert not [*answer.message.iter_attachments()]
    assert f"Tệp đã đánh dấu ô sai: {UNITS}/T01.html" in answer.text


@pytest.mark.parametrize(
    "said",
    [
        {"subject": "x\r\nBcc: all@example.org"},
        {"message_id": "<1@example.org>\r\nBcc: all@example.org"},
        {"subject": "x\u2028\x0bBcc: all@example.org"},
    ],
)
def test_no_mail_writes_headers_of_its_answer(
    commune: Commune, server: MailServer, said: dict[str, str]
) -> None:
    brought(commune, replace(MAIL, **said))
    publish(commune)
    (answer,) = answers(commune, server)
    assert answer.message["Bcc"] is None
    assert {mail.to for mail in server.mails} == {CLERK}


def test_workbooks_go_only_where_nobody_reads_them_on_the_way() -> None:
    assert is_private("mailtos://xa:x@mail.example.org?from=xa@example.org")
    assert is_private("mailto://127.0.0.1:25/?from=xa@example.org")
    assert not is_private("mailto://mail.example.org/?from=xa@example.org")
