"""Generates the register of persons at the end of a month, and the register one month later."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from flows.sample.people.families import Member, make_household, pick_sizes
from flows.sample.people.names import FAMILIES, make_full_name
from flows.sample.people.numbers import Numbers
from flows.sample.people.person import SamplePerson
from flows.sample.world import World
from schemas.periods import due
from schemas.units import Thon

_PERSONS_A_HOUSEHOLD = 12_000 / 3_300
MOST_HOUSEHOLDS = 99_999  # a household's code has five digits
_FRESH_DAYS = 350  # every row was reviewed within the last 12 months
_STRANGERS = 1_000_000  # added to the seed; no commune of a province has such a seed
_GROUPS = ("Mường", "Kinh", "Dao", "Thái")


def make_registers(world: World) -> tuple[list[SamplePerson], list[SamplePerson]]:
    """The registers at the end of the last two months, sorted by thôn, household and relation."""
    older, latest = world.periods("dan_cu")
    last_day = due(latest, world.datasets["dan_cu"].due, world.commune.moved)
    maker = _Maker(world, oldest_review=last_day - timedelta(days=_FRESH_DAYS))
    first = list(maker.everyone(older.end))
    return first, maker.month_later(first, latest.start, latest.end)


def make_stranger(world: World, number: int, member: Member, day: date) -> SamplePerson:
    """The `number`-th person shared by communes of a province, as of `day`."""
    _, latest = world.periods("dan_cu")
    maker = _Maker(replace(world, seed=_STRANGERS + world.seed + number), oldest_review=latest.start)
    return maker.somebody(member, day)


class _Maker:
    def __init__(self, world: World, oldest_review: date) -> None:
        self._world = world
        self._rng = world.rng("register")
        self.numbers = Numbers(world.rng("numbers"), world.share)
        self._oldest_review = oldest_review
        self._known: set[tuple[str, str, date]] = set()

    def everyone(self, day: date) -> Iterator[SamplePerson]:
        """Yield `world.persons` people in households on `day`; each thôn has its own mix of ethnic groups."""
        places = self._places()
        for number, (place, size) in enumerate(places, start=1):
            group = self._rng.choices(_GROUPS, _mix(place))[0]
            family = self._rng.choice(FAMILIES[group])
            for member in make_household(self._rng, size):
                yield self._make_person(member, f"H{number:05}", place.code, group, family, day)

    def _places(self) -> list[tuple[Thon, int]]:
        """The thôn and size of each household; every thôn has at least one."""
        thon = self._world.commune.thon
        households = max(len(thon), round(self._world.persons / _PERSONS_A_HOUSEHOLD))
        if households > MOST_HOUSEHOLDS or self._world.persons < households:
            most = round(MOST_HOUSEHOLDS * _PERSONS_A_HOUSEHOLD)
            raise ValueError(f"persons must be between {len(thon)} and {most}")
        weights = [self._rng.uniform(0.6, 1.5) for _ in thon]
        drawn = [*thon, *self._rng.choices(thon, weights, k=households - len(thon))]
        order = {place.code: at for at, place in enumerate(thon)}
        drawn.sort(key=lambda place: order[place.code])
        return list(zip(drawn, pick_sizes(self._rng, households, self._world.persons), strict=True))

    def _make_person(
        self, member: Member, household_code: str, place: str, group: str, family: str, day: date
    ) -> SamplePerson:
        rng = self._rng
        if not member.of_the_family:
            group = group if rng.random() < 0.8 else rng.choice(("Mường", "Kinh"))
            family = rng.choice(FAMILIES[group])
        born, known = self._birth(member.age, day)
        person = SamplePerson(
            so_dinh_danh=self.numbers.personal(born, member.sex),
            ho_ten=self._name(member.sex, family, born, place),
            born=born,
            born_known=known,
            gioi_tinh=member.sex,
            dan_toc=group,
            ma_ho=household_code,
            quan_he=member.relation,
            thon=place,
            cu_tru=rng.choices(("Thường trú", "Tạm trú", "Tạm vắng"), (90, 4, 6))[0],
            tinh_trang="Đang sống",
            ngay_mat=None,
            dien_thoai=self.numbers.phone() if member.age >= 16 and rng.random() < 0.72 else None,
            ngay_cap_nhat=self._day(max(self._oldest_review, born), day),
        )
        return self._maybe_gone(person, member.age, day)

    def _name(self, sex: str, family: str, born: date, place: str) -> str:
        """A name that nobody else born on that day has in that thôn."""
        while True:
            name = make_full_name(self._rng, sex, family)
            if (place, name, born) not in self._known:
                self._known.add((place, name, born))
                return name

    def _birth(self, age: int, day: date) -> tuple[date, Literal["ngay", "thang", "nam"]]:
        """A birth date and its precision; for some old people only the year or the month is known."""
        born = self._day(_years_before(day, age + 1) + timedelta(days=1), _years_before(day, age))
        chance = self._rng.random()
        if age >= 65 and chance < 0.16:
            return born.replace(month=1, day=1), "nam"
        if age >= 65 and chance < 0.18:
            return born.replace(day=1), "thang"
        return born, "ngay"

    def _maybe_gone(self, person: SamplePerson, age: int, day: date) -> SamplePerson:
        """Mark a few persons as dead or moved away, never heads; they stay in the register."""
        if person.head or person.born > self._oldest_review:
            return person
        chance = self._rng.random()
        if chance < (0.09 if age >= 75 else 0.002):
            died = self._day(self._oldest_review, day)
            reviewed = self._day(died, day)
            return replace(
                person, tinh_trang="Đã chết", ngay_mat=died, ngay_cap_nhat=reviewed, dien_thoai=None
            )
        if 18 <= age < 40 and chance > 0.985:
            return replace(person, tinh_trang="Đã chuyển đi")
        return person

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self._rng.randrange(max(0, (last - first).days) + 1))

    def somebody(self, member: Member, day: date) -> SamplePerson:
        """A living person without a household."""
        family = self._rng.choice(FAMILIES["Kinh"])
        person = self._make_person(member, "", "", "Kinh", family, day)
        return replace(person, tinh_trang="Đang sống", ngay_mat=None)

    def month_later(self, people: Sequence[SamplePerson], start: date, end: date) -> list[SamplePerson]:
        """The register one month later: with deaths, moves, reviews and newborn children."""
        now: list[SamplePerson] = []
        for person in people:
            now.append(self._age_one_month(person, start, end))
            if person.quan_he in {"Vợ", "Chồng"} and person.living and self._rng.random() < 0.012:
                now.append(self._add_newborn(person, end))
        return now

    def _age_one_month(self, person: SamplePerson, start: date, end: date) -> SamplePerson:
        chance = self._rng.random()
        if not person.living:
            return person
        if not person.head and chance < (0.004 if person.age(end) >= 75 else 0.0002):
            died = self._day(start, end)
            return replace(person, tinh_trang="Đã chết", ngay_mat=died, ngay_cap_nhat=end, dien_thoai=None)
        if not person.head and 18 <= person.age(end) < 40 and chance > 0.998:
            return replace(person, tinh_trang="Đã chuyển đi", ngay_cap_nhat=self._day(start, end))
        if 0.1 < chance < 0.25:
            return replace(person, ngay_cap_nhat=self._day(start, end))
        if 0.25 < chance < 0.26 and person.dien_thoai:
            return replace(person, dien_thoai=self.numbers.phone(), ngay_cap_nhat=self._day(start, end))
        return person

    def _add_newborn(self, parent: SamplePerson, end: date) -> SamplePerson:
        child = Member(
            "Con" if parent.age(end) < 45 else "Cháu", _newborn_sex(self._rng), 0, of_the_family=True
        )
        family = parent.ho_ten.partition(" ")[0]
        person = self._make_person(child, parent.ma_ho, parent.thon, parent.dan_toc, family, end)
        born = self._day(end.replace(day=1), end)
        return replace(
            person,
            born=born,
            so_dinh_danh=self.numbers.personal(born, person.gioi_tinh),
            ho_ten=self._name(person.gioi_tinh, family, born, parent.thon),
            cu_tru="Thường trú",
            ngay_cap_nhat=self._day(born, end),
        )


def _newborn_sex(rng: random.Random) -> str:
    return "Nam" if rng.random() < 0.52 else "Nữ"


def _mix(place: Thon) -> tuple[int, int, int, int]:
    """Percentages of households by ethnic group: Mường, Kinh, Dao, Thái."""
    if place.old_commune.startswith("Thị trấn"):
        return 38, 58, 1, 3
    return (40, 12, 44, 4) if place.name.startswith("Bản") else (76, 16, 3, 5)


def _years_before(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return date(day.year - years, day.month, 28 if leap else day.day)
