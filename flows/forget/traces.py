"""Reads all text in files of any kind, packed or not, to prove that a person is mentioned nowhere."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from unicodedata import normalize

import polars as pl

from flows.forget.person import ForgottenPerson
from flows.root import Root

_PARQUET = b"PAR1"
_SEALED = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# A zip with more than this is a zip bomb.
_LARGEST = 1 << 30


class SealedError(ValueError):
    """The text of a file can't be read: a picture, a PDF, a locked or damaged file, a zip bomb."""


def read_texts(data: bytes) -> Iterator[str]:
    """All text in `data`: read as UTF-8, as UTF-16, from the parts of a zip, from the columns of a Parquet.

    Raises:
        SealedError: the text can't be read.
    """
    if data.startswith(_SEALED) or _LOCKED in data:
        raise SealedError
    if data.startswith(_PARQUET):
        frame = pl.read_parquet(io.BytesIO(data), hive_partitioning=False)
        yield from (frame[name].cast(pl.String, strict=False).str.join("\n").item() for name in frame.columns)
    elif zipfile.is_zipfile(io.BytesIO(data)):
        yield from _read_parts(data)
    yield normalize("NFC", data.decode("utf-8", "ignore"))
    if b"\0" in data:
        yield from (normalize("NFC", data[at:].decode("utf-16-le", "ignore")) for at in (0, 1))


def _read_parts(data: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _LARGEST:
                raise SealedError
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, zlib.error) as damaged:
        raise SealedError from damaged
    for name, part in parts:
        yield name
        # A workbook with a picture is still searched.
        with suppress(SealedError):
            yield from read_texts(part)


def find_traces(root: Root, person: ForgottenPerson) -> tuple[list[Path], list[Path]]:
    """All files under the root that mention `person`, and all that can't be searched.

    Hard links to the same file are read once.
    """
    left: list[Path] = []
    sealed: list[Path] = []
    read: set[tuple[int, int]] = set()
    for path in sorted(root.path.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        stat = path.stat()
        if (stat.st_dev, stat.st_ino) in read:
            continue
        read.add((stat.st_dev, stat.st_ino))
        try:
            if person.seen_in(chain((normalize("NFC", path.name),), read_texts(path.read_bytes()))):
                left.append(path)
        except SealedError:
            sealed.append(path)
    return left, sealed
