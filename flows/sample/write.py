"""Puts a made-up commune's hand-ins into the inbox, and the list of planted faults where asked."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flows.root import Root
from flows.sample.cells import Sheet
from flows.sample.commune import all_hand_ins
from flows.sample.filing import file_name
from flows.sample.flat import flat
from flows.sample.form import form
from flows.sample.habits import Habits, habits_of
from flows.sample.handin import HandIn
from flows.sample.ods import ods
from flows.sample.truth import COLUMNS, Planted, located
from flows.sample.world import World
from flows.sample.xlsx import xlsx
from schemas import registry

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many files were written, persons invented (of the latest register), faults planted."""

    files: int
    persons: int
    planted: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """One file to be dropped into a unit's folder, when, and the faults planted in it."""

    unit: str
    name: str
    received: datetime
    data: bytes
    planted: tuple[Planted, ...] = ()


def write(
    root: Path,
    *,
    seed: int = 7,
    persons: int = 12_000,
    clean: bool = False,
    truth: Path | None = None,
    today: date = date(2026, 11, 24),
    progress: Progress | None = None,
) -> Summary:
    """Write the hand-ins of a commune of about `persons` people under `root/raw/inbox/<unit>/`.

    The same arguments give the same bytes and times on any machine. Unless `clean`, faults are
    planted, each listed in `truth` (CSV). `progress` hears of files done, files in all.

    Raises:
        ValueError: `persons` is too few for the commune's thôn or too many for household codes.
    """
    contracts = registry.load()
    world = World(seed, persons, today, contracts.commune, contracts.datasets)
    hand_ins = all_hand_ins(world)
    people = next(len(h.rows) for h in hand_ins if h.dataset.name == "dan_cu" and h.latest)
    files = _files(world, hand_ins, clean=clean)
    planted: list[Planted] = []
    count = 0
    for count, dropped in enumerate(files, start=1):
        _drop(Root(root).inbox, dropped)
        planted += dropped.planted
        if progress:
            progress(count, max(count, len(hand_ins)))
    if truth is not None:
        _list(truth, planted)
    return Summary(count, people, len(planted))


def _files(world: World, hand_ins: list[HandIn], *, clean: bool) -> Iterator[Dropped]:
    yield from (_file(world, hand_in) for hand_in in hand_ins)


def _file(world: World, hand_in: HandIn) -> Dropped:
    habits = habits_of(world, hand_in)
    filled = form(world, hand_in, habits)
    name = file_name(world, hand_in, habits)
    above = int(habits.format == "csv" and habits.declared)
    faults = located(hand_in, name, filled, above=above)
    return Dropped(hand_in.unit, name, hand_in.received, written(filled.sheet, habits), faults)


def written(sheet: Sheet, habits: Habits) -> bytes:
    """The bytes of a file with `sheet`."""
    if habits.format == "csv":
        return flat(sheet, declared=habits.declared)
    return ods(sheet) if habits.format == "ods" else xlsx(sheet, spare_sheets=habits.spare_sheets)


def _drop(inbox: Path, dropped: Dropped) -> None:
    path = inbox / dropped.unit / dropped.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dropped.data)
    moment = dropped.received.timestamp()
    os.utime(path, (moment, moment))


def _list(path: Path, planted: list[Planted]) -> None:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(sorted(fault.line() for fault in planted))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
