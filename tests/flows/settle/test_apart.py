"""A column that was sorted without its rows is told against the submission before and the register."""

from __future__ import annotations

import pytest

from flows.settle.apart import find_register, list_heads, tell_apart_from_register, tell_sorted_apart
from schemas.registry import load
from tests.flows.trial import part_of

CONTRACTS = load()
DATASETS = CONTRACTS.datasets
HOMES, PERSONS = DATASETS["ho_gia_dinh"], DATASETS["dan_cu"]
NAMES = ["Bùi Văn Phúc", "Lê Thị Cúc", "Phạm Văn An", "Quách Thị Em", "Hà Văn Dũng", "Bùi Thị Bình"]


def homes(names: list[str]) -> list[dict[str, str]]:
    return [{"ma_ho": f"H000{at:02}", "chu_ho": name} for at, name in enumerate(names)]


MARRIED = [*NAMES[:4], "Trần Văn Mới", "Lò Thị Mới"]
CASES = [
    (sorted(NAMES), True),
    ([NAMES[1], NAMES[2], NAMES[0], *NAMES[3:]], True),
    (NAMES, False),
    # Two that change places, new heads, and one name for all.
    ([NAMES[1], NAMES[0], *NAMES[2:]], False),
    (MARRIED, False),
    ([*MARRIED[1:], NAMES[0]], True),
]


@pytest.mark.parametrize(("names", "told"), CASES)
def test_names_at_the_keys_of_others_are_told(names: list[str], *, told: bool) -> None:
    was, now = (part_of(HOMES, homes(each), CONTRACTS) for each in (NAMES, names))
    found = tell_sorted_apart(was, now, "tệp a.xlsx", HOMES)
    assert (found is not None) is told
    assert found is None or (found.code, "chủ hộ" in found.message) == ("tep.doi_cho", True)
    persons = [
        {"so_dinh_danh": f"0380900000{at:02}", "ma_ho": home["ma_ho"], "ho_ten": home["chu_ho"].upper()}
        for at, home in enumerate(homes(NAMES))
    ]
    register = list_heads(part_of(PERSONS, persons, CONTRACTS).frame, PERSONS)
    assert (tell_apart_from_register(now, register, HOMES, PERSONS) is not None) is told


def test_names_that_are_the_same_in_most_records_tell_nothing() -> None:
    was, now = (part_of(HOMES, homes(each), CONTRACTS) for each in (["Bùi Văn An"] * 4 + NAMES[:2], NAMES))
    assert tell_sorted_apart(was, now, "tệp a.xlsx", HOMES) is None


def test_only_lists_of_households_have_a_register() -> None:
    found = {name: find_register(dataset, DATASETS) for name, dataset in DATASETS.items()}
    assert {name for name, register in found.items() if register is not None} == {"ho_gia_dinh"}
