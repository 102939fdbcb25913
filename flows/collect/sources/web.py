"""Opens a client for sources that speak HTTP, and says in Vietnamese what goes wrong on the way."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from flows.collect.sources.model import Access, SourceAwayError, SourceError

_AWAY = "không nối được máy chủ, hoặc bị ngắt giữa chừng"


@contextmanager
def open_client(access: Access) -> Iterator[httpx.Client]:
    """A client with the login and the certificates of the source; nothing is asked yet."""
    said = access.setting
    login = httpx.BasicAuth(said.tai_khoan, access.password or "") if said.tai_khoan else None
    trusted = access.certificates()
    context = ssl.create_default_context(cafile=trusted)
    with telling(), httpx.Client(auth=login, verify=context, timeout=access.deadline.left()) as client:
        # What is packed on the way has another length than the file.
        client.headers["Accept-Encoding"] = "identity"
        yield client


@contextmanager
def telling() -> Iterator[None]:
    """Turn the errors of HTTP into those of a source."""
    try:
        yield
    except httpx.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise SourceError(
                "chứng chỉ của máy chủ không đúng: có thể máy khác đang giả làm máy chủ; nếu máy chủ dùng "
                "chứng chỉ riêng thì ghi chung_chi_tep"
            ) from None
        raise SourceAwayError(_AWAY) from None
    except httpx.HTTPError:
        raise SourceAwayError(_AWAY) from None


def check_status(code: int, what: str) -> None:
    """Refuse an answer that is not what was asked for.

    Raises:
        SourceError: the login is not taken, or `what` is not there.
        SourceAwayError: the server is in trouble.
    """
    if code in (401, 403, 407):
        raise SourceError(f"máy chủ không nhận tài khoản hoặc mật khẩu này (mã {code})")
    if code in (404, 410):
        raise SourceError(f"không có {what} trên máy chủ (mã {code})")
    if code == 429 or code >= 500:
        raise SourceAwayError(f"máy chủ đang trục trặc (mã {code})")
    if not 200 <= code < 300:
        raise SourceError(f"máy chủ trả lời mã {code}")


def to_state(tag: str | None, changed: object, size: object) -> str | None:
    """The state of a file by its ETag, else by when it changed and its size; None if neither is told."""
    if tag:
        return f"etag {tag.removeprefix('W/').strip(chr(34))}"
    return f"{size} {changed}" if changed else None
