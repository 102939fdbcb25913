"""A small mail server for tests, by RFC 5321, with the mails that it took."""

from __future__ import annotations

import email
import email.policy
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from threading import Thread
from typing import cast


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

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    away: bool = False

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}/?from=xa@example.org&name=Xa"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: MailServer


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box = cast("_Server", self.server).box
        if box.away:
            self._say("421 4.3.2 away")
            return
        self._say("220 localhost")
        sender, people = "", []
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            address = rest.partition("<")[2].partition(">")[0]
            match verb.upper():
                case "EHLO":
                    self._say("250-localhost", "250 8BITMIME")
                case "MAIL":
                    sender = address
                    self._say("250 2.1.0 ok")
                case "RCPT" if address in box.refused:
                    self._say(f"550 5.1.1 no {address} here")
                case "RCPT":
                    people.append(address)
                    self._say("250 2.1.5 ok")
                case "DATA":
                    self._say("354 go on")
                    message = email.message_from_bytes(self._read(), policy=email.policy.default)
                    box.mails += [Mail(sender, each, cast("EmailMessage", message)) for each in people]
                    self._say("250 2.0.0 taken")
                case "RSET":
                    sender, people = "", []
                    self._say("250 2.0.0 ok")
                case "QUIT":
                    self._say("221 2.0.0 bye")
                    return
                case _:
                    self._say("502 5.5.1 unknown")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _read(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") for line in lines)


@contextmanager
def serve_mail() -> Iterator[MailServer]:
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box = MailServer(server.server_address[1])
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.box
        finally:
            server.shutdown()
            thread.join()
