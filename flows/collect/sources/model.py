"""What every kind of source has: how its files are listed, read and removed, and what may go wrong."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from flows.root import Root
from schemas.sources import SourceSetting

#: No answer for so long: the host is away.
ANSWER_SECONDS = 30
_BLOCK = 1 << 18


class SourceError(Exception):
    """A source can't be used; says why in a Vietnamese sentence that names nobody and no secret."""


class SourceAwayError(SourceError, OSError):
    """A source can't be used now: it may be there again in a moment."""


class ChangedError(Exception):
    """A file is not what it was when it was listed: somebody is writing it."""


class TooLargeError(Exception):
    """A file is larger than what is fetched from its source."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file at a source.

    Attributes:
        path: Its path below the folder of the source, with slashes.
        state: Changes whenever the file does, as far as the source tells.
        size: Its size in bytes; None where the source does not tell.
    """

    path: str
    state: str
    size: int | None


class Files(Protocol):
    """An open source of files; once listed, `refused` has what is no file, and why."""

    refused: list[tuple[str, str]]

    def list(self) -> Iterable[Listed]:
        """Its files."""
        ...

    def read(self, entry: Listed, limit: int) -> bytes:
        """The content of a file that was not listed as larger than `limit` bytes.

        Raises:
            ChangedError: it is not the file that was listed.
            TooLargeError: it is larger all the same.
            SourceError: the source can't be used.
        """
        ...

    def remove(self, entry: Listed) -> None:
        """Delete a file, unless it is another one than was listed."""
        ...


class OpenFiles(Protocol):
    """Opens a source of one kind; every error on the way is a `SourceError`."""

    def __call__(self, access: Access) -> AbstractContextManager[Files]:
        """Open the source, until the context ends."""
        ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which a fetch must be done."""

    at: float

    @classmethod
    def within(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """How many seconds are left, at most those that an answer may take.

        Raises:
            SourceAwayError: none is left.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise SourceAwayError("chưa xong trong thời hạn; lần sau lấy tiếp")
        return min(left, ANSWER_SECONDS)


@dataclass(frozen=True, slots=True)
class Access:
    """All that is needed to open a source."""

    root: Root
    setting: SourceSetting
    deadline: Deadline
    password: str | None = field(default=None, repr=False)

    def path(self, told: str | None) -> Path | None:
        """A file that the setting names, from the root."""
        return None if told is None else self.root.path / told

    def certificates(self) -> Path | None:
        """The file with the certificates of those who vouch for the host, if not the usual ones.

        Raises:
            SourceError: it is not there.
        """
        path = self.path(self.setting.chung_chi_tep)
        if path is not None and not path.is_file():
            raise SourceError(f"không có tệp {self.setting.chung_chi_tep} ghi ở chung_chi_tep")
        return path


def variable_of(setting: SourceSetting) -> str:
    """The environment variable that holds the password of a source."""
    return f"DULIEUXA_MAT_KHAU_{re.sub(r'[^A-Z0-9]', '_', setting.name.upper())}"


def read_password(root: Root, setting: SourceSetting) -> str | None:
    """The password of a source: from its file, or else from the environment.

    Raises:
        SourceError: others can read the file, or it is not there.
    """
    if setting.mat_khau_tep is None:
        return os.environ.get(variable_of(setting)) or None
    return read_secret(root, setting.mat_khau_tep).strip().split("\n")[0].strip() or None


def read_secret(root: Root, told: str) -> str:
    """The text of a file that only its owner may read.

    Raises:
        SourceError: others can read it, or it is not there.
    """
    path = root.path / told
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise SourceError(f"không đọc được tệp {told}") from None
    if mode & 0o077:
        raise SourceError(f"người khác cũng đọc được tệp {told}; chạy: chmod 600 {path}")
    return text


def gather(blocks: Iterable[bytes], limit: int, deadline: Deadline) -> bytes:
    """Put a content together from its blocks.

    Raises:
        TooLargeError: it is larger than `limit` bytes.
        SourceAwayError: there is no time left.
    """
    parts: list[bytes] = []
    size = 0
    for block in blocks:
        deadline.left()
        size += len(block)
        if size > limit:
            raise TooLargeError
        parts.append(block)
    return b"".join(parts)


def blocks_of(read: ReadBlock) -> Iterable[bytes]:
    """The blocks of a file that is read by calls."""
    while block := read(_BLOCK):
        yield block


class ReadBlock(Protocol):
    """Reads at most so many bytes; none at the end."""

    def __call__(self, size: int, /) -> bytes:
        """Read on."""
        ...
