"""Finds identifiers that stand in two communes: a Dask shuffle over tokens, then where they were typed."""

from __future__ import annotations

from collections.abc import Sequence

import dask
import dask.dataframe as dd
import pandas as pd
import polars as pl
from distributed import Client

from flows.province.commune import TOKENS
from schemas.province import DUPLICATES

_SAME = ["token", "dataset", "period"]
_PLACE = ["commune", "unit", "file", "sheet", "row"]


def find_duplicates(client: Client, files: Sequence[str]) -> pl.DataFrame:
    """Rows of `DUPLICATES`, from `files` of `TOKENS` (paths or URLs); the tokens themselves are not told."""
    with client.as_current(), dask.config.set({"dataframe.shuffle.method": "p2p"}):
        names = dd.read_parquet(list(files), columns=[*_SAME, "commune"])
        repeated = names.shuffle(on="token").map_partitions(_in_two, meta=names._meta[_SAME]).compute()
        if repeated.empty:
            return DUPLICATES.conform(pl.DataFrame())
        places = dd.read_parquet(list(files), columns=list(TOKENS))
        found = places.map_partitions(_those, repeated, meta=places._meta).compute()
    return _cases(pl.from_pandas(found))


def _in_two(part: pd.DataFrame) -> pd.DataFrame:
    """The tokens of a partition, which holds all rows of each, that more than one commune has."""
    seen = part.drop_duplicates().groupby(_SAME, observed=True).size()
    return seen[seen > 1].index.to_frame(index=False)


def _those(part: pd.DataFrame, repeated: pd.DataFrame) -> pd.DataFrame:
    return part.merge(repeated, on=_SAME)


def _cases(found: pl.DataFrame) -> pl.DataFrame:
    """Number the identifiers by where they stand first, so that the numbers say nothing of tokens."""
    first = found.sort(_PLACE).group_by(_SAME, maintain_order=True).first()
    order = ["dataset", "period", *_PLACE]
    numbered = first.sort(order).select(*_SAME).with_row_index("case", 1)
    return DUPLICATES.conform(found.join(numbered, on=_SAME))
