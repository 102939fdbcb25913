"""A bucket of a store that speaks S3 as a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import s3fs
from botocore.exceptions import BotoCoreError, NoCredentialsError, SSLError

from flows.collect.sources.model import (
    ANSWER_SECONDS,
    Access,
    ChangedError,
    Listed,
    SourceAwayError,
    SourceError,
)


@contextmanager
def open_s3(access: Access) -> Iterator[_S3]:
    """Open the bucket; without a user the machine's own access is used."""
    said = access.setting
    trusted = access.certificates()
    wait = {"connect_timeout": access.deadline.left(), "read_timeout": ANSWER_SECONDS}
    store = s3fs.S3FileSystem(
        key=said.tai_khoan,
        secret=access.password if said.tai_khoan else None,
        endpoint_url=said.dia_chi,
        client_kwargs={"verify": str(trusted)} if trusted else {},
        config_kwargs={**wait, "retries": {"total_max_attempts": 1}},
        skip_instance_cache=True,
        use_listings_cache=False,
    )
    store.retries = 1
    yield _S3(access, store)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (PermissionError, NoCredentialsError):
        raise SourceError("kho không nhận tài khoản hoặc mật khẩu này") from None
    except FileNotFoundError:
        raise SourceError("không có kho này, hoặc không có thư mục này trong kho (kho, duong_dan)") from None
    except SSLError:
        raise SourceError(
            "chứng chỉ của máy chủ không đúng: có thể máy khác đang giả làm máy chủ; nếu máy chủ dùng "
            "chứng chỉ riêng thì ghi chung_chi_tep"
        ) from None
    except (OSError, BotoCoreError):
        raise SourceAwayError("không nối được máy chủ, hoặc bị ngắt giữa chừng") from None


class _S3:
    def __init__(self, access: Access, store: s3fs.S3FileSystem) -> None:
        self._access, self._store = access, store
        self._base = "/".join([access.setting.kho or "", *access.setting.duong_dan.strip("/").split("/")])
        self._base = self._base.rstrip("/")
        self.refused: list[tuple[str, str]] = []

    def list(self) -> Iterable[Listed]:
        with _told():
            found = self._store.find(self._base, detail=True)
            if not found and not self._store.exists(self._access.setting.kho):
                raise FileNotFoundError
        names = {name: said for name, said in found.items() if name != self._base and not name.endswith("/")}
        return [
            Listed(name.removeprefix(f"{self._base}/"), _state_of(said), said["size"])
            for name, said in sorted(names.items())
        ]

    def read(self, entry: Listed, limit: int) -> bytes:
        name = f"{self._base}/{entry.path}"
        with _told():
            try:
                data: bytes = self._store.cat_file(name)
                now = self._store.info(name, refresh=True)
            except FileNotFoundError:
                raise ChangedError from None
        # An object is put there as a whole: it is the one that was listed if it still is that one now.
        if _state_of(now) != entry.state or len(data) != entry.size:
            raise ChangedError
        return data

    def remove(self, entry: Listed) -> None:
        name = f"{self._base}/{entry.path}"
        with _told():
            if _state_of(self._store.info(name, refresh=True)) == entry.state:
                self._store.rm_file(name)


def _state_of(said: dict[str, Any]) -> str:
    return f"{said['size']} {said.get('ETag')} {said.get('LastModified')}"
