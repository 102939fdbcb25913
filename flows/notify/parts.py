"""What a letter is made of: one part for each unit and role of the person who gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flows.notify.told import Memory
from schemas.notices import LADDER, LISTED, OLDEST, Role, Rung


@dataclass(frozen=True, slots=True)
class Part:
    """What is told of one unit, or of the commune, to one role.

    Attributes:
        title: Its heading.
        subject: What it comes to, for the subject of the letter.
        lines: What it says.
        keys: What it tells once for all.
        memory: What it tells about each unit, to be compared with next time.
    """

    title: str
    subject: str
    lines: Sequence[str]
    keys: Sequence[str]
    memory: Mapping[str, Memory] = field(default_factory=dict)


def find_rung(due: date, today: date, role: Role) -> Rung | None:
    """The last rung of the ladder that `role` has reached with a part due on `due`; None if there is none."""
    days = (today - due).days
    if days > OLDEST.days:
        return None
    return max(
        (rung for rung in LADDER if role in rung.roles and rung.days <= days),
        key=lambda rung: rung.days,
        default=None,
    )


def make_list(title: str, lines: Sequence[str], more: str) -> list[str]:
    """At most `LISTED` lines under a title, the rest counted as so many `more`; nothing without lines."""
    if not lines:
        return []
    shown = [f"- {line}" for line in lines[:LISTED]]
    rest = len(lines) - LISTED
    return ["", title, *shown, *([f"- và {rest} {more} nữa."] if rest > 0 else [])]
