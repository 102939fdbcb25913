"""What a submission is once read, and once cleaned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flows.collect.submission import Submission
from flows.read.table import Problem, ReadTable
from schemas.periods import Period


@dataclass(frozen=True, slots=True)
class SubmissionPart:
    """The records that one submission brings for one dataset and period.

    `frame` and `changes` are the cleaned ones plus `_table` (UInt16), the number of the table in
    `tables`, which gives its sheet and its columns' letters.
    """

    dataset: str
    period: Period
    frame: pl.DataFrame
    changes: pl.DataFrame
    tables: tuple[tuple[str, Mapping[str, str]], ...]
    nil: bool


@dataclass(frozen=True, slots=True)
class CleanedSubmission:
    """What one submission came to: its parts, its problems, the role of each of its rows.

    `lost` says that reading it was broken off, and may not be another time.
    """

    submission: Submission
    parts: tuple[SubmissionPart, ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    lost: bool = False


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """What was read of one submission: its sheets, its rows by what they were taken for, its problems.

    `brings` names dataset and period of each of its parts. `lost` says that reading it was broken off, and
    may not be another time.
    """

    submission: Submission
    sheets: int
    roles: Mapping[str, int]
    problems: tuple[Problem, ...]
    brings: tuple[tuple[str, str], ...] = ()
    lost: bool = False

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(self.roles.values())


@dataclass(frozen=True, slots=True)
class ReadSubmission:
    """One submission as read: the tables that its unit owes, with their periods; its problems and its rows.

    `lost` says that reading it was broken off, and may not be another time.
    """

    submission: Submission
    taken: tuple[tuple[ReadTable, Period], ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    lost: bool = False


def summarize(cleaned: CleanedSubmission) -> SubmissionSummary:
    """What was read of a submission, without its records."""
    roles = cleaned.rows["role"].value_counts(sort=True)
    return SubmissionSummary(
        cleaned.submission,
        cleaned.rows["sheet"].n_unique(),
        dict(roles.iter_rows()),
        cleaned.problems,
        tuple((part.dataset, part.period.label) for part in cleaned.parts),
        cleaned.lost,
    )
