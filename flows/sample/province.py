"""Writes many invented communes of one province, each into its root, and lists the people they share."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flows.engine.workers import map_in_order
from flows.sample.people.neighbours import neighbours
from flows.sample.people.person import SamplePerson
from flows.sample.world import World
from flows.sample.write import Summary, write_world
from schemas import registry, units
from schemas.units import Commune, Thon, commune_of

_PERSONS_A_THON = 250
_FEWEST_THON = 4
# No commune of the country has such a code.
_FIRST_CODE = 90_001


@dataclass(frozen=True, slots=True)
class _Order:
    """One commune to be written by one worker."""

    root: Path
    world: World
    newcomers: tuple[SamplePerson, ...]
    clean: bool


def write_province(
    folder: Path,
    communes: int,
    *,
    seed: int = 7,
    persons: int = 12_000,
    clean: bool = False,
    truth: Path | None = None,
    today: date = date(2026, 11, 24),
) -> Summary:
    """Write `communes` communes of about `persons` people, each under `folder/<its code>/`.

    A root says in `schemas/xa.csv` and `schemas/thon.csv` which commune it is. Nobody is in two
    communes but those listed in `truth` (CSV: so_dinh_danh, and their communes' codes).

    Raises:
        ValueError: `persons` is too few for four thôn or too many for household codes.
    """
    contracts = registry.load()
    places = _some(contracts.commune.thon, persons)
    made = [_commune(number, contracts.commune.province, places) for number in range(communes)]
    of_all = World(seed, persons, today, made[0], contracts.datasets, (communes, communes + 1))
    shared = neighbours(of_all, communes)
    orders = [
        _Order(
            folder / commune.code,
            replace(of_all, seed=seed + number, commune=commune, share=(number, communes + 1)),
            tuple(each.person for each in shared if number in each.communes),
            clean,
        )
        for number, commune in enumerate(made)
    ]
    summaries = map_in_order(_write, orders)
    if truth is not None:
        codes = [" ".join(sorted(made[number].code for number in each.communes)) for each in shared]
        lines = zip((each.person.so_dinh_danh for each in shared), codes, strict=True)
        _listed(truth, ("so_dinh_danh", "xa"), sorted(lines))
    return Summary(
        sum(each.files for each in summaries),
        sum(each.persons for each in summaries),
        sum(each.planted for each in summaries),
    )


def _some(thon: Sequence[Thon], persons: int) -> Sequence[Thon]:
    """As many thôn as so many people live in, from all over the list."""
    wanted = min(len(thon), max(_FEWEST_THON, round(persons / _PERSONS_A_THON)))
    return [thon[at * len(thon) // wanted] for at in range(wanted)]


def _commune(number: int, province: str, places: Sequence[Thon]) -> Commune:
    said = {
        "ma_xa": f"{_FIRST_CODE + number}",
        "ten_xa": f"Xã Mẫu {number + 1}",
        "ten_tinh": province,
        "tu_ngay": "2026-09-15",
    }
    rows = [{"ma_thon": place.code, "ten_thon": place.name, "xa_cu": place.old_commune} for place in places]
    return commune_of(said, rows)


def _write(order: _Order) -> Summary:
    commune = order.world.commune
    said = (commune.code, commune.name, commune.province, commune.since.isoformat())
    _listed(order.root / units.FILE, units.COLUMNS, [said])
    places = [(place.code, place.name, place.old_commune) for place in commune.thon]
    _listed(order.root / units.THON_FILE, units.THON_COLUMNS, places)
    return write_world(order.root, order.world, order.newcomers, clean=order.clean)


def _listed(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([head, *rows])
