"""Keeps the ledger of faults: when each one was opened, fixed, opened again, or waived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from schemas.tables import ISSUES
from schemas.waivers import Waiver

OPEN = ("mo", "mo_lai")
#: The states of faults that still exist, including waived ones.
STANDING = (*OPEN, "mien")
#: Whether the fault of a ledger row still exists.
STANDS = pl.col("state").is_in(STANDING).fill_null(value=False)


def follow(
    current: pl.DataFrame, before: pl.DataFrame, as_of: date, waivers: Sequence[Waiver] = ()
) -> pl.DataFrame:
    """The ledger of this day (`ISSUES`), from its faults and the ledger of the day before.

    A fault that exists is `mo` (open); one that is gone is `da_sua` (fixed) from the first day without it;
    one that came back is `mo_lai` (reopened). A fault covered by a waiver is `mien` (waived), with the
    waiver's reason and last day; after that day it is open again. `opened` is always the first day it was
    seen.

    Args:
        current: The faults of the day: `issue`, `unit`, `dataset`, `code`, `record`.
        before: The ledger of the day before.
        as_of: The day.
        waivers: The waivers; those that ended before `as_of` are ignored.
    """
    today = _add_waivers(current.unique("issue", keep="first", maintain_order=True), as_of, waivers)
    earlier = before.drop("reason", "until", strict=False)
    both = today.with_columns(here=True).join(earlier, on="issue", how="full", coalesce=True, suffix="_truoc")
    here, state_before = pl.col("here").fill_null(value=False), pl.col("state")
    back = here & (state_before == "da_sua").fill_null(value=False)
    reopened = pl.col("reopened").fill_null(0) + back.cast(pl.Int32)
    state = (
        pl.when(~here)
        .then(pl.lit("da_sua"))
        .when(pl.col("reason").is_not_null())
        .then(pl.lit("mien"))
        .when(reopened > 0)
        .then(pl.lit("mo_lai"))
        .otherwise(pl.lit("mo"))
    )
    ledger = both.with_columns(
        *(pl.coalesce(name, f"{name}_truoc").alias(name) for name in ("unit", "dataset", "code", "record")),
        state=state,
        reopened=reopened,
        opened=pl.col("opened").fill_null(as_of),
        closed=pl.when(here).then(None).otherwise(pl.col("closed").fill_null(as_of)),
    )
    until = pl.col("closed").fill_null(as_of)
    return ISSUES.conform(ledger.with_columns(age_days=(until - pl.col("opened")).dt.total_days()))


def filter_standing(faults: pl.DataFrame, issues: pl.DataFrame) -> pl.DataFrame:
    """The `faults` that still exist according to the ledger `issues` of their day.

    The fault table keeps every fault: those that a later submission fixed and those of deadlines long past
    stay in it, and their number grows every month.
    """
    return faults.join(issues.filter(STANDS), on="issue", how="semi", maintain_order="left")


def _add_waivers(faults: pl.DataFrame, as_of: date, waivers: Sequence[Waiver]) -> pl.DataFrame:
    """`faults` with `reason` and `until` of the first waiver that covers each; null if none does."""
    in_force = [waiver for waiver in waivers if waiver.until >= as_of]
    reasons = [pl.when(waiver.covers()).then(pl.lit(waiver.reason)) for waiver in in_force]
    days = [pl.when(waiver.covers()).then(pl.lit(waiver.until)) for waiver in in_force]
    return faults.with_columns(
        reason=pl.coalesce(*reasons, pl.lit(None, pl.String)), until=pl.coalesce(*days, pl.lit(None, pl.Date))
    )


def measure_pace(issues: pl.DataFrame) -> pl.DataFrame:
    """One row per unit: `unit`, `open`, `waived`, `fixed`, `oldest_days`, `median_days`, `days_to_fix`.

    `oldest_days` and `median_days` are ages of open faults, in days. `days_to_fix` is the median number of
    days from the first day a fault was seen until it was fixed. Null if there is no such fault.
    """
    state, age = pl.col("state"), pl.col("age_days")
    is_open = state.is_in(OPEN)
    return (
        issues.group_by("unit")
        .agg(
            open=is_open.sum(),
            waived=(state == "mien").sum(),
            fixed=(state == "da_sua").sum(),
            oldest_days=age.filter(is_open).max(),
            median_days=age.filter(is_open).median(),
            days_to_fix=age.filter(state == "da_sua").median(),
        )
        .sort("unit")
    )
