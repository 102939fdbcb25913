"""Says what a unit still owes, by the ladder of deadlines, to those who reached a new rung of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flows import words
from flows.notify.parts import Part, find_rung, make_list
from flows.notify.told import ToldBefore, make_key
from flows.notify.view import ReleaseView
from flows.report.tables import Row
from schemas.notices import Role


@dataclass(frozen=True, slots=True)
class OwedLine:
    """One part that is owed, at the rung that a role reached: `days` since the deadline, or before it."""

    key: str
    days: int
    text: str


def list_owed(view: ReleaseView, unit: str, role: Role) -> Iterator[OwedLine]:
    """Each part that `unit` owes and of which `role` is to know."""
    for row in view.unit(unit).owed:
        rung = find_rung(row["due"], view.as_of, role)
        if rung is not None:
            key = make_key("han", unit, row["dataset"], row["period"], role, rung.days)
            yield OwedLine(key, (view.as_of - row["due"]).days, _say(view, row))


def _say(view: ReleaseView, row: Row) -> str:
    what = f"“{view.names.dataset(row['dataset'])}” {words.period(row['period'])}"
    days, due = (view.as_of - row["due"]).days, words.day(row["due"])
    if days > 0:
        return f"{what}: hạn {due}, đã quá {days} ngày."
    return f"{what}: hạn hôm nay, {due}." if days == 0 else f"{what}: hạn {due}, còn {-days} ngày."


def split_owed(owed: Sequence[OwedLine]) -> list[str]:
    """The lines of a unit's own letter: what is late, what is due today, what is due soon."""
    lists = (
        ("QUÁ HẠN, CHƯA NỘP", [one.text for one in owed if one.days > 0]),
        ("ĐẾN HẠN HÔM NAY", [one.text for one in owed if one.days == 0]),
        ("SẮP ĐẾN HẠN", [one.text for one in owed if one.days < 0]),
    )
    return [line for title, texts in lists for line in make_list(title, texts, "báo cáo")]


def escalate(view: ReleaseView, units: Sequence[str], role: Role, told: ToldBefore) -> Part | None:
    """What is late for so long that the head of a unit, or the chairman, is to know; None if nothing new."""
    new = [
        (unit, one)
        for unit in units
        for one in list_owed(view, unit, role)
        if one.days > 0 and one.key not in told.keys
    ]
    if not new:
        return None
    late = [f"{view.names.unit(unit)}: {one.text}" for unit, one in new]
    count = len({unit for unit, _ in new})
    who = view.names.unit(new[0][0]) if count == 1 else f"{count} đơn vị"
    title = "QUÁ HẠN, CHƯA NỘP"
    return Part("", f"{who} quá hạn nộp", make_list(title, late, "báo cáo"), [one.key for _, one in new])


def count_late(view: ReleaseView, unit: str, today: date) -> int:
    """How many parts the unit owes whose deadline is over."""
    return sum(row["due"] < today for row in view.unit(unit).owed)
