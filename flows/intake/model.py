"""The data classes of a submission: as read, as cleaned, and its summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from flows.collect.submission import Meant, Submission
from flows.read.clerk_marks import NO_FILE_MARKS, FileMarks
from flows.read.table import Problem, ReadTable
from schemas.periods import Period


@dataclass(frozen=True, slots=True)
class SubmissionPart:
    """The records of one submission for one dataset and period.

    Attributes:
        dataset: Name of the dataset.
        period: The reporting period.
        frame: `Cleaned.frame` of all its tables, plus `_table` (UInt16), an index into `tables`.
        changes: `Cleaned.changes` of all its tables, plus `_table`.
        tables: Per table the name of its sheet and the letter of each of its columns.
        nil: Whether the form declares "Không phát sinh" (nothing to report).
        refused: Whether its tables were refused for their headings. Its records are judged, so that all
            faults are told at once; none of them counts.
        meant: What somebody said that its records are; None if nobody said anything.
        borrowed: The submissions of its last tables, where these are of other submissions: those that it
            corrects.
        saved: When its file says itself that it was saved last.
    """

    dataset: str
    period: Period
    frame: pl.DataFrame
    changes: pl.DataFrame
    tables: tuple[tuple[str, Mapping[str, str]], ...]
    nil: bool
    refused: bool = False
    meant: Meant | None = None
    borrowed: tuple[Submission, ...] = ()
    saved: datetime | None = None


@dataclass(frozen=True, slots=True)
class CleanedSubmission:
    """One submission, read and cleaned.

    Attributes:
        submission: The file.
        parts: Its records, one part per dataset and period.
        rows: The role of each of its sheet rows (`ROWS_SCHEMA`).
        problems: The faults of the file, its sheets and its headings.
        lost: Whether reading was aborted. It may succeed on another day, so the result is not cached.
        marks: What clerks did to its cells besides typing.
        refused: The parts whose tables were refused for their headings.
    """

    submission: Submission
    parts: tuple[SubmissionPart, ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    lost: bool = False
    marks: FileMarks = NO_FILE_MARKS
    refused: tuple[SubmissionPart, ...] = ()


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """What is known of one submission without its records.

    Attributes:
        submission: The file.
        sheets: Number of sheets.
        roles: Number of sheet rows by role (`ROLES`).
        problems: The faults of the file, its sheets and its headings.
        brings: Dataset and period label of each of its parts.
        lost: See `CleanedSubmission`.
        marks: See `CleanedSubmission`.
        refused: Dataset and period label of each of its refused parts.
    """

    submission: Submission
    sheets: int
    roles: Mapping[str, int]
    problems: tuple[Problem, ...]
    brings: tuple[tuple[str, str], ...] = ()
    lost: bool = False
    marks: FileMarks = NO_FILE_MARKS
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def rows(self) -> int:
        """Number of sheet rows, whatever their role."""
        return sum(self.roles.values())


@dataclass(frozen=True, slots=True)
class ReadSubmission:
    """One submission as read, before cleaning.

    Attributes:
        submission: The file.
        taken: The tables that its unit must submit, each with its period.
        rows: The role of each of its sheet rows (`ROWS_SCHEMA`).
        problems: The faults of the file, its sheets and its headings.
        lost: See `CleanedSubmission`.
        marks: See `CleanedSubmission`.
        refused: The tables refused for their headings that its unit must submit, each with its period.
    """

    submission: Submission
    taken: tuple[tuple[ReadTable, Period], ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    lost: bool = False
    marks: FileMarks = NO_FILE_MARKS
    refused: tuple[tuple[ReadTable, Period], ...] = ()


def summarize(cleaned: CleanedSubmission) -> SubmissionSummary:
    """The summary of a cleaned submission."""
    roles = cleaned.rows["role"].value_counts(sort=True)
    return SubmissionSummary(
        cleaned.submission,
        cleaned.rows["sheet"].n_unique(),
        dict(roles.iter_rows()),
        cleaned.problems,
        tuple((part.dataset, part.period.label) for part in cleaned.parts),
        cleaned.lost,
        cleaned.marks,
        tuple((part.dataset, part.period.label) for part in cleaned.refused),
    )


def split_repeats(
    summaries: Sequence[SubmissionSummary],
) -> tuple[list[SubmissionSummary], list[Submission]]:
    """The summaries of submissions that bring something new, and the submissions that only repeat.

    `summaries` are in order of arrival. A repeat has the content of an earlier submission of its unit, and
    nothing else came in between for what it reports on. What was replaced and then sent again is no repeat.
    """
    last: dict[tuple[str, str, str], str] = {}
    seen: set[tuple[str, str]] = set()
    first: list[SubmissionSummary] = []
    again: list[Submission] = []
    for summary in summaries:
        one = summary.submission
        owes = [(one.unit, dataset, period) for dataset, period in summary.brings]
        if (one.unit, one.sha256) in seen and all(last.get(each) == one.sha256 for each in owes):
            again.append(one)
            continue
        first.append(summary)
        seen.add((one.unit, one.sha256))
        last.update(dict.fromkeys(owes, one.sha256))
    return first, again
