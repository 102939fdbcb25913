"""Plants faults across datasets: accounts and households that contradict the register."""

from __future__ import annotations

import random
from collections.abc import Sequence, Set
from datetime import date

from flows.sample.people.person import Row
from flows.sample.submission import RowFault, SampleSubmission
from flows.sample.world import World

_OF_AGE = 14
_MANY_MORE = 7  # persons; more than the uncertainty of the register


def plant_crossed(world: World, submissions: Sequence[SampleSubmission]) -> None:
    """Plant faults in the latest accounts and households; a fault that fits no record is left out."""
    rng = world.rng("plant", "crossed")
    latest = [submission for submission in submissions if submission.latest]
    register = next(h for h in latest if h.dataset.name == "dan_cu")
    _accounts(rng, next(h for h in latest if h.dataset.name == "dinh_danh"), register, world.share)
    homes = [h for h in latest if h.dataset.name == "ho_gia_dinh" and len(h.rows) > 1]
    known = {row["ma_ho"] for row in register.rows}
    rng.shuffle(homes)
    for submission, plant in zip(homes, (_unknown_home, _crowded_home, _lost_home), strict=False):
        plant(submission, rng.randrange(len(submission.rows)), known)


def _accounts(
    rng: random.Random, accounts: SampleSubmission, register: SampleSubmission, share: tuple[int, int]
) -> None:
    people = {row["so_dinh_danh"]: row for row in register.rows}
    held = {row["so_dinh_danh"] for row in accounts.rows}
    day = accounts.period.end
    dead = [number for number, row in people.items() if number not in held and _died_grown(row, day)]
    adults = [at for at, row in enumerate(accounts.rows) if row["muc_do"] == "2"]
    children = [
        at
        for at, row in enumerate(accounts.rows)
        if row["muc_do"] == "1" and _under_age(people[row["so_dinh_danh"]]["ngay_sinh"], day)
    ]
    rng.shuffle(adults)
    if adults:
        at = adults.pop()
        free = _find_unused(accounts.rows[at]["so_dinh_danh"], people.keys() | held, share)
        _change(accounts, at, "so_dinh_danh.khong_co_trong_dan_cu", so_dinh_danh=free)
    if adults and dead:
        _change(accounts, adults.pop(), "so_dinh_danh.da_chet", so_dinh_danh=rng.choice(dead))
    if children:
        _change(accounts, rng.choice(children), "muc_do.duoi_14_tuoi", muc_do="2")


def _find_unused(number: str, used: Set[str], share: tuple[int, int]) -> str:
    """An unused number with the same province, sex and year of birth, from this commune's share."""
    return next(each for n in range(share[0], 10**6, share[1]) if (each := f"{number[:6]}{n:06}") not in used)


def _died_grown(person: Row, day: date) -> bool:
    born = person["ngay_sinh"]
    return person["tinh_trang"] == "Đã chết" and isinstance(born, date) and not _under_age(born, day)


def _under_age(born: date, day: date) -> bool:
    return (born.year + _OF_AGE, born.month, born.day) > (day.year, day.month, day.day)


def _unknown_home(submission: SampleSubmission, at: int, known: set[str]) -> None:
    """Replace a household's code by an unknown one, so that this household also counts as not reported."""
    code = next(each for n in range(99_999, 0, -1) if (each := f"H{n:05}") not in known)
    _change(submission, at, "ma_ho.khong_co_trong_dan_cu", ma_ho=code)
    submission.faults.append(RowFault(None, "ma_ho", "ma_ho.chua_bao_cao"))


def _crowded_home(submission: SampleSubmission, at: int, _: set[str]) -> None:
    members = submission.rows[at]["nhan_khau"]
    _change(submission, at, "nhan_khau.khac_dan_cu", nhan_khau=members + _MANY_MORE)


def _lost_home(submission: SampleSubmission, at: int, _: set[str]) -> None:
    del submission.rows[at]
    submission.faults.append(RowFault(None, "ma_ho", "ma_ho.chua_bao_cao"))


def _change(submission: SampleSubmission, at: int, code: str, **values: object) -> None:
    """Write `values` into a record; the fault is reported at the first of their columns."""
    submission.rows[at] = row = {**submission.rows[at], **values}
    submission.faults.append(RowFault(row, next(iter(values)), code))
