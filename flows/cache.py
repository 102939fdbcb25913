"""Keeps values under `var/` from one day to the next, each under a key of all that it depends on."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from importlib.metadata import version
from pathlib import Path
from platform import machine, python_version
from shutil import rmtree
from typing import Any

from flows.files import write_private
from flows.protect import Key, key_file
from flows.root import Root
from flows.system.code import hash_room, hash_schemas
from flows.system.linux import own_id

#: Libraries whose version may change a cached value: frames, hashes of rows, workbooks as read, pages.
LIBRARIES = (
    "duckdb",
    "holidays",
    "jinja2",
    "markupsafe",
    "numpy",
    "pandera",
    "polars",
    "pyarrow",
    "pydantic",
    "python-calamine",
    "python-stdnum",
    "rapidfuzz",
)

# A value stands behind its seal: whoever writes a pickle decides what reading it does.
_SEAL = 32


@dataclass(frozen=True, slots=True)
class CacheFolder:
    """One cache of a root: its folder `name` under `var/`.

    `rooms` are the folders and modules of `flows` with all the code that its values depend on.
    """

    name: str
    rooms: tuple[str, ...]

    def path_in(self, root: Root) -> Path:
        """Where the cache lies in `root`."""
        return root.state / self.name

    def open_in(self, root: Root, *, frozen: bool = False) -> Cache:
        """The cache of `root`; without the root's key, or in a folder of somebody else, it has nothing.

        Nor has it where files do not tell whose they are: who can write a key can make us read a pickle.
        """
        return Cache(self.path_in(root), None if own_id() is None else key_file(root).peek(), frozen)

    def make_key(self, *depends_on: object) -> str:
        """The key of a value that depends on these and on our code."""
        return make_key(*depends_on, hash_code(*self.rooms))


_GROUND = ("cache", "errors", "files", "protect", "root", "system")
_READING = (*_GROUND, "books", "clean", "collect", "engine", "intake", "read", "words")
_JUDGING = ("fingerprints", "measure", "roll_call", "settle", "validate")
_SETTLING = (*_READING, *_JUDGING)

#: What was read in each submission.
SUBMISSIONS_CACHE = CacheFolder("doc", _READING)
#: What each period came to.
PERIODS_CACHE = CacheFolder("xet", _SETTLING)
#: Which files hold the published records of each period; its keys have the period's own key in them.
RECORDS_CACHE = CacheFolder(
    "bang", (*_GROUND, "books", "collect", "engine", "intake", "read", *_JUDGING, "release")
)
#: Which marked workbooks and receipts there are.
RETURNS_CACHE = CacheFolder("tra_lai", (*_SETTLING, "day_tables", "faults", "release", "report", "returns"))
#: What audits saw in files of a release.
AUDIT_CACHE = CacheFolder("kiem", (*_GROUND, "audit", "collect", "faults", "release"))

#: Which files of a release were seen to be as they were published.
INTACT_CACHE = CacheFolder("nguyen_ven", (*_GROUND, "collect", "release"))

#: Every cache of a root.
CACHE_FOLDERS = (
    SUBMISSIONS_CACHE,
    PERIODS_CACHE,
    RECORDS_CACHE,
    RETURNS_CACHE,
    AUDIT_CACHE,
    INTACT_CACHE,
)


def clear_all(root: Root) -> None:
    """Empty every cache of the root: they may hold what people typed."""
    for folder in CACHE_FOLDERS:
        if folder.path_in(root).exists():
            rmtree(folder.path_in(root))


def make_key(*depends_on: object) -> str:
    """The key of a value that depends on these alone."""
    return sha256("\0".join(map(str, depends_on)).encode()).hexdigest()


@cache
def hash_code(*rooms: str) -> str:
    """SHA-256 over the versions of Python and libraries, our code in `rooms`, and the code of `schemas`.

    What is declared in `schemas` is not part of it: `Contracts.rules_hash` is, whatever the wording of the
    files.
    """
    versions = " ".join((machine(), python_version(), *map(version, LIBRARIES)))
    return make_key(versions, hash_schemas(), *map(hash_room, rooms))


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of values that were computed before; only its owner can read them.

    A value is a pickle under a seal by the root's `key`: only what this program wrote for this root, under
    the same name, is read. Without a key nothing is. A `frozen` cache gives what it has and stays as it is.
    """

    folder: Path
    key: Key | None
    frozen: bool = False

    def get(self, key: str) -> Any:
        """The value of `key`; None if there is none, or it is damaged or can't be read."""
        value = self._read(key)
        if value is None:
            return None
        return pickle.loads(value)  # noqa: S301 - sealed by this program

    def is_whole(self, key: str) -> bool:
        """Whether the value of `key` is as it was written."""
        return self._read(key) is not None

    def _read(self, key: str) -> memoryview | None:
        try:
            whole = (self.folder / key).read_bytes()
        except (FileNotFoundError, PermissionError):
            return None
        seal, value = whole[:_SEAL], memoryview(whole)[_SEAL:]
        made = self.key and self.key.seal(f"kho/{key}", value)
        return value if made and compare_digest(made, seal) else None

    def put(self, key: str, value: object) -> None:
        """Keep `value` for the days to come."""
        if self.frozen or self.key is None:
            return
        data = pickle.dumps(value, protocol=5)
        # Not synced: a value that a power cut damages is computed again.
        write_private(self.folder / key, self.key.seal(f"kho/{key}", data), data, durable=False)

    def sweep(self, wanted: Iterable[str]) -> None:
        """Remove all values except those of the keys `wanted`."""
        if self.frozen:
            return
        for path in {*self.folder.glob("*")} - {self.folder / key for key in wanted}:
            path.unlink()
