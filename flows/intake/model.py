"""What a hand-in is once read, and once cleaned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flows.collect.hand_in import HandIn
from flows.read.table import Problem, Table
from schemas.periods import Period


@dataclass(frozen=True, slots=True)
class Part:
    """The records that one hand-in brings for one dataset and period.

    `frame` and `changes` are the cleaned ones plus `_bang` (UInt16), the number of the table in
    `tables`, which gives its sheet and its columns' letters.
    """

    dataset: str
    period: Period
    frame: pl.DataFrame
    changes: pl.DataFrame
    tables: tuple[tuple[str, Mapping[str, str]], ...]
    nil: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """What one hand-in came to: its parts, its problems, the role of each of its rows.

    `lost` says that reading it was broken off, and may not be another time.
    """

    hand_in: HandIn
    parts: tuple[Part, ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What was read of one hand-in: its sheets, its rows by what they were taken for, its problems.

    `brings` names dataset and period of each of its parts. `lost` says that reading it was broken off, and
    may not be another time.
    """

    hand_in: HandIn
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
class ReadIn:
    """One hand-in as read: the tables that its unit owes, with their periods; its problems and its rows.

    `lost` says that reading it was broken off, and may not be another time.
    """

    hand_in: HandIn
    taken: tuple[tuple[Table, Period], ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    lost: bool = False


def account_of(digest: Digest) -> Account:
    """What was read of a hand-in, without its records."""
    roles = digest.rows["role"].value_counts(sort=True)
    return Account(
        digest.hand_in,
        digest.rows["sheet"].n_unique(),
        dict(roles.iter_rows()),
        digest.problems,
        tuple((part.dataset, part.period.label) for part in digest.parts),
        digest.lost,
    )
