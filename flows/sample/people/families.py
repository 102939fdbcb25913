"""Generates households: their sizes, and each member's relation to the head, sex and age."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

_SIZES = (1, 2, 3, 4, 5, 6, 7, 8)
_WEIGHTS = (8, 15, 21, 27, 17, 8, 3, 1)
_OLDEST = 99


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a household: relation to the head, sex, age, and whether the family name is the head's."""

    relation: str
    sex: str
    age: int
    of_the_family: bool


def pick_sizes(rng: random.Random, households: int, persons: int) -> list[int]:
    """Draw the sizes of `households` households; their sum is `persons`."""
    drawn = rng.choices(_SIZES, _WEIGHTS, k=households)
    while (missing := persons - sum(drawn)) != 0:
        step = 1 if missing > 0 else -1
        for at in rng.sample(range(households), min(abs(missing), households)):
            drawn[at] = max(1, drawn[at] + step)
    return drawn


def make_household(rng: random.Random, size: int) -> list[Member]:
    """Draw a household of `size` members, the head first."""
    head = _head(rng, size)
    members = [head]
    couple = size > 1 and rng.random() < (0.92 if size > 2 else 0.7)
    if couple:
        members.append(_spouse(rng, head))
    mother = min(m.age for m in members)
    three_generations = mother >= 52 and size - len(members) >= 2
    rest = _descendants(rng, mother) if three_generations else _others(rng, head, mother)
    members += [next(rest) for _ in range(size - len(members))]
    return members


def _head(rng: random.Random, size: int) -> Member:
    sex = "Nam" if rng.random() < 0.78 else "Nữ"
    low, high, mode = (22, 90, 66) if size <= 2 else (24, 80, 44)
    return Member("Chủ hộ", sex, round(rng.triangular(low, high, mode)), of_the_family=True)


def _spouse(rng: random.Random, head: Member) -> Member:
    younger = round(rng.gauss(3, 2.5)) * (1 if head.sex == "Nam" else -1)
    age = max(20, min(_OLDEST, head.age - younger))
    if head.sex == "Nam":
        return Member("Vợ", "Nữ", age, of_the_family=False)
    return Member("Chồng", "Nam", age, of_the_family=False)


def _sex(rng: random.Random) -> str:
    return "Nam" if rng.random() < 0.515 else "Nữ"


def _descendants(rng: random.Random, mother: int) -> Iterator[Member]:
    """Yield a grown son, his wife, and their children without end."""
    son = mother - rng.randint(20, 29)
    wife = max(20, son - rng.randint(0, 5))
    yield Member("Con", "Nam", son, of_the_family=True)
    yield Member("Con", "Nữ", wife, of_the_family=False)
    youngest = wife - 19
    while True:
        yield Member("Cháu", _sex(rng), rng.randint(0, max(0, min(youngest, 24))), of_the_family=True)


def _others(rng: random.Random, head: Member, mother: int) -> Iterator[Member]:
    """Yield sometimes a parent of the head, then children, or siblings if the head is too young for any."""
    for relation, sex, likely in (("Mẹ", "Nữ", 0.2), ("Bố", "Nam", 0.12)):
        if head.age < 62 and rng.random() < likely:
            age = min(_OLDEST, head.age + rng.randint(20, 30))
            yield Member(relation, sex, age, of_the_family=sex == "Nam")
    if rng.random() < 0.02 and head.age < 40:
        yield Member("Bà", "Nữ", min(_OLDEST, head.age + 50), of_the_family=False)
    oldest = mother - 19
    while oldest < 0 or rng.random() < 0.01:
        relation, sex = rng.choice(
            (("Em", "Nam"), ("Em", "Nữ"), ("Anh", "Nam"), ("Chị", "Nữ"), ("Khác", "Nữ"))
        )
        older = relation in {"Anh", "Chị"}
        yield Member(relation, sex, head.age + (2 if older else -2), of_the_family=relation != "Khác")
    while True:
        age = max(0, oldest - rng.randint(0, 12))
        yield Member("Con", _sex(rng), min(age, 45), of_the_family=True)
        oldest = max(0, age - 1)
