"""A folder of this machine as a source, such as a share that is mounted."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.collect.folder import Found, look_through, read_open
from flows.collect.sources.model import (
    Access,
    ChangedError,
    Listed,
    SourceAwayError,
    SourceError,
)


@contextmanager
def open_folder(access: Access) -> Iterator[_Folder]:
    """Open the folder.

    Raises:
        SourceError: it is the inbox itself, or lies within the root.
        SourceAwayError: it is not there.
    """
    path = (access.root.path / access.setting.duong_dan).resolve()
    if path.is_relative_to((access.root.path / "raw").resolve()):
        raise SourceError("duong_dan nằm trong raw/ của chính thư mục xã")
    if not path.is_dir():
        raise SourceAwayError("không có thư mục này, hoặc ổ mạng chưa nối")
    yield _Folder(path)


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, Found] = {}
        self.refused: list[tuple[str, str]] = []

    def list(self) -> Iterable[Listed]:
        found, obstacles = look_through(self._path)
        self.refused = [(each.place, each.why) for each in obstacles]
        for one in found:
            path = os.fsencode(one.path.relative_to(self._path)).decode("utf-8", "replace")
            try:
                seen = one.path.lstat()
            except OSError:
                continue
            self._found[path] = one
            yield Listed(path, _state_of(seen), seen.st_size)

    def read(self, entry: Listed, limit: int) -> bytes:
        try:
            data, seen = read_open(self._found[entry.path])
        except OSError:
            raise ChangedError from None
        if _state_of(seen) != entry.state or len(data) != seen.st_size:
            raise ChangedError
        return data

    def remove(self, entry: Listed) -> None:
        path = self._found[entry.path].path
        if _state_of(path.lstat()) == entry.state:
            path.unlink()


def _state_of(seen: os.stat_result) -> str:
    return f"{seen.st_size} {seen.st_mtime_ns} {seen.st_ino}"
