"""Rows are told apart by what they hold, not by their order."""

from __future__ import annotations

import polars as pl
import pytest

from flows.fingerprints import fingerprint_groups, take_fingerprints

ROWS = pl.DataFrame({"unit": ["T01", "T01", "T02"], "name": ["a", "b", "a"], "size": [1, None, 1]})


def of_all(frame: pl.DataFrame) -> pl.DataFrame:
    one = frame.with_columns(unit=pl.lit("T01"))
    return take_fingerprints(one, ["unit"], ["name", "size"])


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (ROWS.reverse(), True),
        (ROWS.head(2), False),
        (pl.concat([ROWS, ROWS.head(1)]), False),
        (ROWS.with_columns(size=pl.Series([1, 0, 1])), False),
        (ROWS.with_columns(name=pl.Series(["a", "a", "b"])), False),
    ],
    ids=["another order", "fewer", "one twice", "nothing is not zero", "cells changed places"],
)
def test_what_is_the_same(other: pl.DataFrame, *, same: bool) -> None:
    assert of_all(other).equals(of_all(ROWS)) == same


def test_groups_are_told_by_all_their_other_columns() -> None:
    found = fingerprint_groups(ROWS, ["unit"])
    assert found.keys() == {("T01",), ("T02",)}
    assert found["T01",] != found["T02",]
    assert fingerprint_groups(ROWS.filter(unit="T02"), ["unit"]) == {("T02",): found["T02",]}
