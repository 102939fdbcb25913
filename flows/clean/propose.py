"""Proposes what to type in a cell that could not be read; every proposal can itself be read without fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from flows.clean import retyped
from flows.clean.nearest import OR, find_nearest_choice, find_nearest_thon
from flows.clean.readers import READERS
from flows.clean.reading import Setting, read_spellings
from flows.read.table import CellType
from schemas.contract import Column, unread_column
from schemas.kinds import THON
from schemas.look_alikes import to_latin
from schemas.units import Commune

_CANDIDATES: Mapping[str, Callable[[str, Column], Iterator[str]]] = {
    "so_dinh_danh": retyped.personal_number,
    "mst": retyped.tax_code,
    "dien_thoai": retyped.phone,
    "ngay": retyped.day,
    "ngay_sinh": retyped.day,
    "nam": retyped.year,
    "so_luong": retyped.number,
    "so_thuc": retyped.number,
    "so_tien": retyped.number,
    "ty_le": retyped.number,
    "co_khong": retyped.tick,
    "ma": retyped.code,
    "ho_ten": retyped.words,
    "van_ban": retyped.words,
}


def propose(column: Column, texts: pl.Series, flaw: str, commune: Commune) -> pl.Series:
    """One proposal per text, or null: what to type in `column` instead of a text that has `flaw`.

    If a cell may mean several thôn or numbers, the proposal lists them, separated by `hoặc`.
    """
    typed = texts.unique().drop_nulls()
    if flaw in ("khong_ro", "ngoai_danh_muc"):
        proposals = _propose_from_list(typed, column, commune)
    elif flaw == "mo_ho":
        proposals = {text: OR.join(retyped.readings(text, column)) for text in typed}
    elif flaw in ("khong_doc_duoc", "mat_so_0", "sai_mau", "hai_so", "chu_la"):
        proposals = _propose_retyped(typed, column, commune)
    else:
        return pl.Series([None], dtype=pl.String).new_from_index(0, texts.len())
    return texts.replace_strict(proposals, default=None, return_dtype=pl.String)


def _propose_from_list(typed: pl.Series, column: Column, commune: Commune) -> dict[str, str]:
    if column.kind is THON:
        proposals = {text: find_nearest_thon(to_latin(text), commune) for text in typed}
    else:
        proposals = {text: find_nearest_choice(to_latin(text), column) for text in typed}
    return {text: proposal for text, proposal in proposals.items() if proposal is not None}


def _propose_retyped(typed: pl.Series, column: Column, commune: Commune) -> dict[str, str]:
    """For each text, the first candidate that can be read without fault."""
    candidates_of = _CANDIDATES.get(column.kind.name)
    if candidates_of is None:
        return {}
    candidates = [(text, candidate) for text in typed for candidate in candidates_of(to_latin(text), column)]
    good = _keep_faultless([candidate for _, candidate in candidates], column, commune)
    return {text: candidate for text, candidate in reversed(candidates) if candidate in good}


def _keep_faultless(candidates: list[str], column: Column, commune: Commune) -> set[str]:
    """The candidates that, typed in a cell of `column`, would be read and judged without any fault."""
    cells = pl.DataFrame({"typed": candidates}, schema={"typed": pl.String}).unique()
    # Each in a table of its own: a candidate says nothing of how another is read.
    cells = cells.with_columns(pl.lit(CellType.TEXT, pl.UInt8).alias("stored"), table=pl.int_range(pl.len()))
    read = read_spellings(cells, READERS[column.kind.name], Setting(column, commune)).select(
        "typed",
        pl.col("value").cast(column.kind.dtype).alias(column.name),
        pl.col("unread").alias(unread_column(column.name)),
        pl.lit(None, pl.Date).alias("_judged_on"),
    )
    faulty = [flaw.fails_when(column).fill_null(value=False) for flaw in column.kind.flaws(column)]
    return set(read.filter(pl.col(column.name).is_not_null(), ~pl.any_horizontal(faulty))["typed"])
