"""Writes marked workbooks into the folders of their units, side by side where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath

import polars as pl

from flows.collect import HandIn
from flows.kept import code_of, sweep, write_private
from flows.marked.book import listed, marked
from flows.marked.marks import Marks, arranged
from flows.read.container import PACKED, Container, detect
from flows.read.faults import RefusedError

# Copying a larger text file into a workbook takes longer than the clerk gains from it.
_LARGEST_TEXT = 20 << 20
_TELLING = 4096


@dataclass(frozen=True, slots=True)
class Job:
    """One hand-in to be marked: its archived bytes, where the marked workbook goes, what it says.

    `kept` is the folder of workbooks marked on earlier days, each named after all it depends on. `faults` and
    `changes` are as typed, with the `heading` of their columns.
    """

    hand_in: HandIn
    content: Path
    target: Path
    kept: Path
    faults: pl.DataFrame
    changes: pl.DataFrame
    about: tuple[str, ...]

    def fingerprint(self) -> str:
        """A name for the marked workbook that changes when the file, its marks or our code does."""
        code = code_of("marked", "read")
        total = sha256(f"{self.hand_in.submission}\0{self.hand_in.file}\0{code}".encode())
        for frame in (self.faults, self.changes):
            total.update(frame.write_csv().encode())
        total.update("\n".join(self.about).encode())
        return total.hexdigest()


def handed_back(jobs: Sequence[Job]) -> list[Job]:
    """Write those workbooks that were marked just so on an earlier day; returns the jobs that are left.

    Kept workbooks that no job asks for any more go: they hold what people typed.
    """
    kept = [job.kept / job.fingerprint() for job in jobs]
    for folder in {job.kept for job in jobs}:
        sweep(folder, kept)
    return [job for job, place in zip(jobs, kept, strict=True) if not _taken(place, job)]


def _taken(kept: Path, job: Job) -> bool:
    if not kept.exists():
        return False
    # A file that can't be opened is kept as nothing, so that nobody tries again.
    if book := kept.read_bytes():
        write_private(job.target, book)
    return True


def hand_back(jobs: Sequence[Job]) -> None:
    """Mark and write the workbooks of `jobs`, and keep them for the days to come."""
    for job in jobs:
        marks = arranged(job.faults, job.changes, job.about)
        book = marked_copy(job.content, PurePath(job.hand_in.file).name, marks)
        write_private(job.kept / job.fingerprint(), book or b"")
        if book is not None:
            write_private(job.target, book)


def marked_copy(content: Path, name: str, marks: Marks) -> bytes | None:
    """The marked workbook; of a huge text file just the lists; None where the file can't be opened."""
    try:
        if content.stat().st_size > _LARGEST_TEXT and _is_text(content):
            return listed(marks)
        return marked(content.read_bytes(), name, marks)
    except RefusedError:
        return None


def _is_text(content: Path) -> bool:
    with content.open("rb") as file:
        start = file.read(_TELLING)
    # What is packed tells what it is at its end.
    return not start.startswith(PACKED) and detect(start) is Container.TEXT
