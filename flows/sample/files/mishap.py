"""Declares faults of a whole form, as opposed to faults of single cells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mishap:
    """The name of a column to leave out, to duplicate, or to give a wrong total; or an unknown heading."""

    without: str = ""
    twice: str = ""
    strange: str = ""
    wrong_total: str = ""


NONE = Mishap()
