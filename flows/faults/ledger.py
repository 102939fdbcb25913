"""Follows each fault over the days: opened, fixed, opened again, waived until a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from schemas.tables import ISSUES
from schemas.waivers import Waiver

OPEN = ("mo", "mo_lai")
#: Of faults that are there still, waived ones too.
STANDING = (*OPEN, "mien")
#: Whether what a row of the ledger, or a fault beside it, tells of is one.
STANDS = pl.col("state").is_in(STANDING).fill_null(value=False)


def follow(
    current: pl.DataFrame, before: pl.DataFrame, as_of: date, waivers: Sequence[Waiver] = ()
) -> pl.DataFrame:
    """The ledger of this day, from its faults and the ledger of the day before.

    Faults come with `issue`, `unit`, `dataset`, `code`, `record`.

    A fault that stands is `mo`; one gone is `da_sua` from the day it was gone; one back is `mo_lai`. A fault
    that stands while a waiver holds is `mien`, with the waiver's reason and last day; when that is over it is
    open as before. `opened` stays the first day on which it was seen.
    """
    today = _waived(current.unique("issue", keep="first", maintain_order=True), as_of, waivers)
    former = before.drop("reason", "until", strict=False)
    both = today.with_columns(here=True).join(former, on="issue", how="full", coalesce=True, suffix="_truoc")
    here, was = pl.col("here").fill_null(value=False), pl.col("state")
    back = here & (was == "da_sua").fill_null(value=False)
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
    """Of `faults` those that somebody still has to mend, as the ledger `issues` of their day says.

    Those of a state that a later submission has put right, or of a deadline long past, stand in the table of
    faults for good, and more of them every month.
    """
    return faults.join(issues.filter(STANDS), on="issue", how="semi", maintain_order="left")


def _waived(faults: pl.DataFrame, as_of: date, waivers: Sequence[Waiver]) -> pl.DataFrame:
    """`faults` with `reason` and `until` of the first waiver that holds, else null."""
    holding = [waiver for waiver in waivers if waiver.until >= as_of]
    reasons = [pl.when(waiver.covers()).then(pl.lit(waiver.reason)) for waiver in holding]
    days = [pl.when(waiver.covers()).then(pl.lit(waiver.until)) for waiver in holding]
    return faults.with_columns(
        reason=pl.coalesce(*reasons, pl.lit(None, pl.String)), until=pl.coalesce(*days, pl.lit(None, pl.Date))
    )


def measure_pace(issues: pl.DataFrame) -> pl.DataFrame:
    """How each unit keeps up: `unit`, `open`, `waived`, `fixed`, `oldest_days`, `median_days`, `days_to_fix`.

    The ages are of its open faults; `days_to_fix` is the median, over its fixed ones, of the days from the
    first time each was seen until it was gone; null where there is none.
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
