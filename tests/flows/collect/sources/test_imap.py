"""A mailbox as a source, against Dovecot: nothing is taken twice, nothing is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from flows.collect.archive import read_receipts
from flows.collect.inbox import collect
from flows.collect.sources import imap
from flows.collect.sources.fetch import Fetched
from flows.collect.sources.kinds import fetch_source, try_source
from flows.collect.sources.mails import list_unanswered, note_answered
from flows.collect.sources.model import SourceAwayError, SourceError
from flows.collect.sources.people import People
from flows.root import HERE, Root
from schemas.sources import make_source
from tests.certificate import free_port
from tests.flows.collect.sources.mailserver import DOVECOT, Mailbox, serve_mailbox, write_mail
from tests.flows.collect.sources.places import PASSWORD

PEOPLE = People(["T01", "T02"], {"mai@example.org": {"T01"}, "hai@example.org": {"T01", "T02"}})
EARLY = (datetime.now(HERE) - timedelta(days=2)).replace(microsecond=0)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(DOVECOT is None, reason="dovecot is not installed"),
]


@pytest.fixture(scope="module")
def served() -> Iterator[Mailbox]:
    with serve_mailbox() as box:
        yield box


@pytest.fixture
def box(served: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    monkeypatch.setenv("DULIEUXA_MAT_KHAU_THU", PASSWORD)
    yield served
    served.empty()


def fetch_from(root: Root, box: Mailbox, people: People = PEOPLE, **more: object) -> Fetched:
    return fetch_source(root, make_source("thu", {**box.said, **more}), people)


def taken(root: Root) -> list[tuple[str, str, bytes]]:
    assert collect(root).obstacles == []
    every = sorted(each.submission for each in read_receipts(root))
    return [(one.unit, one.file, one.content(root).read_bytes()) for one in every]


def answer_all(root: Root) -> None:
    for mail in list_unanswered(root, "thu"):
        note_answered(root, "thu", mail)


def test_attached_files_are_taken_once_with_the_moment_of_the_mail(root: Root, box: Mailbox) -> None:
    mail = write_mail("Mai <MAI@example.org>", ("Tháng 11.csv", b"1"), ("b.csv", b"2"), number=1)
    box.receive((mail, EARLY))
    assert fetch_from(root, box) == Fetched(2)
    assert fetch_from(root, box) == Fetched(0)
    assert taken(root) == [("T01", "Tháng 11.csv", b"1"), ("T01", "b.csv", b"2")]
    receipts = sorted(read_receipts(root), key=lambda each: each.submission)
    assert [each.reference for each in receipts] == ["<1@example.org>#1", "<1@example.org>#2"]
    assert receipts[0].submission.received == EARLY.isoformat()
    # The mail is as it was: unread.
    ((message_id, flags),) = box.list()
    assert message_id == "<1@example.org>"
    assert "\\Seen" not in flags
    (left,) = list_unanswered(root, "thu")
    assert (left.sender, left.unit, len(left.files)) == ("MAI@example.org", "T01", 2)


def test_the_same_mail_under_another_number_is_known(root: Root, box: Mailbox) -> None:
    mail = write_mail("mai@example.org", ("a.csv", b"1"), number=1)
    box.receive((mail, EARLY), (mail, EARLY))
    assert fetch_from(root, box).new == 1
    taken(root)
    (root.state / "nguon" / "thu.json").unlink()
    assert fetch_from(root, box).new == 0
    assert len(taken(root)) == 1
    # A correction in another mail is another hand-in, and so is what was handed in before.
    for number, content in ((2, b"2"), (3, b"1")):
        box.receive((write_mail("mai@example.org", ("a.csv", content), number=number), EARLY))
        assert fetch_from(root, box).new == 1
        assert taken(root)[-1][2] == content


def test_a_stranger_s_file_is_told_until_he_is_known(root: Root, box: Mailbox) -> None:
    box.receive(
        (write_mail("stranger@example.org", ("a.csv", b"1")), EARLY),
        (write_mail("spam@example.org"), EARLY),
        (write_mail("mai@example.org", ("b.csv", b"2")), EARLY),
    )
    for new in (1, 0):
        done = fetch_from(root, box)
        assert done.new == new
        (told,) = done.untaken
        assert "người gửi không có trong danh sách liên hệ" in told.why
        assert "stranger" not in str(told)
    known = People(PEOPLE.units, {**PEOPLE.senders, "stranger@example.org": {"T02"}})
    assert fetch_from(root, box, known) == Fetched(1)
    assert sorted(taken(root)) == [("T01", "b.csv", b"2"), ("T02", "a.csv", b"1")]


def test_who_hands_in_for_several_units_says_for_which(root: Root, box: Mailbox) -> None:
    box.receive(
        (write_mail("hai@example.org", ("a.csv", b"1"), subject="Nộp [t02] tháng 11"), EARLY),
        (write_mail("hai@example.org", ("b.csv", b"2")), EARLY),
    )
    done = fetch_from(root, box)
    assert (done.new, "tiêu đề thư cần có mã đơn vị" in done.untaken[0].why) == (1, True)
    assert taken(root) == [("T02", "a.csv", b"1")]


def test_only_our_own_server_vouches_for_a_sender(root: Root, box: Mailbox) -> None:
    good = "mx.xa.example; dkim=pass; dmarc=pass header.from=example.org"
    said = {1: good, 2: "mx.xa.example; dmarc=fail", 3: "elsewhere.example; dmarc=pass", 4: ""}
    for number, result in said.items():
        headers = {"Authentication_Results": result} if result else {}
        mail = write_mail("mai@example.org", (f"{number}.csv", b"%d" % number), number=number, **headers)
        box.receive((mail, EARLY))
    done = fetch_from(root, box, may_chu_xac_thuc="mx.xa.example")
    assert (done.new, len(done.untaken)) == (1, 3)
    assert taken(root) == [("T01", "1.csv", b"1")]


def test_what_is_no_file_of_a_unit_is_passed_over(root: Root, box: Mailbox) -> None:
    mail = write_mail("mai@example.org", ("a.csv", b"1"), ("~$a.xlsx", b"lock"), ("../../b.csv", b"2"))
    mail.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    mail.add_attachment(
        b"logo", maintype="image", subtype="png", filename="logo.png", disposition="inline", cid="<1>"
    )
    own = write_mail("mai@example.org", ("c.csv", b"3"), X_Dulieuxa_Ma="1")
    box.receive((mail, EARLY), (own, EARLY))
    assert fetch_from(root, box) == Fetched(2)
    assert sorted(taken(root)) == [("T01", "a.csv", b"1"), ("T01", "b.csv", b"2")]


def test_a_mail_is_deleted_once_it_is_in_the_archive_and_answered_where_that_is_declared(
    root: Root, box: Mailbox
) -> None:
    box.receive((write_mail("mai@example.org", ("a.csv", b"1")), EARLY))
    fetch_from(root, box, xoa_sau_khi_nhan=True)
    taken(root)
    fetch_from(root, box, xoa_sau_khi_nhan=True)
    assert len(box.list()) == 1
    answer_all(root)
    fetch_from(root, box, xoa_sau_khi_nhan=True)
    assert box.list() == []
    box.receive((write_mail("mai@example.org", ("b.csv", b"2")), EARLY))
    fetch_from(root, box)
    taken(root)
    answer_all(root)
    fetch_from(root, box)
    assert len(box.list()) == 1


def test_a_large_mail_is_told(root: Root, box: Mailbox) -> None:
    box.receive((write_mail("mai@example.org", ("a.csv", b"1" * (2 << 20))), EARLY))
    done = fetch_from(root, box, lon_nhat_mb=1)
    assert (done.new, [each.why for each in done.untaken]) == (0, ["thư lớn hơn 1 MB (lon_nhat_mb)"])
    assert fetch_from(root, box) == Fetched(1)


def test_a_killed_fetch_is_done_again_and_doubles_nothing(
    root: Root, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        box.receive((write_mail("mai@example.org", (f"{number}.csv", b"%d" % number), number=number), EARLY))
    hand_in, calls = imap.hand_in, []

    def die_at_the_second(*args: object, **named: object) -> object:
        done = hand_in(*args, **named)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return done

    with monkeypatch.context() as patch:
        patch.setattr(imap, "write_memory", lambda *_: None)
        patch.setattr(imap, "hand_in", die_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            fetch_from(root, box)
    assert fetch_from(root, box).new == 1
    assert [content for *_, content in taken(root)] == [b"1", b"2", b"3"]


def test_a_thousand_mails(root: Root, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    mails = [
        (write_mail("mai@example.org", (f"{at}.csv", b"%d" % at), number=at + 1), EARLY) for at in range(1000)
    ]
    box.receive(*mails)
    assert fetch_from(root, box, nhieu_nhat=700).new == 700
    assert fetch_from(root, box, nhieu_nhat=700).new == 300
    assert fetch_from(root, box) == Fetched(0)
    assert {content for *_, content in taken(root)} == {b"%d" % at for at in range(1000)}


def test_what_is_wrong_is_told(root: Root, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    setting = make_source("thu", box.said)
    assert try_source(root, setting) == (True, "Nguồn hộp thư “thu”: nối được, có 0 thư")
    for more, why in (
        ({"chung_chi_tep": None}, "chứng chỉ của máy chủ không đúng"),
        ({"hop_thu": "None"}, "không có thư mục này"),
        ({"cong": free_port()}, "không nối được máy chủ"),
    ):
        with pytest.raises(SourceError, match=why) as error:
            fetch_from(root, box, **more)
        assert isinstance(error.value, SourceAwayError) == ("cong" in more)
    monkeypatch.setenv("DULIEUXA_MAT_KHAU_THU", "wrong and secret")
    with pytest.raises(SourceError, match="không nhận tài khoản") as error:
        fetch_from(root, box)
    assert not isinstance(error.value, SourceAwayError)
    assert "secret" not in str(error.value)


def test_a_server_that_falls_silent_ends_in_time(
    root: Root, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.receive((write_mail("mai@example.org", ("a.csv", b"1")), EARLY))
    hand_in = imap.hand_in

    def then_silent(*args: object, **named: object) -> object:
        os.killpg(box.group, signal.SIGSTOP)
        return hand_in(*args, **named)  # type: ignore[arg-type]

    box.receive((write_mail("mai@example.org", ("b.csv", b"2")), EARLY))
    with monkeypatch.context() as patch:
        patch.setattr(imap, "hand_in", then_silent)
        try:
            with pytest.raises(SourceAwayError, match="bị ngắt giữa chừng"):
                fetch_from(root, box, han_giay=3)
        finally:
            os.killpg(box.group, signal.SIGCONT)
    assert fetch_from(root, box).new == 1
    assert len(taken(root)) == 2
