"""Reads all text in files of any kind, packed or not, to prove that a person is mentioned nowhere."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from html import unescape
from itertools import chain
from pathlib import Path
from unicodedata import normalize

import polars as pl

from flows.engine.workers import Guard, Limits, LostError, map_in_order
from flows.forget.neighbours import list_joined
from flows.forget.person import ForgottenPerson
from flows.intake.cache import START, limits_of
from flows.root import Root
from schemas.contract import Dataset
from schemas.registry import Contracts

_PARQUET = b"PAR1"
_SEALED = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_TAG = re.compile(r"<[^<>]*>")
_BETWEEN_CELLS = re.compile(r"""["';,|\t]+""")
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# A zip with more than this is a zip bomb.
_LARGEST = 1 << 30


class SealedError(ValueError):
    """The text of a file can't be read: a picture, a PDF, a locked or damaged file, a zip bomb."""


def read_texts(data: bytes) -> Iterator[str]:
    """All text in `data`: read as UTF-8, as UTF-16, from the parts of a zip, from the cells of a Parquet.

    What stands side by side is also read as one text: runs of a comment, cells of a row.

    Raises:
        SealedError: the text can't be read.
    """
    if data.startswith(_SEALED) or _LOCKED in data:
        raise SealedError
    if data.startswith(_PARQUET):
        frame = pl.read_parquet(io.BytesIO(data), hive_partitioning=False)
        yield from _read_frame(frame.select(pl.all().cast(pl.String, strict=False)))
    elif zipfile.is_zipfile(io.BytesIO(data)):
        yield from _read_parts(data)
    yield from join_runs(data.decode("utf-8", "ignore"))
    if b"\0" in data:
        for at in (0, 1):
            yield from join_runs(data[at:].decode("utf-16-le", "ignore"))


def _read_frame(cells: pl.DataFrame) -> Iterator[str]:
    yield from (cells[name].str.join("\n").item() for name in cells.columns)
    rows = cells.select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()
    yield rows.str.join("\n\0\n").item()


def join_runs(text: str) -> Iterator[str]:
    """The text as it is, with its tags left out or blank, and with what separates its cells blank."""
    for each in {text, unescape(text)}:
        composed = normalize("NFC", each)
        yield composed
        if "<" in composed:
            yield _TAG.sub("", composed)
            yield _TAG.sub(" ", composed)
        yield _BETWEEN_CELLS.sub(" ", composed)


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


def find_traces(root: Root, person: ForgottenPerson, contracts: Contracts) -> tuple[list[Path], list[Path]]:
    """All files under the root that mention `person`, and all that can't be searched.

    Hard links to the same file are read once.
    """
    paths: dict[tuple[int, int], Path] = {}
    for path in sorted(root.path.rglob("*")):
        if not path.is_symlink() and path.is_file():
            stat = path.stat()
            paths.setdefault((stat.st_dev, stat.st_ino), path)
    every = list(paths.values())
    seen = dict(zip(every, look_for(person, contracts.datasets, every), strict=True))
    return (
        [path for path, is_seen in seen.items() if is_seen],
        [path for path, is_seen in seen.items() if is_seen is None],
    )


def look_for(
    person: ForgottenPerson, datasets: Mapping[str, Dataset], paths: Sequence[Path]
) -> list[bool | None]:
    """Whether each of the files mentions the person, in its name too; None if it can't be searched.

    Files are read in workers, with limits.
    """
    return map_in_order(partial(_look_for, person, datasets), paths, guard=_GUARD)


def _look_for(person: ForgottenPerson, datasets: Mapping[str, Dataset], path: Path) -> bool | None:
    data = path.read_bytes()
    try:
        if person.seen_in(chain((normalize("NFC", path.name),), read_texts(data))):
            return True
    except SealedError:
        return None
    # Cells of a workbook may stand in any order in its parts; older files have encodings of their own.
    is_table = data.startswith(_PACKED) or "raw" in path.parts
    return is_table and person.seen_in(list_joined(data, path.name, datasets))


def _limits(path: Path) -> Limits | None:
    with path.open("rb") as file:
        return limits_of(file.read(START), path.stat().st_size)


def _cannot_search(_: Path, error: Exception) -> None:
    if not isinstance(error, LostError):
        raise error


_GUARD: Guard[Path, bool | None] = Guard(_limits, _cannot_search)
