"""Generates people who are in the registers of more than one commune of a province."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.sample.people.families import Member
from flows.sample.people.person import SamplePerson
from flows.sample.people.register import make_stranger
from flows.sample.submission import SampleSubmission
from flows.sample.world import World

# Number of people that each commune shares with the next.
_WITH_THE_NEXT = 2


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One person, and the numbers of the communes whose registers include that person."""

    person: SamplePerson
    communes: tuple[int, ...]


def find_neighbours(world: World, communes: int) -> list[Neighbour]:
    """People shared by the communes 0 to `communes` - 1, each with the next; the first person is in three.

    `world` belongs to the province: its share of numbers is used by no commune.
    """
    if communes < 2:
        return []
    rng = world.rng("neighbours")
    _, latest = world.periods("dan_cu")
    shared: list[Neighbour] = []
    for one in range(communes if communes > 2 else 1):
        for _ in range(_WITH_THE_NEXT):
            member = Member("Khác", rng.choice(("Nam", "Nữ")), rng.randrange(20, 60), of_the_family=False)
            third = (2,) if communes > 2 and not shared else ()
            person = make_stranger(world, len(shared), member, latest.end)
            shared.append(Neighbour(person, (one, (one + 1) % communes, *third)))
    return shared


def move_in(
    world: World, submissions: Sequence[SampleSubmission], newcomers: Sequence[SamplePerson]
) -> frozenset[str]:
    """Add each of `newcomers` to a household of the latest lists; returns the codes of those households."""
    register = next(h for h in submissions if h.dataset.name == "dan_cu" and h.latest)
    counts = [h for h in submissions if h.dataset.name == "ho_gia_dinh" and h.latest]
    counted = {row["ma_ho"]: row for h in counts for row in h.rows}
    last = {row["ma_ho"]: at for at, row in enumerate(register.rows)}
    homes = world.rng("move in").sample(sorted(counted), len(newcomers))
    for home, person in sorted(zip(homes, newcomers, strict=True), key=lambda each: -last[each[0]]):
        host = register.rows[last[home]]
        reviewed = min(person.ngay_cap_nhat, register.period.end)
        row = person.row() | {"ma_ho": home, "thon": host["thon"], "ngay_cap_nhat": reviewed}
        register.rows.insert(last[home] + 1, row)
        counted[home]["nhan_khau"] += 1
    return frozenset(homes)
