"""All contracts of one commune in one value, with a hash that changes when any of them does."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from schemas import datasets
from schemas.contract import Dataset
from schemas.judgement import judgements_of
from schemas.units import Commune, declared_commune, ngoc_lac
from schemas.waivers import Waiver, declared, read
from schemas.whole_faults import WHOLE_FAULTS


@dataclass(frozen=True, slots=True)
class Contracts:
    """What this run holds hand-ins to.

    `digest` changes when anything here does, `rules` only when hand-ins may be read or judged otherwise:
    not when a root waives a fault.
    """

    datasets: Mapping[str, Dataset]
    commune: Commune
    digest: str
    rules: str
    waivers: tuple[Waiver, ...] = ()

    def of_commune(self, said: bytes, places: bytes) -> Contracts:
        """These contracts for the commune that a root declares in an `xa.csv` and a `thon.csv` of its own.

        Raises:
            DeclarationError: a line of them does not say what it must.
        """
        digest, rules = (
            sha256(b" ".join((before.encode(), said, places))).hexdigest()
            for before in (self.digest, self.rules)
        )
        return replace(self, commune=declared_commune(said, places), digest=digest, rules=rules)

    def with_waivers(self, content: bytes) -> Contracts:
        """These contracts with the waivers of a root's own `waivers.csv` added.

        Raises:
            DeclarationError: a line does not say which fault may stand, why and until when.
        """
        found = read(content, lambda: _names(self.datasets, self.commune))
        own = tuple(waiver for waiver in found if waiver not in self.waivers)
        return replace(
            self,
            waivers=(*self.waivers, *own),
            digest=sha256(self.digest.encode() + content).hexdigest() if own else self.digest,
        )


def load() -> Contracts:
    """The contracts of this installation."""
    found, commune = datasets.load(), ngoc_lac()
    digest = _hash_of_sources()
    return Contracts(found, commune, digest, digest, declared(lambda: _names(found, commune)))


def _names(found: Mapping[str, Dataset], commune: Commune) -> Mapping[str, Set[str]]:
    """What a waiver may name, by its column."""
    judged = {rule.code for each in found.values() for rule in judgements_of(each)}
    crossed = {rule.code for each in found.values() for rule in each.cross}
    return {
        "unit": {unit.name for unit in commune.units},
        "dataset": set(found),
        "code": judged | crossed | set(WHOLE_FAULTS),
    }


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
