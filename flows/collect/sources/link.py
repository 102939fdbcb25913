"""One file behind a link as a source: its ETag says whether it is another one."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import httpx

from flows.collect.sources.model import Access, ChangedError, Listed, SourceError, gather
from flows.collect.sources.web import check_status, open_client, telling, to_state

_REDIRECTS = 5


@contextmanager
def open_link(access: Access) -> Iterator[_Link]:
    """Open the link."""
    with open_client(access) as client:
        yield _Link(access, client)


class _Link:
    def __init__(self, access: Access, client: httpx.Client) -> None:
        self._access, self._client = access, client
        self.refused: list[tuple[str, str]] = []

    def list(self) -> Iterable[Listed]:
        said = self._access.setting
        with self._get() as answer:
            name = said.ten_tep or unquote(posixpath.basename(urlsplit(said.dia_chi or "").path)) or "tep"
            # A server that tells no state is asked for the content each time.
            state = _state_of(answer) or f"? {time.time_ns()}"
            return [Listed(name.replace("/", "_"), state, _size_of(answer))]

    def read(self, entry: Listed, limit: int) -> bytes:
        data, whole = self._read(entry, limit)
        if not whole and self._read(entry, limit)[0] != data:
            # Nobody said how long it is: an answer that was cut looks like a whole one.
            raise ChangedError
        return data

    def _read(self, entry: Listed, limit: int) -> tuple[bytes, bool]:
        """The content, and whether the server lets us see that it is whole."""
        with self._get() as answer:
            if _state_of(answer) not in (None, entry.state):
                raise ChangedError
            data = gather(answer.iter_raw(), limit, self._access.deadline)
            said = "content-length" in answer.headers or "transfer-encoding" in answer.headers
        return data, said

    def remove(self, entry: Listed) -> None:
        """Nothing: a link is not ours to delete."""

    @contextmanager
    def _get(self) -> Iterator[httpx.Response]:
        """The answer to the link, also behind others; a link by TLS leads to none without."""
        address = httpx.URL(self._access.setting.dia_chi or "")
        secure = address.scheme == "https"
        with telling():
            for _ in range(_REDIRECTS):
                self._access.deadline.left()
                own = address.host == httpx.URL(self._access.setting.dia_chi or "").host
                auth = httpx.USE_CLIENT_DEFAULT if own else None
                with self._client.stream("GET", address, auth=auth) as answer:
                    if answer.next_request is None:
                        check_status(answer.status_code, "tệp này")
                        yield answer
                        return
                    address = answer.next_request.url
                if address.scheme not in ("http", "https") or (secure and address.scheme != "https"):
                    raise SourceError("đường dẫn dẫn tới một địa chỉ không mã hóa")
            raise SourceError("đường dẫn dẫn vòng quá nhiều lần")


def _state_of(answer: httpx.Response) -> str | None:
    return to_state(answer.headers.get("etag"), answer.headers.get("last-modified"), _size_of(answer))


def _size_of(answer: httpx.Response) -> int | None:
    said = answer.headers.get("content-length", "")
    return int(said) if said.isdecimal() else None
