"""Reads all text that a file of any kind holds, packed or not, to prove that somebody is in none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import polars as pl

from flows.forget.person import Person
from flows.root import Root

_PARQUET = b"PAR1"
_SEALED = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")


def texts(data: bytes) -> Iterator[str]:
    """What can be read in `data`: as it is, as UTF-16, in each part of a zip, in columns of Parquet."""
    if data.startswith(_PARQUET):
        frame = pl.read_parquet(io.BytesIO(data), hive_partitioning=False)
        yield from (frame[name].cast(pl.String, strict=False).str.join("\n").item() for name in frame.columns)
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name
                yield from texts(archive.read(name))
        return
    yield normalize("NFC", data.decode("utf-8", "ignore"))
    if b"\0" in data:
        yield from (normalize("NFC", data[at:].decode("utf-16-le", "ignore")) for at in (0, 1))


def is_sealed(data: bytes) -> bool:
    """Whether no text can be read in a file: a picture, a PDF, a locked or packed one."""
    return data.startswith(_SEALED) or "EncryptedPackage".encode("utf-16-le") in data


def traces(root: Root, person: Person) -> tuple[list[Path], list[Path]]:
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
        data = path.read_bytes()
        if is_sealed(data):
            sealed.append(path)
        elif person.seen_in((normalize("NFC", path.name), *texts(data))):
            left.append(path)
    return left, sealed
