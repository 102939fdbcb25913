"""Finds identifiers in the records of two communes, by a Dask shuffle over their tokens."""

from __future__ import annotations

from collections.abc import Sequence

import dask
import dask.dataframe as dd
import pandas as pd
import polars as pl
from distributed import Client

from flows.province.commune import TOKENS
from schemas.province import DUPLICATES

_IDENTITY = ["token", "dataset", "period"]
_PLACE = ["commune", "unit", "file", "sheet", "row"]


def find_duplicates(client: Client, files: Sequence[str]) -> pl.DataFrame:
    """Rows of `DUPLICATES` from the Parquet `files` of `TOKENS` (paths or URLs); without the tokens."""
    with client.as_current(), dask.config.set({"dataframe.shuffle.method": "p2p"}):
        names = dd.read_parquet(list(files), columns=[*_IDENTITY, "commune"])
        repeated = (
            names.shuffle(on="token").map_partitions(_find_repeated, meta=names._meta[_IDENTITY]).compute()
        )
        if repeated.empty:
            return DUPLICATES.conform(pl.DataFrame())
        places = dd.read_parquet(list(files), columns=list(TOKENS))
        rows = places.map_partitions(_select_repeated, repeated, meta=places._meta).compute()
    return _number_cases(pl.from_pandas(rows))


def _find_repeated(part: pd.DataFrame) -> pd.DataFrame:
    """The tokens of more than one commune; after the shuffle, a partition has all rows of its tokens."""
    seen = part.drop_duplicates().groupby(_IDENTITY, observed=True).size()
    return seen[seen > 1].index.to_frame(index=False)


def _select_repeated(part: pd.DataFrame, repeated: pd.DataFrame) -> pd.DataFrame:
    return part.merge(repeated, on=_IDENTITY)


def _number_cases(rows: pl.DataFrame) -> pl.DataFrame:
    """Number the identifiers by their first place: the order of `case` reveals nothing about tokens."""
    first = rows.sort(_PLACE).group_by(_IDENTITY, maintain_order=True).first()
    order = ["dataset", "period", *_PLACE]
    numbered = first.sort(order).select(*_IDENTITY).with_row_index("case", 1)
    return DUPLICATES.conform(rows.join(numbered, on=_IDENTITY))
