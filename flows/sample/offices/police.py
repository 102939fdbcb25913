"""Generates Công an xã's records: the register of persons and electronic identity accounts."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flows.sample.people.person import Row, SamplePerson
from flows.sample.submission import SampleSubmission, plan_submissions
from flows.sample.world import World

_UNIT = "cong_an"
_FIRST_ACCOUNTS = date(2021, 3, 1)  # the year in which chip cards and accounts came
_YOUNGEST_LEVEL_2 = 14


def make(world: World, registers: Sequence[list[SamplePerson]]) -> Iterable[SampleSubmission]:
    """Submissions of `dan_cu` and `dinh_danh`."""
    before, now = registers
    yield from plan_submissions(world, "dan_cu", _UNIT, [p.row() for p in before], [p.row() for p in now])
    yield from plan_submissions(world, "dinh_danh", _UNIT, *_accounts(world, before, now))


def _accounts(
    world: World, before: Sequence[SamplePerson], now: Sequence[SamplePerson]
) -> tuple[list[Row], list[Row]]:
    """Accounts of living persons at the end of both months; in between some are opened or activated."""
    rng = world.rng("accounts")
    older, latest = world.periods("dinh_danh")
    zeal = {place.code: rng.uniform(0.80, 0.985) for place in world.commune.thon}
    first = {
        person.so_dinh_danh: account
        for person in before
        if person.living and (account := _account(rng, person, zeal[person.thon], older.end))
    }
    second: list[Row] = []
    for person in filter(lambda p: p.living, now):
        if account := first.get(person.so_dinh_danh):
            second.append(_progress(rng, account, latest.start, latest.end))
        elif person.age(latest.start) >= _YOUNGEST_LEVEL_2 and rng.random() < 0.08:
            second.append(_open_account(rng, person, latest.start, latest.end))
    return list(first.values()), second


def _account(rng: random.Random, person: SamplePerson, zeal: float, end: date) -> Row | None:
    age = person.age(end)
    if age < _YOUNGEST_LEVEL_2:
        return _level_1(rng, person, end) if age >= 8 and rng.random() < 0.12 else None
    if rng.random() > zeal + (0.03 if age < 60 else -0.05):
        return None
    came_of_age = date(person.born.year + _YOUNGEST_LEVEL_2 + 1, 1, 1)
    earliest = max(_FIRST_ACCOUNTS, came_of_age)
    if earliest > end - timedelta(days=60):
        return None
    return _open_account(rng, person, earliest, end - timedelta(days=40), activates=0.95)


def _level_1(rng: random.Random, person: SamplePerson, end: date) -> Row:
    taken = _day(rng, max(_FIRST_ACCOUNTS, person.born + timedelta(days=6 * 366)), end)
    return _row(person, "1", taken, taken, min(end, taken + timedelta(days=3)), end)


def _open_account(
    rng: random.Random, person: SamplePerson, first: date, last: date, *, activates: float = 0.4
) -> Row:
    taken = _day(rng, first, last)
    approved = min(last, taken + timedelta(days=rng.randint(2, 20)))
    activated = min(last, approved + timedelta(days=rng.randint(0, 20))) if rng.random() < activates else None
    row = _row(person, "2", taken, approved, activated, last)
    row["giay_to"] = rng.choices((0, 1, 2, 3, 4), (8, 30, 34, 20, 8))[0] if activated else 0
    row["chu_ky_so"] = activated is not None and rng.random() < 0.13
    return row


def _row(
    person: SamplePerson,
    level: str,
    taken: date,
    approved: date | None,
    activated: date | None,
    updated: date,
) -> Row:
    return {
        "so_dinh_danh": person.so_dinh_danh,
        "muc_do": level,
        "ngay_thu_nhan": taken,
        "ngay_phe_duyet": approved,
        "ngay_kich_hoat": activated,
        "giay_to": 0,
        "chu_ky_so": False,
        "ngay_cap_nhat": activated or approved or updated,
        "thon": person.thon,
    }


def _progress(rng: random.Random, account: Row, start: date, end: date) -> Row:
    """The account one month later."""
    if account["muc_do"] == "1":
        return account
    chance = rng.random()
    if account["ngay_kich_hoat"] is None and chance < 0.2:
        day = _day(rng, start, end)
        return {**account, "ngay_kich_hoat": day, "giay_to": 1, "ngay_cap_nhat": day}
    if account["ngay_kich_hoat"] and chance < 0.03:
        day = _day(rng, start, end)
        return {**account, "giay_to": account["giay_to"] + 1, "ngay_cap_nhat": day}
    if account["ngay_kich_hoat"] and chance < 0.04:
        return {**account, "chu_ky_so": True, "ngay_cap_nhat": _day(rng, start, end)}
    return account


def _day(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange(max(0, (last - first).days) + 1))
