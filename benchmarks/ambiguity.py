"""Defines kinds of ambiguity: columns with a known truth, read as the project reads them, and scored."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

#: What was taken from one cell: the value, and the flaw that tells of a doubt; None if none is told.
Answer = tuple[object, str | None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One column made up.

    Attributes:
        given: The column as it is handed in, in a form that only its kind knows.
        truth: What each of its cells means.
        decidable: Whether a careful person could tell what every cell means.
    """

    given: Any
    truth: tuple[object, ...]
    decidable: bool


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A kind of ambiguity: `draw` makes one column up, `read` gives the answers of many columns."""

    draw: Callable[[random.Random], Drawn]
    read: Callable[[Sequence[Drawn]], Iterable[Sequence[Answer]]]


@dataclass(slots=True)
class Score:
    """What came of some columns of one kind.

    Attributes:
        columns: Number of columns.
        silent: Those in which a wrong value was taken and nothing told at its cell.
        decidable: Number of columns that a careful person could decide.
        asked: Those of them in which some cell was asked about.
    """

    columns: int = 0
    silent: list[Drawn] = field(default_factory=list)
    decidable: int = 0
    asked: list[Drawn] = field(default_factory=list)


def score(kind: Ambiguity, columns: int, seed: int = 0) -> Score:
    """Draw `columns` columns and compare what is read with the truth."""
    rng = random.Random(seed)  # noqa: S311 - the same columns every time
    drawn = [kind.draw(rng) for _ in range(columns)]
    found = Score(columns, decidable=sum(one.decidable for one in drawn))
    for one, answers in zip(drawn, kind.read(drawn), strict=True):
        cells = list(zip(one.truth, answers, strict=True))
        if any(told is None and value != true for true, (value, told) in cells):
            found.silent.append(one)
        if one.decidable and any(told is not None for _, told in answers):
            found.asked.append(one)
    return found
