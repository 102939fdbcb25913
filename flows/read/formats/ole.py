"""Reads a named stream from an OLE compound file, the container of .xls (specification MS-CFB)."""

from __future__ import annotations

import struct

from flows.read.formats.container import BROKEN
from flows.read.problems import RefusedError

_END = 0xFFFFFFFA
_MINI = 4096


def read_stream(data: bytes, *names: str) -> bytes:
    """The content of the first stream with one of `names`.

    Raises:
        RefusedError: the sector chains of the file are broken, or it has no such stream.
    """
    try:
        return _Compound(data).read({name.lower() for name in names})
    except (struct.error, IndexError, KeyError, ValueError) as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error


class _Compound:
    """The sectors, the allocation table and the directory of a compound file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.sector = 1 << struct.unpack_from("<H", data, 30)[0]
        if self.sector not in (512, 4096):
            raise ValueError(self.sector)
        self.fat = self._table(self._fat_sectors())
        self.directory = self._chain(struct.unpack_from("<I", data, 48)[0])
        self.mini_table = self._words(self._chain(struct.unpack_from("<I", data, 60)[0]))

    def _at(self, sector: int) -> bytes:
        return self.data[(sector + 1) * self.sector : (sector + 2) * self.sector]

    def _fat_sectors(self) -> list[int]:
        found = [s for s in struct.unpack_from("<109I", self.data, 76) if s < _END]
        extra = struct.unpack_from("<I", self.data, 68)[0]
        seen: set[int] = set()
        while extra < _END:
            if extra in seen:
                raise ValueError("loop")
            seen.add(extra)
            words = struct.unpack(f"<{self.sector // 4}I", self._at(extra))
            found += [s for s in words[:-1] if s < _END]
            extra = words[-1]
        return found

    def _table(self, sectors: list[int]) -> list[int]:
        return self._words(b"".join(map(self._at, sectors)))

    def _words(self, content: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))

    def _chain(self, sector: int) -> bytes:
        parts, seen = [], set()
        while sector < _END:
            if sector in seen:
                # Calamine would follow such a chain forever.
                raise ValueError("loop")
            seen.add(sector)
            parts.append(self._at(sector))
            sector = self.fat[sector]
        return b"".join(parts)

    def read(self, names: set[str]) -> bytes:
        """The bytes of the stream; a short one is in the mini stream."""
        root: tuple[int, int] | None = None
        for start in range(0, len(self.directory) - 127, 128):
            entry = self.directory[start : start + 128]
            length, kind = struct.unpack_from("<HB", entry, 64)
            name = entry[: max(0, length - 2)].decode("utf-16-le", "replace").lower()
            first, size = struct.unpack_from("<II", entry, 116)
            if kind == 5:
                root = (first, size)
                self._chain(first)
            elif kind == 2 and name in names:
                return self._mini(first, size, root) if size < _MINI else self._chain(first)[:size]
        raise KeyError(names)

    def _mini(self, sector: int, size: int, root: tuple[int, int] | None) -> bytes:
        if root is None:
            raise ValueError("no root")
        content = self._chain(root[0])
        parts, seen = [], set()
        while sector < _END:
            if sector in seen:
                raise ValueError("loop")
            seen.add(sector)
            parts.append(content[sector * 64 : sector * 64 + 64])
            sector = self.mini_table[sector]
        return b"".join(parts)[:size]
