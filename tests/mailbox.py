"""A mail server for tests, with the mails that it took."""

from __future__ import annotations

import email
import email.policy
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.certificate import free_port

#: Who may send through a server that asks for a name and a password.
USER, PASSWORD = "xa", "matkhau-gia"
_AWAY = "421 4.3.2 away"
# What the server says of its own is nothing that the program logged.
logging.getLogger("mail.log").propagate = False


@dataclass(frozen=True)
class Mail:
    """One mail that the server took: from whom, to whom, what."""

    sender: str
    to: str
    message: EmailMessage

    @property
    def id(self) -> str:
        return str(self.message["X-Dulieuxa-Ma"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return str(self.message.get_content())


@dataclass
class MailServer:
    """The server: `mails` it took, `refused` addresses, and whether it answers at all."""

    port: int
    mails: list[Mail] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    away: bool = False

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}/?from=xa@example.org&name=Xa"

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [_AWAY] if self.away else responses

    async def handle_HELO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        return _AWAY if self.away else f"250 {hostname}"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return f"550 5.1.1 no {address} here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = cast("bytes", envelope.content)
        message = cast("EmailMessage", email.message_from_bytes(content, policy=email.policy.default))
        self.mails += [Mail(envelope.mail_from or "", each, message) for each in envelope.rcpt_tos]
        return "250 2.0.0 taken"


@contextmanager
def serve_mail(certificate: Path | None = None) -> Iterator[MailServer]:
    """The server on a port of its own; with a certificate it takes mails of `USER` over TLS alone."""
    box = MailServer(free_port())
    safe = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, certificate.with_name("key.pem"))
        safe = {"tls_context": context, "require_starttls": True, "auth_required": True}
    controller = Controller(box, "127.0.0.1", box.port, authenticator=_knows, **safe)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: object) -> AuthResult:
    known = isinstance(said, LoginPassword) and (said.login, said.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=known, handled=False)
