"""All contracts of one commune in one value, with a hash that changes when any of them does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from schemas import datasets
from schemas.contract import Dataset
from schemas.reference import rows
from schemas.units import Commune, commune_of, ngoc_lac
from schemas.waivers import Waiver, declared, read


@dataclass(frozen=True, slots=True)
class Contracts:
    """What this run holds hand-ins to."""

    datasets: Mapping[str, Dataset]
    commune: Commune
    digest: str
    waivers: tuple[Waiver, ...] = ()

    def of_commune(self, said: str, places: str) -> Contracts:
        """These contracts for the commune that a root declares in an `xa.csv` and a `thon.csv` of its own."""
        return replace(
            self,
            commune=commune_of(next(rows(said)), rows(places)),
            digest=sha256(f"{self.digest} {said} {places}".encode()).hexdigest(),
        )

    def with_waivers(self, text: str) -> Contracts:
        """These contracts with the waivers of a root's own `waivers.csv` added.

        Raises:
            WaiverError: a line does not say which fault may stand, why and until when.
        """
        own = tuple(waiver for waiver in read(text) if waiver not in self.waivers)
        return replace(
            self,
            waivers=(*self.waivers, *own),
            digest=sha256(f"{self.digest} {text}".encode()).hexdigest() if own else self.digest,
        )


def load() -> Contracts:
    """The contracts of this installation."""
    return Contracts(datasets.load(), ngoc_lac(), _hash_of_sources(), declared())


def _hash_of_sources() -> str:
    """SHA-256 over every source file and code list of `schemas`, by name."""
    total = sha256()
    for name, content in sorted(_sources(files("schemas"), "")):
        total.update(name.encode() + b"\0" + sha256(content).digest())
    return total.hexdigest()


def _sources(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _sources(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".py", ".csv")):
            found.append((prefix + entry.name, entry.read_bytes()))
    return found
