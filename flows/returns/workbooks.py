"""Writes marked workbooks into the folders of their units; a batch is one task of a worker process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import polars as pl

from flows.collect.archive import is_content_of
from flows.collect.submission import Submission
from flows.files import write_private
from flows.read.formats.container import is_text
from flows.read.problems import RefusedError
from flows.returns.book import list_marks, mark_workbook
from flows.returns.marks import Marks, arrange
from schemas.contract import Dataset

# A larger text file takes too long to copy into a workbook; it only gets the lists.
_LARGEST_TEXT = 20 << 20
_START_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Job:
    """One workbook to mark: the archived file `content`, the path `target` to write, and the marks.

    `faults` and `changes` have values as typed, not masked, and the `heading` of their columns.
    """

    submission: Submission
    content: Path
    target: Path
    faults: pl.DataFrame
    changes: pl.DataFrame
    about: tuple[str, ...]


def write_marked(jobs: Sequence[Job], datasets: Mapping[str, Dataset]) -> None:
    """Mark and write the workbook of each job; files that can't be opened get none.

    What the archive has of a file may have been damaged since it was read: then it gets none, either.
    """
    for job in jobs:
        if not is_content_of(job.content, job.submission):
            continue
        marks = arrange(job.faults, job.changes, job.about, job.submission.unit)
        book = mark_copy(job.content, PurePath(job.submission.file).name, marks, datasets)
        if book is not None:
            write_private(job.target, book, durable=False)


def mark_copy(content: Path, name: str, marks: Marks, datasets: Mapping[str, Dataset]) -> bytes | None:
    """The marked workbook; only the lists for a huge text file; None if the file can't be opened."""
    try:
        if content.stat().st_size > _LARGEST_TEXT and _is_text(content):
            return list_marks(marks)
        return mark_workbook(content.read_bytes(), name, marks, datasets)
    except RefusedError:
        return None


def _is_text(content: Path) -> bool:
    with content.open("rb") as file:
        return is_text(file.read(_START_SIZE))
