"""Stands before every page: limits of size and time, where a request comes from, headers, the access log."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.files import append_line
from flows.root import HERE

#: Bytes of one request: of forms, and of uploads.
LARGEST_FORM, LARGEST_UPLOAD = 1 << 20, 64 << 20
#: Seconds without a byte, and bytes a second that must come on average after the first half minute.
SILENT, SLOWEST, AT_FIRST = 15.0, 20_000, 30.0
#: Bytes of the access log; then it begins anew and the former one is kept beside it.
LARGEST_LOG = 10 << 20

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cache-control": "no-store",
}
#: What is said of a body that is refused.
TOO_LARGE, TOO_SLOW = "Tệp gửi lên lớn hơn mức cho phép.", "Gửi quá chậm hoặc đã ngừng giữa chừng."
_SAFE = ("GET", "HEAD", "OPTIONS")


class BodyTooLargeError(MultiPartException):
    """A body is larger than it may be."""


class BodyTooSlowError(MultiPartException):
    """A body comes too slowly, or no longer."""


@dataclass(slots=True)
class RequestLimits:
    """How large and how slow requests may be; see the constants of this module."""

    form: int = LARGEST_FORM
    upload: int = LARGEST_UPLOAD
    silent: float = SILENT
    slowest: int = SLOWEST
    at_first: float = AT_FIRST


@dataclass(slots=True)
class AccessLog:
    """Writes one JSON line a request: no names, no addresses of people, no text that anybody typed.

    `pages` are the first parts of our addresses; of others nothing is written.
    """

    path: Path
    pages: frozenset[str]
    _size: int = field(default=-1)

    def write(self, line: MutableMapping[str, Any]) -> None:
        """Append one line."""
        text = json.dumps({"when": datetime.now(HERE).isoformat(timespec="milliseconds"), **line})
        if self._size < 0:
            self._size = self.path.stat().st_size if self.path.exists() else 0
        if self._size > LARGEST_LOG:
            self.path.replace(self.path.with_suffix(".1.jsonl"))
            self._size = 0
        append_line(self.path, text)
        self._size += len(text) + 1


@dataclass(slots=True)
class Gate:
    """The outermost layer of the page.

    `secure` says that readers come by TLS. A page that sets a policy of its own for content keeps it.
    """

    app: ASGIApp
    log: AccessLog
    limits: RequestLimits
    secure: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, said = time.perf_counter(), _Answered()
        state = scope.setdefault("state", {})

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                said.status = message["status"]
                self._add_headers(message)
            await send(message)

        state["body"] = body = _Body(receive, self._largest(scope), self.limits)
        try:
            if refused := self._refuse(scope):
                await refused(scope, receive, answer)
            else:
                await self.app(scope, body.receive, answer)
        except BodyTooLargeError:
            await self._stop(scope, receive, answer, said, 413, TOO_LARGE)
        except BodyTooSlowError:
            await self._stop(scope, receive, answer, said, 408, TOO_SLOW)
        finally:
            self.log.write(
                {
                    "method": scope["method"],
                    "page": first if (first := scope["path"].split("/")[1]) in self.log.pages else "?",
                    "status": said.status,
                    "ms": round(1000 * (time.perf_counter() - began)),
                    "bytes": body.got,
                    "role": state.get("role"),
                    "unit": state.get("unit"),
                }
            )

    def _largest(self, scope: Scope) -> int:
        kind = Headers(scope=scope).get("content-type", "")
        return self.limits.upload if kind.startswith("multipart/form-data") else self.limits.form

    def _refuse(self, scope: Scope) -> PlainTextResponse | None:
        """Refuse, before its body is read, what is too large or what another site sends."""
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if length and (not length.isdigit() or int(length) > self._largest(scope)):
            return _say(413, TOO_LARGE)
        if scope["method"] in _SAFE:
            return None
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        foreign = site is not None and site not in ("same-origin", "none")
        if origin is not None and urlsplit(origin).netloc != headers.get("host", ""):
            foreign = True
        return _say(403, "Yêu cầu này đến từ một trang khác nên không được nhận.") if foreign else None

    async def _stop(
        self, scope: Scope, receive: Receive, send: Send, said: _Answered, status: int, why: str
    ) -> None:
        if said.status is None:
            # The rest of the body is never read: the server closes the line.
            with suppress(OSError):
                await _say(status, why)(scope, receive, send)

    def _add_headers(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if self.secure:
            headers.setdefault("strict-transport-security", "max-age=31536000")


@dataclass(slots=True)
class _Answered:
    status: int | None = None


def _say(status: int, why: str) -> PlainTextResponse:
    return PlainTextResponse(why + "\n", status, {"connection": "close"})


@dataclass(slots=True)
class _Body:
    """Counts a body while it comes."""

    source: Receive
    largest: int
    limits: RequestLimits
    got: int = 0
    #: With which status the page answers; the parser of forms turns every error into a 400.
    refused: int | None = None
    _began: float | None = None
    _over: bool = False

    def _refuse(self, error: MultiPartException, status: int) -> MultiPartException:
        self.refused = status
        return error

    async def receive(self) -> Message:
        """The next piece.

        Raises:
            BodyTooLargeError: more came than may come.
            BodyTooSlowError: nothing came for a while, or too little altogether.
        """
        if self._over:
            return await self.source()
        now = time.monotonic()
        self._began = self._began or now
        try:
            message = await asyncio.wait_for(self.source(), self.limits.silent)
        except TimeoutError:
            raise self._refuse(BodyTooSlowError(TOO_SLOW), 408) from None
        if message["type"] != "http.request":
            return message
        self.got += len(message.get("body", b""))
        self._over = not message.get("more_body", False)
        if self.got > self.largest:
            raise self._refuse(BodyTooLargeError(TOO_LARGE), 413)
        late = time.monotonic() - self._began - self.limits.at_first
        if not self._over and late > 0 and self.got < late * self.limits.slowest:
            raise self._refuse(BodyTooSlowError(TOO_SLOW), 408)
        return message
