"""Computes fingerprints of groups of rows that do not depend on the order of rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

#: A fingerprint: the number of rows, and the sums of the upper and lower halves of their hashes.
FINGERPRINT = {"rows": pl.UInt32, "upper": pl.UInt64, "lower": pl.UInt64}

# Sums of 32-bit halves do not overflow 64 bits, whatever the number of rows (a UInt32).
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
    """By key of the columns `by`: the fingerprint of all other columns."""
    fingerprints = take_fingerprints(frame, by, [name for name in frame.columns if name not in by])
    return {row[: len(by)]: row[len(by) :] for row in fingerprints.iter_rows()}
