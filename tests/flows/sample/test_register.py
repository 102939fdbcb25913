"""The made-up people: numbers agree with births and sexes, households with their heads."""

from collections import Counter
from datetime import date

import pytest

from flows.sample.people.person import SamplePerson
from flows.sample.people.register import make_registers
from flows.sample.world import World
from schemas import registry
from schemas.rules import SEX_OF_RELATION


@pytest.fixture(scope="module")
def both() -> tuple[list[SamplePerson], list[SamplePerson]]:
    contracts = registry.load()
    return make_registers(World(3, 2_000, date(2026, 11, 24), contracts.commune, contracts.datasets))


def test_as_many_persons_as_asked_for_then_a_few_born(
    both: tuple[list[SamplePerson], list[SamplePerson]],
) -> None:
    before, now = both
    assert len(before) == 2_000
    assert 2_000 < len(now) < 2_030


def test_numbers_agree_with_birth_and_sex(both: tuple[list[SamplePerson], list[SamplePerson]]) -> None:
    for person in both[1]:
        century, year = divmod(person.born.year - 1900, 100)
        digits = f"{2 * century + (person.gioi_tinh == 'Nữ')}{year:02}"
        assert person.so_dinh_danh[3:6] == digits


def test_numbers_are_unique(both: tuple[list[SamplePerson], list[SamplePerson]]) -> None:
    assert len({person.so_dinh_danh for person in both[1]}) == len(both[1])


def test_each_household_has_one_living_head(both: tuple[list[SamplePerson], list[SamplePerson]]) -> None:
    for people in both:
        heads = Counter(person.ma_ho for person in people if person.head and person.living)
        assert heads == dict.fromkeys({person.ma_ho for person in people}, 1)


def test_relations_agree_with_sexes(both: tuple[list[SamplePerson], list[SamplePerson]]) -> None:
    assert all(SEX_OF_RELATION.get(p.quan_he, p.gioi_tinh) == p.gioi_tinh for p in both[1])


def test_nobody_of_a_thon_shares_name_and_birth(both: tuple[list[SamplePerson], list[SamplePerson]]) -> None:
    assert len({(p.thon, p.ho_ten.lower(), p.born) for p in both[1]}) == len(both[1])


def test_every_thon_has_people(both: tuple[list[SamplePerson], list[SamplePerson]]) -> None:
    assert len({person.thon for person in both[0]}) == 48


def test_persons_known_in_both_months_keep_number_name_and_birth(
    both: tuple[list[SamplePerson], list[SamplePerson]],
) -> None:
    now = {person.so_dinh_danh: (person.ho_ten, person.born) for person in both[1]}
    assert all(now[person.so_dinh_danh] == (person.ho_ten, person.born) for person in both[0])


def test_some_die_and_some_move_away(both: tuple[list[SamplePerson], list[SamplePerson]]) -> None:
    states = Counter(person.tinh_trang for person in both[1])
    assert states["Đã chết"] > 0
    assert states["Đã chuyển đi"] > 0
    assert all((p.ngay_mat is not None) == (p.tinh_trang == "Đã chết") for p in both[1])
