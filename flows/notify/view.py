"""Loads what a release says of each unit: what is owed, what came, what is wrong, what was fixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from flows.faults.ledger import OPEN
from flows.release.manifest import read_manifest
from flows.report.faults import group_by_cause, sort_faults
from flows.report.names import Names
from flows.report.tables import Row
from schemas.registry import Contracts
from schemas.tables import TABLES

#: Faults of which the ladder of deadlines tells.
DEADLINES = ("giao_nop.chua_co", "giao_nop.tre_han")
_OF_HANDING_IN = "giao_nop."


@dataclass(frozen=True, slots=True)
class UnitView:
    """What a release says of one unit, as rows of its tables.

    `owed` are the parts that nobody handed in yet; `causes` what is to fix, the most urgent first; `refused`
    the codes for which files were refused; `closed` the days on which faults were fixed.
    """

    owed: tuple[Row, ...] = ()
    came: tuple[Row, ...] = ()
    causes: tuple[Row, ...] = ()
    refused: tuple[Row, ...] = ()
    closed: tuple[date, ...] = ()


@dataclass(frozen=True)
class ReleaseView:
    """One release: its day, the names of everything, its indicators, what it says of each unit.

    `pages` is where its pages are: an address that ends with a slash, or nothing where none is known.
    """

    as_of: date
    pages: str
    names: Names
    indicators: pl.DataFrame
    units: dict[str, UnitView]

    @cached_property
    def says(self) -> Callable[[str | None, str], str]:
        """The declared sentence of a fault, by dataset and code: unlike a message it quotes nothing typed."""
        return self.names.faults()

    def unit(self, name: str) -> UnitView:
        """What it says of the unit `name`."""
        return self.units.get(name, UnitView())


def view_release(release: Path, contracts: Contracts, site: str | None = None) -> ReleaseView:
    """Read the release in the folder `release`; `site` is the address of the folder with all releases.

    Raises:
        DamagedReleaseError: its manifest can't be read.
    """
    as_of = date.fromisoformat(read_manifest(release)["as_of"])
    roll, came, issues, faults, indicators = (
        TABLES[name].conform(pl.read_parquet(release / f"{name}.parquet"))
        for name in ("roll_call", "submissions", "issues", "faults", "indicators")
    )
    own = pl.col("code").is_in(DEADLINES)
    still = issues.filter(pl.col("state").is_in(OPEN))
    wrong = faults.filter(~own).join(still.select("issue"), on="issue", how="semi", maintain_order="left")
    refused = faults.filter(pl.col("code").str.starts_with("tep."), severity="chan")
    fixed = issues.filter(
        ~pl.col("code").str.starts_with(_OF_HANDING_IN), pl.col("closed").is_not_null(), state="da_sua"
    )
    parts = {
        "owed": _by_unit(roll.filter(pl.col("received").is_null()).sort("due", "dataset", "period")),
        "came": _by_unit(came.sort("received", "file", "dataset", "period")),
        "causes": _by_unit(group_by_cause(sort_faults(wrong, issues), "unit")),
        "refused": _by_unit(refused.select("unit", "submission", "file", "dataset", "period", "code")),
        "closed": {unit: tuple(row["closed"] for row in rows) for unit, rows in _by_unit(fixed).items()},
    }
    names = Names(contracts.datasets, contracts.commune, contracts.indicators)
    units = {
        unit: UnitView(**{part: rows[unit] for part, rows in parts.items() if unit in rows})
        for unit in set().union(*parts.values())
    }
    pages = f"{site}/{release.name}/reports/" if site else ""
    return ReleaseView(as_of, pages, names, indicators, units)


def _by_unit(table: pl.DataFrame) -> dict[str, tuple[Row, ...]]:
    parts = table.drop_nulls("unit").partition_by("unit", as_dict=True, maintain_order=True)
    return {str(unit): tuple(part.iter_rows(named=True)) for (unit,), part in parts.items()}
