"""A folder of an SFTP server as a source; the server must show the key that was declared."""

from __future__ import annotations

import asyncio
import posixpath
import stat
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import asyncssh

from flows.collect.sources.model import (
    Access,
    ChangedError,
    Listed,
    SourceAwayError,
    SourceError,
    TooLargeError,
    read_secret,
)

T = TypeVar("T")
_PORT = 22
_DEEPEST = 16
_GONE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)


@contextmanager
def open_sftp(access: Access) -> Iterator[_Sftp]:
    """Log in and open the folder."""
    with asyncio.Runner() as runner:
        session = _Session(access, runner)
        with session.told():
            connection = session.connection = session.run(_connect(access))
        try:
            with session.told():
                client = session.run(_start(connection))
            yield _Sftp(session, client, access.setting.duong_dan or ".")
        finally:
            connection.abort()


async def _connect(access: Access) -> asyncssh.SSHClientConnection:
    said = access.setting
    keys = None
    if said.khoa_tep is not None:
        text = read_secret(access.root, said.khoa_tep)
        try:
            keys = [asyncssh.import_private_key(text, access.password)]
        except asyncssh.KeyImportError:
            raise SourceError(f"không đọc được khóa trong tệp {said.khoa_tep}") from None
    try:
        trusted = asyncssh.import_public_key(said.khoa_may_chu or "")
    except asyncssh.KeyImportError:
        raise SourceError("khoa_may_chu phải là khóa công khai, như “ssh-ed25519 AAAA…”") from None
    return await asyncssh.connect(
        said.may_chu or "",
        said.cong or _PORT,
        username=said.tai_khoan or "",
        password=None if keys else access.password,
        client_keys=keys,
        known_hosts=([trusted], [], []),
        agent_path=None,
        config=None,
        x509_trusted_certs=None,
        login_timeout=access.deadline.left(),
        preferred_auth=["publickey"] if keys else ["password", "keyboard-interactive"],
    )


async def _start(connection: asyncssh.SSHClientConnection) -> asyncssh.SFTPClient:
    return await connection.start_sftp_client()


class _Session:
    """Runs what takes time until the deadline, and says in Vietnamese what went wrong."""

    def __init__(self, access: Access, runner: asyncio.Runner) -> None:
        self._access, self._runner = access, runner
        self.connection: asyncssh.SSHClientConnection | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            left = self._access.deadline.left()
        except SourceAwayError:
            work.close()
            raise
        return self._runner.run(self._bound(work, left))

    async def _bound(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """Do `work`; after so many seconds cut the line, or closing a file would wait for the server."""
        task = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if done:
            return task.result()
        if self.connection is not None:
            self.connection.abort()
        task.cancel()
        raise TimeoutError

    @contextmanager
    def told(self) -> Iterator[None]:
        try:
            yield
        except asyncssh.PermissionDenied:
            raise SourceError("máy chủ không nhận tài khoản, mật khẩu hoặc khóa này") from None
        except asyncssh.HostKeyNotVerifiable:
            raise SourceError(
                "khóa của máy chủ khác khoa_may_chu: có thể máy khác đang giả làm máy chủ; hỏi người giữ máy "
                "chủ trước khi đổi khoa_may_chu"
            ) from None
        except asyncssh.SFTPPermissionDenied:
            raise SourceError("máy chủ không cho đọc thư mục hoặc tệp này") from None
        except _GONE:
            raise SourceError("không có thư mục này trên máy chủ (duong_dan)") from None
        except (TimeoutError, asyncssh.Error, OSError) as error:
            if isinstance(error, SourceAwayError):
                raise
            raise SourceAwayError("không nối được máy chủ, hoặc bị ngắt giữa chừng") from None


class _Sftp:
    def __init__(self, session: _Session, client: asyncssh.SFTPClient, folder: str) -> None:
        self._session, self._client, self._folder = session, client, folder
        self.refused: list[tuple[str, str]] = []

    def list(self) -> Iterable[Listed]:
        return [*self._walk("", 0)]

    def _walk(self, below: str, depth: int) -> Iterator[Listed]:
        with self._session.told():
            place = posixpath.join(self._folder, below)
            found = self._session.run(self._client.readdir(place))
        for each in sorted(found, key=lambda one: str(one.filename)):
            name, mode = str(each.filename), each.attrs.permissions or 0
            if name in (".", ".."):
                continue
            path = posixpath.join(below, name)
            if stat.S_ISDIR(mode) and depth < _DEEPEST:
                yield from self._walk(path, depth + 1)
            elif stat.S_ISREG(mode):
                yield Listed(path, _state_of(each.attrs), each.attrs.size)
            else:
                self.refused.append((path, "không phải tệp; nếu là liên kết thì chép chính tệp vào đây"))

    def read(self, entry: Listed, limit: int) -> bytes:
        try:
            with self._session.told():
                data, attrs = self._session.run(self._read(entry, limit))
        except SourceError as error:
            if isinstance(error.__context__, _GONE):
                raise ChangedError from None
            raise
        if len(data) > limit:
            raise TooLargeError
        if _state_of(attrs) != entry.state or len(data) != entry.size:
            raise ChangedError
        return data

    async def _read(self, entry: Listed, limit: int) -> tuple[bytes, asyncssh.SFTPAttrs]:
        """The content, and the state of whatever bears the name afterwards."""
        path = posixpath.join(self._folder, entry.path)
        async with self._client.open(path, "rb", encoding=None) as file:
            data = cast("bytes", await file.read(limit + 1 if entry.size is None else entry.size))
        return data, await self._client.lstat(path)

    def remove(self, entry: Listed) -> None:
        path = posixpath.join(self._folder, entry.path)
        with self._session.told():
            if _state_of(self._session.run(self._client.lstat(path))) == entry.state:
                self._session.run(self._client.remove(path))


def _state_of(attrs: asyncssh.SFTPAttrs) -> str:
    return f"{attrs.size} {attrs.mtime}"
