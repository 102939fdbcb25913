"""Tells versions of our own code apart: by rooms for caches, as a whole for manifests and people."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

#: Folder of the package `flows`; `schemas` lies beside it.
HERE = Path(__file__).parents[1]

#: What a wheel takes along of both packages, besides modules: `package-data` in pyproject.toml says so, too.
SHIPPED = (".css", ".csv", ".j2", ".js", ".py")

_DIGITS = 12


@cache
def code_version() -> str:
    """The declared version and the start of a hash of all code: `0.2.0+3f9a1c7d20b4`.

    The same code has the same version, whether it lies in a checkout or was installed from a wheel.
    """
    return f"{version('dulieuxa')}+{_hash_everything()[:_DIGITS]}"


def _hash_everything() -> str:
    return _hash_sources(path for room in (HERE, HERE.parent / "schemas") for path in _list_files(room))


def list_sources(room: str) -> list[Path]:
    """Every file of a room: a folder or a module of `flows`."""
    folder = HERE / room
    return _list_files(folder) if folder.is_dir() else [HERE / f"{room}.py"]


def _list_files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.suffix in SHIPPED)
    return sorted(path for path in found if path.is_file())


@cache
def hash_room(room: str) -> str:
    """SHA-256 over the files of a room of `flows`."""
    return _hash_sources(list_sources(room))


@cache
def hash_schemas() -> str:
    """SHA-256 over the code of `schemas`, without what is declared there."""
    folder = HERE.parent / "schemas"
    declared = {folder / name for name in ("datasets", "indicators", "reference")}
    code = (path for path in _list_files(folder) if path.suffix == ".py")
    return _hash_sources(path for path in code if declared.isdisjoint(path.parents))


def _hash_sources(sources: Iterable[Path]) -> str:
    total = sha256()
    for source in sources:
        total.update(source.relative_to(HERE.parent).as_posix().encode() + b"\0" + source.read_bytes())
    return total.hexdigest()
