"""Says which hand-ins are marked, with what, and where the marked workbooks go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import polars as pl

from flows.cache import name_of
from flows.collect.hand_in import WHO, HandIn
from flows.fingerprints import by_group
from flows.release.places import MARKED, UNITS
from flows.returns.marks import headed
from flows.returns.workbooks import Job
from flows.root import Root
from flows.settle.model import Judged, Settled, about
from schemas.periods import in_words
from schemas.registry import Contracts

_SUFFIX = " (trả bài)"


@dataclass(frozen=True, slots=True)
class Book:
    """A marked workbook to be: of which hand-in, where it goes, what it says of it in a line each.

    `name` tells all that it depends on, beside our code and the contracts.
    """

    name: str
    hand_in: HandIn
    target: Path
    about: tuple[str, ...]


def books(reports: Path, contracts: Contracts, settled: Settled, typed: pl.DataFrame) -> list[Book]:
    """One for each hand-in that counts and has faults, the largest first; `typed` are unmasked faults."""
    judged = settled.by_hand_in()
    wrong = by_group(typed.filter(pl.col("file").is_not_null()), WHO)
    repaired = by_group(settled.changes, WHO)
    # A file of which no row could be read is not opened again: it may be made to harm.
    hand_ins = [one.hand_in for one in settled.accounts if one.rows and one.hand_in.who in wrong]
    hand_ins.sort(key=lambda one: (-one.size, one))
    targets = _targets(reports, hand_ins)
    found = []
    for one in hand_ins:
        who, said = one.who, _about(one, judged.get(one, ()), contracts)
        name = name_of("tra_bai", *who, wrong[who], repaired.get(who), *said)
        found.append(Book(name, one, targets[one], said))
    return found


def jobs(
    some: Sequence[Book], root: Root, contracts: Contracts, settled: Settled, typed: pl.DataFrame
) -> list[Job]:
    """What is to be done for `some` marked workbooks."""
    none = headed(settled.changes.clear(), contracts.datasets)
    faults, changes = (
        headed(about(frame, (one.hand_in for one in some)), contracts.datasets).partition_by(
            WHO, as_dict=True, maintain_order=True
        )
        for frame in (typed, settled.changes)
    )
    return [
        Job(
            one.hand_in,
            one.hand_in.content(root),
            one.target,
            faults[one.hand_in.who],
            changes.get(one.hand_in.who, none),
            one.about,
        )
        for one in some
    ]


def dealt(some: Sequence[Job], hands: int) -> list[tuple[Job, ...]]:
    """Jobs dealt to at most `hands` workers, so that each gets large and small ones."""
    return [tuple(some[at::hands]) for at in range(min(hands, len(some)))]


def _about(hand_in: HandIn, judged: Sequence[Judged], contracts: Contracts) -> tuple[str, ...]:
    unit = contracts.commune.unit(hand_in.unit)
    reads = (f"{contracts.datasets[one.dataset].title}, {in_words(one.period.label)}" for one in judged)
    day = f"{hand_in.day:%d/%m/%Y}"
    who = unit.title if unit else hand_in.unit
    return (f"Tệp {hand_in.file} của {who}, nhận ngày {day}", *(f"Đọc được: {said}" for said in reads))


def _targets(reports: Path, hand_ins: Sequence[HandIn]) -> Mapping[HandIn, Path]:
    """Where each marked workbook goes; names that several hand-ins of a unit share get a number."""
    targets: dict[HandIn, Path] = {}
    taken: set[Path] = set()
    for hand_in in sorted(hand_ins):
        folder = reports / UNITS / hand_in.unit / MARKED
        path = next(path for name in _names(hand_in.file) if (path := folder / name) not in taken)
        targets[hand_in] = path
        taken.add(path)
    return targets


def _names(file: str) -> Iterator[str]:
    path = PurePath(file.replace("/", " - "))
    stem, suffix = path.stem, ".xlsm" if path.suffix.lower() == ".xlsm" else ".xlsx"
    stem = stem.removesuffix(_SUFFIX)
    while len(stem.encode()) > 180:
        stem = stem[:-1]
    yield f"{stem}{_SUFFIX}{suffix}"
    number = 2
    while True:
        yield f"{stem} {number}{_SUFFIX}{suffix}"
        number += 1
