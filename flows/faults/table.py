"""Builds the published tables of faults and of repaired cells, with personal values masked."""

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
from schemas.tables import CHANGES, FAULTS, ISSUE_DIGITS
from schemas.whole_faults import WHOLE_FAULTS


@dataclass(frozen=True, slots=True)
class FaultTables:
    """The faults of the day.

    Attributes:
        published: The published table (`FAULTS`), personal values masked.
        followed: `issue`, `unit`, `dataset`, `code`, `record` of the faults that the ledger follows.
        typed: The table with values and proposals as typed. Only the unit that owns the data may see them.
    """

    published: pl.DataFrame
    followed: pl.DataFrame
    typed: pl.DataFrame


def build_fault_table(settled: Settled, called: pl.DataFrame, contracts: Contracts, key: Key) -> FaultTables:
    """All faults of submissions that are not superseded, and of the roll call (`called`)."""
    called = called.with_columns(record=pl.col("period"))
    faults = _add_ids(pl.concat([settled.faults, fill_columns(called)]), key)
    return FaultTables(
        FAULTS.conform(_mask_values(faults, contracts.datasets)),
        list_pending(faults, settled, contracts.datasets),
        faults,
    )


def _add_ids(faults: pl.DataFrame, key: Key) -> pl.DataFrame:
    """Replace `record` by its token, and add `issue`, an id that stays the same over the days."""
    record = key.tokens("ban_ghi", faults["record"])
    faults = faults.with_columns(record=record)
    about = faults.select(
        pl.concat_str("unit", "dataset", "code", "record", separator="|", ignore_nulls=True)
    )
    return faults.with_columns(issue=key.tokens("loi", about.to_series()).str.slice(0, ISSUE_DIGITS))


def _is_personal(datasets: Mapping[str, Dataset]) -> pl.Expr:
    """Whether the column of the row holds personal values."""
    names = [f"{d.name}.{c.name}" for d in datasets.values() for c in d.columns if c.personal]
    return pl.concat_str("dataset", "column", separator=".").is_in(names).fill_null(value=False)


def is_about_people(datasets: Mapping[str, Dataset]) -> pl.Expr:
    """Whether the `dataset` of the row has personal columns; true if the dataset is not known."""
    impersonal = [d.name for d in datasets.values() if not any(c.personal for c in d.columns)]
    return ~pl.col("dataset").is_in(impersonal).fill_null(value=False)


def _mask_values(faults: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    free_text = [code for code, fault in WHOLE_FAULTS.items() if fault.free_text]
    personal = _is_personal(datasets) | pl.col("code").is_in(free_text)
    people = is_about_people(datasets)
    quoted = pl.col("code").str.starts_with("tep.")
    return faults.with_columns(
        *(mask(pl.col(name), personal=personal, of_people=people) for name in ("value", "proposal")),
        sheet=mask_numbers(pl.col("sheet")),
        # If a table has no heading row, a person's name may be taken for a heading and quoted in the message.
        message=pl.when(quoted).then(mask_text(pl.col("message"))).otherwise("message"),
    )


def build_change_table(settled: Settled, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """One row per repaired cell of the submissions in effect (`CHANGES`), personal values masked."""
    personal, people = _is_personal(datasets), is_about_people(datasets)
    return CHANGES.conform(
        settled.changes.filter("_in_effect").with_columns(
            *(mask(pl.col(name), personal=personal, of_people=people) for name in ("before", "after")),
            sheet=mask_numbers(pl.col("sheet")),
        )
    )
