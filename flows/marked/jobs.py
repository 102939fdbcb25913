"""Says which hand-ins are marked, with what, and where the marked workbooks go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath

import polars as pl

from flows.collect import HandIn
from flows.digest import Digest
from flows.faults import typed_changes
from flows.marked.hand_back import Job
from flows.marked.marks import marks_of
from flows.report.places import MARKED
from flows.root import Root
from flows.settle import Judged, Settled
from schemas.periods import in_words
from schemas.registry import Contracts

_SUFFIX = " (trả bài)"


def jobs(
    reports: Path,
    root: Root,
    contracts: Contracts,
    settled: Settled,
    digests: Sequence[Digest],
    typed: pl.DataFrame,
) -> list[Job]:
    """Hand-ins that count and have faults, the largest first, with the unmasked faults `typed`."""
    judged: dict[HandIn, list[Judged]] = {}
    for one in settled.judged:
        judged.setdefault(one.digest.hand_in, []).append(one)
    faults = {
        (unit, file, submission): group
        for (unit, file, submission), group in typed.filter(pl.col("file").is_not_null()).group_by(
            "unit", "file", "submission", maintain_order=True
        )
    }
    # A file of which no row could be read is not opened again: it may be made to harm.
    read = (digest.hand_in for digest in digests if digest.rows.height)
    hand_ins = [one for one in read if (one.unit, one.file, one.submission) in faults]
    hand_ins.sort(key=lambda one: (-one.size, one))
    targets = _targets(reports, hand_ins)
    return [
        Job(
            one,
            one.content(root),
            targets[one],
            root.state / MARKED,
            marks_of(
                faults[one.unit, one.file, one.submission],
                typed_changes(judged.get(one, ())),
                contracts.datasets,
                _about(one, judged.get(one, ()), contracts),
            ),
        )
        for one in hand_ins
    ]


def dealt(some: Sequence[Job], hands: int) -> list[tuple[Job, ...]]:
    """Jobs dealt to at most `hands` workers, so that each gets large and small ones."""
    return [tuple(some[at::hands]) for at in range(min(hands, len(some)))]


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
        folder = reports / "don_vi" / hand_in.unit / MARKED
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
