"""A share of a Windows or Samba server as a source; what goes over the line is signed and encrypted."""

from __future__ import annotations

import ntpath
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Timer
from typing import Any

import smbclient
from smbprotocol.exceptions import (
    AccessDenied,
    BadNetworkName,
    LogonFailure,
    SMBAuthenticationError,
    SMBException,
    SMBOSError,
)
from spnego.exceptions import SpnegoError

from flows.collect.sources.model import (
    Access,
    ChangedError,
    Listed,
    SourceAwayError,
    SourceError,
    blocks_of,
    gather,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PORT = 445
_DEEPEST = 16
# NTSTATUS: somebody has the file open for writing; it is gone; the folder is not there.
_IN_USE, _NO_FILE, _NO_FOLDER = 0xC0000043, 0xC0000034, 0xC000003A
# The share is not there, also as a server says that has no others to name; no right to the file.
_NO_SHARE, _DENIED = (0xC00000CC, 0xC0000225), 0xC0000022
_UNKNOWN_SHARE = "không có thư mục chia sẻ này trên máy chủ (chia_se)"


@contextmanager
def open_smb(access: Access) -> Iterator[_Smb]:
    """Log in and open the share."""
    said = access.setting
    held: dict[str, Any] = {}
    where = {
        "username": said.tai_khoan,
        "password": access.password or "",
        "port": said.cong or _PORT,
        "encrypt": True,
        "connection_timeout": int(access.deadline.left()) + 1,
        "connection_cache": held,
    }
    # The library waits for an answer as long as it takes: at the deadline the line is cut.
    watch = Timer(max(access.deadline.at - time.monotonic(), 0), _cut, [held])
    watch.daemon = True
    watch.start()
    try:
        with _told():
            smbclient.register_session(said.may_chu or "", require_signing=True, **where)
        yield _Smb(access, where)
    finally:
        watch.cancel()
        _cut(held)


def _cut(held: Mapping[str, Any]) -> None:
    for connection in [*held.values()]:
        connection.disconnect(close=False)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (LogonFailure, AccessDenied, SMBAuthenticationError, SpnegoError):
        raise SourceError("máy chủ không nhận tài khoản hoặc mật khẩu này") from None
    except BadNetworkName:
        raise SourceError(_UNKNOWN_SHARE) from None
    except SMBOSError as error:
        if error.ntstatus in (_NO_FILE, _NO_FOLDER):
            raise SourceError("không có thư mục này trong thư mục chia sẻ (duong_dan)") from None
        if error.ntstatus in _NO_SHARE:
            raise SourceError(_UNKNOWN_SHARE) from None
        if error.ntstatus == _DENIED:
            raise SourceError("máy chủ không cho đọc thư mục hoặc tệp này") from None
        raise SourceAwayError("không nối được máy chủ, hoặc bị ngắt giữa chừng") from None
    except SourceError:
        raise
    except (SMBException, OSError, ValueError):
        raise SourceAwayError("không nối được máy chủ, hoặc bị ngắt giữa chừng") from None


class _Smb:
    def __init__(self, access: Access, where: dict[str, Any]) -> None:
        self._access, self._where = access, where
        said = access.setting
        base = (said.duong_dan or "").replace("/", "\\").strip("\\")
        self._base = f"\\\\{said.may_chu}\\{said.chia_se}" + (f"\\{base}" if base else "")
        self.refused: list[tuple[str, str]] = []

    def list(self) -> Iterable[Listed]:
        return [*self._walk("", 0)]

    def _walk(self, below: str, depth: int) -> Iterator[Listed]:
        self._access.deadline.left()
        with _told():
            found = [
                (each.name, each.is_symlink(), each.is_dir(), _state_of(each.smb_info), each.smb_info)
                for each in smbclient.scandir(self._path(below), **self._where)
            ]
        for name, is_link, is_folder, state, info in sorted(found, key=lambda one: one[0]):
            path = f"{below}/{name}" if below else name
            if is_link:
                self.refused.append((path, "là liên kết, không phải tệp; chép chính tệp vào đây"))
            elif not is_folder:
                yield Listed(path, state, int(info.end_of_file))
            elif depth < _DEEPEST:
                yield from self._walk(path, depth + 1)

    def read(self, entry: Listed, limit: int) -> bytes:
        path = self._path(entry.path)
        self._access.deadline.left()
        with _told():
            try:
                # Nobody may be writing the file, nor begin to.
                with smbclient.open_file(path, mode="rb", share_access="r", **self._where) as file:
                    data = gather(blocks_of(file.read), limit, self._access.deadline)
                now = self._look(path)
            except SMBOSError as error:
                if error.ntstatus in (_IN_USE, _NO_FILE, _NO_FOLDER):
                    raise ChangedError from None
                raise
        if now != entry.state or len(data) != entry.size:
            raise ChangedError
        return data

    def _look(self, path: str) -> str:
        seen = smbclient.stat(path, **self._where)
        return f"{seen.st_size} {seen.st_mtime_ns // 1000}" if stat.S_ISREG(seen.st_mode) else ""

    def remove(self, entry: Listed) -> None:
        path = self._path(entry.path)
        with _told():
            if self._look(path) == entry.state:
                smbclient.remove(path, **self._where)

    def _path(self, path: str) -> str:
        return ntpath.join(self._base, path.replace("/", "\\")) if path else self._base


def _state_of(info: Any) -> str:
    """Size and time of the last write, in microseconds."""
    return f"{info.end_of_file} {(info.last_write_time - _EPOCH) // timedelta(microseconds=1)}"
