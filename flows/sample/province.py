"""Writes the submissions of several invented communes of a province, each into its own root."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flows.engine.workers import map_in_order
from flows.files import write_file
from flows.sample.people.neighbours import find_neighbours
from flows.sample.people.person import SamplePerson
from flows.sample.world import World
from flows.sample.write import Summary, write_world
from schemas import registry, units
from schemas.units import Commune, Thon, commune_of

_PERSONS_A_THON = 250
_FEWEST_THON = 4
# No real commune has a code from 90001 on.
_FIRST_CODE = 90_001


@dataclass(frozen=True, slots=True)
class _CommuneTask:
    """The task of one worker: one commune to write."""

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

    Each root describes its commune in `schemas/xa.csv` and `schemas/thon.csv`. A few people are in the
    registers of two or three communes; they are listed in `truth` (CSV: so_dinh_danh, codes of communes).

    Raises:
        ValueError: `persons` is too few for four thôn or too many for household codes.
    """
    contracts = registry.load()
    places = _choose_thon(contracts.commune.thon, persons)
    invented = [_make_commune(number, contracts.commune.province, places) for number in range(communes)]
    province_world = World(seed, persons, today, invented[0], contracts.datasets, (communes, communes + 1))
    shared = find_neighbours(province_world, communes)
    tasks = [
        _CommuneTask(
            folder / commune.code,
            replace(province_world, seed=seed + number, commune=commune, share=(number, communes + 1)),
            tuple(each.person for each in shared if number in each.communes),
            clean,
        )
        for number, commune in enumerate(invented)
    ]
    summaries = map_in_order(_write, tasks)
    if truth is not None:
        codes = [" ".join(sorted(invented[number].code for number in each.communes)) for each in shared]
        lines = zip((each.person.so_dinh_danh for each in shared), codes, strict=True)
        _write_csv(truth, ("so_dinh_danh", "xa"), sorted(lines))
    return Summary(
        sum(each.files for each in summaries),
        sum(each.persons for each in summaries),
        sum(each.planted for each in summaries),
    )


def _choose_thon(thon: Sequence[Thon], persons: int) -> Sequence[Thon]:
    """Choose enough thôn for `persons` people, spread evenly over the list."""
    wanted = min(len(thon), max(_FEWEST_THON, round(persons / _PERSONS_A_THON)))
    return [thon[at * len(thon) // wanted] for at in range(wanted)]


def _make_commune(number: int, province: str, places: Sequence[Thon]) -> Commune:
    row = {
        "ma_xa": f"{_FIRST_CODE + number}",
        "ten_xa": f"Xã Mẫu {number + 1}",
        "ten_tinh": province,
        "tu_ngay": "2026-09-15",
    }
    rows = [{"ma_thon": place.code, "ten_thon": place.name, "xa_cu": place.old_commune} for place in places]
    return commune_of(row, rows)


def _write(task: _CommuneTask) -> Summary:
    commune = task.world.commune
    row = (commune.code, commune.name, commune.province, commune.since.isoformat())
    _write_csv(task.root / units.FILE, units.COLUMNS, [row])
    places = [(place.code, place.name, place.old_commune) for place in commune.thon]
    _write_csv(task.root / units.THON_FILE, units.THON_COLUMNS, places)
    return write_world(task.root, task.world, task.newcomers, clean=task.clean)


def _write_csv(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    write_file(path, text.getvalue().encode(), durable=False)
