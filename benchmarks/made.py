"""Generates the benchmarks' data with the sampler, once, into a folder outside the project."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import flows.sample
from flows.sample.people.person import Row, SamplePerson
from flows.sample.people.register import make_registers
from flows.sample.world import World
from schemas.contract import Dataset
from schemas.registry import Contracts, load

DAY = date(2026, 11, 24)

# People generated at once, so that a million of them need not be in memory together.
_AT_ONCE = 100_000
# One in _FAULTY people has a fault, one of _FAULTS in turn.
_FAULTY = 50
_FAULTS: tuple[Row, ...] = (
    {"ho_ten": ""},
    {"ngay_cap_nhat": "31/02/2026"},
    {"gioi_tinh": "Nan"},
    {"dien_thoai": "0123"},
)


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of the data set `name`; `make` fills it, unless the same sampler filled it before."""
    sources = sorted(Path(flows.sample.__path__[0]).rglob("*.py"))
    version = sha256(b"\0".join(path.read_bytes() for path in (*sources, Path(__file__)))).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / "dulieuxa-benchmarks" / f"{name}-{version}"
    if not folder.exists():
        partial = folder.with_suffix(".part")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        make(partial)
        partial.rename(folder)
    return folder


def commune() -> Path:
    """The root of a commune of 12,000 people with planted faults, before its first run."""
    return once("commune", flows.sample.write)


def copied(root: Path, to: Path) -> Path:
    """Copy `root` to `to`; files keep their times, which are the times of submission."""
    shutil.copytree(root, to)
    return to


def register(persons: int) -> Path:
    """The root of a commune whose only submission is a CSV register of `persons` people."""
    return once(f"register-{persons}", lambda root: _write_register(root, persons))


def register_file(root: Path) -> Path:
    """The CSV file of the register in `root`."""
    return next((root / "raw" / "inbox" / "cong_an").glob("*.csv"))


def register_contracts() -> Contracts:
    """The contracts with limits for a register larger than a commune's: more rows, longer household codes."""
    contracts = load()
    people = contracts.datasets["dan_cu"]
    columns = [
        replace(column, pattern=r"H\d{7}") if column.name == "ma_ho" else column for column in people.columns
    ]
    larger: Mapping[str, Dataset] = {
        "dan_cu": replace(people, columns=tuple(columns), rows=(1, 10_000_000)),
    }
    return replace(contracts, datasets={**contracts.datasets, **larger})


def _write_register(root: Path, persons: int) -> None:
    path = root / "raw" / "inbox" / "cong_an" / "MAU_dan_cu_thang_10_2026.csv"
    path.parent.mkdir(parents=True)
    dataset = load().datasets["dan_cu"]
    with path.open("w", encoding="utf-8", newline="") as handle:
        table = csv.writer(handle, lineterminator="\n")
        table.writerow([column.label for column in dataset.columns])
        for at, row in enumerate(_people(persons)):
            typed = row | _FAULTS[at // _FAULTY % len(_FAULTS)] if at % _FAULTY == 0 else row
            table.writerow([_text(typed[column.name]) for column in dataset.columns])


def _people(persons: int) -> Iterator[Row]:
    contracts = load()
    parts = -(-persons // _AT_ONCE)
    for part in range(parts):
        size = persons // parts + (part < persons % parts)
        world = World(7 + part, size, DAY, contracts.commune, contracts.datasets, (part, parts))
        everybody: list[SamplePerson] = make_registers(world)[0]
        yield from (person.row() | {"ma_ho": f"H{part:02}{person.ma_ho[1:]}"} for person in everybody)


def _text(value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)
