"""What is kept under `var/` from one day to the next, each file named after all that it depends on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

_HERE = Path(__file__).parent

# What they give may change with their version: the frames and their files, the reading of workbooks.
_LIBRARIES = ("polars", "python-calamine")


@cache
def code_of(*places: str) -> str:
    """SHA-256 over our sources in `places`, files and folders of this package, and the libraries beneath."""
    total = sha256(" ".join(map(version, _LIBRARIES)).encode())
    for place in places:
        path = _HERE / place
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            total.update(source.relative_to(_HERE).as_posix().encode() + b"\0" + source.read_bytes())
    return total.hexdigest()


def sweep(folder: Path, wanted: Iterable[Path]) -> None:
    """Remove what nobody asks for any more: what is kept holds what people typed."""
    for path in {*folder.glob("*")} - {*wanted}:
        path.unlink()


def write_private(path: Path, data: bytes) -> None:
    """Write `data` for the owner's eyes only, in a folder that is so too."""
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(data)
    partial.replace(path)
