"""Writes marked workbooks into the folders of their units, side by side where there are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import polars as pl

from flows.collect.submission import Submission
from flows.files import write_private
from flows.read.formats.container import PACKED, Container, detect
from flows.read.problems import RefusedError
from flows.returns.book import list_marks, mark_workbook
from flows.returns.marks import Marks, arrange
from schemas.contract import Dataset

# Copying a larger text file into a workbook takes longer than the clerk gains from it.
_LARGEST_TEXT = 20 << 20
_TELLING = 4096


@dataclass(frozen=True, slots=True)
class Job:
    """One submission to be marked: its archived bytes, where the marked workbook goes, what it says.

    `faults` and `changes` are as typed, with the `heading` of their columns.
    """

    submission: Submission
    content: Path
    target: Path
    faults: pl.DataFrame
    changes: pl.DataFrame
    about: tuple[str, ...]


def write_marked(jobs: Sequence[Job], datasets: Mapping[str, Dataset]) -> None:
    """Mark and write the workbooks of `jobs`, but for files that can't be opened."""
    for job in jobs:
        marks = arrange(job.faults, job.changes, job.about)
        book = mark_copy(job.content, PurePath(job.submission.file).name, marks, datasets)
        if book is not None:
            write_private(job.target, book)


def mark_copy(content: Path, name: str, marks: Marks, datasets: Mapping[str, Dataset]) -> bytes | None:
    """The marked workbook; of a huge text file just the lists; None where the file can't be opened."""
    try:
        if content.stat().st_size > _LARGEST_TEXT and _is_text(content):
            return list_marks(marks)
        return mark_workbook(content.read_bytes(), name, marks, datasets)
    except RefusedError:
        return None


def _is_text(content: Path) -> bool:
    with content.open("rb") as file:
        start = file.read(_TELLING)
    # What is packed tells what it is at its end.
    return not start.startswith(PACKED) and detect(start) is Container.TEXT
