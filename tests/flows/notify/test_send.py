"""A letter reaches a real mail server whole, and nothing that is logged or raised names who gets it."""

from __future__ import annotations

import email
import email.policy
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.notify.send import NotSentError, send_letter, to_eml
from flows.notify.told import Letter
from tests.certificate import make_certificate
from tests.mailbox import PASSWORD, USER, MailServer, serve_mail

TEXT = "Kính gửi Thôn Mẫu:\n\n.Dòng có chấm đầu dòng\nHết — “xong”.\n"
SUBJECT = "[Xã Mẫu] Thôn Tân Lập (Thị trấn Ngọc Lặc): 12 báo cáo quá hạn, 34 việc phải sửa và 5 phần nữa"
LETTER = Letter("1a2b3c4d5e6f7a8b", "0" * 32, "2026-11-17", SUBJECT, TEXT, [], {})
CLERK = "lo.thi.man@example.org"


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with serve_mail() as box:
        yield box


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What any program hears that listens to all loggers, as Prefect's do."""
    heard, everything = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(heard), everything.level
    everything.addHandler(handler)
    everything.setLevel(1)
    yield heard
    everything.removeHandler(handler)
    everything.setLevel(level)


def test_a_letter_arrives_whole_with_its_own_id(server: MailServer, logged: io.StringIO) -> None:
    server.mails.clear()
    send_letter(server.url, CLERK, LETTER)
    send_letter(server.url, CLERK, LETTER)
    first, second = server.mails
    assert (first.sender, first.to) == ("xa@example.org", CLERK)
    assert (first.subject, first.id) == (LETTER.subject, LETTER.id)
    assert first.text.splitlines() == TEXT.splitlines()
    assert first.message["Auto-Submitted"] == "auto-generated"
    # Mail programs lay letters with the same references together; each has one `Message-ID`, as it must.
    assert first.message["References"] == second.message["References"]
    assert [len(mail.message.get_all("Message-ID")) for mail in (first, second)] == [1, 1]
    assert logged.getvalue() == ""


@pytest.mark.parametrize(
    ("sender", "why", "for_all"),
    [
        ("{url}", "máy chủ thư không nhận thư cho địa chỉ này (mã 550)", False),
        ("mailto://127.0.0.1:1/?from=xa@example.org", "không nối được máy chủ thư", True),
        ("mailtos://ten:matkhau@127.0.0.1:{port}/?from=xa@example.org", "không nối được máy chủ thư", True),
        ("mailto://127.0.0.1", "địa chỉ gửi thư không đúng: thiếu máy chủ hoặc người gửi", True),
        ("json://matkhau@127.0.0.1", "địa chỉ gửi thư không đúng dạng mailtos://…", True),
        ("x", "địa chỉ gửi thư không đúng dạng mailtos://…", True),
    ],
)
def test_why_a_letter_was_not_taken(
    sender: str,
    why: str,
    for_all: bool,
    server: MailServer,
    logged: io.StringIO,
) -> None:
    server.refused = {CLERK}
    with pytest.raises(NotSentError) as raised:
        send_letter(sender.format(url=server.url, port=server.port), CLERK, LETTER)
    assert (str(raised.value), raised.value.for_all) == (why, for_all)
    assert logged.getvalue() == ""
    server.refused = set()


def test_a_server_that_is_busy_takes_nothing(server: MailServer) -> None:
    server.away, before = True, len(server.mails)
    with pytest.raises(NotSentError, match=r"không nối được máy chủ thư \(mã 421\)"):
        send_letter(server.url, CLERK, LETTER)
    server.away = False
    assert len(server.mails) == before


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def safe(certificate: Path) -> Iterator[MailServer]:
    with serve_mail(certificate) as box:
        yield box


def test_a_letter_goes_over_tls_to_a_server_that_is_known(
    safe: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = f"mailtos://{USER}:{{}}@127.0.0.1:{safe.port}/?from=xa@example.org&mode=starttls"
    # No certificate of this machine is known.
    with pytest.raises(NotSentError, match="không nối được máy chủ thư"):
        send_letter(sender.format(PASSWORD), CLERK, LETTER)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(NotSentError, match=r"máy chủ thư từ chối đăng nhập \(mã 535\)"):
        send_letter(sender.format("sai"), CLERK, LETTER)
    with pytest.raises(NotSentError, match="từ chối đăng nhập"):
        send_letter(safe.url, CLERK, LETTER)
    assert safe.mails == []
    send_letter(sender.format(PASSWORD), CLERK, LETTER)
    assert [mail.to for mail in safe.mails] == [CLERK]


def test_a_letter_as_a_file_is_the_same_letter() -> None:
    mail = email.message_from_bytes(to_eml(CLERK, LETTER), policy=email.policy.default)
    assert (mail["To"], mail["Subject"]) == (CLERK, LETTER.subject)
    assert mail["Message-ID"] == f"<{LETTER.id}@dulieuxa.invalid>"
    assert mail.get_content().splitlines() == TEXT.splitlines()
