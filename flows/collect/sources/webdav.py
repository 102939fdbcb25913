"""A folder of a WebDAV server, such as Nextcloud, as a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from webdav4.client import Client, ClientError, HTTPError, ResourceNotFound

from flows.collect.sources.model import (
    Access,
    ChangedError,
    Listed,
    SourceAwayError,
    SourceError,
    gather,
)
from flows.collect.sources.web import check_status, open_client, telling, to_state

_DEEPEST = 16


@contextmanager
def open_webdav(access: Access) -> Iterator[_WebDav]:
    """Open the folder."""
    with open_client(access) as client:
        yield _WebDav(access, Client(access.setting.dia_chi or "", http_client=client))


@contextmanager
def _told() -> Iterator[None]:
    with telling():
        try:
            yield
        except HTTPError as error:
            check_status(error.status_code, "thư mục hoặc tệp này")
            raise SourceError("máy chủ không trả lời theo WebDAV") from None
        except ResourceNotFound:
            raise SourceError("không có thư mục này trên máy chủ (dia_chi, duong_dan)") from None
        except ClientError:
            raise SourceAwayError("máy chủ không cho đọc lúc này") from None


class _WebDav:
    def __init__(self, access: Access, client: Client) -> None:
        self._access, self._client = access, client
        self._folder = (access.setting.duong_dan or "").strip("/")
        self.refused: list[tuple[str, str]] = []

    def list(self) -> Iterable[Listed]:
        return [*self._walk(self._folder, 0)]

    def _walk(self, folder: str, depth: int) -> Iterator[Listed]:
        self._access.deadline.left()
        with _told():
            found = self._client.ls(quote(folder), detail=True)
        for each in sorted(found, key=lambda one: str(one["name"])):
            name = str(each["name"]).strip("/")
            if each["type"] == "directory":
                if name != folder and depth < _DEEPEST:
                    yield from self._walk(name, depth + 1)
            else:
                path = name.removeprefix(f"{self._folder}/") if self._folder else name
                yield Listed(path, _state_of(each), each["content_length"])

    def read(self, entry: Listed, limit: int) -> bytes:
        name = self._name(entry)
        with _told():
            with self._client.http.stream("GET", self._client.join_url(name)) as answer:
                if answer.status_code in (404, 412):
                    raise ChangedError
                check_status(answer.status_code, "tệp này")
                data = gather(answer.iter_bytes(), limit, self._access.deadline)
            now = self._client.info(name)
        if _state_of(now) != entry.state or entry.size not in (None, len(data)):
            raise ChangedError
        return data

    def remove(self, entry: Listed) -> None:
        name = self._name(entry)
        with _told():
            if _state_of(self._client.info(name)) == entry.state:
                self._client.remove(name)

    def _name(self, entry: Listed) -> str:
        """The path of a file as addresses have it."""
        return quote(f"{self._folder}/{entry.path}" if self._folder else entry.path)


def _state_of(said: dict[str, Any]) -> str:
    state = to_state(said["etag"], said["modified"], said["content_length"])
    return state or f"{said['content_length']}"
