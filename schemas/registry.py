"""All contracts of one commune in one value, with hashes of what they declare."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from schemas import datasets, indicators
from schemas.accepted_headings import AcceptedHeading, accept_headings, read_accepted_headings
from schemas.contract import Dataset
from schemas.fingerprint import hash_declarations
from schemas.indicator import Indicator
from schemas.judgement import judgements_of
from schemas.own_suites import OwnSuite, read_own_suites
from schemas.province import TABLES as PROVINCE_TABLES
from schemas.retention import POLICY, Policy
from schemas.settings import Settings, check_sources, check_targets, settle_commune
from schemas.tables import TABLES
from schemas.units import Commune, declared_commune, ngoc_lac
from schemas.waivers import Waiver, declared, read
from schemas.whole_faults import WHOLE_FAULTS


@dataclass(frozen=True, slots=True)
class Contracts:
    """What this run judges submissions by, and what it measures.

    `hash` changes when any declaration does. `rules_hash` changes only when submissions may be read or
    judged in another way: not when a root waives a fault, or expects more of its tables (`suites`). Neither
    depends on the wording of source files.
    """

    datasets: Mapping[str, Dataset]
    indicators: Mapping[str, Indicator]
    commune: Commune
    hash: str
    rules_hash: str
    waivers: tuple[Waiver, ...] = ()
    accepted: tuple[AcceptedHeading, ...] = ()
    retention: Policy = POLICY
    suites: tuple[OwnSuite, ...] = ()

    def datasets_of(self, unit: str) -> Mapping[str, Dataset]:
        """The datasets with the headings that were accepted for this unit."""
        return accept_headings(self.datasets, self.accepted, unit)

    def of_commune(self, commune: bytes, thon: bytes) -> Contracts:
        """These contracts for the commune that a root declares in an `xa.csv` and a `thon.csv` of its own.

        Raises:
            DeclarationError: a line of them does not say what it must.
        """
        both, rules = (
            sha256(b" ".join((before.encode(), commune, thon))).hexdigest()
            for before in (self.hash, self.rules_hash)
        )
        return replace(self, commune=declared_commune(commune, thon), hash=both, rules_hash=rules)

    def of_settings(self, settings: Settings, thon: bytes) -> Contracts:
        """These contracts with what a root's `xa.toml` says; `thon` is the content of its list of thôn.

        Raises:
            DeclarationError: the settings name a unit, dataset or indicator that there is not, or `thon`
                can't be used.
        """
        settings.check_names("han_nop", settings.due, self.datasets, "bộ dữ liệu")
        settings.check_names("muc_tieu", settings.targets, self.indicators, "chỉ tiêu")
        check_targets(settings, self.indicators)
        commune = settle_commune(self.commune, settings, thon)
        check_sources(settings, commune)
        due, targets, retention = settings.due, settings.targets, settings.retention or self.retention
        said = [commune, due, targets, retention]
        return replace(
            self,
            commune=commune,
            datasets={
                name: replace(each, due=due.get(name, each.due)) for name, each in self.datasets.items()
            },
            indicators={
                name: replace(each, targets=targets.get(name, each.targets))
                for name, each in self.indicators.items()
            },
            retention=retention,
            hash=hash_declarations((), self.hash, *said),
            rules_hash=hash_declarations((), self.rules_hash, commune, due),
        )

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
            hash=sha256(self.hash.encode() + content).hexdigest() if own else self.hash,
        )

    def with_accepted_headings(self, content: bytes) -> Contracts:
        """These contracts with the headings that a root's own `ten_cot.csv` accepts for single units.

        Raises:
            DeclarationError: a line is not dated or signed, or has a name or heading that can't be used.
        """
        units = {unit.name for unit in self.commune.units}
        accepted = read_accepted_headings(content, self.datasets, units)
        both, rules = (
            sha256(b" ".join((before.encode(), content))).hexdigest()
            for before in (self.hash, self.rules_hash)
        )
        return replace(self, accepted=accepted, hash=both, rules_hash=rules)

    def with_expectations(self, files: Mapping[str, bytes]) -> Contracts:
        """These contracts with a root's own suites; `files` has the content of each, by its file name.

        Raises:
            DeclarationError: a file is no suite for a published table or dataset.
        """
        suites = read_own_suites(files, self.datasets)
        return replace(self, suites=suites, hash=hash_declarations((), self.hash, suites))


def load() -> Contracts:
    """The contracts of this installation."""
    found, commune, measured = datasets.load(), ngoc_lac(), indicators.load()
    waivers = declared(lambda: _names(found, commune))
    lists = [path.read_bytes() for path in sorted(_code_lists(), key=lambda path: path.name)]
    rules_hash = hash_declarations(found.values(), measured, commune, lists)
    whole = hash_declarations((), rules_hash, waivers, WHOLE_FAULTS, TABLES, PROVINCE_TABLES, POLICY)
    return Contracts(found, measured, commune, whole, rules_hash, waivers)


def _code_lists() -> list[Traversable]:
    return [path for path in files("schemas.reference").iterdir() if path.name.endswith(".csv")]


def _names(found: Mapping[str, Dataset], commune: Commune) -> Mapping[str, Set[str]]:
    """What a waiver may name, by its column."""
    judged = {rule.code for each in found.values() for rule in judgements_of(each)}
    crossed = {rule.code for each in found.values() for rule in each.cross}
    return {
        "unit": {unit.name for unit in commune.units},
        "dataset": set(found),
        "code": judged | crossed | set(WHOLE_FAULTS),
    }
