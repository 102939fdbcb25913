"""Reads all text that a file of any kind holds, packed or not, to prove that somebody is in none."""

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
# A zip that unpacks to more was made to harm.
_LARGEST = 1 << 30


class SealedError(ValueError):
    """No text can be read in a file: a picture, a PDF, one that is locked, damaged or made to burst."""


def read_texts(data: bytes) -> Iterator[str]:
    """What can be read in `data`: as it is, as UTF-16, in each part of a zip, in columns of Parquet.

    Raises:
        SealedError: nobody can look into it.
    """
    if data.startswith(_SEALED) or _LOCKED in data:
        raise SealedError
    if data.startswith(_PARQUET):
        frame = pl.read_parquet(io.BytesIO(data), hive_partitioning=False)
        yield from (frame[name].cast(pl.String, strict=False).str.join("\n").item() for name in frame.columns)
    elif zipfile.is_zipfile(io.BytesIO(data)):
        yield from _of_parts(data)
    yield normalize("NFC", data.decode("utf-8", "ignore"))
    if b"\0" in data:
        yield from (normalize("NFC", data[at:].decode("utf-16-le", "ignore")) for at in (0, 1))


def _of_parts(data: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _LARGEST:
                raise SealedError
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, zlib.error) as damaged:
        raise SealedError from damaged
    for name, part in parts:
        yield name
        # A picture within a workbook does not seal the workbook.
        with suppress(SealedError):
            yield from read_texts(part)


def find_traces(root: Root, person: ForgottenPerson) -> tuple[list[Path], list[Path]]:
    """Files anywhere under the root that still tell of `person`, and those in which nobody can look.

    Files linked to one another are read once.
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
