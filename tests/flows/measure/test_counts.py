"""Amounts are added up exactly, so that a figure is the same whatever it is worked out beside."""

from __future__ import annotations

import random
from decimal import Decimal

import polars as pl
import pytest

from flows.measure.counts import sum_exactly


@pytest.mark.parametrize("beside", [0, 1, 70_001])
def test_a_sum_is_exact_whatever_stands_beside_it(beside: int) -> None:
    rng = random.Random(5)
    amounts = [round(rng.uniform(0, 50_000), 3) for _ in range(50_000)]
    others = [round(rng.uniform(0, 50_000), 3) for _ in range(beside)]
    frame = pl.DataFrame({"of": [0] * len(amounts) + [1] * beside, "amount": [*amounts, *others]})
    found = frame.lazy().group_by("of").agg(sum_exactly(pl.col("amount"))).collect().filter(of=0)["amount"]
    assert found.item() == float(sum(Decimal(str(amount)) for amount in amounts))


def test_what_is_no_amount_adds_nothing() -> None:
    amounts = pl.DataFrame({"amount": [1.5, None, float("nan"), float("inf")]})
    assert amounts.select(sum_exactly(pl.col("amount"))).item() == 1.5
    assert amounts.head(0).select(sum_exactly(pl.col("amount"))).item() == 0.0
