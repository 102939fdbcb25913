"""Puts every fault and repair of the day into the published tables: with its place, masked, numbered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from flows.faults.pending import list_pending
from flows.protect import Key, mask, mask_numbers, mask_text
from flows.settle.faults import fill_columns
from flows.settle.model import Settled
from schemas.contract import Dataset
from schemas.registry import Contracts
from schemas.tables import CHANGES, FAULTS

ISSUE_DIGITS = 12


@dataclass(frozen=True, slots=True)
class FaultTables:
    """The day's faults.

    `published` is the table; `followed` has `issue`, `unit`, `dataset`, `code`, `record` of those that
    the ledger follows; `typed` is the table with values and proposals as typed, for the unit that owns
    them and nobody else.
    """

    published: pl.DataFrame
    followed: pl.DataFrame
    typed: pl.DataFrame


def build_fault_table(settled: Settled, called: pl.DataFrame, contracts: Contracts, key: Key) -> FaultTables:
    """All faults of submissions that are not superseded and of the roll call `called`."""
    called = called.with_columns(record=pl.col("period"))
    faults = _numbered(pl.concat([settled.faults, fill_columns(called)]), key)
    return FaultTables(
        FAULTS.conform(_shown(faults, contracts.datasets)),
        list_pending(faults, settled, contracts.datasets),
        faults,
    )


def _numbered(faults: pl.DataFrame, key: Key) -> pl.DataFrame:
    """Each fault with `record`, the token of what it is about, and `issue`, its number over the days."""
    record = key.tokens("ban_ghi", faults["record"])
    faults = faults.with_columns(record=record)
    about = faults.select(
        pl.concat_str("unit", "dataset", "code", "record", separator="|", ignore_nulls=True)
    )
    return faults.with_columns(issue=key.tokens("loi", about.to_series()).str.slice(0, ISSUE_DIGITS))


def _personal(datasets: Mapping[str, Dataset]) -> pl.Expr:
    """Whether the row's dataset and column hold personal values."""
    names = [f"{d.name}.{c.name}" for d in datasets.values() for c in d.columns if c.personal]
    return pl.concat_str("dataset", "column", separator=".").is_in(names).fill_null(value=False)


def _of_people(datasets: Mapping[str, Dataset]) -> pl.Expr:
    """Whether the row's dataset tells of people, or is not known."""
    nobody = [d.name for d in datasets.values() if not any(c.personal for c in d.columns)]
    return ~pl.col("dataset").is_in(nobody).fill_null(value=False)


def _shown(faults: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    personal, people = _personal(datasets), _of_people(datasets)
    quoted = pl.col("code").str.starts_with("tep.")
    return faults.with_columns(
        *(mask(pl.col(name), personal=personal, of_people=people) for name in ("value", "proposal")),
        sheet=mask_numbers(pl.col("sheet")),
        # Where a table has no heading, somebody's name may be taken for one.
        message=pl.when(quoted).then(mask_text(pl.col("message"))).otherwise("message"),
    )


def build_change_table(settled: Settled, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Every repaired cell of the submissions in effect, masked."""
    personal, people = _personal(datasets), _of_people(datasets)
    return CHANGES.conform(
        settled.changes.filter("_in_effect").with_columns(
            *(mask(pl.col(name), personal=personal, of_people=people) for name in ("before", "after")),
            sheet=mask_numbers(pl.col("sheet")),
        )
    )
