"""Tells groups of rows apart by what they hold, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

#: What rows are told apart by: how many they are, and the sums of their hashes' halves.
FINGERPRINT = {"rows": pl.UInt32, "upper": pl.UInt64, "lower": pl.UInt64}

# The halves of a hash add up to less than 64 bits hold, however many rows there are.
_HALF = 1 << 32


def take_fingerprints(frame: pl.DataFrame, by: Sequence[str], of: Sequence[str]) -> pl.DataFrame:
    """The `FINGERPRINT` of the columns `of` in each group `by`."""
    hashes = frame.select(of).hash_rows()
    return (
        frame.select(by)
        .with_columns(upper=hashes // _HALF, lower=hashes % _HALF)
        .group_by(by, maintain_order=True)
        .agg(rows=pl.len(), upper=pl.col("upper").sum(), lower=pl.col("lower").sum())
        .select(
            *by, pl.struct(pl.col(name).cast(dtype) for name, dtype in FINGERPRINT.items()).struct.unnest()
        )
    )


def fingerprint_groups(
    frame: pl.DataFrame, by: Sequence[str]
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """The fingerprint of all other columns for each group `by`."""
    found = take_fingerprints(frame, by, [name for name in frame.columns if name not in by])
    return {row[: len(by)]: row[len(by) :] for row in found.iter_rows()}
