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
    """SHA-256 over our sources in `places`, files and folders of this package, and what lies beneath them."""
    total = sha256(" ".join((machine(), *map(version, _LIBRARIES))).encode())
    for place in places:
        path = _HERE / place
        for source in sorted(filter(_is_source, path.rglob("*"))) if path.is_dir() else [path]:
            total.update(source.relative_to(_HERE).as_posix().encode() + b"\0" + source.read_bytes())
    return total.hexdigest()


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
