"""Makes the data of the benchmarks from `dulieuxa sample`, once, in a folder outside the project."""

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
from flows.sample.people.register import registers
from flows.sample.world import World
from schemas.contract import Dataset
from schemas.registry import Contracts, load

DAY = date(2026, 11, 24)

# People of one made-up commune of the register, so that a million of them do not stand in memory at once.
_AT_ONCE = 100_000
# Every so many-th person has a fault, one of these in turn.
_FAULTY = 50
_FAULTS: tuple[Row, ...] = (
    {"ho_ten": ""},
    {"ngay_cap_nhat": "31/02/2026"},
    {"gioi_tinh": "Nan"},
    {"dien_thoai": "0123"},
)


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name` of made data; `make` fills it, unless it was filled by the same sampler before."""
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
    """The root of a commune of 12,000 people with faults, nothing run yet."""
    return once("commune", flows.sample.write)


def copied(root: Path, to: Path) -> Path:
    """A copy of the made `root`, at the hours at which its files were written."""
    shutil.copytree(root, to)
    return to


def register(persons: int) -> Path:
    """The root of a commune whose only submission is a register of `persons` people in CSV."""
    return once(f"register-{persons}", lambda root: _write_register(root, persons))


def register_file(root: Path) -> Path:
    """The file of that register."""
    return next((root / "raw" / "inbox" / "cong_an").glob("*.csv"))


def register_contracts() -> Contracts:
    """The contracts, for a register larger than a commune's: its household codes need more digits."""
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
        everybody: list[SamplePerson] = registers(world)[0]
        yield from (person.row() | {"ma_ho": f"H{part:02}{person.ma_ho[1:]}"} for person in everybody)


def _text(value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)
