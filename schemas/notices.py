"""Declares who is told what and when: the roles of people, the ladder of deadlines, hours and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Literal

Role = Literal["nguoi_nop", "truong", "chu_tich", "ky_su"]

#: The roles that a contact may have, with their Vietnamese names.
ROLES: Mapping[Role, str] = {
    "nguoi_nop": "Người nộp",
    "truong": "Trưởng đơn vị",
    "chu_tich": "Chủ tịch",
    "ky_su": "Kỹ sư",
}
#: Roles within one unit; the others are those of the whole commune.
ROLES_OF_UNITS: tuple[Role, ...] = ("nguoi_nop", "truong")
#: Who is told at any hour of any day: a run that failed can't wait for the next working day.
ROLES_AT_ANY_HOUR: tuple[Role, ...] = ("ky_su",)


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder: who is told `days` after the deadline of a silent unit, or before it."""

    days: int
    roles: tuple[Role, ...]


#: Calendar days, as `days_late` in the roll call. Each rung of a part that is owed is told once.
LADDER: tuple[Rung, ...] = (
    Rung(-3, ("nguoi_nop",)),
    Rung(0, ("nguoi_nop",)),
    Rung(1, ("nguoi_nop",)),
    Rung(3, ("nguoi_nop", "truong")),
    Rung(7, ("nguoi_nop", "truong", "chu_tich")),
)


@dataclass(frozen=True, slots=True)
class NoticeTimes:
    """When people are told: on working days from `begin` until `end`.

    The week's page is due on the day `weekly` (0 is Monday). By `run_by` the day's run must be over.
    """

    begin: time
    end: time
    weekly: int
    run_by: time


#: What holds where a root's `xa.toml` says nothing else; its list of contacts, from the root.
NOTICE_TIMES = NoticeTimes(time(7), time(18), 0, time(7))
CONTACTS_FILE = "lien_he.csv"


#: What came before, or is late for longer, is not told any more: nobody is flooded when telling begins.
RECENT, OLDEST = timedelta(days=7), timedelta(days=365)
#: How many days back runs that failed or did not happen are told.
RUNS_BACK = timedelta(days=14)
#: A unit that owes something and sent no file for so long is a silent source.
SILENT = timedelta(days=35)
#: Lines of one list, and characters of a subject and of a whole message.
LISTED, SUBJECT, WHOLE = 8, 150, 20_000
