"""What is kept under `var/` from one day to the next, each file named after all that it depends on."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from platform import machine
from typing import Any

from flows.files import write_private

_HERE = Path(__file__).parent

# What they give may change with their version: frames, hashes of rows, the reading of workbooks, pages.
_LIBRARIES = ("polars", "pyarrow", "pandera", "python-calamine", "rapidfuzz", "xlsxwriter", "jinja2")

# A kept value stands behind its SHA-256: a damaged one may still be one that can be read.
_PROOF = 32


@cache
def hash_code(*places: str) -> str:
    """SHA-256 over the libraries' versions and our code in `places`: files and folders of this package.

    The code of `schemas` is always part of it. What is declared there is not: `Contracts.rules_hash` tells
    that, whatever the wording of the files.
    """
    total = sha256(" ".join((machine(), *map(version, _LIBRARIES))).encode())
    for source in (*_schemas_code(), *(source for place in places for source in _sources(_HERE / place))):
        total.update(source.relative_to(_HERE.parent).as_posix().encode() + b"\0" + source.read_bytes())
    return total.hexdigest()


def _schemas_code() -> list[Path]:
    folder = _HERE.parent / "schemas"
    declared = {folder / name for name in ("datasets", "indicators", "reference")}
    return [path for path in _sources(folder) if path.suffix == ".py" and declared.isdisjoint(path.parents)]


def _sources(place: Path) -> list[Path]:
    return sorted(filter(_is_source, place.rglob("*"))) if place.is_dir() else [place]


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def make_key(*depends_on: object) -> str:
    """The name of a value that hangs on these alone."""
    return sha256("\0".join(map(str, depends_on)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Cache:
    """One folder of values that were worked out before, for the owner's eyes only."""

    folder: Path

    def get(self, name: str) -> Any:
        """The value; None where there is none, or not the very bytes that were written."""
        try:
            whole = (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        proof, value = whole[:_PROOF], memoryview(whole)[_PROOF:]
        if sha256(value).digest() != proof:
            return None
        return pickle.loads(value)  # noqa: S301 - written by this program for its owner alone

    def put(self, name: str, value: object) -> None:
        """Keep the value for the days to come."""
        data = pickle.dumps(value, protocol=5)
        write_private(self.folder / name, sha256(data).digest(), data)

    def sweep(self, wanted: Iterable[str]) -> None:
        """Remove all values but those `wanted`."""
        sweep(self.folder, (self.folder / name for name in wanted))


def sweep(folder: Path, wanted: Iterable[Path]) -> None:
    """Remove what nobody asks for any more: what is kept holds what people typed."""
    for path in {*folder.glob("*")} - {*wanted}:
        path.unlink()
