from __future__ import annotations

import polars as pl
import pytest

from flows.forget.search import PEOPLE, find_person

ROWS = [
    ("038085000001", "1", "Bùi Văn Mẫu", "0912 345 678"),
    ("038085000002", "2", "Bùi Thị  HOA", "0912345678"),
    ("038085000003", "3", "Bùi Thị Hoa", None),
    ("038085000004", "4", "Quách Văn Mẫu Tử", "0987654123"),
    ("038085000005", "5", "Quách Văn Mẫu", "0987654124"),
]


@pytest.mark.parametrize(
    ("at", "names", "phones"),
    [
        (0, ("bùi văn mẫu",), ()),
        (1, (), ()),
        (2, (), ()),
        (3, ("quách văn mẫu tử",), ("0987654123",)),
        (4, (), ("0987654124",)),
    ],
    ids=["shared phone", "shared name", "nothing else", "of his own", "part of another's name"],
)
def test_a_person_is_known_by_what_only_he_goes_by(
    at: int, names: tuple[str, ...], phones: tuple[str, ...]
) -> None:
    found = find_person(ROWS[at][0], pl.DataFrame(ROWS, schema=PEOPLE, orient="row"))
    assert (found.names, found.phones) == (names, phones)
