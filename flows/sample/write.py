"""Writes an invented commune's submissions into the inbox, and optionally the list of planted faults."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flows.files import write_file
from flows.root import Root
from flows.sample.commune import plan_all_submissions
from flows.sample.files.dropped import Dropped, make_file
from flows.sample.people.neighbours import move_in
from flows.sample.people.person import SamplePerson
from flows.sample.planted import plant
from flows.sample.planted.discipline import list_absent, plant_undisciplined
from flows.sample.planted.strays import make_strays, send_again
from flows.sample.planted.truth import COLUMNS, Planted
from flows.sample.submission import SampleSubmission
from flows.sample.world import World
from schemas import registry

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers of files written, of persons in the latest register, and of planted faults."""

    files: int
    persons: int
    planted: int


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
    """Write the submissions of a commune of about `persons` people under `root/raw/inbox/<unit>/`.

    The same arguments give the same bytes and times on any machine. Unless `clean`, faults are
    planted, each listed in `truth` (CSV). `progress` is called with (files done, files in total).

    Raises:
        ValueError: `persons` is too few for the commune's thôn or too many for household codes.
    """
    contracts = registry.load()
    world = World(seed, persons, today, contracts.commune, contracts.datasets)
    return write_world(root, world, clean=clean, truth=truth, progress=progress)


def write_world(
    root: Path,
    world: World,
    newcomers: Sequence[SamplePerson] = (),
    *,
    clean: bool = False,
    truth: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Write the submissions of the commune of `world`; `newcomers` are added to its register."""
    submissions = plan_all_submissions(world)
    people = next(len(h.rows) for h in submissions if h.dataset.name == "dan_cu" and h.latest)
    files, absent = _files(world, submissions, newcomers, clean=clean)
    planted = [*absent]
    for count, dropped in enumerate(files, start=1):
        _drop(Root(root).inbox, dropped)
        planted += dropped.planted
        if progress:
            progress(count, len(files))
    if truth is not None:
        _write_truth(truth, planted)
    return Summary(len(files), people, len(planted))


def _files(
    world: World, submissions: list[SampleSubmission], newcomers: Sequence[SamplePerson], *, clean: bool
) -> tuple[list[Dropped], tuple[Planted, ...]]:
    """The files, and the planted faults that belong to no file (missing submissions)."""
    spared = move_in(world, submissions, newcomers)
    if clean:
        return [make_file(world, submission) for submission in submissions], ()
    good = {(h.unit, h.dataset.name): replace(h, rows=[*h.rows], faults=[]) for h in submissions if h.latest}
    plant(world, submissions, spared)
    files = [*plant_undisciplined(world, submissions)]
    missing = list_absent(world, submissions, files)
    late = {file.unit for file in files for fault in file.planted if fault.code == "giao_nop.tre_han"}
    # A stray file of a unit with a late submission would be fixed by that later submission.
    good = {place: submission for place, submission in good.items() if submission.unit not in late}
    repeated = next(send_again(f) for f in reversed(files) if f.unit == "mat_tran")
    return [*files, *make_strays(world, good), repeated], missing


def _drop(inbox: Path, dropped: Dropped) -> None:
    path = inbox / dropped.unit / dropped.name
    path.parent.mkdir(parents=True, exist_ok=True)
    moment = int(dropped.received.timestamp() * 1_000_000_000)
    write_file(path, dropped.data, durable=False, times=(moment, moment))


def _write_truth(path: Path, planted: list[Planted]) -> None:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(sorted(fault.line() for fault in planted))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, text.getvalue().encode())
