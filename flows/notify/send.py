"""Sends one letter through the mail server of the root.

`apprise` writes the `Message-ID` itself, a new one for each attempt, and a second header of that name would
break RFC 5322. So the letter's own id stands in `X-Dulieuxa-Ma`, in `References`, by which mail programs lay
two copies of one letter together, and in the letter's last line, for people.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.header import Header
from email.message import Message
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apprise import AppriseAttachment, LogCapture
from apprise.plugins.email import NotifyEmail

from flows.notify.told import Letter
from schemas.sources import OWN_HOSTS

# It logs addresses, and at some levels the server's password.
_LOGGER = logging.getLogger("apprise")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False

_CODE = re.compile(r"\((\d{3}), b")
# RFC 4954: who sends must log in first, or could not. RFC 5321: the server closes, whatever it was asked.
_NO_LOGIN, _CLOSES = ("530", "534", "535"), "421"
_DOMAIN = "dulieuxa.invalid"


class NotSentError(RuntimeError):
    """The mail server did not take a letter; says why without naming anybody.

    `for_all`: it would not take another one either.
    """

    def __init__(self, why: str, *, for_all: bool) -> None:
        self.for_all = for_all
        super().__init__(why)


def send_letter(sender: str, address: str, letter: Letter) -> None:
    """Send `letter` to `address` through `sender` (`mailto://…`, `mailtos://…`).

    Raises:
        NotSentError: the server did not take it, or can't be reached.
    """
    _send(sender, address, letter, _headers(letter), ())


def _send(
    sender: str, address: str, letter: Letter, headers: Mapping[str, str], files: Sequence[Path]
) -> None:
    if not sender.startswith(("mailto://", "mailtos://")):
        raise NotSentError("địa chỉ gửi thư không đúng dạng mailtos://…", for_all=True)
    attached = {"attach": AppriseAttachment([str(path) for path in files])} if files else {}
    with LogCapture(level=logging.DEBUG) as heard:  # type: ignore[no-untyped-call]
        mail = _open(sender, address, headers)
        if not mail.notify(body=letter.text, title=letter.subject, body_format="text", **attached):
            raise _explain(heard.getvalue())


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer needs beside its letter: the Message-ID of the mail, and the files that go with it."""

    message_id: str
    files: Sequence[Path]


def is_private(sender: str) -> bool:
    """Whether what is sent through `sender` is encrypted as far as its server, or stays on this machine."""
    return sender.startswith("mailtos://") or urlsplit(sender).hostname in OWN_HOSTS


def send_reply(sender: str, address: str, letter: Letter, reply: Reply) -> None:
    """Send `letter` to `address` as the answer to a mail, with files.

    Raises:
        NotSentError: the server did not take it, or can't be reached.
    """
    _send(sender, address, letter, _headers_of_reply(letter, reply), reply.files)


def _headers_of_reply(letter: Letter, reply: Reply) -> dict[str, str]:
    asked = " ".join(reply.message_id.split())
    thread = {"In-Reply-To": asked, "References": f"{asked} {_mail_id(letter)}"} if asked else {}
    return _headers(letter) | {"Auto-Submitted": "auto-replied"} | thread


def _open(sender: str, address: str, headers: Mapping[str, str]) -> NotifyEmail:
    """The mail server of `sender`, set to send this letter to this address alone."""
    parts = NotifyEmail.parse_url(sender) or {}  # type: ignore[no-untyped-call]
    parts |= {"targets": [address], "headers": {**parts.get("headers", {}), **headers}}
    try:
        return NotifyEmail(**{**parts, "format": "text"})  # type: ignore[no-untyped-call]
    except TypeError:
        why = "địa chỉ gửi thư không đúng: thiếu máy chủ hoặc người gửi"
        raise NotSentError(why, for_all=True) from None


def _headers(letter: Letter) -> dict[str, str]:
    return {
        "X-Dulieuxa-Ma": letter.id,
        "References": _mail_id(letter),
        # RFC 3834: no automatic answer is wanted.
        "Auto-Submitted": "auto-generated",
    }


def _mail_id(letter: Letter) -> str:
    return f"<{letter.id}@{_DOMAIN}>"


def _explain(heard: str) -> NotSentError:
    """Why a letter was not taken, from what `apprise` logged; the log names people and is not repeated."""
    found = _CODE.search(heard)
    code = found[1] if found else None
    told = f" (mã {code})" if code else ""
    if code in _NO_LOGIN:
        return NotSentError(f"máy chủ thư từ chối đăng nhập{told}", for_all=True)
    if "Sending email to" in heard and code != _CLOSES:
        return NotSentError(f"máy chủ thư không nhận thư cho địa chỉ này{told}", for_all=False)
    return NotSentError(f"không nối được máy chủ thư{told}", for_all=True)


def to_eml(address: str, letter: Letter) -> bytes:
    """The letter as a file that mail programs open."""
    mail: Message[Any, Any] = MIMEText(letter.text, "plain", "utf-8")
    # Python's newer policies lose spaces where they fold a long subject.
    mail["Subject"], mail["To"] = Header(letter.subject, "utf-8"), address
    mail["Message-ID"] = _mail_id(letter)
    for name, value in _headers(letter).items():
        mail[name] = value
    return mail.as_bytes()
