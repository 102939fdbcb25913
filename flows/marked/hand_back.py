"""Writes the marked workbooks of a day: one for each hand-in that counts and has faults."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import polars as pl

from flows.collect import HandIn
from flows.digest import Digest
from flows.faults import typed_changes
from flows.marked.book import listed, marked
from flows.marked.marks import Marks, marks_of
from flows.read.container import Container, detect
from flows.read.faults import RefusedError
from flows.root import Root
from flows.settle import Judged, Settled
from schemas.periods import in_words
from schemas.registry import Contracts

#: Within a unit's folder; it holds what people typed, so it is for the owner of the release only.
FOLDER = "tra_bai"
_SUFFIX = " (trả bài)"
# Copying a larger text file into a workbook takes longer than the clerk gains from it.
_LARGEST_TEXT = 20 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """One workbook to be marked: the archived file, its name, where the marked one goes, what it says."""

    content: Path
    name: str
    target: Path
    marks: Marks


def jobs(
    reports: Path,
    root: Root,
    contracts: Contracts,
    settled: Settled,
    digests: Sequence[Digest],
    typed: pl.DataFrame,
) -> list[Job]:
    """What there is to mark, from the unmasked faults `typed`, the largest files first."""
    judged: dict[HandIn, list[Judged]] = {}
    for one in settled.judged:
        judged.setdefault(one.digest.hand_in, []).append(one)
    faults = {
        (unit, file, submission): group
        for (unit, file, submission), group in typed.filter(pl.col("file").is_not_null()).group_by(
            "unit", "file", "submission", maintain_order=True
        )
    }
    hand_ins = [
        d.hand_in for d in digests if (d.hand_in.unit, d.hand_in.file, d.hand_in.submission) in faults
    ]
    hand_ins.sort(key=lambda one: (-one.size, one))
    targets = _targets(reports, hand_ins)
    return [
        Job(
            one.content(root),
            one.file,
            targets[one],
            marks_of(
                faults[one.unit, one.file, one.submission],
                typed_changes(judged.get(one, ())),
                contracts.datasets,
                _about(one, judged.get(one, ()), contracts),
            ),
        )
        for one in hand_ins
    ]


def hand_back(some: Sequence[Job]) -> int:
    """Write the workbooks of `some`; returns how many files could be opened at all."""
    return sum(map(_hand_back, some))


def _hand_back(job: Job) -> bool:
    book = marked_copy(job.content.read_bytes(), PurePath(job.name).name, job.marks)
    if book is not None:
        write_private(job.target, book)
    return book is not None


def marked_copy(data: bytes, name: str, marks: Marks) -> bytes | None:
    """The marked workbook; of a huge text file just the lists; None where the file can't be opened."""
    try:
        if len(data) > _LARGEST_TEXT and detect(data) is Container.TEXT:
            return listed(marks)
        return marked(data, name, marks)
    except RefusedError:
        return None


def write_private(path: Path, data: bytes) -> None:
    """Write `data` for the owner's eyes only, in a folder that is so too."""
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(data)


def _about(hand_in: HandIn, judged: Sequence[Judged], contracts: Contracts) -> tuple[str, ...]:
    unit = contracts.commune.unit(hand_in.unit)
    reads = (
        f"{contracts.datasets[one.part.dataset].title}, {in_words(one.part.period.label)}" for one in judged
    )
    day = f"{hand_in.day:%d/%m/%Y}"
    who = unit.title if unit else hand_in.unit
    return (f"Tệp {hand_in.file} của {who}, nhận ngày {day}", *(f"Đọc được: {said}" for said in reads))


def _targets(reports: Path, hand_ins: Sequence[HandIn]) -> Mapping[HandIn, Path]:
    """Where each marked workbook goes; names that several hand-ins of a unit share get a number."""
    targets: dict[HandIn, Path] = {}
    taken: set[Path] = set()
    for hand_in in sorted(hand_ins):
        folder = reports / "don_vi" / hand_in.unit / FOLDER
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
