"""Declares the interface of whatever runs the steps of a day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from flows.engine.workers import Guard

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a day: its title for people, and whether it is tried again after a failure.

    Try a step again only if it may fail for causes outside the program, such as a network share that is away
    for a moment. The results of our own code do not get better by waiting. `describe` says what came out of
    it, in counts.
    """

    title: str
    retried: bool = False
    describe: Callable[[Any], str] | None = None

    @property
    def name(self) -> str:
        """The title in ASCII: Prefect's timeline drops letters with marks."""
        return to_ascii(self.title)


def to_ascii(title: str) -> str:
    """A Vietnamese title as a name without marks and blanks, as "thu-tep"."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


class Runner(Protocol):
    """Runs the steps of a day: in this process (`PlainRunner`) or as tasks of Prefect."""

    def step(self, step: Step, work: Callable[..., T], *args: object) -> T:
        """Run `work` as one step; returns its result."""
        ...

    def each(
        self, step: Step, work: Callable[[S], T], items: Sequence[S], guard: Guard[S, T] | None = None
    ) -> list[T]:
        """Run `work` on every item in parallel, limited by `guard`; results in the order of `items`."""
        ...
